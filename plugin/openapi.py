"""The API as programs read it, made from the registry: OpenAPI 3.1, and one JSON Schema of requests."""

import sys
from functools import cached_property
from typing import Any, Callable, Dict, Iterator, List, Mapping, Tuple

from .registry import API_VERSION, Action, Scope
from .shapes import ID, Schema
from .version import VERSION
from .web import routes
from .web.strict_json import encode

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID_NAME = "Id"
NULL: Schema = {"type": "null"}
JSON = "application/json"

ABOUT = (
    "Other programs talk to Anki through this add-on. Each action can be had in two ways: by its path below, with its "
    "parameters as the body, its result as the reply and an HTTP status that says what became of it; or as a request "
    'object `{"action", "version", "params"}` sent to `/`, the form that most clients speak.'
)
KEY_ABOUT = (
    "Needed if an API key is set in Anki. "
    "It may also stand as the member `key` of the parameters or of the request."
)
# Actions of these scopes that take an Edit do so to have open editors saved first.
WITHOUT_STEP = (Scope.OPEN, Scope.READ, Scope.NETWORK)
# What may happen to an action that is called by path: the responses' names by status.
FAILURES: Mapping[str, Tuple[str, str]] = {
    "400": ("BadParameters", "A parameter is missing, unknown, or of the wrong kind."),
    "401": ("KeyNeeded", "The API key is missing or wrong."),
    "403": ("NotAllowed", "The origin, the host, or the key's scopes do not allow it."),
    "404": ("NotFound", "Something that the request names does not exist."),
    "409": ("Refused", "The request is understood and was not carried out; the text says why."),
    "413": ("TooLarge", "The body is larger than the settings allow."),
    "503": ("NotNow", "No collection is open, Anki is busy, or it is being closed."),
}
PROBLEM: Schema = {
    "title": "Problem",
    "description": "Why a request was not carried out (RFC 9457).",
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "the status in words"},
        "status": {"type": "integer", "description": "the HTTP status"},
        "detail": {"type": "string", "description": "the error, as clients of `/` read it"},
    },
    "required": ["title", "status", "detail"],
}
REQUEST: Schema = {
    "title": "Request",
    "type": "object",
    "properties": {
        "action": {"type": "string", "minLength": 1},
        "version": {"type": "integer", "default": 4, "description": f"use {API_VERSION}"},
        "params": {"type": "object", "default": {}},
        "key": {"type": ["string", "null"], "description": KEY_ABOUT},
    },
    "required": ["action"],
}
REPLY: Schema = {
    "title": "Reply",
    "description": "From version 5 on. Before it the result stands alone, and only failures look like this.",
    "type": "object",
    "properties": {"result": {}, "error": {"type": ["string", "null"]}},
    "required": ["result", "error"],
}
BANNER: Schema = {
    "title": "Banner",
    "type": "object",
    "properties": {"apiVersion": {"const": f"AnkiConnect v.{API_VERSION}"}},
    "required": ["apiVersion"],
}
BUSY: Schema = {
    "title": "Busy",
    "type": "object",
    "properties": {
        "with": {"type": "string", "description": "an action, or what else is known"},
        "seconds": {"type": ["number", "null"], "description": "for how long, if that is known"},
    },
    "required": ["with", "seconds"],
}
HEALTH: Schema = {
    "title": "Health",
    "description": "How Anki is. `ready` says that a request would be carried out now.",
    "type": "object",
    "properties": {
        "ready": {"type": "boolean"},
        "profileOpen": {"type": "boolean"},
        "collectionOpen": {"type": "boolean"},
        "dialogOpen": {"type": "boolean", "description": "a window of Anki waits for an answer"},
        "busy": {"anyOf": [BUSY, NULL]},
        "versions": {
            "type": "object",
            "properties": {
                **{name: {"type": "string"} for name in ("anki", "ankiConnect", "python")},
                "api": {"type": "integer"},
            },
            "required": ["anki", "ankiConnect", "python", "api"],
        },
    },
    "required": ["ready", "profileOpen", "collectionOpen", "dialogOpen", "busy", "versions"],
}


class Descriptions:
    """What is served to programs that want to know the API; made when it is first asked for."""

    def __init__(self, actions: Mapping[str, Action]) -> None:
        self._actions = actions

    @cached_property
    def openapi(self) -> bytes:
        return bytes(encode(openapi(self._actions)))

    @cached_property
    def schema(self) -> bytes:
        return bytes(encode(request_schema(self._actions)))


class Parts:
    """Schemas that have a name, to be said once and referred to from everywhere else."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.named: Dict[str, Schema] = {}
        self._sources: Dict[str, Schema] = {}

    def lifted(self, schema: Schema) -> Schema:
        """The schema with references in place of what has a name."""
        inner = {name: self._inside(name, value) for name, value in schema.items()}
        if schema == ID.schema:
            return self._reference(ID_NAME, schema, inner)
        if schema.get("type") == "integer":
            # Ids and times are too large for what many languages take by default.
            inner["format"] = "int64"
        if schema.get("type") == "array" and "prefixItems" not in schema:
            inner.setdefault("items", {})  # it says nothing, but generators of code insist on it
        name = schema.get("title")
        if isinstance(name, str) and schema.get("type") == "object":
            return self._reference(name, schema, inner)
        return inner

    def _inside(self, keyword: str, value: Any) -> Any:
        if keyword == "properties":
            return {name: self.lifted(member) for name, member in value.items()}
        if keyword in ("anyOf", "prefixItems"):
            return [self.lifted(member) for member in value]
        if keyword in ("items", "additionalProperties") and isinstance(value, dict):
            return self.lifted(value)
        return value

    def _reference(self, name: str, source: Schema, lifted: Schema) -> Schema:
        own = self._sources.setdefault(name, source)
        if undescribed(own) != undescribed(source):
            return lifted  # another one of that name; it stays where it stands
        self.named.setdefault(name, lifted)
        reference = {"$ref": f"{self.place}{name}"}
        said = source.get("description")
        return reference if said == own.get("description") else {**reference, "description": said}


def told(schema: Any) -> Any:
    """A schema as it holds for what this server says: its ids are numbers, never text."""
    if schema == ID.schema:
        return {"type": "integer"}
    if isinstance(schema, dict):
        return {name: told(value) for name, value in schema.items()}
    return [told(one) for one in schema] if isinstance(schema, list) else schema


def undescribed(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "description"}


def openapi(actions: Mapping[str, Action]) -> Dict[str, Any]:
    """The OpenAPI document."""
    parts = Parts("#/components/schemas/")
    paths = {**own_paths(parts), **{routes.ACTIONS + name: {"post": operation(action, parts)}
                                    for name, action in sorted(actions.items())}}  # fmt: skip
    problem = {routes.PROBLEM_TYPE: {"schema": parts.lifted(PROBLEM)}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "AnkiConnect",
            "version": VERSION,
            "summary": f"API version {API_VERSION}",
            "description": ABOUT,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [
            {
                "url": "http://127.0.0.1:{port}",
                "description": "Anki on this computer",
                "variables": {"port": {"default": "8765", "description": "webBindPort"}},
            }
        ],
        "security": [{}, {"apiKey": []}],
        "tags": list(tags(actions)),
        "paths": paths,
        "components": {
            "schemas": dict(sorted(parts.named.items())),
            "responses": {
                name: {"description": text, "content": problem} for name, text in FAILURES.values()
            },
            "securitySchemes": {
                "apiKey": {"type": "http", "scheme": "bearer", "description": KEY_ABOUT}
            },
        },
    }


def tags(actions: Mapping[str, Action]) -> Iterator[Dict[str, str]]:
    """The categories, each in the words of the module that bears its name."""
    for category in sorted({action.category for action in actions.values()}):
        said = ""
        for action in actions.values():
            module = action.function.__module__
            if module.rpartition(".")[2] == category:
                said = first_sentence(sys.modules[module].__doc__ or "")
                break
        yield {"name": category, **({"description": said} if said else {})}
    yield {"name": "server", "description": "The server itself, for programs of every kind."}


def first_sentence(text: str) -> str:
    sentence, end, _ = " ".join(text.split()).partition(". ")
    return sentence + end.strip()


def operation(action: Action, parts: Parts) -> Dict[str, Any]:
    """An action as it is called by its path."""
    schema = parameters(action, parts)
    return {
        "operationId": action.name,
        "tags": [action.category],
        "summary": action.doc.summary,
        "description": explained(action),
        **({"security": [{}]} if action.name == "requestPermission" else {}),
        "requestBody": {
            "required": bool(schema["required"]),
            "content": {JSON: {"schema": schema}},
        },
        "responses": {
            "200": {
                "description": action.doc.returns,
                "content": {JSON: {"schema": parts.lifted(told(action.result))}},
            },
            **{
                status: {"$ref": f"#/components/responses/{name}"}
                for status, (name, _) in FAILURES.items()
            },
        },
        **{f"x-{name}": value for name, value in facts(action).items()},
    }


def parameters(action: Action, parts: Parts) -> Schema:
    """The schema of an action's parameters.

    Without null as a default: those who generate code take it for a value that has to fit the type.
    """
    given = action.input_schema
    properties: Dict[str, Schema] = {}
    for name, parameter in action.parameters.items():
        said = {"description": parameter.description} if parameter.description else {}
        properties[name] = {**parts.lifted(parameter.shape.schema), **said}
        if given["properties"][name].get("default") is not None:
            properties[name]["default"] = parameter.default
    return {**given, "properties": properties}


def explained(action: Action) -> str:
    paragraphs = [action.doc.summary, action.doc.description]
    if action.doc.errors:
        paragraphs.append("Errors:\n\n" + "\n".join(f"- `{text}`" for text in action.doc.errors))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def facts(action: Action) -> Dict[str, Any]:
    """What there is to know of an action beside its parameters and its result."""
    return {
        "category": action.category,
        "scope": action.scope.value,
        "undo": action.undo if action.undo and action.scope not in WITHOUT_STEP else None,
        "since": action.doc.since,
        "errors": list(action.doc.errors),
    }


def own_paths(parts: Parts) -> Dict[str, Any]:
    """What is there beside the actions."""
    request = {"required": True, "content": {JSON: {"schema": parts.lifted(REQUEST)}}}
    return {
        "/": {
            "get": looking("getBanner", "Tells that the server is there.", parts.lifted(BANNER)),
            "post": {
                **looking("call", "Carries out a request object.", {
                    "anyOf": [parts.lifted(REPLY), {"description": "the bare result"}]
                }),
                "requestBody": request,
            },
        },
        routes.HEALTH: {
            "get": looking("getHealth", "Tells how Anki is; answers at all times.", parts.lifted(HEALTH))
        },
        routes.OPENAPI: {"get": looking("getOpenapi", "This document.", {"type": "object"})},
        routes.SCHEMA: {
            "get": looking("getSchema", "The JSON Schema of request objects.", {"type": "object"})
        },
    }  # fmt: skip


def looking(name: str, summary: str, schema: Schema) -> Dict[str, Any]:
    return {
        "operationId": name,
        "tags": ["server"],
        "summary": summary,
        "security": [{}],
        "responses": {"200": {"description": "OK", "content": {JSON: {"schema": schema}}}},
    }


def request_schema(actions: Mapping[str, Action]) -> Dict[str, Any]:
    """A JSON Schema that request objects are valid against, with that of each action's result among its parts."""
    parts = Parts("#/$defs/")
    ordered = sorted(actions.items())
    own: Dict[str, Schema] = {}
    for name, action in ordered:
        own[f"{name}.params"] = parameters(action, parts)
        own[f"{name}.result"] = {
            "description": action.doc.returns,
            **parts.lifted(told(action.result)),
        }
    return {
        "$schema": DIALECT,
        **REQUEST,
        "title": f"A request to AnkiConnect {VERSION}, API version {API_VERSION}",
        "description": "In $defs stand `<action>.params` and `<action>.result` of every action.",
        "properties": {
            **REQUEST["properties"],
            "action": {"enum": [name for name, _ in ordered]},
        },
        "allOf": [condition(action) for _, action in ordered],
        "$defs": {**dict(sorted(parts.named.items())), **own},
        "x-actions": {
            name: {"summary": action.doc.summary, **facts(action)} for name, action in ordered
        },
    }


def condition(action: Action) -> Schema:
    """Holds a request's parameters against the schema of its action."""
    needed: List[str] = ["params"] if action.input_schema["required"] else []
    return {
        "if": {"properties": {"action": {"const": action.name}}, "required": ["action"]},
        "then": {
            "properties": {"params": {"$ref": f"#/$defs/{action.name}.params"}},
            "required": needed,
        },
    }


def documents(actions: Mapping[str, Action]) -> Dict[str, Callable[[], bytes]]:
    """By path, for `web.routes`."""
    found = Descriptions(actions)
    return {routes.OPENAPI: lambda: found.openapi, routes.SCHEMA: lambda: found.schema}
