"""Which door a request knocks at, and what comes out of it."""

from dataclasses import dataclass, field
from typing import Any, Callable, NamedTuple, Optional, Protocol, Union

from ..config import Settings
from ..errors import BadRequest
from ..in_pieces import Octets
from . import guard, strict_json
from .bodies import is_blank
from .messages import Allowance, Head, Request, Response
from .routes import Routes, Visit, with_headers

BANNER = b'{"apiVersion": "AnkiConnect v.6"}'

# What an origin that is not allowed may send: enough to ask for permission.
FOREIGN_BODY = 64 * 1024


class Reply(Protocol):
    """Answers one request object for a caller; never raises."""

    def __call__(self, request: Any, caller: guard.Caller) -> Any: ...


def forget(request: Any, reply: Any) -> None:
    """The log that is switched off."""


def unnoticed(caller: guard.Caller) -> None:
    """Nobody wants to know who was turned away."""


def no_port() -> Optional[int]:
    """Anki has no web server of its own, or not yet."""
    return None


class Examined(NamedTuple):
    """The caller found at the door, and the settings by which they were found."""

    settings: Settings
    caller: guard.Caller


@dataclass(frozen=True)
class App:
    """The add-on as its server sees it. `settings` are asked for each request, so that changes apply at once."""

    reply: Reply
    settings: Callable[[], Settings]
    log: Callable[[Any, Any], None] = forget
    refused: Callable[[guard.Caller], None] = unnoticed
    anki_port: Callable[[], Optional[int]] = no_port
    routes: Routes = field(default_factory=Routes)

    def admit(self, head: Head) -> Union[Allowance, Response]:
        """Before the body is read: how large it may be, or the refusal."""
        settings = self.settings()
        caller = guard.examine(head, settings, self.anki_port())
        suited = self.routes.suited
        if isinstance(caller, Response):
            return suited(head, caller)
        found = Examined(settings, caller)
        if caller.trusted:
            allowed = settings.max_body_bytes
            return Allowance(
                allowed, lambda: suited(head, guard.too_large(allowed, caller, settings)), found
            )
        return Allowance(FOREIGN_BODY, lambda: suited(head, guard.origin_refused(caller)), found)

    def answer(self, request: Request) -> Response:
        settings = self.settings()
        caller = self.caller_of(request, settings)
        if isinstance(caller, Response):
            return self.routes.suited(request.head, caller)
        if request.head.method == "OPTIONS":
            return guard.preflight(request.head, caller, settings)
        visit = self.routes.find(request, self.log)
        if visit is not None:
            return self.received(visit, request.head, caller, settings)
        body = self.body_for(request.body, caller)
        if body is None:
            self.refused(caller)
            return guard.origin_refused(caller)
        return Response(200, body, headers=guard.cors_headers(caller, settings))

    def caller_of(self, request: Request, settings: Settings) -> Union[guard.Caller, Response]:
        """Who asks, examined once more if the user changed something while the body was on its way."""
        found = request.found
        if isinstance(found, Examined) and found.settings is settings:
            return found.caller.heard_by(request.gone)
        caller = guard.examine(request.head, settings, self.anki_port())
        return caller if isinstance(caller, Response) else caller.heard_by(request.gone)

    def received(
        self, visit: Visit, head: Head, caller: guard.Caller, settings: Settings
    ) -> Response:
        """The reply to somebody who asks for something that has a path of its own."""
        if not visit.open_to(caller):
            self.refused(caller)
            return self.routes.suited(head, guard.origin_refused(caller))
        return with_headers(visit.answer(caller), guard.cors_headers(caller, settings))

    def body_for(self, body: Octets, caller: guard.Caller) -> Optional[Octets]:
        """The reply's body; None when the caller's origin may not have one."""
        if is_blank(body):
            return BANNER if caller.may_look else None
        if caller.trusted:
            return self.trusted(body, caller)
        asked = foreign_request(body)
        return None if asked is None else strict_json.encode(self.reply(asked, caller))

    def trusted(self, body: Octets, caller: guard.Caller) -> Octets:
        try:
            request = strict_json.decode(body)
        except BadRequest as error:
            return strict_json.encode({"result": None, "error": str(error)})
        reply = self.reply(request, caller)
        self.log(request, reply)
        return strict_json.encode(reply)


def foreign_request(body: Octets) -> Any:
    """The request to be allowed, from an origin that is not allowed yet; None for anything else."""
    try:
        request = strict_json.decode(body)
    except BadRequest:
        return None
    asks = isinstance(request, dict) and request.get("action") == "requestPermission"
    return request if asks else None
