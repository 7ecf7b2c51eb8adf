"""The examples as samples for the reference: in JSON, for curl and in Python, with numbers in place of names."""

import json
import shlex
from typing import Any, Callable, Dict, List, Mapping

from .examples import Exchange, filled, wild

WIDTH = 88
URL = "http://127.0.0.1:8765"

NAMES: Mapping[str, Any] = {
    "deck.spanish": 1700000001001,
    "deck.verbs": 1700000001002,
    "group.intensive": 1700000006001,
    "model.basic": 1700000002001,
    "model.reversed": 1700000002002,
    "model.cloze": 1700000002003,
    "note.gato": 1700000003001,
    "note.perro": 1700000003002,
    "note.hablar": 1700000003003,
    "card.gato": 1700000004001,
    "card.perro": 1700000004002,
    "card.hablar1": 1700000004003,
    "card.hablar2": 1700000004004,
    "review.gato1": 1700000005001,
    "review.gato2": 1700000605001,
    "folder": "/home/ana/anki",
}
WILD: Mapping[str, Any] = {"$new": 1700000009001, "$text": "…", "$number": 1, "$any": "…"}

Scalar = Callable[[Any], str]


def sample(value: Any) -> Any:
    """What the reference shows for a value of an example."""
    return tamed(filled(value, NAMES))


def tamed(value: Any) -> Any:
    kind = wild(value)
    if kind is not None:
        return value[kind] if isinstance(value, dict) else WILD[kind]
    if isinstance(value, list):
        return [tamed(one) for one in value]
    if isinstance(value, dict):
        return {key: tamed(one) for key, one in value.items()}
    return value


def as_json(value: Any) -> str:
    return laid_out(value, json_scalar)


def json_scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def python_scalar(value: Any) -> str:
    return json_scalar(value) if isinstance(value, str) else repr(value)


def as_curl(request: Mapping[str, Any]) -> str:
    return f"curl {URL} -d {shlex.quote(as_json(request))}"


def as_python(request: Mapping[str, Any]) -> str:
    """A call of the function `invoke`, which the reference's first page shows."""
    arguments = [json.dumps(request["action"])]
    arguments += [
        f"{name}={laid_out(value, python_scalar)}"
        for name, value in request.get("params", {}).items()
    ]
    return enclosed("invoke(", arguments, ")")


def laid_out(value: Any, scalar: Scalar) -> str:
    """A value of JSON as text, in one line where that is short enough."""
    if isinstance(value, dict) and value:
        parts = [f"{scalar(key)}: {laid_out(one, scalar)}" for key, one in value.items()]
        return enclosed("{", parts, "}")
    if isinstance(value, list) and value:
        return enclosed("[", [laid_out(one, scalar) for one in value], "]")
    return scalar(value)


def enclosed(opening: str, parts: List[str], closing: str) -> str:
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    inner = ",\n".join(parts).replace("\n", "\n  ")
    return f"{opening}\n  {inner}\n{closing}"


def blocks(exchange: Exchange) -> List[str]:
    """The Markdown of one exchange: what is asked in three ways, and what comes back."""
    request: Dict[str, Any] = sample(exchange.request)
    return [
        fenced("json", as_json(request)),
        fenced("json", as_json(sample(exchange.reply))),
        f"With curl:\n\n{fenced('sh', as_curl(request))}",
        f"In Python:\n\n{fenced('python', as_python(request))}",
    ]


def fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
