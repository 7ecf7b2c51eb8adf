"""Miscellaneous actions, as far as they need no window."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plugin.actions.miscellaneous import (
    api_reflect,
    get_collection,
    get_collection_config,
    get_version,
    is_fsrs_active,
    multi,
    reload_collection,
    version,
)
from plugin.collection.edit import Edit
from plugin.errors import BadParams
from plugin.registry import ACTIONS, Scope
from plugin.version import VERSION


def test_version_is_that_of_the_api() -> None:
    assert version() == 6


def test_versions_of_anki_and_of_the_add_on() -> None:
    from anki.buildinfo import version as anki_version

    assert get_version() == {
        "anki": anki_version,
        "ankiConnect": VERSION,
        "ankiConnectPlus": VERSION,
    }
    assert not ACTIONS["getVersion"].in_anki


# Reflection


def test_all_actions_are_listed_in_order() -> None:
    listed = api_reflect(scopes=["actions"])
    assert listed["scopes"] == ["actions"]
    assert listed["actions"] == sorted(ACTIONS)
    assert {"sync", "exportPackage", "getCollection"} <= set(listed["actions"])


def test_a_given_list_keeps_its_order_and_loses_what_is_unknown() -> None:
    asked = ["version", "nope", 5, None, "multi", "handler"]
    assert api_reflect(scopes=["actions", "other"], actions=asked) == {
        "scopes": ["actions"],
        "actions": ["version", "multi"],
    }


def test_unknown_scopes_are_skipped() -> None:
    assert api_reflect(scopes=["other"]) == {"scopes": []}
    assert api_reflect(scopes=[], actions=["version"]) == {"scopes": []}


@pytest.mark.parametrize("scopes", [None, "actions", 5, {}])
def test_scopes_are_a_list(scopes: Any) -> None:
    with pytest.raises(BadParams, match=r"^scopes has invalid value$"):
        api_reflect(scopes=scopes)


@pytest.mark.parametrize("actions", ["version", 5, {}])
def test_actions_are_a_list(actions: Any) -> None:
    with pytest.raises(BadParams, match=r"^actions has invalid value$"):
        api_reflect(scopes=["actions"], actions=actions)


def test_more_is_told_on_request() -> None:
    asked = ["since", "schemas", "categories", "permissions", "schemas", ["schemas"], 5]
    told = api_reflect(scopes=asked, actions=["version", "deleteNotes", "nope"])
    assert told["scopes"] == ["since", "schemas", "categories", "permissions"]
    assert told["categories"] == {"version": "miscellaneous", "deleteNotes": "notes"}
    assert told["permissions"] == {"version": "open", "deleteNotes": "delete"}
    assert set(told["since"]) == {"version", "deleteNotes"}
    delete = ACTIONS["deleteNotes"]
    assert told["schemas"]["deleteNotes"] == {
        "params": delete.input_schema,
        "result": delete.result,
    }
    assert "actions" not in told


@pytest.mark.parametrize("scope", ["schemas", "since", "categories", "permissions"])
def test_every_action_is_told_about(scope: str) -> None:
    told: Any = api_reflect(scopes=[scope])
    assert list(told[scope]) == sorted(ACTIONS)
    assert json.loads(json.dumps(told)) == told


def test_multi_replies_in_order() -> None:
    assert multi(reply_to=lambda entry: [entry], actions=[1, "x", {}]) == [[1], ["x"], [{}]]
    assert multi(reply_to=lambda entry: entry, actions=[]) == []


# The collection


def test_fsrs_is_unknown_then_on_then_off(col: Any) -> None:
    assert is_fsrs_active(col) is None
    col.set_config("fsrs", val=True)
    assert is_fsrs_active(col) is True
    col.set_config("fsrs", val=False)
    assert is_fsrs_active(col) is False


def test_configuration_is_that_of_the_collection(col: Any) -> None:
    col.set_config("mine", {"a": [1, None]})
    found = get_collection_config(col)
    assert found["mine"] == {"a": [1, None]}
    assert found["curDeck"] == 1


def test_the_whole_collection(col: Any) -> None:
    note = col.new_note(col.models.by_name("Basic (and reversed card)"))
    note.fields = ["one", "two"]
    note.tags = ["b", "a"]
    col.add_note(note, col.decks.id("Spanish"))
    filtered = col.decks.new_filtered("Filtered")
    found = get_collection(col)
    assert (found["noteCount"], found["cardCount"], found["tags"]) == (1, 2, ["a", "b"])
    assert found["config"] == get_collection_config(col)
    assert found["dconf"] == col.decks.all_config()
    assert sorted(kind["name"] for kind in found["models"]) == sorted(
        entry.name for entry in col.models.all_names_and_ids()
    )
    decks = {deck["name"]: deck for deck in found["decks"]}
    assert set(decks) == {"Default", "Spanish", "Filtered"}
    assert decks["Spanish"]["conf"] == 1
    assert (decks["Filtered"]["id"], decks["Filtered"]["dyn"]) == (filtered, 1)
    assert decks["Filtered"]["conf"] is None
    json.dumps(found)


def test_times_of_the_collection(col: Any) -> None:
    found = get_collection(col)
    assert found["created"] == col.crt
    assert found["modified"] == col.db.scalar("select mod from col")
    assert found["lastSync"] == 0


def test_reloading_has_every_window_drawn_anew_and_changes_nothing(col: Any) -> None:
    before = col.db.first("select mod, scm from col")
    edit = Edit(col)
    reload_collection(edit)
    assert edit.changes is not None
    assert edit.changes.note_text
    assert edit.changes.study_queues
    assert col.db.first("select mod, scm from col") == before
    assert col.undo_status().undo == ""


# What may be asked for


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, {}),
        ({"version": 2}, {"version": 2}),
        ({"fullSync": "upload"}, {"full_sync": "upload"}),
        ({"fullSync": None}, {"full_sync": None}),
    ],
)
def test_parameters_of_sync(given: Any, read: Any) -> None:
    assert ACTIONS["sync"].bind(given) == read


@pytest.mark.parametrize("value", ["both", "", True, 1, ["upload"]])
def test_a_full_sync_has_one_of_two_directions(value: Any) -> None:
    with pytest.raises(BadParams, match=r'^fullSync should be one of "upload", "download": '):
        ACTIONS["sync"].bind({"fullSync": value})


def test_scopes_of_what_reaches_beyond_the_collection() -> None:
    assert ACTIONS["exportPackage"].scope is Scope.FILES
    assert ACTIONS["importPackage"].scope is Scope.FILES
    assert ACTIONS["sync"].scope is Scope.NETWORK
    assert ACTIONS["loadProfile"].scope is Scope.ADMIN
