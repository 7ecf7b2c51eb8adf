"""Reading JSON with `orjson`, where it provably comes to what the strict reader makes of it.

It is three times as fast, but overlooks a name that stands twice, and whole numbers beyond 64 bits lose digits. Both
show when the value is written again, or in the bytes. Whatever is in doubt or no JSON is left to the strict reader,
which also has the words for it.
"""

from typing import Any, Callable, Optional, Tuple

from ..in_pieces import Octets

Reader = Tuple[Callable[[Octets], Any], Callable[[Any], bytes]]
reader: Optional[Reader]
try:
    import orjson

    # Indented, so that the depth of the value shows.
    reader = (orjson.loads, lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2))
except ImportError:  # every Anki so far brings it along
    reader = None

# One step of it keeps all other threads waiting.
LARGEST = 4 << 20
TO_ZEROS = bytes.maketrans(b"123456789", b"000000000")
# The smallest number beyond 64 bits has so many digits.
BEYOND_64_BITS = b"0" * 19


# So few values, containers included, are looked at one by one. They cannot be nested too deeply either.
FEW = 64


class Doubtful(Exception):
    """The strict reader has to look at the body."""


def read(body: Octets, deepest: int) -> Any:
    """The value in a body, nested no deeper than `deepest` containers in one. Raises Doubtful."""
    if reader is None or len(body) > LARGEST:
        raise Doubtful
    loads, dumps = reader
    try:
        value = loads(body)
        marks = None if b"\\" in body else marks_of_few(value)
        if marks is not None:
            if not has_marks(body, marks):
                raise Doubtful
            return value
        written = dumps(value)
    except (ValueError, TypeError):  # no JSON, and what orjson can read but not write: deep nesting
        raise Doubtful from None
    if hides_characters(body) or BEYOND_64_BITS in body.translate(TO_ZEROS):
        raise Doubtful
    # No name was dropped as a repeated one: each text has two quotation marks, beside those inside it.
    if body.count(b'"') != written.count(b'"') or b"\n" + b"  " * deepest in written:
        raise Doubtful
    return value


def marks_of_few(value: Any) -> Optional[int]:
    """The quotation marks with which a value is written, if it is made of few that are exact; else None."""
    marks, looked_at, waiting = 0, 0, [value]
    while waiting:
        one = waiting.pop()
        looked_at += 1
        if isinstance(one, str):
            marks += 2
        elif isinstance(one, (dict, list)):
            if len(one) > FEW:
                return None
            marks += 2 * len(one) if isinstance(one, dict) else 0
            waiting += one.values() if isinstance(one, dict) else one
        # A number with a fraction may be what became of a whole one beyond 64 bits.
        if looked_at > FEW or isinstance(one, float):
            return None
    return marks


def has_marks(body: Octets, number: int) -> bool:
    """Whether a body holds so many quotation marks. Looking for few is ten times as fast as counting."""
    at = -1
    for _ in range(number):
        at = body.find(b'"', at + 1)
        if at < 0:
            return False
    return body.find(b'"', at + 1) < 0


def hides_characters(body: Octets) -> bool:
    """Whether quotation marks, or NUL that cannot be stored, are written as numbers."""
    # One character is looked for ten times as fast as several.
    return b"\\" in body and (b"\\u0022" in body or b"\\u0000" in body)
