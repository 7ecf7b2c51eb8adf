"""Request bodies: cut out of a connection's bytes, by length or chunk by chunk (RFC 9112, 6-7)."""

import re
from typing import Optional, Union

from ..in_pieces import PIECE, Octets
from .limits import Limits
from .messages import Allowance, Response, refusal

# Size, then extensions: blanks before the semicolon are tolerated by RFC 9112, 7.1.1.
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(;[\t\x20-\x7e\x80-\xff]*)?")
_TRAILER_LINE = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*")


class Refused(Exception):
    """What came cannot be served; `response` says why. The connection ends with it."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def is_blank(body: Octets) -> bool:
    """Whether there is nothing to read. (Stripping would copy a large body.)"""
    return not body or body.isspace()


def refuse(status: int, text: str) -> Refused:
    return Refused(refusal(status, text))


class LengthBody:
    """A body of a stated length. A small one stays in the buffer until all of it is there."""

    __slots__ = ("_body", "_left")

    def __init__(self, length: int, allowance: Allowance) -> None:
        if length > allowance.bytes:
            raise Refused(allowance.too_large())
        self._left = length
        self._body: Optional[bytearray] = None if length <= PIECE else bytearray()

    def missing(self, buffer: bytearray) -> int:
        return self._left - len(buffer)

    def take(self, buffer: bytearray) -> Optional[Octets]:
        """The body once it is complete, removed from the buffer. (A large one is not copied as a whole.)"""
        if self._body is None and len(buffer) < self._left:
            return None
        length = min(self._left, len(buffer))
        with memoryview(buffer) as view, view[:length] as part:
            if self._body is None:
                body = bytes(part)
            else:
                self._body += part
        del buffer[:length]
        if self._body is None:
            return body
        self._left -= length
        return None if self._left else self._body


class ChunkedBody:
    """A chunked body. What is decoded leaves the buffer at once, so that it stays small."""

    __slots__ = ("_allowance", "_body", "_extensions", "_left", "_limits", "_trailers")

    def __init__(self, allowance: Allowance, limits: Limits) -> None:
        self._allowance = allowance
        self._limits = limits
        self._body = bytearray()
        self._left: Optional[int] = None  # bytes left of this chunk; None: its size comes next
        self._extensions = 0
        self._trailers: Optional[int] = None  # their size so far, once the last chunk was seen

    def missing(self, buffer: bytearray) -> int:
        return self._left or 1

    def take(self, buffer: bytearray) -> Optional[Octets]:
        """The body once its last line is there; the buffer keeps what follows it."""
        position, before = 0, -1
        while position != before and self._trailers is None:
            before = position
            position = self._decode(buffer, position)
        while position != before and self._trailers is not None:
            before = position
            position = self._skip_trailer(buffer, position)
            if position == before + 2:
                del buffer[:position]
                return self._body if len(self._body) > PIECE else bytes(self._body)
        del buffer[:position]
        return None

    def _decode(self, buffer: bytearray, position: int) -> int:
        if self._left is None:
            return self._begin_chunk(buffer, position)
        if self._left:
            return self._copy(buffer, position)
        return self._end_chunk(buffer, position)

    def _begin_chunk(self, buffer: bytearray, position: int) -> int:
        end = _line_end(buffer, position, self._limits.chunk_line)
        seen = len(buffer) - buffer.endswith(b"\r") if end is None else end
        line = _CHUNK_LINE.fullmatch(buffer, position, seen)
        if line is None and (end is not None or seen > position):
            raise refuse(400, "A chunk of the body does not begin with its size in hex digits.")
        if line is None or end is None:
            return position
        size = int(line.group(1), 16)
        self._count_extensions(end - position - len(line.group(1)))
        if len(self._body) + size > self._allowance.bytes:
            raise Refused(self._allowance.too_large())
        if size:
            self._left = size
        else:
            self._trailers = 0
        return end + 2

    def _count_extensions(self, size: int) -> None:
        self._extensions += size
        if self._extensions > self._limits.chunk_extensions:
            raise refuse(400, "The chunk extensions are too long; send the body without them.")

    def _copy(self, buffer: bytearray, position: int) -> int:
        assert self._left is not None
        end = min(len(buffer), position + self._left)
        with memoryview(buffer) as view, view[position:end] as part:
            self._body += part
        self._left -= end - position
        return end

    def _end_chunk(self, buffer: bytearray, position: int) -> int:
        end = bytes(buffer[position : position + 2])
        if not b"\r\n".startswith(end):
            raise refuse(400, "A chunk of the body is longer than its stated size.")
        if len(end) < 2:
            return position
        self._left = None
        return position + 2

    def _skip_trailer(self, buffer: bytearray, position: int) -> int:
        """Trailers are read and dropped: no field of ours may come after the body."""
        assert self._trailers is not None
        end = _line_end(buffer, position, self._limits.trailers)
        if end is None:
            return position
        self._trailers += end - position
        if self._trailers > self._limits.trailers:
            raise refuse(431, "The trailer fields of the body are too long; leave them out.")
        if end > position and _TRAILER_LINE.fullmatch(buffer, position, end) is None:
            raise refuse(400, "A trailer field of the body is malformed.")
        return end + 2


Body = Union[LengthBody, ChunkedBody]


def _line_end(buffer: bytearray, position: int, limit: int) -> Optional[int]:
    """Where the line at `position` ends; None while its end has not come."""
    end = buffer.find(b"\n", position, position + limit + 2)
    if end < 0:
        if len(buffer) - position > limit + 2:
            raise refuse(400, "A line within the chunked body is too long.")
        return None
    if end == position or buffer[end - 1] != 13:
        raise refuse(400, "A line within the chunked body ends without a carriage return.")
    return end - 1
