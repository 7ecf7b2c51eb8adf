"""The kinds of values that settings take: how each is checked, described, and read from a text."""

import json
import re
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from .keys import NamedKey
from .scopes import DEFAULTS, EVERYTHING, Scopes, in_words, named
from .web.addresses import plain_origin, split_authority

ANY_ORIGIN = "*"

Complain = Callable[[str], None]


class UnusableError(ValueError):
    """A value that does not fit its setting; the one before it stays."""


class Kind(NamedTuple):
    """What values a setting takes. `check` turns the JSON value into the one the program uses."""

    expected: str
    schema: Mapping[str, Any]
    check: Callable[[Any, Complain], Any]
    from_text: Callable[[str], Any] = str


def shown(value: object) -> str:
    """A value as its JSON, cut to what fits into a sentence."""
    text = json.dumps(value, default=repr)
    return text if len(text) <= 80 else text[:77] + "..."


def _strict(convert: Callable[[Any], Any]) -> Callable[[Any, Complain], Any]:
    """The check of a kind whose values are good or bad as a whole."""
    return lambda value, _: convert(value)


def _optional_text(value: Any) -> Optional[str]:
    if value is not None and (not isinstance(value, str) or "\0" in value):
        raise UnusableError
    return value or None


def _address(value: Any) -> str:
    # "" is refused like any other malformed text: to a socket it would mean every address.
    text = value.strip() if isinstance(value, str) else ""
    parts = split_authority(f"[{text}]" if ":" in text and text[0] != "[" else text)
    if parts is None or parts[1]:
        raise UnusableError
    return parts[0]


def _origin_or_any(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if text == ANY_ORIGIN:
        return text
    # People copy addresses with the slash at the end; an origin has none.
    plain = plain_origin(text) or (plain_origin(text[:-1]) if text.endswith("/") else None)
    if plain is None:
        raise UnusableError
    return plain


def _optional_origin(value: Any) -> Optional[str]:
    return None if value in (None, "") else _origin_or_any(value)


def _list_of(entry: Callable[[Any], str], expected: str) -> Callable[[Any, Complain], Any]:
    def check(value: Any, complain: Complain) -> Tuple[str, ...]:
        if not isinstance(value, (list, tuple)):
            raise UnusableError
        found: Dict[str, None] = {}
        for item in value:
            try:
                found[entry(item)] = None
            except UnusableError:
                complain(f"the entry {shown(item)} is ignored; expected {expected}")
        return tuple(found)

    return check


def _number(lowest: float, highest: float, *, whole: bool) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise UnusableError
        if not lowest <= value <= highest or (whole and value != int(value)):
            raise UnusableError
        return int(value) if whole else value

    return check


def _scopes(value: Any) -> Scopes:
    if not isinstance(value, (list, tuple)):
        raise UnusableError
    try:
        return named(value)
    except (TypeError, ValueError):
        raise UnusableError from None


def _scopes_of_callers(value: Any, complain: Complain) -> Mapping[str, Scopes]:
    """Who is misspelt or whose scopes are unusable gets none: a slip never widens access."""
    if not isinstance(value, dict):
        raise UnusableError
    found = {}
    for who, words in value.items():
        name = who if who in DEFAULTS else plain_origin(who)
        if name is None:
            complain(f"the entry {shown(who)} is ignored; expected {_CALLER_WORDS}")
            continue
        try:
            found[name] = _scopes(words)
        except UnusableError:
            found[name] = frozenset()
            complain(
                f"{shown(who)} may do nothing now; expected {_SCOPE_WORDS}, not {shown(words)}"
            )
    return found


def _named_key(value: Any) -> NamedKey:
    if not isinstance(value, dict) or set(value) != {"name", "sha256", "scopes"}:
        raise UnusableError
    name, sha256 = value["name"], value["sha256"]
    fits = isinstance(name, str) and isinstance(sha256, str) and _SHA256.fullmatch(sha256)
    if not fits:
        raise UnusableError
    return NamedKey(name, sha256, _scopes(value["scopes"]))


def _named_keys(value: Any) -> Tuple[NamedKey, ...]:
    """All or none: an entry left out could leave the door open."""
    if not isinstance(value, (list, tuple)):
        raise UnusableError
    return tuple(map(_named_key, value))


def whole_number(lowest: int, highest: int) -> Kind:
    schema = {"type": "integer", "minimum": lowest, "maximum": highest}
    expected = f"a whole number from {lowest} to {highest}"
    return Kind(expected, schema, _strict(_number(lowest, highest, whole=True)), _json_or_text)


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _words(text: str) -> List[str]:
    return re.split(r"[\s,]+", text.strip(" \t\r\n,"))


_SHA256 = re.compile("[0-9a-f]{64}")
_SCOPE_WORDS = f"a list of some of {in_words(EVERYTHING)}"
_CALLER_WORDS = f"an origin or one of {', '.join(DEFAULTS)}"
_ORIGIN_WORDS = (
    'an origin such as "https://example.com" (no path, no pattern), "null", or "*" for all'
)
_HOST_WORDS = 'a host name or IP address without port, such as "anki.lan"'
_ORIGIN_SCHEMA = {
    "type": "string",
    "pattern": r"^\s*(\*|null|[A-Za-z][A-Za-z0-9+.-]*://"
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]*)(:[1-9][0-9]{0,4})?/?)\s*$",
}
_HOST_SCHEMA = {
    "type": "string",
    "pattern": r"^\s*([A-Za-z0-9._-]+|"
    r"\[?[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._~-]+)?\]?)\s*$",
}


def _list_kind(words: str, schema: Mapping[str, Any], entry: Callable[[Any], str]) -> Kind:
    items = {**schema, "error_msg": f"{{path}}: expected {words}."}
    return Kind(
        f"a list, each entry {words}",
        {"type": "array", "items": items},
        _list_of(entry, words),
        _words,
    )


TEXT_OR_NULL = Kind(
    'a text in quotes, or null for "off"', {"type": ["string", "null"]}, _strict(_optional_text)
)
ADDRESS = Kind(
    'an IP address or host name without port, such as "127.0.0.1"', _HOST_SCHEMA, _strict(_address)
)
ORIGIN_OR_NULL = Kind(
    f"{_ORIGIN_WORDS}, or null for none",
    {"anyOf": [{"type": "null"}, {"const": ""}, _ORIGIN_SCHEMA]},
    _strict(_optional_origin),
)
ORIGINS = _list_kind(_ORIGIN_WORDS, _ORIGIN_SCHEMA, _origin_or_any)
HOSTS = _list_kind(_HOST_WORDS, _HOST_SCHEMA, _address)
MILLISECONDS = Kind(
    "a number of milliseconds from 1 to 3600000",
    {"type": "number", "minimum": 1, "maximum": 3_600_000},
    _strict(_number(1, 3_600_000, whole=False)),
    _json_or_text,
)
_SCOPE_LIST = {
    "type": "array",
    "items": {"enum": in_words(EVERYTHING).split(", ")},
    "error_msg": f"{{path}}: expected {_SCOPE_WORDS}.",
}
SCOPES_OF_CALLERS = Kind(
    f"an object of {_CALLER_WORDS}, each with {_SCOPE_WORDS}",
    {"type": "object", "additionalProperties": _SCOPE_LIST},
    _scopes_of_callers,
    _json_or_text,
)
NAMED_KEYS = Kind(
    "a list of keys as the AnkiConnect window writes them, each with name, sha256 and scopes",
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "scopes": _SCOPE_LIST,
            },
            "required": ["name", "sha256", "scopes"],
            "additionalProperties": False,
        },
    },
    _strict(_named_keys),
    _json_or_text,
)
