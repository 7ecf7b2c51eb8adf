"""Which path is which. What no route knows is the API's: any other path takes request objects, and shows the banner."""

import json
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Callable, Dict, Mapping, Optional, Protocol, Tuple, Type

from .. import errors
from ..errors import BadRequest
from ..in_pieces import Octets
from . import strict_json
from .bodies import is_blank
from .guard import Caller, printable
from .messages import Head, Request, Response

ACTIONS = "/actions/"
OPENAPI = "/openapi.json"
SCHEMA = "/schema.json"
HEALTH = "/health"
API_VERSION = 6  # of what is asked for by path

HTML_TYPE = "text/html; charset=utf-8"
PROBLEM_TYPE = "application/problem+json"  # RFC 9457
LOOKING = ("GET", "HEAD")

# A class of failures and its children; the nearest one counts.
STATUSES: Mapping[Type[BaseException], int] = {
    errors.BadRequest: 400,
    errors.BadParams: 400,
    errors.InvalidKey: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.UnsupportedAction: 404,
    errors.ApiError: 409,
    errors.CollectionUnavailable: 503,
    errors.AnkiBusy: 503,
    errors.AnkiClosing: 503,
    BaseException: 500,
}
FURTHER: Mapping[int, Tuple[Tuple[str, str], ...]] = {
    401: (("WWW-Authenticate", 'Bearer realm="AnkiConnect"'),),
    405: (("Allow", "POST, OPTIONS"),),
    503: (("Retry-After", "1"),),
}
# Nothing that a client sent stands in these, and they differ from one version to the next.
SAFE = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-cache"))


class Outcome(Protocol):
    """How a request ended; `problem` is the error's text, None after success."""

    @property
    def result(self) -> Any: ...

    @property
    def error(self) -> Optional[BaseException]: ...

    @property
    def problem(self) -> Optional[str]: ...


Attempt = Callable[[Any, Caller], Outcome]
Log = Callable[[Any, Any], None]


@dataclass(frozen=True)
class Page:
    """A text that people read, with what the browser is told about it."""

    body: bytes
    headers: Tuple[Tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Visit:
    """A request for something that a route knows, and who may have it."""

    answer: Callable[[Caller], Response]
    open_to: Callable[[Caller], bool]


@dataclass(frozen=True)
class Routes:
    """What is to be had by path. Without a page, documents and an attempt there is nothing.

    `documents` are made anew for each who asks: a function gives the JSON value or its bytes.
    """

    attempt: Optional[Attempt] = None
    page: Optional[Callable[[], Page]] = None
    documents: Mapping[str, Callable[[], Any]] = field(default_factory=dict)

    def find(self, request: Request, log: Log) -> Optional[Visit]:
        """The route that a request takes; None when it is the API's own."""
        head = request.head
        name = action_of(head)
        if name is not None and self.attempt is not None:
            called = Called(self.attempt, name, request, log)
            return Visit(called.answer, called.open_to)
        if head.method not in LOOKING or not is_blank(request.body):
            return None
        if self.page is not None and head.path == "/" and wants_html(head):
            return Visit(self.show_page, may_look)
        document = self.documents.get(head.path)
        return None if document is None else Visit(lambda _: show_document(document()), may_look)

    def show_page(self, _caller: Caller) -> Response:
        assert self.page is not None
        page = self.page()
        return Response(200, page.body, HTML_TYPE, (*SAFE, ("Vary", "Accept"), *page.headers))

    def suited(self, head: Head, refused: Response) -> Response:
        """A refusal of the door, as a problem where one asks for an action by path."""
        if action_of(head) is None or self.attempt is None:
            return refused
        text = str(json.loads(refused.body)["error"])
        return with_headers(problem(refused.status, text), refused.headers)


def with_headers(response: Response, headers: Tuple[Tuple[str, str], ...]) -> Response:
    return replace(response, headers=(*headers, *response.headers))


def may_look(caller: Caller) -> bool:
    return caller.may_look


def action_of(head: Head) -> Optional[str]:
    """The action that a path names."""
    name = head.path[len(ACTIONS) :] if head.path.startswith(ACTIONS) else ""
    return name or None


def wants_html(head: Head) -> bool:
    """Whether a client would rather have a page than anything else, as browsers say and nobody else."""
    first = ",".join(head.headers.all("Accept")).partition(",")[0]
    return first.partition(";")[0].strip().lower() == "text/html"


def show_document(value: Any) -> Response:
    body = value if isinstance(value, (bytes, bytearray)) else strict_json.encode(value)
    return Response(200, body, headers=SAFE)


@dataclass(frozen=True)
class Called:
    """An action that is asked for by path, its parameters being the body."""

    attempt: Attempt
    name: str
    request: Request
    log: Log

    def open_to(self, caller: Caller) -> bool:
        """As at the API's own door: an origin that is not allowed may ask for permission."""
        asks = self.name == "requestPermission" and self.request.head.method == "POST"
        return caller.trusted or asks

    def answer(self, caller: Caller) -> Response:
        if self.request.head.method != "POST":
            return problem(405, f"actions are called by POST, not {self.request.head.method}")
        try:
            params = parameters(self.request.body)
        except BadRequest as error:
            return problem(400, str(error))
        asked = {"action": self.name, "version": API_VERSION, "params": params}
        outcome = self.attempt(asked, caller)
        if caller.trusted:
            self.log(asked, {"result": outcome.result, "error": outcome.problem})
        if outcome.problem is not None:
            return problem(status_of(outcome.error), outcome.problem)
        return Response(200, strict_json.encode(outcome.result), headers=SAFE[:1])


def parameters(body: Octets) -> Dict[str, Any]:
    """The parameters in a body; none in an empty one."""
    if is_blank(body):
        return {}
    params = strict_json.decode(body)
    if not isinstance(params, dict):
        raise BadRequest(f"{printable(repr(params), 100)} is not of type 'object'")
    return params


def status_of(error: Optional[BaseException]) -> int:
    """The HTTP status that says best how a request has failed."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(status: int, text: str) -> Response:
    """A failure as RFC 9457 has it."""
    value = {"title": HTTPStatus(status).phrase, "status": status, "detail": text}
    body = strict_json.encode(value)
    return Response(status, body, PROBLEM_TYPE, (*SAFE[:1], *FURTHER.get(status, ())))
