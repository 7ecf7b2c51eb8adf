"""The examples: a request and its reply for every action, in `examples/<category>/<action>.json`.

    {"request": {...}, "reply": {...}, "failure": {"request": {...}, "reply": {...}}, "given": [{...}]}

`failure` and `given` (requests that are sent before) may be left out. Texts that begin with a dollar sign stand for
something: `$card.gato` and its like for ids of the prepared collection (tests/given.py), `$folder` for an existing
folder, and in replies `$new` for an id that was not there before, `$text`, `$number` and `$any` for what differs
from one collection or Anki version to the next. `{"$number": 4}` is `$number`, shown as 4 in the reference.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

FOLDER = Path(__file__).resolve().parent.parent / "examples"
NAME = re.compile(r"\$((?:card|note|deck|group|model|review)\.\w+|folder\b)")
WILD = ("$new", "$text", "$number", "$any")


@dataclass(frozen=True)
class Exchange:
    """A request and its reply, and what is sent before."""

    request: Dict[str, Any]
    reply: Any
    given: List[Dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Example:
    """What one file holds."""

    category: str
    action: str
    success: Exchange
    failure: Optional[Exchange]


def wild(value: Any) -> Optional[str]:
    """Which of WILD a value of a reply is, or None."""
    if isinstance(value, dict) and len(value) == 1:
        [value] = value
    return value if isinstance(value, str) and value in WILD else None


def all_examples() -> List[Example]:
    """Every example, sorted by category and action."""
    return [read(path) for path in sorted(FOLDER.glob("*/*.json"))]


def read(path: Path) -> Example:
    held = json.loads(path.read_text(encoding="utf-8"))
    given = held.get("given", [])
    failure = held.get("failure")
    return Example(
        category=path.parent.name,
        action=path.stem,
        success=Exchange(held["request"], held["reply"], given),
        failure=failure and Exchange(failure["request"], failure["reply"], given),
    )


def filled(value: Any, names: Mapping[str, Any]) -> Any:
    """The value with what `names` knows in place of `$names`, in the keys of objects too; `$text` and so on stay."""
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    if isinstance(value, dict):
        return {str(filled(key, names)): filled(one, names) for key, one in value.items()}
    if not isinstance(value, str):
        return value
    whole = NAME.fullmatch(value)
    if whole:
        return names[whole.group(1)]
    return NAME.sub(lambda found: str(names[found.group(1)]), value)
