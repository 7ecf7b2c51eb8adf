"""What the rooms of the web side hand to each other."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Callable, Dict, Iterable, List, Optional, Tuple

from ..in_pieces import Octets

JSON_TYPE = "application/json"  # RFC 8259: always UTF-8, no charset parameter


class Headers:
    """Header fields in the order they came, found by name in any letter case."""

    __slots__ = ("_values",)

    def __init__(self, fields: Iterable[Tuple[str, str]] = ()) -> None:
        self._values: Dict[str, List[str]] = {}
        for name, value in fields:
            self._values.setdefault(name.lower(), []).append(value)

    def get(self, name: str) -> Optional[str]:
        """The first value of a header, or None when it was not sent."""
        values = self._values.get(name.lower())
        return values[0] if values else None

    def all(self, name: str) -> List[str]:
        """Every value of a header, in order; [] when it was not sent."""
        return self._values.get(name.lower(), [])


@dataclass(frozen=True)
class Head:
    """A request before its body: what is needed to decide whether to read on."""

    method: str
    target: str
    version: Tuple[int, int]
    headers: Headers
    peer: str

    @property
    def path(self) -> str:
        """The path asked for, without host and query."""
        target = self.target.split("?", 1)[0].split("#", 1)[0]
        if target.startswith("/"):
            return target
        _, separator, rest = target.partition("://")
        return "/" + rest.partition("/")[2] if separator else target


def never_gone() -> bool:
    return False


@dataclass(frozen=True)
class Request:
    """A whole request. `gone()` tells whether the client has hung up meanwhile."""

    head: Head
    body: Octets = b""
    gone: Callable[[], bool] = never_gone
    found: object = None
    """What the application found out from the head, see `Allowance`."""


@dataclass(frozen=True)
class Response:
    """A reply. Content-Length, Date and Connection are added where it is sent."""

    status: int = 200
    body: Octets = b""
    content_type: str = JSON_TYPE
    headers: Tuple[Tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Allowance:
    """How many bytes of body a request may have, and what is said to one that has more.

    `found` is whatever the application wants to know again when the body is there.
    """

    bytes: int
    too_large: Callable[[], Response]
    found: object = None


def refusal(status: int, reason: str, *headers: Tuple[str, str]) -> Response:
    """A reply that refuses: an honest status and the usual two members."""
    text = reason or HTTPStatus(status).phrase
    body = json.dumps({"result": None, "error": text}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    return Response(status, body, headers=headers)
