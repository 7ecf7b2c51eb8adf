"""Large texts and bytes a piece at a time.

Python's own functions keep the interpreter to themselves until they return, which for 100 MB is long enough for
Anki's windows to stand still. Between two pieces other threads have their turn.
"""

import re
from typing import Iterable, Iterator, List, Union

PIECE = 1 << 20  # also of base64, whose groups are of four characters
# A text grows by an eighth at a time: where memory cannot grow in place, each time the whole is copied.
SHARE = 8

Octets = Union[bytes, bytearray]


def starts(length: int, size: int) -> Iterator[int]:
    """Where the pieces of something so long begin."""
    return iter(range(0, length, size))


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in starts(len(text), size))


def joined_text(parts: Iterable[str]) -> str:
    """As `"".join`."""
    text = ""
    for group in groups(parts):
        # Done in place, as nothing else knows this text.
        text += group
    return text


def groups(parts: Iterable[str]) -> Iterator[str]:
    """The parts in ever larger groups."""
    waiting: List[str] = []
    before = size = 0
    for part in parts:
        waiting.append(part)
        size += len(part)
        if size * SHARE > before:
            yield "".join(waiting)
            waiting = []
            before, size = before + size, 0
    yield "".join(waiting)


def joined_bytes(parts: Iterable[Octets]) -> Octets:
    """As `b"".join`; more than one piece comes as a bytearray, as making bytes of it would be one large step."""
    found = bytearray()
    for part in parts:
        found += part
    return bytes(found) if len(found) <= PIECE else found


def holds(pattern: "re.Pattern[str]", text: str, longest: int) -> bool:
    """Whether something in the text fits the pattern, which looks at no more than `longest` characters in a row."""
    if len(text) <= PIECE:
        return pattern.search(text) is not None
    return any(
        pattern.search(text, start, start + PIECE + longest) for start in starts(len(text), PIECE)
    )


def holds_more(text: str, characters: str, number: int) -> bool:
    """Whether more than this number of these characters are in the text."""
    if len(text) <= number:
        return False
    for start in starts(len(text), PIECE):
        number -= sum([text.count(one, start, start + PIECE) for one in characters])
        if number < 0:
            return True
    return False
