"""Bad parameters for an action, made from its published schemas and from parameters that are good."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, Mapping, NamedTuple, Tuple

import jsonschema

from plugin.registry import Action

HUGE = 10**30
VALUES: Tuple[Any, ...] = (
    None,
    True,
    1.5,
    -1,
    HUGE,
    "",
    "x",
    [],
    [[]],
    {},
    {"x": 1},
    [{"x": [None]}],
    {"x": {"x": [None]}},
)
# For the members of objects and the items of lists: one of each kind.
INNER_VALUES = (None, True, 1.5, HUGE, "", [[]], {"x": 1})
# Names that no action has: one like any other, and those that the function itself may have.
UNKNOWN = ("noSuchParameter", "self", "col", "mw", "edit")
SIMPLE = {"string": "x", "integer": 1, "number": 1, "boolean": True, "array": [], "null": None}

Schema = Mapping[str, Any]


class Spoiled(NamedTuple):
    """A value; the members that lead to what is wrong in it; that itself; members that are lacking in that."""

    value: Any
    path: Tuple[str, ...]
    bad: Any
    lacking: Tuple[str, ...]

    def within(self, name: str, value: Any) -> Spoiled:
        """The same as a member of an object."""
        return self._replace(value=value, path=(name, *self.path))


@dataclass(frozen=True)
class Case:
    """Parameters, what is wrong with them, and the words one of which the error has to hold."""

    params: Dict[str, Any]
    parameter: str
    path: Tuple[str, ...]
    bad: Any
    words: Tuple[str, ...]


def cases(action: Action, good: Mapping[str, Any]) -> Iterator[Case]:
    """Every parameter missing, unknown ones, and values of each wrong type, down to the last member."""
    for name in UNKNOWN:
        said = f"{action.name}() got an unexpected keyword argument '{name}'"
        yield Case({**good, name: 1}, name, (), 1, (said,))
    for name, parameter in action.parameters.items():
        others = {key: value for key, value in good.items() if key != name}
        if parameter.required:
            yield Case(others, name, (), None, (f"'{name}'",))
        schema = parameter.shape.schema
        for one in spoiled(schema, good.get(name, sample(schema))):
            words = (*one.lacking, (name, *one.path)[-1])
            if (
                one.value is not None or parameter.required
            ):  # else it stands for an absent parameter
                yield Case({**others, name: one.value}, name, one.path, one.bad, words)


def odd_cases(action: Action, good: Mapping[str, Any]) -> Iterator[Case]:
    """Values that fit, and yet are unlikely to be meant."""
    for name, parameter in action.parameters.items():
        for value in (*VALUES, *([value] for value in VALUES)):
            if fits(parameter.shape.schema, value):
                yield Case({**good, name: value}, name, (), value, ())


def fits(schema: Schema, value: Any) -> bool:
    """Whether a value is good input by the published schema."""
    text = json.dumps(schema, sort_keys=True)
    if holds(value, HUGE) and "integer" in text:
        return False  # beyond what any id or count can be
    return bool(validator(text).is_valid(value))


@functools.cache
def validator(schema: str) -> Any:
    return jsonschema.Draft7Validator(json.loads(schema))


def holds(value: Any, wanted: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (type(value) is int and value == wanted) or any(holds(one, wanted) for one in inner)


def sample(schema: Schema) -> Any:
    """Some value that fits a schema."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return sample(schema["anyOf"][0])
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: sample(properties[name]) for name in schema.get("required", ())}
    kinds = schema.get("type", "null")
    return SIMPLE.get(kinds if isinstance(kinds, str) else kinds[0])


def part(schema: Schema, member: str) -> Schema:
    """The alternative in a schema that has this member, or {}."""
    return next((one for one in (schema, *schema.get("anyOf", ())) if member in one), {})


def spoiled(schema: Schema, good: Any, values: Tuple[Any, ...] = VALUES) -> Iterator[Spoiled]:
    """Values that do not fit a schema, made from one that does."""
    lacking = tuple(required_members(schema))
    yield from (Spoiled(one, (), one, lacking) for one in values if not fits(schema, one))
    yield from spoiled_members(part(schema, "properties"), good)
    yield from spoiled_entries(part(schema, "additionalProperties"), good)
    yield from spoiled_items(part(schema, "items"), good)


def spoiled_members(schema: Schema, good: Any) -> Iterator[Spoiled]:
    if not schema:
        return
    whole = good if isinstance(good, dict) else sample(schema)
    for name in schema.get("required", ()):
        without = {key: one for key, one in whole.items() if key != name}
        yield Spoiled(without, (name,), None, ())
    for name, inner in schema["properties"].items():
        for one in spoiled(inner, whole.get(name, sample(inner)), INNER_VALUES):
            yield one.within(name, {**whole, name: one.value})


def spoiled_entries(schema: Schema, good: Any) -> Iterator[Spoiled]:
    """In objects whose member names are free, the first member is spoiled."""
    if not schema or not isinstance(good, dict) or not good:
        return
    name = next(iter(good))
    for one in spoiled(schema["additionalProperties"], good[name], INNER_VALUES):
        yield one.within(name, {**good, name: one.value})


def spoiled_items(schema: Schema, good: Any) -> Iterator[Spoiled]:
    if not schema:
        return
    first, *others = good if isinstance(good, list) and good else [sample(schema["items"])]
    for one in spoiled(schema["items"], first, INNER_VALUES):
        yield one._replace(value=[one.value, *others])


def required_members(schema: Any) -> Iterator[str]:
    """Names of members that some object inside must have."""
    if isinstance(schema, dict):
        yield from schema.get("required", ())
        for inner in schema.values():
            yield from required_members(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from required_members(inner)
