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


class Doubtful(Exception):
    """The strict reader has to look at the body."""


def read(body: Octets, deepest: int) -> Any:
    """The value in a body, nested no deeper than `deepest` containers in one. Raises Doubtful."""
    if reader is None or len(body) > LARGEST:
        raise Doubtful
    loads, dumps = reader
    try:
        value = loads(body)
        written = dumps(value)
    except (ValueError, TypeError):  # no JSON, and what orjson can read but not write: deep nesting
        raise Doubtful from None
    if hides_characters(body) or BEYOND_64_BITS in body.translate(TO_ZEROS):
        raise Doubtful
    # No name was dropped as a repeated one: each text has two quotation marks, beside those inside it.
    if body.count(b'"') != written.count(b'"') or b"\n" + b"  " * deepest in written:
        raise Doubtful
    return value


def hides_characters(body: Octets) -> bool:
    """Whether quotation marks, or NUL that cannot be stored, are written as numbers."""
    # One character is looked for ten times as fast as several.
    return b"\\" in body and (b"\\u0022" in body or b"\\u0000" in body)
