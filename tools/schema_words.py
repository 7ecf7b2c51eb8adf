"""JSON Schemas in words, for people who read the reference."""

import json
from typing import Any, Dict, List, Mapping, Tuple

Schema = Mapping[str, Any]

PLURALS = {"any value": "any values", "null": "nulls"}
ID = {"integer", "string"}


def words(schema: Schema, known: Mapping[str, str]) -> str:
    """The type in words. `known` gives words for whole schemas, by their JSON (see `key`)."""
    if key(schema) in known:
        return known[key(schema)]
    if "anyOf" in schema:
        return any_of(schema["anyOf"], known)
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    kind = schema.get("type", "any value")
    if kind == "array":
        items = words(schema.get("items", {}), known)
        return "list" if items == "any value" else f"list of {plural(items)}"
    if kind == "object" and "additionalProperties" in schema:
        values = words(schema["additionalProperties"], known)
        return "object" if values == "any value" else f"object with {plural(values)}"
    return "non-empty string" if schema.get("minLength") else str(kind)


def any_of(members: List[Schema], known: Mapping[str, str]) -> str:
    if is_id(members):
        return "id"
    found: Dict[str, None] = {}
    for member in members:
        found.update(dict.fromkeys(words(member, known).split(" or ")))
    if "any value" in found:
        return "any value"
    return " or ".join(sorted(found, key=lambda text: text == "null"))


def is_id(members: List[Schema]) -> bool:
    """Whether this is the schema of an id: a number, or the same as decimal text."""
    kinds = {member.get("type") for member in members}
    return kinds == ID and any("pattern" in member for member in members)


def plural(text: str) -> str:
    if text in PLURALS:
        return PLURALS[text]
    if " or " in text or text.startswith("`"):
        return f"({text})"
    if text.startswith("["):
        return text.replace("](", "s](", 1)
    first, *rest = text.split(" of ", 1)
    return " of ".join([f"{first}s", *rest])


def key(schema: Schema) -> str:
    return json.dumps(schema, sort_keys=True)


def members(schema: Schema, known: Mapping[str, str]) -> List[Tuple[str, Schema, bool]]:
    """Name, schema and whether it is required, of each member of the objects in there."""
    found: Dict[str, Tuple[str, Schema, bool]] = {}
    for inner in objects(schema, known):
        required = inner.get("required", [])
        for name, member in inner["properties"].items():
            found.setdefault(name, (name, member, name in required))
    return list(found.values())


def objects(schema: Schema, known: Mapping[str, str]) -> List[Schema]:
    """The objects with named members in a schema, through lists and alternatives."""
    if key(schema) in known:
        return []
    if "properties" in schema:
        return [schema]
    inner = list(schema.get("anyOf", []))
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            inner.append(schema[name])
    return [found for one in inner for found in objects(one, known)]
