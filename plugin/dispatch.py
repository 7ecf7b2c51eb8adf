"""From a request object to a reply object: API versions, the key, look-up, binding, and the envelope."""

import logging
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Mapping, Optional, Protocol

from . import lacking
from .errors import ApiError, BadRequest, InvalidKey, NotAllowed
from .keys import KeyRing, WrongKeys
from .registry import DEFAULT_VERSION, Action, look_up
from .scopes import ORDER, Scope, Scopes
from .shapes import beginning
from .texts import without_isolates

log = logging.getLogger(__name__)


class Caller(Protocol):
    """Who asks, as decided at the door."""

    @property
    def trusted(self) -> bool: ...

    @property
    def bearer(self) -> Optional[str]: ...

    @property
    def scopes(self) -> Scopes: ...

    def limited_to(self, scopes: Scopes) -> "Caller": ...


class Perform(Protocol):
    """Carries out a bound action, wherever it has to run, and returns its result."""

    def __call__(
        self, action: Action, arguments: Dict[str, Any], supplies: Mapping[str, Any]
    ) -> Any: ...


@dataclass(frozen=True)
class Answered:
    """What is remembered of a request: no content, no key."""

    action: str
    caller: Caller
    error: Optional[str]
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """How a request ended; `problem` is the error's text, None after success."""

    version: int
    result: Any = None
    error: Optional[BaseException] = None
    problem: Optional[str] = None


@dataclass(frozen=True)
class Dispatcher:
    """Answers request objects.

    `keys` is asked for each request, so that a changed setting applies at once. `supplies` are what actions may
    name besides what Anki holds (see `registry.AT_THE_DOOR`).
    """

    perform: Perform
    keys: Callable[[], KeyRing]
    supplies: Mapping[str, Any]
    answered: Callable[[Answered], None] = lambda record: None
    wrong_keys: WrongKeys = field(default_factory=WrongKeys)

    def reply(self, request: Any, caller: Caller, key_known: bool = False) -> Any:
        """The reply object to one request object; never raises.

        `key_known` says that an outer request has shown the key already; a wrong key is refused all the same.
        """
        outcome = self.attempt(request, caller, key_known)
        if outcome.problem is not None:
            return {"result": None, "error": outcome.problem}
        bare = outcome.version <= DEFAULT_VERSION
        return outcome.result if bare else {"result": outcome.result, "error": None}

    def attempt(self, request: Any, caller: Caller, key_known: bool = False) -> Outcome:
        """What became of one request object, for doors that have an envelope of their own; never raises."""
        started = time.perf_counter()
        try:
            read = read_request(request)
            outcome = Outcome(read["version"], self.result(read, caller, key_known))
        # The one place where every exception becomes a reply.
        except BaseException as error:  # noqa: BLE001
            outcome = Outcome(DEFAULT_VERSION, None, error, error_text(error))
            forget_frames(error)
        seconds = time.perf_counter() - started
        self.answered(Answered(action_of(request), caller, outcome.problem, seconds))
        return outcome

    def result(self, request: Dict[str, Any], caller: Caller, key_known: bool) -> Any:
        name, params = request["action"], request["params"]
        if name != "requestPermission":
            caller = self.with_key(request, caller, key_known)
        found = look_up(name, request["version"])
        if found is None:
            raise lacking.refusal(request["action"])
        if "key" in params and "key" not in found.parameters:
            params = {key: value for key, value in params.items() if key != "key"}
        refuse_beyond(found.scope, found.name, caller)
        arguments = found.bind(params)
        for scope in sorted(found.further_scopes(arguments), key=ORDER.__getitem__):
            refuse_beyond(scope, found.name, caller)
        supplies = {
            **self.supplies,
            "caller": caller,
            "reply_to": lambda inner: self.reply(inner, caller, key_known=True),
        }
        return self.perform(found, arguments, supplies)

    def with_key(self, request: Mapping[str, Any], caller: Caller, key_known: bool) -> Caller:
        """The caller with what their key allows; `key_known` means that an outer request has shown one."""
        given = request["key"]
        if given is None:
            given = request["params"].get("key")
        if given is None and key_known:
            return caller
        if given is None:
            given = caller.bearer
        fit = self.keys().fit(given)
        if fit is None:
            if given is not None:
                self.wrong_keys.wait()
            raise InvalidKey
        return caller if fit.scopes is None else caller.limited_to(fit.scopes)


def refuse_beyond(scope: Scope, name: str, caller: Caller) -> None:
    """The one place where scopes are enforced; members of a `multi` come here too."""
    if scope is not Scope.OPEN and scope not in caller.scopes:
        raise NotAllowed(name, scope.value)


def read_request(request: Any) -> Dict[str, Any]:
    """Checks a request object; the texts are those that clients know (contract, section 1.3)."""
    if not isinstance(request, dict):
        raise BadRequest(f"{beginning(request)!r:.100} is not of type 'object'")
    if "action" not in request:
        raise BadRequest("'action' is a required property")
    name = request["action"]
    if not isinstance(name, str):
        raise BadRequest(f"{beginning(name)!r:.100} is not of type 'string'")
    if not name:
        raise BadRequest("'' should be non-empty")
    params = request.get("params", {})
    if not isinstance(params, dict):
        raise BadRequest(f"{beginning(params)!r:.100} is not of type 'object'")
    return {
        "action": name,
        "version": read_version(request.get("version", DEFAULT_VERSION)),
        "params": params,
        "key": request.get("key"),
    }


def read_version(version: Any) -> int:
    whole = isinstance(version, float) and version.is_integer()
    if isinstance(version, bool) or not (isinstance(version, int) or whole):
        raise BadRequest(f"{beginning(version)!r:.100} is not of type 'integer'")
    return int(version)


def action_of(request: Any) -> str:
    name = request.get("action") if isinstance(request, dict) else None
    return name[:100] if isinstance(name, str) else ""


def forget_frames(error: Optional[BaseException]) -> None:
    """Drops the tracebacks of an error and of those before it.

    Their frames may hold what holds the error: a reference cycle, which Anki leaves lying about for long.
    """
    while error is not None:
        error.__traceback__ = None
        error = error.__context__


def error_text(error: BaseException) -> str:
    """What the caller reads. Never empty: clients take an empty text for success."""
    if not isinstance(error, ApiError):
        log.error("a request failed unexpectedly", exc_info=error)
        return (
            f"AnkiConnect met an unexpected problem ({type(error).__name__}); "
            "please report it with the request and the lines that Anki printed"
        )
    return without_isolates(str(error)).strip() or type(error).__name__
