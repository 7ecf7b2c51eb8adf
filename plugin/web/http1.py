"""HTTP/1.1 as it looks on the wire: bytes to requests, replies to bytes. Knows no sockets.

Whatever makes it doubtful where a message ends is refused, never guessed (RFC 9112, 11.2):
another program on the way might read it differently.
"""

import re
from typing import List, NamedTuple, Optional, Tuple

from ..in_pieces import Octets
from .bodies import Body, ChunkedBody, LengthBody, Refused, refuse
from .limits import Limits
from .messages import Allowance, Head, Headers, refusal

ALLOWED = "GET, HEAD, POST, PUT, OPTIONS"
_METHODS = frozenset(ALLOWED.split(", "))
_KNOWN_METHODS = frozenset(("CONNECT", "DELETE", "PATCH", "TRACE"))

_REQUEST_LINE = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP/([0-9])\.([0-9])")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://([^/?#@]+)(?:[/?#].*)?")
_DIGITS = re.compile(r"[0-9]+")

# Bytes a head may hold: visible ones, blanks and line ends.
_HEAD_BYTES = bytes([9, 10, 13, *range(32, 127), *range(128, 256)])

Fields = List[Tuple[str, str]]


class Opening(NamedTuple):
    """A request's head and what it says about the body and the connection."""

    head: Head
    length: Optional[int]  # None: chunked
    keep: bool  # the client wants the connection kept
    expects: bool  # the client waits for "100 Continue" before it sends the body


class Incoming:
    """The bytes that came on one connection, cut into requests.

    `feed` bytes, ask for `next_head`; then `begin_body` and ask for `next_body`. Both give
    None as long as bytes are missing, and raise Refused for what cannot be served.
    """

    __slots__ = ("_body", "_buffer", "_empty_lines", "_limits", "_peer", "_scanned", "head_only")

    def __init__(self, peer: str, limits: Limits) -> None:
        self._peer = peer
        self._limits = limits
        self._buffer = bytearray()
        self._scanned = 0  # bytes of an unfinished head that were looked at already
        self._empty_lines = 0
        self._body: Optional[Body] = None
        self.head_only = False  # the request being read is HEAD: replies have no body

    def feed(self, data: bytes) -> None:
        self._buffer += data

    @property
    def empty(self) -> bool:
        """Nothing is here that was not yet used."""
        return not self._buffer

    @property
    def begun(self) -> bool:
        """A request has begun to arrive and is not complete."""
        return bool(self._buffer) or self._body is not None

    @property
    def missing(self) -> int:
        """How many bytes are known to be missing; 1 where that is unknown."""
        return 1 if self._body is None else self._body.missing(self._buffer)

    def next_head(self) -> Optional[Opening]:
        buffer = self._buffer
        self._skip_empty_lines()
        end = buffer.find(b"\r\n\r\n", self._scanned)
        if end < 0:
            self._check_unfinished()
            return None
        raw = bytes(buffer[:end])
        del buffer[: end + 4]
        self._scanned = 0
        self._empty_lines = 0
        opening = self._parse(raw)
        self._check_unsized(opening)
        return opening

    def begin_body(self, opening: Opening, allowance: Allowance) -> None:
        """Expect the body; refused when it says at once that it is larger than allowed."""
        if opening.length is None:
            self._body = ChunkedBody(allowance, self._limits)
        else:
            self._body = LengthBody(opening.length, allowance)

    def next_body(self) -> Optional[Octets]:
        assert self._body is not None
        body = self._body.take(self._buffer)
        if body is not None:
            self._body = None
        return body

    def _check_unsized(self, opening: Opening) -> None:
        """Without a length there is no body (RFC 9112, 6.3). Where one comes all the same, its sender is told
        what is missing, rather than that the body is no further request."""
        unsized = opening.length == 0 and not opening.head.headers.all("content-length")
        if unsized and self._buffer.startswith((b"{", b"[")):
            raise refuse(411, "The body needs a Content-Length, or Transfer-Encoding: chunked.")

    def _skip_empty_lines(self) -> None:
        """Some clients send a line end too many after a body (RFC 9112, 2.2)."""
        while self._buffer.startswith(b"\r\n"):
            del self._buffer[:2]
            self._scanned = 0
            self._empty_lines += 1
            if self._empty_lines > self._limits.empty_lines:
                raise refuse(400, "Empty lines came instead of a request.")

    def _check_unfinished(self) -> None:
        """Refuse early what no further byte can make right; nobody should wait for it."""
        buffer, limits = self._buffer, self._limits
        start = self._scanned
        if start and buffer[start] == 10:  # keep CR LF together
            start -= 1
        _check_bytes(bytes(buffer[start:]).removesuffix(b"\r"))
        line_end = buffer.find(b"\r\n")
        if line_end < 0:
            if len(buffer) > limits.request_line + 1:
                raise _line_too_long(limits)
        else:
            if self._scanned <= line_end + 2:
                self._request_line(buffer[:line_end].decode("latin-1"))
            self._check_unfinished_fields(line_end)
        self._scanned = max(0, len(buffer) - 3)

    def _check_unfinished_fields(self, line_end: int) -> None:
        buffer, limits = self._buffer, self._limits
        if len(buffer) - buffer.rfind(b"\r\n") > limits.header_line + 3:
            raise _field_too_long(limits)
        if len(buffer) - line_end > limits.headers + 6:
            raise _fields_too_large(limits)

    def _parse(self, raw: bytes) -> Opening:
        _check_bytes(raw)
        lines = raw.decode("latin-1").split("\r\n")
        method, target, version = self._request_line(lines[0])
        fields = self._fields(lines, len(raw) - len(lines[0]))
        _route(target, fields, version)
        head = Head(method, target, version, Headers(fields), self._peer)
        return _opening(head, self._limits)

    def _request_line(self, line: str) -> Tuple[str, str, Tuple[int, int]]:
        if len(line) > self._limits.request_line:
            raise _line_too_long(self._limits)
        parts = _REQUEST_LINE.fullmatch(line)
        if parts is None:
            raise refuse(400, "This is not an HTTP request line: method, target and HTTP/1.1.")
        method, target, major, minor = parts.groups()
        self.head_only = method == "HEAD"
        if major != "1" or minor not in "01":
            raise refuse(505, f"HTTP/{major}.{minor} is not spoken here; use HTTP/1.1.")
        _check_method(method)
        _check_target(method, target)
        return method, target, (1, int(minor))

    def _fields(self, lines: List[str], size: int) -> Fields:
        limits = self._limits
        if len(lines) - 1 > limits.fields:
            raise refuse(431, f"There are more than {limits.fields} header fields.")
        if size > limits.headers:
            raise _fields_too_large(limits)
        if size > limits.header_line and max(map(len, lines[1:])) > limits.header_line:
            raise _field_too_long(limits)
        return [_field(line) for line in lines[1:]]


def _check_bytes(raw: bytes) -> None:
    if raw.translate(None, _HEAD_BYTES):
        raise refuse(400, "The head of the request holds control characters.")
    ends = raw.count(b"\r\n")
    if raw.count(b"\r") != ends or raw.count(b"\n") != ends:
        raise refuse(400, "Each line of the head must end with CR LF, and hold neither elsewhere.")


def _check_method(method: str) -> None:
    if method in _METHODS:
        return
    if method in _KNOWN_METHODS:
        text = f"The method {method} is not allowed; use POST."
        raise Refused(refusal(405, text, ("Allow", ALLOWED)))
    raise refuse(501, "This method is not known; use POST.")


def _check_target(method: str, target: str) -> None:
    if target.startswith("/") or (target == "*" and method == "OPTIONS"):
        return
    if _ABSOLUTE.fullmatch(target) is None:
        raise refuse(400, "The request target is neither a path nor a full address.")


def _field(line: str) -> Tuple[str, str]:
    name, colon, value = line.partition(":")
    if colon and _TOKEN.fullmatch(name):
        return name, value.strip(" \t")
    if line[:1] in (" ", "\t"):
        raise refuse(400, "A header field is folded over several lines; send it in one.")
    if colon and name.rstrip(" \t") != name:
        raise refuse(400, "A header field has a blank before its colon.")
    raise refuse(400, "A header field is malformed: name, colon and value are expected.")


def _route(target: str, fields: Fields, version: Tuple[int, int]) -> None:
    """One Host, and the host of a full address in its place (RFC 9112, 3.2.2)."""
    hosts = [name for name, _ in fields if name.lower() == "host"]
    if len(hosts) > 1:
        raise refuse(400, "There is more than one Host header.")
    if not hosts and version == (1, 1):
        raise refuse(400, "The Host header is missing.")
    if target[0] not in "/*":
        absolute = _ABSOLUTE.fullmatch(target)
        assert absolute is not None
        host = ("Host", absolute.group(1))
        fields[:] = [*(field for field in fields if field[0].lower() != "host"), host]


def _opening(head: Head, limits: Limits) -> Opening:
    headers = head.headers
    encodings = headers.all("content-encoding")
    if encodings and any(value.lower() != "identity" for value in encodings):
        raise refuse(415, "Compressed bodies are not understood; send the body as it is.")
    length = _length(head, limits)
    modern = head.version == (1, 1)
    expects = modern and _expects(headers)
    return Opening(head, length, _keeps(headers, modern=modern), expects)


def _length(head: Head, limits: Limits) -> Optional[int]:
    """The length of the body; None when it comes in chunks."""
    headers = head.headers
    codings = headers.all("transfer-encoding")
    lengths = headers.all("content-length")
    if codings:
        if head.version == (1, 0):
            raise refuse(400, "HTTP/1.0 has no Transfer-Encoding; send a Content-Length.")
        if lengths:
            raise refuse(400, "Content-Length and Transfer-Encoding exclude each other.")
        if len(codings) > 1 or codings[0].lower() != "chunked":
            raise refuse(501, "The only Transfer-Encoding understood is chunked.")
        return None
    if not lengths:
        return 0
    if len(lengths) > 1:
        raise refuse(400, "There is more than one Content-Length.")
    if len(lengths[0]) > limits.length_digits or not _DIGITS.fullmatch(lengths[0]):
        raise refuse(400, "The Content-Length is not a reasonable decimal number.")
    return int(lengths[0])


def _expects(headers: Headers) -> bool:
    expectations = headers.all("expect")
    if not expectations:
        return False
    if any(value.lower() != "100-continue" for value in expectations):
        raise refuse(417, "The only expectation understood is 100-continue.")
    return True


def _keeps(headers: Headers, *, modern: bool) -> bool:
    values = headers.all("connection")
    if not values:
        return modern
    options = {option.strip(" \t").lower() for option in ",".join(values).split(",")}
    return "close" not in options and (modern or "keep-alive" in options)


def _line_too_long(limits: Limits) -> Refused:
    return refuse(414, f"The request line is longer than {limits.request_line} bytes.")


def _field_too_long(limits: Limits) -> Refused:
    return refuse(431, f"A header field is longer than {limits.header_line} bytes.")


def _fields_too_large(limits: Limits) -> Refused:
    return refuse(431, f"The header fields are larger than {limits.headers} bytes in all.")
