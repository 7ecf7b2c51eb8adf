"""Types of the wire: the JSON Schema of an annotation, and reading a JSON value against it.

An action's annotations are read once, at import. What can be written there: `str`, `int`, `float`, `bool`,
`Any`, `List[...]`, `Dict[str, ...]`, `Optional[...]`, `Union[...]`, `Literal[...]`, TypedDict classes, id types
(a `NewType` over `int`), and `Annotated[..., Rule(...)]` or `Annotated[..., "description"]`.

Reading is strict, with three allowances that clients rely on: an id may arrive as decimal text, a whole number as
`6.0`, and members of an object that nobody asked for are left out.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, islice
from typing import (
    Annotated,
    Any,
    Callable,
    Dict,
    FrozenSet,
    List,
    Literal,
    Sequence,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from .errors import BadParams

Reader = Callable[[Any, str], Any]
Schema = Dict[str, Any]

SHOWN_LENGTH = 100
INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True, eq=False)
class Rule:
    """A further condition on a value, for `Annotated`.

    `kind` completes the sentence "<parameter> should be ..."; `holds` is asked after the type itself has been
    checked and converted; `schema` is merged into the JSON Schema.
    """

    kind: str
    holds: Callable[[Any], bool]
    schema: Schema = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Documented:
    """For `Annotated`: the schema that is published for a value the action checks itself, in its own words."""

    schema: Schema


class PerItem:
    """For `Annotated`: a value that cannot be read becomes the error itself, and the action goes on without it."""


@dataclass(frozen=True)
class Shape:
    """One type: its schema, the JSON types it starts with, its name in a sentence, and its reader."""

    schema: Schema
    accepts: FrozenSet[str]
    kind: str
    read: Reader


def shown(value: Any) -> str:
    """A value as it appears in an error text: JSON, but texts without quotes, and never long."""
    value = beginning(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= SHOWN_LENGTH else text[:SHOWN_LENGTH] + "…"


def beginning(value: Any) -> Any:
    """So much of a value as can be shown of it: to make a text of all of a large one takes long."""
    if isinstance(value, str):
        return value[: SHOWN_LENGTH + 1]
    if isinstance(value, list):
        return [beginning(member) for member in value[:SHOWN_LENGTH]]
    if isinstance(value, dict):
        first = islice(value.items(), SHOWN_LENGTH)
        return {name[: SHOWN_LENGTH + 1]: beginning(member) for name, member in first}
    return value


def wrong(place: str, kind: str, value: Any) -> BadParams:
    """The error for a value of the wrong kind."""
    return BadParams(f"{place} should be {kind}: {shown(value)}")


def json_type(value: Any) -> str:
    """The JSON Schema type of a decoded value; `6.0` is an integer, as JSON Schema has it."""
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return JSON_TYPES.get(type(value), "object")


JSON_TYPES = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


@cache
def shape_of(annotation: Any) -> Shape:
    """The shape of an annotation. Raises TypeError at import for one that has no place on the wire."""
    if annotation in PLAIN:
        return PLAIN[annotation]
    if getattr(annotation, "__supertype__", None) is int:
        return ID
    if isinstance(annotation, type) and hasattr(annotation, "__required_keys__"):
        return typed_dict(annotation)
    makers: Dict[Any, Callable[..., Shape]] = {
        list: list_of,
        dict: dict_of,
        Union: one_of,
        Literal: literal,
        Annotated: annotated,
    }
    maker = makers.get(get_origin(annotation)) or makers.get(
        Annotated if hasattr(annotation, "__metadata__") else None
    )
    if maker is None:
        raise TypeError(f"no JSON Schema for {annotation!r}")
    return maker(*get_args(annotation))


def read_integer(value: Any, place: str) -> int:
    # A range looks for an int at once, but for a float one by one.
    if json_type(value) != "integer" or int(value) not in INT64:
        raise wrong(place, "an integer", value)
    return int(value)


def read_number(value: Any, place: str) -> float:
    if json_type(value) not in ("integer", "number"):
        raise wrong(place, "a number", value)
    try:
        return float(value)
    except OverflowError:
        raise wrong(place, "a number", value) from None


def read_id(value: Any, place: str) -> int:
    if type(value) is int and value in INT64:
        return value
    if isinstance(value, str) and len(value) <= 20 and value.lstrip("-").isdecimal():
        number = int(value) if value.isascii() and not value.startswith("--") else None
        if number is not None and number in INT64:
            return number
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    raise wrong(place, "an id (a whole number)", value)


def plain(python_type: type, json_name: str, kind: str) -> Shape:
    def read(value: Any, place: str) -> Any:
        if type(value) is not python_type:
            raise wrong(place, kind, value)
        return value

    return Shape({"type": json_name}, frozenset({json_name}), kind, read)


EVERY_TYPE = frozenset(JSON_TYPES.values())
PLAIN: Dict[Any, Shape] = {
    str: plain(str, "string", "a string"),
    bool: plain(bool, "boolean", "a boolean"),
    type(None): plain(type(None), "null", "null"),
    int: Shape({"type": "integer"}, frozenset({"integer"}), "an integer", read_integer),
    float: Shape({"type": "number"}, frozenset({"integer", "number"}), "a number", read_number),
    Any: Shape({}, EVERY_TYPE, "anything", lambda value, place: value),
}
PLAIN[None] = PLAIN[type(None)]  # how Future[None] spells it from Python 3.11 on
PLAIN[dict] = plain(dict, "object", "an object")
PLAIN[Dict[str, Any]] = PLAIN[dict]
PLAIN[list] = plain(list, "array", "a list")
PLAIN[List[Any]] = PLAIN[list]
ID = Shape(
    {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^-?[0-9]+$"}]},
    frozenset({"integer", "string"}),
    "an id (a whole number)",
    read_id,
)


def list_of(item: Any) -> Shape:
    shape = shape_of(item)

    def read(value: Any, place: str) -> List[Any]:
        if type(value) is not list:
            raise wrong(place, "a list", value)
        if (
            shape is ID
            and set(map(type, value)) <= {int}
            and not any(n not in INT64 for n in value)
        ):
            return value
        return [shape.read(one, f"{place}[{index}]") for index, one in enumerate(value)]

    return Shape({"type": "array", "items": shape.schema}, frozenset({"array"}), "a list", read)


def dict_of(_key: Any, member: Any) -> Shape:
    shape = shape_of(member)

    def read(value: Any, place: str) -> Dict[str, Any]:
        if type(value) is not dict:
            raise wrong(place, "an object", value)
        return {
            name: shape.read(one, f"{place}.{name[:SHOWN_LENGTH]}") for name, one in value.items()
        }

    schema = {"type": "object", "additionalProperties": shape.schema}
    return Shape(schema, frozenset({"object"}), "an object", read)


def one_of(*members: Any) -> Shape:
    # Python takes Unions of the same members for one, whichever order was written, and may hand out either.
    shapes = sorted(map(shape_of, members), key=lambda shape: shape.kind.split(" ", 1)[-1])
    refuse_overlap(shapes)
    named = [shape.kind for shape in shapes if shape.kind != "null"]
    kind = named[0] if len(named) == 1 else ", ".join(named[:-1]) + " or " + named[-1]

    def read(value: Any, place: str) -> Any:
        found = json_type(value)
        for shape in shapes:
            if found in shape.accepts:
                return shape.read(value, place)
        raise wrong(place, kind, value)

    accepts = frozenset().union(*(shape.accepts for shape in shapes))
    schemas = sorted((shape.schema for shape in shapes), key=lambda one: one == {"type": "null"})
    return Shape({"anyOf": schemas}, accepts, kind, read)


def refuse_overlap(shapes: Sequence[Shape]) -> None:
    """The JSON type of a value alone decides which member of a Union reads it; anything holds null already."""
    for one, other in combinations(shapes, 2):
        if one.accepts & other.accepts - {"null"}:
            raise TypeError(f"no telling {one.kind} from {other.kind} in JSON")


def literal(*values: Any) -> Shape:
    kind = "one of " + ", ".join(json.dumps(value) for value in values)

    def read(value: Any, place: str) -> Any:
        if not any(value == one and type(value) is type(one) for one in values):
            raise wrong(place, kind, value)
        return value

    return Shape({"enum": list(values)}, frozenset(map(json_type, values)), kind, read)


def annotated(base: Any, *notes: Any) -> Shape:
    shape = shape_of(base)
    for note in notes:
        shape = NOTES[type(note)](shape, note)
    return shape


def described(shape: Shape, text: str) -> Shape:
    return Shape({**shape.schema, "description": text}, shape.accepts, shape.kind, shape.read)


def documented(shape: Shape, note: Documented) -> Shape:
    return Shape(note.schema, shape.accepts, shape.kind, shape.read)


def per_item(shape: Shape, _note: PerItem) -> Shape:
    def read(value: Any, place: str) -> Any:
        try:
            return shape.read(value, place)
        except BadParams as error:
            error.__traceback__ = None
            return error

    return Shape(shape.schema, EVERY_TYPE, shape.kind, read)


def ruled(shape: Shape, rule: Rule) -> Shape:
    def read(value: Any, place: str) -> Any:
        if json_type(value) not in shape.accepts:
            raise wrong(place, rule.kind, value)
        checked = shape.read(value, place)
        if not rule.holds(checked):
            raise wrong(place, rule.kind, value)
        return checked

    return Shape({**shape.schema, **rule.schema}, shape.accepts, rule.kind, read)


NOTES: Dict[type, Callable[..., Shape]] = {
    str: described,
    Documented: documented,
    PerItem: per_item,
    Rule: ruled,
}


def typed_dict(cls: Any) -> Shape:
    hints = get_type_hints(cls, include_extras=True)
    members = {name: shape_of(hint) for name, hint in hints.items()}
    required = sorted(cls.__required_keys__, key=list(hints).index)

    def read(value: Any, place: str) -> Dict[str, Any]:
        if type(value) is not dict:
            raise wrong(place, "an object", value)
        for name in required:
            if name not in value:
                raise BadParams(f"missing required property '{name}'")
        return {
            name: shape.read(value[name], f"{place}.{name}")
            for name, shape in members.items()
            if name in value
        }

    schema = {
        "title": cls.__name__,
        "type": "object",
        "properties": {name: shape.schema for name, shape in members.items()},
        "required": required,
    }
    if cls.__doc__:
        schema["description"] = cls.__doc__.strip()
    return Shape(schema, frozenset({"object"}), "an object", read)


NonEmptyText = Annotated[
    str, Rule("a non-empty string", lambda text: text.strip() != "", {"minLength": 1})
]
