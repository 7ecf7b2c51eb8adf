"""What has to work in every Anki there is: the start, the doors, a card from a browser dictionary, a window, a restart.

Together with the examples of all actions this is what is run in the versions that do not get the whole suite.
"""

from __future__ import annotations

import base64
import json
import pathlib
from importlib.metadata import version
from typing import Any, Dict

import pytest

from plugin.registry import ACTIONS
from tests.conftest import AnkiFactory
from tests.contract.test_examples import difference
from tests.given import prepare_in
from tests.real_anki import RealAnki
from tools.examples import all_examples, filled

YOMITAN = "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SOUND = b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(range(256))
NOTE: Dict[str, Any] = {
    "deckName": "日本語",
    "modelName": "Basic",
    "fields": {"Front": "食べる", "Back": "to eat 🍣[sound:taberu.mp3]"},
    "tags": ["yomitan"],
}


def numbers(text: str) -> tuple[int, ...]:
    """A version as numbers: Anki writes 24.06.3 where its package is called 24.6.3."""
    return tuple(map(int, text.split(".")))


def ask(anki: RealAnki, action: str, **params: Any) -> Any:
    """As Yomitan asks: API version 2, from the page of an extension."""
    body = json.dumps({"action": action, "version": 2, "params": params}).encode()
    got = anki.http("POST", "/", body, {"Origin": YOMITAN, "Content-Type": "application/json"})
    assert (got.status, got.headers["access-control-allow-origin"]) == (200, YOMITAN)
    return got.json()


def test_it_starts_in_the_anki_that_is_installed(anki: RealAnki) -> None:
    assert anki.request("version") == 6
    told = anki.request("getVersion")
    assert numbers(told["anki"]) == numbers(version("anki"))
    state = anki.http("GET", "/health").json()
    assert (state["ready"], state["versions"]["anki"]) == (True, told["anki"])


def test_it_has_all_actions_and_lacks_nothing_for_them(anki: RealAnki) -> None:
    told = anki.request("apiReflect", scopes=["actions", "unavailable"])
    assert told["actions"] == sorted(ACTIONS)
    assert told["unavailable"] == {}


@pytest.mark.parametrize(
    ("path", "headers", "kind"),
    [
        ("/", {}, "application/json"),
        ("/", BROWSER, "text/html; charset=utf-8"),
        ("/health", {}, "application/json"),
        ("/openapi.json", {}, "application/json"),
        ("/schema.json", {}, "application/json"),
    ],
    ids=["banner", "explorer", "health", "openapi", "schema"],
)
def test_each_door_answers(anki: RealAnki, path: str, headers: Dict[str, str], kind: str) -> None:
    got = anki.http("GET", path, headers=headers)
    # Of the banner's type nothing is promised but that it is JSON.
    assert (got.status, got.headers["content-type"].startswith(kind)) == (200, True)
    assert got.body
    evil = {**headers, "Origin": "https://evil.example"}
    assert anki.http("GET", path, headers=evil).status == 403


def test_actions_by_path_and_several_at_once(anki: RealAnki) -> None:
    assert anki.http("POST", "/actions/deckNames", b"{}").json() == ["Default"]
    assert anki.http("POST", "/actions/nope", b"{}").status == 404
    asked = [{"action": "deckNames"}, {"action": "version", "version": 6}]
    assert anki.request("multi", actions=asked) == [["Default"], {"result": 6, "error": None}]


def test_a_card_from_a_browser_dictionary_outlives_a_restart(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    ask(anki, "createDeck", deck=NOTE["deckName"])
    assert ask(anki, "canAddNotes", notes=[NOTE]) == [True]
    data = base64.b64encode(SOUND).decode()
    assert ask(anki, "storeMediaFile", filename="taberu.mp3", data=data) == "taberu.mp3"
    added = ask(anki, "addNote", note=NOTE)
    assert isinstance(added, int)
    assert ask(anki, "canAddNotes", notes=[NOTE]) == [False]

    anki.restart()

    assert anki.evaluate("col.get_note(note).fields", note=added) == list(NOTE["fields"].values())
    [info] = ask(anki, "notesInfo", notes=[added])
    assert (info["modelName"], info["tags"]) == ("Basic", NOTE["tags"])
    [card] = ask(anki, "cardsInfo", cards=info["cards"])
    assert (card["deckName"], card["note"]) == (NOTE["deckName"], added)
    assert base64.b64decode(ask(anki, "retrieveMediaFile", filename="taberu.mp3")) == SOUND
    assert anki.evaluate("col.db.scalar('pragma integrity_check')") == "ok"


def test_a_note_that_was_added_is_shown_and_taken_back(anki: RealAnki) -> None:
    ask(anki, "createDeck", deck=NOTE["deckName"])
    added = ask(anki, "addNote", note=NOTE)
    cards = ask(anki, "guiBrowse", query=f"nid:{added}")
    anki.wait_for("aqt.dialogs._dialogs['Browser'][1].table.len() == 1")
    assert ask(anki, "guiSelectCard", card=cards[0]) is True
    anki.wait_for("list(aqt.dialogs._dialogs['Browser'][1].selected_cards()) == cards", cards=cards)
    assert anki.evaluate("col.undo_status().undo") == "AnkiConnect: Add Note"
    assert anki.request("guiUndo") is True
    assert anki.request("findNotes", query="") == []


def test_its_own_window_opens(anki: RealAnki) -> None:
    anki.execute("from a_probe import hands; hands.choose_in_menu()")
    anki.wait_for("ankiconnect.addon.windows.window is not None")
    anki.execute("ankiconnect.addon.windows.window.close()")


def test_every_action_refuses_in_the_words_of_its_example(
    anki: RealAnki, tmp_path: pathlib.Path
) -> None:
    """All on one collection, which saves most of the time: what is refused changes nothing."""
    names: Dict[str, Any] = {**prepare_in(anki), "folder": str(tmp_path)}
    told: Dict[str, Any] = {}
    for example in all_examples():
        refused = example.failure
        if refused is not None and not refused.given:
            reply = anki.raw(filled(refused.request, names))
            if difference(filled(refused.reply, names), reply, set(names.values())) is not None:
                told[example.action] = reply
    assert told == {}
