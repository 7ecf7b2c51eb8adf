"""Writes docs/reference from the registry and the examples. Needs a Python with Anki.

With `--check` nothing is written; the exit code is 1 if a page is not as it would be.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Dict, List, Mapping

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from plugin.actions import types  # noqa: E402
from plugin.registry import ACTIONS, Action, Parameter, Scope  # noqa: E402
from plugin.shapes import Schema, shape_of  # noqa: E402
from tools import samples, schema_words  # noqa: E402
from tools.examples import Example, all_examples  # noqa: E402

FOLDER = ROOT / "docs" / "reference"

# What an action may do, for those who call it.
SCOPES: Mapping[Scope, str] = {
    Scope.OPEN: "open to every caller",
    Scope.READ: "reads, and changes nothing",
    Scope.WRITE: "adds or changes",
    Scope.DELETE: "can remove or overwrite what cannot be had again otherwise",
    Scope.FILES: "reads or writes files at places that the caller names",
    Scope.NETWORK: "talks to other computers: downloads, and synchronisation",
    Scope.GUI: "works with Anki's windows",
    Scope.ADMIN: "changes profiles, or ends Anki",
}

# Of these scopes are the actions that change something; others take an Edit to have open editors saved first.
CHANGING = (Scope.WRITE, Scope.DELETE, Scope.FILES, Scope.NETWORK, Scope.ADMIN)
# These change what Anki's menu cannot undo (tests/contract/test_undo.py says why).
WITHOUT_STEP = ("insertReviews", "sync")

# Objects that a page of their own explains.
KNOWN: Mapping[str, str] = {
    schema_words.key(shape_of(shape).schema): f"[{text}](../note-objects.md)"
    for shape, text in ((types.Note, "note object"), (types.NoteUpdate, "note update object"))
}

START = """# Reference

Every action, generated from the code. How requests and replies look in general is said in
[Protocol](../protocol.md); the objects that describe notes in [Note objects](../note-objects.md).

The samples are taken from tests, which play them against a collection with a deck `Spanish`, its sub-deck
`Spanish::Verbs` and three notes; ids look different in yours. Those in Python call this function:

```python
import json
import urllib.request


def invoke(action, **params):
    request = json.dumps({"action": action, "version": 6, "params": params}).encode()
    with urllib.request.urlopen("http://127.0.0.1:8765", request) as response:
        reply = json.load(response)
    if reply["error"] is not None:
        raise RuntimeError(reply["error"])
    return reply["result"]
```

*Access* says what an action does:
"""

TYPES = """Types are those of JSON. An *id* is a whole number; the same as decimal text is accepted too. `null` for an
optional parameter is the same as leaving it out.
"""


def pages() -> Dict[Path, str]:
    """The text of every page by its place."""
    examples = {example.action: example for example in all_examples()}
    found = {FOLDER / "index.md": index()}
    for category in categories():
        found[FOLDER / f"{category}.md"] = page(category, of_category(category), examples)
    return found


def categories() -> List[str]:
    return sorted({action.category for action in ACTIONS.values()})


def of_category(category: str) -> List[Action]:
    return sorted(
        (action for action in ACTIONS.values() if action.category == category),
        key=lambda action: action.name,
    )


def title(category: str) -> str:
    """What the category's file says of itself."""
    text = import_module(f"plugin.actions.{category}").__doc__ or ""
    line = text.strip().splitlines()[0]
    name, _, rest = line.partition(": ")
    return rest[:1].upper() + rest[1:] if name.lower() == category else line


def index() -> str:
    scopes = "\n".join(f"- *{scope.value}*: {text}" for scope, text in SCOPES.items())
    lists = [START.strip(), scopes, TYPES.strip()]
    for category in categories():
        rows = [
            f"- [{action.name}]({category}.md#{action.name.lower()}): {action.doc.summary}"
            for action in of_category(category)
        ]
        lists += [f"## [{category.capitalize()}]({category}.md)", title(category), "\n".join(rows)]
    return joined(lists)


def page(category: str, actions: List[Action], examples: Mapping[str, Example]) -> str:
    links = " · ".join(f"[{action.name}](#{action.name.lower()})" for action in actions)
    parts = [f"# {category.capitalize()}", title(category), links]
    for action in actions:
        parts += about(action)
        if action.name in examples:
            parts += sample(examples[action.name])
    parts.append("[All actions](index.md)")
    return joined(parts)


def joined(parts: List[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def about(action: Action) -> List[str]:
    doc = action.doc
    parts = [f"## {action.name}", doc.summary, doc.description, parameters(action)]
    parts += [
        nested(parameter.wire, parameter.shape.schema) for parameter in action.parameters.values()
    ]
    parts += [result(action), nested("the result", action.result)]
    if doc.errors:
        parts.append("**Errors**\n\n" + "\n".join(f"- {error(text)}" for text in doc.errors))
    parts.append(facts(action))
    return parts


def result(action: Action) -> str:
    kind = schema_words.words(action.result, KNOWN)
    same = kind == action.doc.returns.rstrip(".")
    return f"**Result**: {kind}." if same else f"**Result** ({kind}): {action.doc.returns}"


def parameters(action: Action) -> str:
    if not action.parameters:
        return "No parameters."
    rows = ["| parameter | type | needed | meaning |", "|---|---|---|---|"]
    for one in action.parameters.values():
        kind = schema_words.words(one.shape.schema, KNOWN)
        cells = [f"`{one.wire}`", kind, need(one), one.description]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def need(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    if parameter.default is None:
        return "optional"
    return f"optional, `{json.dumps(parameter.default)}`"


def nested(name: str, schema: Schema) -> str:
    """The members of the objects in a parameter or a result."""
    lines = member_lines(schema, "")
    place = name if " " in name else f"`{name}`"
    return f"Members of {place}:\n\n" + "\n".join(lines) if lines else ""


def member_lines(schema: Schema, indent: str) -> List[str]:
    lines: List[str] = []
    for name, member, required in schema_words.members(schema, KNOWN):
        note = ", required" if required else ""
        text = member.get("description", "")
        if "default" in member:
            note = f", `{json.dumps(member['default'])}` when absent"
        kind = schema_words.words(member, KNOWN)
        lines.append(f"{indent}- `{name}` ({kind}{note})" + (f": {text}" if text else ""))
        lines += member_lines(member, indent + "  ")
    return lines


def error(text: str) -> str:
    """Errors are exact texts, but where Anki chooses the words."""
    return text if text.startswith("Anki's own") else f"`{text}`"


def facts(action: Action) -> str:
    said = [f"*Access*: {action.scope.value}."]
    if action.undo and action.scope in CHANGING and action.name not in WITHOUT_STEP:
        said.append(f'*Undo*: one step, "AnkiConnect: {action.undo}".')
    elif action.scope in (Scope.WRITE, Scope.DELETE):
        said.append("*Undo*: not by Anki's menu.")
    for name, version in action.former.items():
        said.append(f"*Older name*: `{name}`, up to API version {version}.")
    said.append(f"*Since*: {action.doc.since}.")
    return " ".join(said)


def sample(example: Example) -> List[str]:
    parts = samples.blocks(example.success)
    if example.failure is not None:
        request, reply = example.failure.request, example.failure.reply
        parts += [
            "A request that fails:",
            samples.fenced("json", samples.as_json(samples.sample(request))),
        ]
        parts.append(samples.fenced("json", samples.as_json(samples.sample(reply))))
    return parts


def stale() -> List[Path]:
    """The pages that are missing, differ, or should not be there."""
    wanted = pages()
    there = {path: path.read_text(encoding="utf-8") for path in FOLDER.glob("*")}
    return sorted(path for path in {*wanted, *there} if wanted.get(path) != there.get(path))


def main(arguments: List[str]) -> int:
    outdated = stale()
    if "--check" in arguments:
        for path in outdated:
            print(f"{path.relative_to(ROOT)} is not up to date: run tools/generate_docs.py")
        return 1 if outdated else 0
    wanted = pages()
    FOLDER.mkdir(exist_ok=True)
    for path in outdated:
        if path in wanted:
            path.write_bytes(wanted[path].encode("utf-8"))
            print(f"wrote {path.relative_to(ROOT)}")
        else:
            path.unlink()
            print(f"removed {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
