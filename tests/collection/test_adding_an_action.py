"""The page on adding an action: its function and its example do what the page says of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List
from unittest.mock import patch

import anki.collection  # noqa: F401  # first: Anki's modules import each other in a ring
import pytest
from anki.cards import CardId

from plugin import actions, registry
from plugin.collection.edit import Edit
from plugin.collection.stored_cards import existing_cards
from plugin.errors import BadParams
from plugin.registry import Action, Scope, action
from tests import given
from tests.collection.whole_state import whole_state
from tools.examples import filled

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "adding-an-action.md"
TEXT = PAGE.read_text(encoding="utf-8")
[CODE] = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
[EXAMPLE] = re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# What the page's function finds in a file of actions.
NAMES: Dict[str, Any] = {
    "action": action,
    "BadParams": BadParams,
    "CardId": CardId,
    "Edit": Edit,
    "existing_cards": existing_cards,
    "List": List,
    "Scope": Scope,
}


@pytest.fixture
def flag_cards() -> Iterator[Action]:
    """The page's action, as the only one of the registry."""
    with patch.object(registry, "ACTIONS", {}), patch.object(registry, "FORMER", {}):
        exec(compile(CODE, str(PAGE), "exec"), {**NAMES, "__name__": "plugin.actions.cards"})
        yield registry.ACTIONS["flagCards"]


def test_the_example_is_what_comes_back(flag_cards: Action, col: Any) -> None:
    names = given.prepare(col)
    example = filled(json.loads(EXAMPLE), names)
    before = whole_state(col)
    arguments = flag_cards.bind(example["request"]["params"])
    assert (
        flag_cards.function(Edit(col, "AnkiConnect: Flag"), **arguments)
        == (example["reply"]["result"])
    )
    assert whole_state(col) != before
    col.undo()
    assert whole_state(col) == before


def test_the_failure_is_what_comes_back(flag_cards: Action, col: Any) -> None:
    failure = json.loads(EXAMPLE)["failure"]
    arguments = flag_cards.bind(failure["request"]["params"])
    with pytest.raises(BadParams) as raised:
        flag_cards.function(Edit(col), **arguments)
    assert str(raised.value) == failure["reply"]["error"]


def test_nobody_has_that_action_yet() -> None:
    assert actions.__all__
    assert "flagCards" not in registry.ACTIONS
