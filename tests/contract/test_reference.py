"""The reference pages: up to date, complete, and with samples that work."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import jsonschema
import pytest

import plugin.actions
from plugin import config, perform
from plugin.registry import ACTIONS, Action
from plugin.web import app, permission
from plugin.web.limits import LIMITS
from tools import generate_docs, samples, schema_words
from tools.examples import Exchange, all_examples

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = generate_docs.pages()
EXAMPLES = {example.action: example for example in all_examples()}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#([^)]*))?\)")


def blocks(language: str) -> List[Any]:
    return [
        pytest.param(text, id=f"{path.stem}-{number}")
        for path, page in PAGES.items()
        for number, (found, text) in enumerate(BLOCK.findall(page))
        if found == language
    ]


# Pages written by hand.
WRITTEN = sorted((ROOT / "docs").glob("*.md"))


def section(action: Action) -> str:
    """What the action's page says about it."""
    page = PAGES[generate_docs.FOLDER / f"{action.category}.md"]
    _, _, rest = page.partition(f"\n## {action.name}\n")
    return rest.partition("\n## ")[0]


def test_pages_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate_docs.py"), "--check"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_action_is_explained(action: Action) -> None:
    assert plugin.actions.__all__
    text = section(action)
    assert action.doc.summary in text
    assert "**Result**" in text
    for parameter in action.parameters.values():
        assert parameter.description
        assert f"| `{parameter.wire}` |" in text
    for error in action.doc.errors:
        assert error in text
    index = PAGES[generate_docs.FOLDER / "index.md"]
    assert f"[{action.name}]({action.category}.md#{action.name.lower()})" in index


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_action_has_samples(action: Action) -> None:
    languages = {language for language, _ in BLOCK.findall(section(action))}
    assert languages == {"json", "sh", "python"}


@pytest.mark.parametrize("text", blocks("json"))
def test_json_samples_parse(text: str) -> None:
    assert isinstance(json.loads(text), dict)
    assert "$" not in text


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_samples_on_other_pages_parse(path: Path) -> None:
    for language, text in BLOCK.findall(path.read_text(encoding="utf-8")):
        if language == "json":
            json.loads(text)
        elif language == "python":
            ast.parse(text)


def test_the_protocol_page_tells_the_limits_that_hold() -> None:
    page = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    kib = 1024
    for said in (
        f"| body | {config.read({}, {})[0].max_body_bytes // kib**2} MiB",
        f"; {app.FOREIGN_BODY // kib} KiB from an origin that is not trusted",
        f"| {LIMITS.request_line // kib} KiB; {LIMITS.header_line // kib} KiB; {LIMITS.headers // kib} KiB |",
        f"| header lines | {LIMITS.fields} |",
        f"| {LIMITS.head_time:g} s from first to last byte |",
        f"| pause within a body | {LIMITS.body_pause:g} s |",
        f"| closed after {LIMITS.idle_time:g} s |",
        f"| connections | {LIMITS.connections}, fewer",
        f"at a time | {LIMITS.workers} |",
        f"start on a request | {perform.PATIENCE_SECONDS:g} s |",
        f"`requestPermission` | {permission.PATIENCE:g} s |",
    ):
        assert said in page


@pytest.mark.parametrize("text", blocks("python"))
def test_python_samples_compile(text: str) -> None:
    assert ast.parse(text).body


@pytest.mark.parametrize("text", blocks("sh"))
def test_curl_samples_hold_the_request(text: str) -> None:
    printed = subprocess.run(
        ["sh", "-c", text.replace("curl ", "printf '%s\\n' ", 1)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    address, option, body = printed.split("\n", 2)
    assert (address, option) == (samples.URL, "-d")
    assert json.loads(body)["action"] in ACTIONS


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) & set(ACTIONS)))
def test_examples_fit_the_published_schemas(name: str) -> None:
    example, action = EXAMPLES[name], ACTIONS[name]
    jsonschema.Draft7Validator.check_schema(action.input_schema)
    jsonschema.Draft7Validator.check_schema(action.result)
    exchange: Exchange = example.success
    request = samples.sample(exchange.request)
    jsonschema.validate(request.get("params", {}), action.input_schema)
    result = exchange.reply["result"]
    if not any(wild in json.dumps(result) for wild in samples.WILD):
        jsonschema.validate(samples.sample(result), action.result)


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        page = path.parent / target
        assert page.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {anchor_of(heading) for heading in headings}, (target, anchor)


def anchor_of(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "any value"),
        ({"type": "string"}, "string"),
        ({"type": "string", "minLength": 1}, "non-empty string"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "integer or null"),
        ({"anyOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "null"}]}, "string or null"),
        ({"anyOf": [{}, {"type": "null"}]}, "any value"),
        ({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^-?[0-9]+$"}]}, "id"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "integer or string"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integers"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, "list of lists of strings"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "list of (string or null)"),
        ({"type": "array", "items": {}}, "list"),
        ({"type": "object"}, "object"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "object with booleans"),
        ({"enum": ["a", 1]}, '`"a"` or `1`'),
    ],
)  # fmt: skip
def test_types_in_words(schema: Any, expected: str) -> None:
    assert schema_words.words(schema, {}) == expected
