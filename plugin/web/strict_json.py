"""From the bytes of a body to a JSON value, accepting only what is JSON and can be stored."""

import json
import re
from typing import Any, List, NoReturn, Optional, Tuple

from ..errors import BadRequest

# Numbers beyond this many digits are no ids, dates or counts, and reading them takes quadratic time.
LONGEST_NUMBER = 400
SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def decode(body: bytes) -> Any:
    """The value that a body holds. Raises BadRequest with the words that clients know (contract, section 1.3)."""
    try:
        text = str(body, "utf-8-sig")
        value = json.loads(
            text,
            parse_int=integer,
            parse_float=fraction,
            parse_constant=no_constant,
            object_pairs_hook=members,
        )
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: {error}") from None
    except json.JSONDecodeError as error:
        raise BadRequest(str(error)) from None
    except RecursionError:
        raise BadRequest("the body is nested too deeply") from None
    if SUSPECT.search(text):
        refuse_unstorable(value)
    return value


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
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"the member '{twice[:100]}' stands twice in one object")
    return found


def refuse_unstorable(value: Any) -> None:
    """Raises BadRequest for text with NUL or unpaired surrogates, naming its place."""
    place = unstorable_place(value)
    if place is not None:
        raise BadRequest(
            f"{place} holds a character that cannot be stored (NUL or half a character)"
        )


def unstorable_place(value: Any) -> Optional[str]:
    waiting: List[Tuple[str, Any]] = [("", value)]
    while waiting:
        place, one = waiting.pop()
        if isinstance(one, str) and UNSTORABLE.search(one):
            return place.lstrip(".") or "the body"
        if isinstance(one, dict):
            if any(UNSTORABLE.search(name) for name in one):
                return f"a member name in {place.lstrip('.') or 'the body'}"
            waiting.extend((f"{place}.{name}", member) for name, member in one.items())
        elif isinstance(one, list):
            waiting.extend((f"{place}[{index}]", member) for index, member in enumerate(one))
    return None


def encode(value: Any) -> bytes:
    """The bytes of a JSON value, compact, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
