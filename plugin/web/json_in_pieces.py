"""Writing a large value as JSON piece by piece, as one step of Python's JSON writer keeps all other threads waiting."""

import json
from typing import Any, Iterator, List

from ..in_pieces import PIECE, pieces

ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
# Containers of more members, and texts of more characters, are large.
MANY = 64
LONG = 64 * 1024
# So few members are looked at one by one, and so deep: a reply that holds a list of replies that hold lists.
FEW = 3
LEVELS = 3
# Characters of many members that are written at a time, and how much the number of members may grow for that.
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
    if len(inner) > MANY:
        return True
    few = isinstance(value, list) or len(inner) <= FEW
    return few and levels > 0 and any(is_large(member, levels - 1) for member in inner)


def written(value: Any) -> Iterator[str]:
    """The parts of what the encoder makes of a value."""
    if not is_large(value):
        yield ENCODER.encode(value)
    elif isinstance(value, str):
        yield '"'
        for piece in pieces(value, BATCH):
            yield ENCODER.encode(piece)[1:-1]
        yield '"'
    elif isinstance(value, dict):
        yield "{"
        yield from members(value, list(value.items()))
        yield "}"
    else:
        yield "["
        yield from members(value, value)
        yield "]"


def members(outer: Any, entries: List[Any]) -> Iterator[str]:
    """The members of a list or an object, separated: so many at a time as make a piece of fitting size."""
    done, number = 0, 1
    while done < len(entries):
        batch = entries[done : done + number]
        size = 0
        if done:
            yield ","
        for part in members_at_once(outer, batch):
            size += len(part)
            yield part
        done += len(batch)
        if len(entries) > FEW:
            number = max(1, min(len(batch) * GROWTH, BATCH * len(batch) // (size + 1)))


def members_at_once(outer: Any, batch: List[Any]) -> Iterator[str]:
    if len(batch) > 1:
        yield ENCODER.encode(dict(batch) if isinstance(outer, dict) else batch)[1:-1]
    elif isinstance(outer, dict):
        [(name, member)] = batch
        yield ENCODER.encode({name: None})[1 : -len("null}")]
        yield from written(member)
    else:
        yield from written(batch[0])
