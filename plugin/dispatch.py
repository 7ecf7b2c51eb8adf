"""From a request object to a reply object: API versions, the key, look-up, binding, and the envelope."""

import logging
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping, Optional, Protocol

from .errors import ApiError, BadRequest, InvalidKey, UnsupportedAction
from .keys import key_matches
from .registry import DEFAULT_VERSION, Action, look_up
from .texts import without_isolates

log = logging.getLogger(__name__)


class Caller(Protocol):
    """Who asks, as decided at the door."""

    @property
    def trusted(self) -> bool: ...

    @property
    def bearer(self) -> Optional[str]: ...


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
class Dispatcher:
    """Answers request objects.

    `api_key` is asked for each request, so that a changed setting applies at once. `supplies` are what actions may
    name besides what Anki holds (see `registry.AT_THE_DOOR`).
    """

    perform: Perform
    api_key: Callable[[], Optional[str]]
    supplies: Mapping[str, Any]
    answered: Callable[[Answered], None] = lambda record: None

    def reply(self, request: Any, caller: Caller, key_known: bool = False) -> Any:
        """The reply object to one request object; never raises.

        `key_known` says that an outer request has shown the key already; a wrong key is refused all the same.
        """
        version = 5
        started = time.perf_counter()
        try:
            read = read_request(request)
            result = self.result(read, caller, key_known)
            version = read["version"]
            problem = None
        # The one place where every exception becomes a reply.
        except Exception as error:  # noqa: BLE001
            problem = error_text(error)
            result = None
            error.__traceback__ = (
                None  # a traceback holds frames that hold the error: a cycle per request
            )
        self.answered(Answered(action_of(request), caller, problem, time.perf_counter() - started))
        if problem is not None:
            return {"result": None, "error": problem}
        return result if version <= DEFAULT_VERSION else {"result": result, "error": None}

    def result(self, request: Dict[str, Any], caller: Caller, key_known: bool) -> Any:
        name, params = request["action"], request["params"]
        if name != "requestPermission":
            self.check_key(request, caller, key_known)
        found = look_up(name, request["version"])
        if found is None:
            raise UnsupportedAction
        if self.api_key() and "key" in params and "key" not in found.parameters:
            params = {key: value for key, value in params.items() if key != "key"}
        arguments = found.bind(params)
        supplies = {
            **self.supplies,
            "caller": caller,
            "reply_to": lambda inner: self.reply(inner, caller, key_known=True),
        }
        return self.perform(found, arguments, supplies)

    def check_key(self, request: Mapping[str, Any], caller: Caller, key_known: bool) -> None:
        expected = self.api_key()
        given = request["key"]
        if given is None:
            given = request["params"].get("key")
        if given is None and key_known:
            return
        if given is None:
            given = caller.bearer
        if not key_matches(expected, given):
            raise InvalidKey


def read_request(request: Any) -> Dict[str, Any]:
    """Checks a request object; the texts are those that clients know (contract, section 1.3)."""
    if not isinstance(request, dict):
        raise BadRequest(f"{request!r:.100} is not of type 'object'")
    if "action" not in request:
        raise BadRequest("'action' is a required property")
    name = request["action"]
    if not isinstance(name, str):
        raise BadRequest(f"{name!r:.100} is not of type 'string'")
    if not name:
        raise BadRequest("'' should be non-empty")
    params = request.get("params", {})
    if not isinstance(params, dict):
        raise BadRequest(f"{params!r:.100} is not of type 'object'")
    return {
        "action": name,
        "version": read_version(request.get("version", DEFAULT_VERSION)),
        "params": params,
        "key": request.get("key"),
    }


def read_version(version: Any) -> int:
    whole = isinstance(version, float) and version.is_integer()
    if isinstance(version, bool) or not (isinstance(version, int) or whole):
        raise BadRequest(f"{version!r:.100} is not of type 'integer'")
    return int(version)


def action_of(request: Any) -> str:
    name = request.get("action") if isinstance(request, dict) else None
    return name[:100] if isinstance(name, str) else ""


def error_text(error: Exception) -> str:
    """What the caller reads. Never empty: clients take an empty text for success."""
    if not isinstance(error, ApiError):
        log.error("a request failed unexpectedly", exc_info=error)
        return (
            f"AnkiConnect met an unexpected problem ({type(error).__name__}); "
            "please report it with the request and the lines that Anki printed"
        )
    return without_isolates(str(error)).strip() or type(error).__name__
