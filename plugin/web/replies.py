"""Replies: from a Response to the bytes that are sent."""

import re
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import List, Tuple

from ..in_pieces import Octets
from .messages import Response

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_BODILESS = frozenset((204, 304))  # RFC 9110, 6.4.1
_OURS = frozenset(("connection", "content-length", "date", "transfer-encoding"))


class UnsendableError(ValueError):
    """The application gave a response that cannot be written as HTTP."""


def encode(response: Response, *, keep: bool, head_only: bool, joined: int) -> List[Octets]:
    """The bytes of a reply, in one piece unless its body is larger than `joined`."""
    body = response.body
    bodiless = response.status in _BODILESS
    head = _head(response, keep=keep, bodiless=bodiless)
    if head_only or bodiless or not body:
        return [head]
    return [head + body] if len(body) <= joined else [head, body]


def _head(response: Response, *, keep: bool, bodiless: bool) -> bytes:
    status = response.status
    if not 200 <= status <= 599:
        raise UnsendableError(f"{status} is not the status of a reply")
    lines = [
        f"HTTP/1.1 {status} {_PHRASES.get(status, '')}",
        f"Date: {_date(int(time()))}",
        f"Connection: {'keep-alive' if keep else 'close'}",
    ]
    if not bodiless:
        lines.append(f"Content-Length: {len(response.body)}")
        lines.append(f"Content-Type: {_checked(response.content_type)}")
    lines += map(_field, response.headers)
    lines.append("\r\n")
    return "\r\n".join(lines).encode("latin-1")


@lru_cache(maxsize=64)
def _field(field: Tuple[str, str]) -> str:
    name, value = field
    if not _NAME.fullmatch(name) or name.lower() in _OURS:
        raise UnsendableError(f"a response may not hold the header {name!r}")
    return f"{name}: {_checked(value)}"


@lru_cache(maxsize=64)
def _checked(value: str) -> str:
    if not _VALUE.fullmatch(value):
        raise UnsendableError(f"{value!r} cannot be the value of a header")
    return value


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
