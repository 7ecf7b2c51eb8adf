"""An Anki that lacks something: what needs it says so, and the rest works."""

from __future__ import annotations

import json
import pathlib

import pytest

from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki, ReplyError

# Loaded before our add-on, as add-ons are by name.
NAME = "a_later_anki"


def without(base: pathlib.Path, code: str) -> None:
    """Has the next Anki in that base folder start without something that all Ankis have had."""
    folder = base / "addons21" / NAME
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(code, encoding="utf-8")


def add_note(anki: RealAnki) -> int:
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "x", "Back": "y"}}
    return int(anki.request("addNote", note=note))


def test_an_action_whose_function_is_missing(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    without(
        tmp_path / "anki0",
        "from anki.scheduler.base import SchedulerBase\ndel SchedulerBase.suspend_cards\n",
    )
    anki = fresh_anki()
    reason = (
        "suspend does not work in this version of Anki: "
        "it has no anki.scheduler.base.SchedulerBase.suspend_cards"
    )
    probed = ["suspend", "unsuspend", "nope"]
    told = anki.request("apiReflect", scopes=["unavailable", "actions"], actions=probed)
    assert told == {
        "scopes": ["unavailable", "actions"],
        "unavailable": {"suspend": reason},
        "actions": ["unsuspend"],
    }
    assert anki.request("apiReflect", scopes=["unavailable"])["unavailable"] == {"suspend": reason}
    cards = anki.request("findCards", query=f"nid:{add_note(anki)}")
    with pytest.raises(ReplyError) as refused:
        anki.request("suspend", cards=cards)
    assert str(refused.value) == reason
    by_path = anki.http("POST", "/actions/suspend", json.dumps({"cards": cards}).encode())
    assert (by_path.status, by_path.json()["detail"]) == (404, reason)
    assert "/actions/suspend" not in anki.http("GET", "/openapi.json").json()["paths"]
    assert anki.request("areSuspended", cards=cards) == [False]
    assert anki.request("unsuspend", cards=cards) in (True, False)


def test_a_whole_module_of_actions_that_does_not_load(
    fresh_anki: AnkiFactory, tmp_path: pathlib.Path
) -> None:
    without(
        tmp_path / "anki0",
        "import aqt.browser.previewer\ndel aqt.browser.previewer.MultiCardPreviewer\n",
    )
    anki = fresh_anki()
    assert "cannot import name 'MultiCardPreviewer'" in anki.log  # for who reads Anki's console
    anki.forgive_log()
    missing = anki.request("apiReflect", scopes=["unavailable"])["unavailable"]
    assert {"guiBrowse", "guiEditNote", "guiUndo"} <= set(missing)
    assert all(name.startswith("gui") for name in missing)
    with pytest.raises(ReplyError, match="cannot import name 'MultiCardPreviewer'") as refused:
        anki.request("guiBrowse", query="")
    assert str(refused.value) == missing["guiBrowse"]
    added = add_note(anki)
    assert anki.request("findNotes", query="deck:Default") == [added]
