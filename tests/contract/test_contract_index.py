"""Our actions beside those of the contract: names, categories, parameters, required flags, defaults.

actions.json holds what the contract's index says. Everything that differs on purpose stands in the tables below with
its reason; an entry that does not differ any more fails too.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any, Dict, Mapping, Set

import pytest

import plugin.actions
from plugin.registry import ACTIONS, ORIGINAL, Parameter

INDEX: Dict[str, Any] = json.loads(
    pathlib.Path(__file__).with_name("actions.json").read_text(encoding="utf-8")
)

# The contract's categories, and the files that hold their actions.
FILES = {
    "Card": "cards",
    "Deck": "decks",
    "Graphical": "graphical",
    "Media": "media",
    "Miscellaneous": "miscellaneous",
    "Model": "models",
    "Note": "notes",
    "Statistic": "statistics",
}

# Actions of the contract that are not there yet.
LATER: Mapping[str, str] = {}

# Actions that the contract does not have.
MORE_ACTIONS: Mapping[str, str] = {}

# Parameters that the contract does not have, by action. None of them is required.
PART = "opt-in, a part of a long list"
MORE_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "findCards": {"limit": PART, "offset": PART},
    "cardsInfo": {
        "keys": "opt-in, which members to tell",
        "render": "opt-in, leaves out question and answer, the slow part",
        "limit": PART,
        "offset": PART,
    },
    "findNotes": {"limit": PART, "offset": PART},
    "notesInfo": {"keys": "opt-in, which members to tell", "limit": PART, "offset": PART},
    "guiCheckDatabase": {"wait": "opt-in, replies when the check is over, with its findings"},
    "sync": {"fullSync": "opt-in, asks for a full sync in one direction"},
    "addNotes": {
        "allOrNothing": "decision 5: opt-in, adds nothing when a note is refused",
        "reasons": "decision 5: opt-in, gives reasons in place of null",
    },
}

# Parameters whose flag or default differs, by action.
OTHER_PARAMETERS: Mapping[str, Mapping[str, str]] = {}


def facts(parameter: Parameter) -> Dict[str, Any]:
    if parameter.required:
        return {"required": True}
    return {"required": False, "default": parameter.default}


def differing(name: str) -> Set[str]:
    """The parameters of the contract that ours takes otherwise."""
    ours = {wire: facts(parameter) for wire, parameter in ACTIONS[name].parameters.items()}
    theirs = INDEX[name]["parameters"]
    # Compared as JSON: 1 is not true there.
    return {wire for wire in theirs if json.dumps(ours.get(wire)) != json.dumps(theirs[wire])}


def shared() -> Set[str]:
    return set(INDEX) & set(ACTIONS)


def test_every_action_of_the_contract_is_there() -> None:
    assert plugin.actions.__all__
    assert sorted(set(INDEX) - set(ACTIONS) - set(LATER)) == []


def test_there_is_no_other_action() -> None:
    assert sorted(set(ACTIONS) - set(INDEX)) == sorted(MORE_ACTIONS)


def test_what_comes_later_is_not_there_yet() -> None:
    assert sorted(set(LATER) & set(ACTIONS)) == []
    assert sorted(set(LATER) - set(INDEX)) == []


@pytest.mark.parametrize("name", sorted(shared()))
def test_category(name: str) -> None:
    assert ACTIONS[name].category == FILES[INDEX[name]["category"]]


@pytest.mark.parametrize("name", sorted(shared()))
def test_parameters(name: str) -> None:
    assert sorted(differing(name)) == sorted(OTHER_PARAMETERS.get(name, {}))


@pytest.mark.parametrize("name", sorted(shared()))
def test_further_parameters_are_listed_and_optional(name: str) -> None:
    more = set(ACTIONS[name].parameters) - set(INDEX[name]["parameters"])
    assert sorted(more) == sorted(MORE_PARAMETERS.get(name, {}))
    assert [wire for wire in more if ACTIONS[name].parameters[wire].required] == []


@pytest.mark.parametrize("name", sorted(shared()))
def test_since(name: str) -> None:
    assert ACTIONS[name].doc.since == INDEX[name].get("since", ORIGINAL)


def test_actions_of_our_own_say_since_when() -> None:
    silent = [name for name in MORE_ACTIONS if ACTIONS[name].doc.since == ORIGINAL]
    assert silent == []


def test_the_tables_name_actions_that_exist() -> None:
    assert set(MORE_PARAMETERS) | set(OTHER_PARAMETERS) <= shared()
