"""From the bytes of a body to a JSON value, accepting only what is JSON and can be stored."""

import codecs
import json
import re
from typing import Any, Iterable, List, NoReturn, Optional, Set, Tuple

from ..errors import BadRequest
from ..in_pieces import PIECE, Octets, holds, holds_more, joined_bytes, joined_text
from . import quick_json
from .json_in_pieces import at_once, is_large, written
from .long_strings import NOTHING, take_out

# Numbers beyond this many digits are no ids, dates or counts, and reading them takes quadratic time.
LONGEST_NUMBER = 400
# So many digits in a row show among every nineteenth character; looking at all of them takes longer than
# reading the JSON does. Ids in a list do not look like that, as nineteen and their distance have no common divisor.
STRIDE = 19
LOOKS_LONG = re.compile(f"[0-9]{{{(LONGEST_NUMBER + 1) // STRIDE}}}")
# No request needs more, and whatever walks through a value by recursion stays far from Python's limit.
DEEPEST = 100
SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
LONGEST_SUSPECT = 6
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
IN_A_NAME = "a name"
TOO_DEEP = "the body is nested too deeply"


def decode(body: Octets) -> Any:
    """The value that a body holds. Raises BadRequest with the words that clients know (contract, section 1.3)."""
    try:
        return quick_json.read(body, DEEPEST)
    except quick_json.Doubtful:
        return decode_strictly(body)


def decode_strictly(body: Octets) -> Any:
    body, long = take_out(body) if len(body) > PIECE else (body, NOTHING)
    try:
        text = decoded(body)
        value = json.loads(
            text,
            # A function of ours is called for every number, and millions of them would take their time.
            parse_int=integer if holds(LOOKS_LONG, text[::STRIDE], LONGEST_NUMBER) else None,
            parse_float=fraction,
            parse_constant=no_constant,
            object_pairs_hook=members,
        )
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: {long.utf_8_error(error)}") from None
    except json.JSONDecodeError as error:
        raise BadRequest(long.json_error(error)) from None
    except RecursionError:
        raise BadRequest(TOO_DEEP) from None
    if holds_more(text, "[{", DEEPEST) and is_too_deep(value):
        raise BadRequest(TOO_DEEP)
    # One character is looked for ten times as fast as a pattern.
    if "\\" in text and holds(SUSPECT, text, LONGEST_SUSPECT):
        refuse_unstorable(value)
    return long.put_back(value)


def decoded(body: Octets) -> str:
    if len(body) > PIECE:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        try:
            return joined_text(
                decoder.decode(body[at : at + PIECE], at + PIECE >= len(body))
                for at in range(0, len(body), PIECE)
            )
        except UnicodeDecodeError:
            decoder.reset()  # said below, with its place in the whole
    return str(body, "utf-8-sig")


def integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise BadRequest(f"the number {digits[:20]}… has too many digits")
    return int(digits)


def fraction(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise BadRequest(f"the number {digits[:20]} is out of range")
    return number


def no_constant(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not JSON")


def members(pairs: List[Tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest(f"the member '{repeated(pairs)[:100]}' stands twice in one object")
    return found


def repeated(pairs: List[Tuple[str, Any]]) -> str:
    """The first name that comes a second time."""
    seen: Set[str] = set()
    for name, _ in pairs:
        if name in seen:
            break
        seen.add(name)
    return name


def is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in members_of(outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def members_of(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def refuse_unstorable(value: Any) -> None:
    """Raises BadRequest for text with NUL or unpaired surrogates, naming its place."""
    place = unstorable_place(value)
    if place is not None:
        raise BadRequest(
            f"{place} holds a character that cannot be stored (NUL or half a character)"
        )


def unstorable_place(value: Any) -> Optional[str]:
    """The first place with such text, in words; None when there is none."""
    path = unstorable_path(value)
    if path is None:
        return None
    in_a_name = path[-1:] == [IN_A_NAME]
    place = "".join(path[:-1] if in_a_name else path).lstrip(".") or "the body"
    return f"a member name in {place}" if in_a_name else place


def unstorable_path(value: Any) -> Optional[List[str]]:
    """The steps that lead to such text from here; put together only where there is some."""
    if isinstance(value, str):
        return [] if UNSTORABLE.search(value) else None
    if isinstance(value, dict) and any(map(UNSTORABLE.search, value)):
        return [IN_A_NAME]
    for step, member in steps(value):
        path = unstorable_path(member)
        if path is not None:
            return [step, *path]
    return None


def steps(value: Any) -> Iterable[Tuple[str, Any]]:
    if isinstance(value, dict):
        return ((f".{name[:100]}", member) for name, member in value.items())
    if isinstance(value, list):
        return ((f"[{index}]", member) for index, member in enumerate(value))
    return ()


def encode(value: Any) -> Octets:
    """The bytes of a JSON value, compact, in UTF-8; where they are many, as a bytearray."""
    return joined_bytes(written(value)) if is_large(value) else at_once(value)
