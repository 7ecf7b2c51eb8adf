"""Writing JSON, a large value piece by piece: one step of a JSON writer keeps all other threads waiting."""

import json
from typing import Any, Callable, Iterator, List, Optional

from ..in_pieces import PIECE, pieces

ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
dumps: Optional[Callable[[Any], bytes]]
try:
    # Ten times as fast, and every Anki so far brings it along.
    from orjson import dumps
except ImportError:
    dumps = None
# Containers of more members, and texts of more characters, are large.
MANY = 64
LONG = 64 * 1024
# So many are no large value if each is a number, or a text, and the texts are not LONG together.
SOME = 4096
NUMBERS = {int, float, bool, type(None)}
# So few members are looked at one by one, and so deep: a reply that holds a list of replies that hold lists.
FEW = 3
LEVELS = 3
# Bytes of many members that are written at a time, and how much the number of members may grow for that.
BATCH = PIECE // 4
GROWTH = 8


def is_large(value: Any, levels: int = LEVELS) -> bool:
    """Whether writing a value may take so long that it is better done in pieces; only a guess."""
    if isinstance(value, str):
        return len(value) > LONG
    if isinstance(value, list):
        inner = value
    elif isinstance(value, dict):
        inner = list(value.values())
    else:
        return False
    if len(inner) <= SOME and are_simple(inner):
        return False
    if len(inner) > MANY:
        return True
    few = isinstance(value, list) or len(inner) <= FEW
    if not few or levels <= 0:
        return False
    return any(type(one) not in NUMBERS and is_large(one, levels - 1) for one in inner)


def are_simple(values: List[Any]) -> bool:
    """Whether these are numbers, or texts that are short together."""
    kinds = set(map(type, values))
    return kinds <= NUMBERS or (kinds == {str} and sum(map(len, values)) <= LONG)


def at_once(value: Any) -> bytes:
    """A value as JSON, compact, in UTF-8; half a character becomes a question mark."""
    if dumps is not None:
        try:
            return dumps(value)
        except TypeError:
            # Half a character, a number beyond 64 bits, a name that is none, or nesting: Python's writer takes them.
            pass
    return ENCODER.encode(value).encode("utf-8", "replace")


def written(value: Any) -> Iterator[bytes]:
    """The parts of a value's JSON."""
    if not is_large(value):
        yield at_once(value)
    elif isinstance(value, str):
        yield b'"'
        for piece in pieces(value, BATCH):
            yield at_once(piece)[1:-1]
        yield b'"'
    elif isinstance(value, dict):
        yield b"{"
        yield from members(value, list(value.items()))
        yield b"}"
    else:
        yield b"["
        yield from members(value, value)
        yield b"]"


def members(outer: Any, entries: List[Any]) -> Iterator[bytes]:
    """The members of a list or an object, separated: so many at a time as make a piece of fitting size."""
    done, number = 0, 1
    while done < len(entries):
        batch = entries[done : done + number]
        size = 0
        if done:
            yield b","
        for part in members_at_once(outer, batch):
            size += len(part)
            yield part
        done += len(batch)
        if len(entries) > FEW:
            number = max(1, min(len(batch) * GROWTH, BATCH * len(batch) // (size + 1)))


def members_at_once(outer: Any, batch: List[Any]) -> Iterator[bytes]:
    if len(batch) > 1:
        yield at_once(dict(batch) if isinstance(outer, dict) else batch)[1:-1]
    elif isinstance(outer, dict):
        [(name, member)] = batch
        yield at_once({name: None})[1 : -len("null}")]
        yield from written(member)
    else:
        yield from written(batch[0])
