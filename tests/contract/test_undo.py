"""Undo: after every writing action's example, one step of Anki's menu brings back the collection as it was."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, NamedTuple

import pytest

import plugin.actions
from plugin.registry import ACTIONS, Scope
from tests.anki.contents import contents
from tests.given import prepare_in
from tests.real_anki import RealAnki
from tools.examples import Example, all_examples, filled
from tools.generate_docs import CHANGING, WITHOUT_STEP

EXAMPLES: Dict[str, Example] = {example.action: example for example in all_examples()}
# Stands for what the user did before: it must be what is undone next.
BEFORE = "What the user did"
SAID = re.compile(r"cannot (be undone|undo)")


class Kept(NamedTuple):
    """Why undo does not bring back what an action changed, and on which Ankis (None: on all)."""

    reason: str
    condition: str = "True"


IS_2_1_50 = "hasattr(col.db, 'last_begin_at')"
A_FILE = "writes or removes files; Anki's undo list holds changes of the collection only"

# Actions that write and cannot be undone, or not on every Anki.
KEPT: Mapping[str, Kept] = {
    "deleteMediaFile": Kept(A_FILE),
    "exportPackage": Kept(A_FILE),
    "guiExitAnki": Kept("leaves Anki, and the undo list ends with it"),
    "importPackage": Kept("its import is Python that Anki cannot undo", IS_2_1_50),
    "insertReviews": Kept(
        "Anki has no operation for the review log, and SQL empties the undo list"
    ),
    "loadProfile": Kept("closes the collection, and the undo list with it"),
    "storeMediaFile": Kept(A_FILE),
    "sync": Kept("Anki cannot undo a sync, and empties its undo list"),
}

# Actions whose failure leaves an entry in the redo menu, and why. It holds nothing.
REDO: Mapping[str, str] = {
    "importPackage": "what is wrong with a file shows while Anki imports it, and Anki can redo what is taken back"
}

WRITERS = sorted(
    name for name, action in ACTIONS.items() if action.writes and action.scope in CHANGING
)
UNDONE = [
    name
    for name in WRITERS
    if name in EXAMPLES and (name not in KEPT or KEPT[name].condition != "True")
]


class Menu(NamedTuple):
    """What Anki offers to undo and to redo, and what the menu says."""

    undo: str
    redo: str
    entry: str


def menu(anki: RealAnki) -> Menu:
    code = "s = col.undo_status(); result = [s.undo, s.redo, mw.form.actionUndo.text()]"
    return Menu(*anki.execute(code))


def play(anki: RealAnki, example: Example, names: Mapping[str, Any]) -> None:
    for request in example.success.given:
        assert anki.raw(filled(request, names))["error"] is None
    anki.execute("col.add_custom_undo_entry(before)", before=BEFORE)


@pytest.fixture
def names(anki: RealAnki, tmp_path: Any) -> Dict[str, Any]:
    return {**prepare_in(anki), "folder": str(tmp_path)}


@pytest.mark.parametrize("name", UNDONE)
def test_undo_restores_everything(name: str, anki: RealAnki, names: Dict[str, Any]) -> None:
    if name in KEPT and anki.evaluate(KEPT[name].condition):
        pytest.skip(KEPT[name].reason)
    example = EXAMPLES[name]
    play(anki, example, names)
    before = contents(anki)
    assert anki.raw(filled(example.success.request, names))["error"] is None
    assert differing(contents(anki), before), "the example changes nothing"
    step = f"AnkiConnect: {ACTIONS[name].undo}"
    assert menu(anki).undo == step
    assert step in menu(anki).entry
    anki.execute("col.undo()")
    assert menu(anki)[:2] == (BEFORE, step)
    assert differing(contents(anki), before) == []


@pytest.mark.parametrize(
    "name", [name for name in WRITERS if name in EXAMPLES and EXAMPLES[name].failure]
)
def test_a_failure_leaves_no_trace(name: str, anki: RealAnki, names: Dict[str, Any]) -> None:
    example = EXAMPLES[name]
    assert example.failure is not None
    play(anki, example, names)
    before = contents(anki, stamps=True)
    assert anki.raw(filled(example.failure.request, names))["error"]
    assert differing(contents(anki, stamps=True), before) == []
    redo = f"AnkiConnect: {ACTIONS[name].undo}" if name in REDO else ""
    assert menu(anki)[:2] == (BEFORE, redo)


def differing(found: Mapping[str, List[Any]], expected: Mapping[str, List[Any]]) -> List[str]:
    """The tables that are not as they were."""
    return [table for table in expected if found[table] != expected[table]]


def test_every_action_that_changes_something_can_be_undone_or_is_listed() -> None:
    assert plugin.actions.__all__
    changing = [action for action in ACTIONS.values() if action.scope in CHANGING]
    assert sorted(each.name for each in changing if not each.writes and each.name not in KEPT) == []
    assert sorted(set(KEPT) - set(ACTIONS)) == []


def test_what_can_never_be_undone_promises_no_step() -> None:
    never = {name for name in WRITERS if name in KEPT and KEPT[name].condition == "True"}
    assert never == set(WITHOUT_STEP)


# What concerns other machines or profiles nobody expects to undo.
ELSEWHERE = (Scope.ADMIN, Scope.NETWORK)
OURS_ALONE = [name for name in WRITERS if name in KEPT and ACTIONS[name].scope not in ELSEWHERE]


@pytest.mark.parametrize("name", OURS_ALONE)
def test_what_cannot_be_undone_says_so(name: str) -> None:
    doc = ACTIONS[name].doc
    assert SAID.search(f"{doc.summary} {doc.description}")
