"""The browser, the main window, checking, importing and leaving, by the actions for them."""

from __future__ import annotations

import pathlib
import time
from typing import Any, Dict

import pytest

from tests.anki.graphical.screen import (
    IN_THE_WAY,
    is_open,
    modal_box,
    note,
    page_shows,
    refused,
    seen,
    to_main_window,
    undo_name,
    wait_for_front,
    wait_for_page,
)
from tests.conftest import AnkiFactory
from tests.given import prepare_in
from tests.real_anki import RealAnki

# Every graphical action that needs a window, with what makes it run.
ACTIONS: Dict[str, Dict[str, Any]] = {
    "guiBrowse": {"query": ""},
    "guiSelectCard": {"card": 1},
    "guiSelectNote": {"note": 1},
    "guiAddCards": {},
    "guiAddNoteSetData": {"note": {}},
    "guiEditNote": {"note": 1},
    "guiStartCardTimer": {},
    "guiShowQuestion": {},
    "guiShowAnswer": {},
    "guiAnswerCard": {"ease": 3},
    "guiUndo": {},
    "guiDeckOverview": {"name": "Default"},
    "guiDeckBrowser": {},
    "guiDeckReview": {"name": "Default"},
    "guiImportFile": {"path": "/nowhere.csv"},
    "guiCheckDatabase": {},
    "guiPlayAudio": {},
}
READING = ("guiReviewActive", "guiCurrentCard", "guiSelectedNotes")


# What is in the way


def test_no_profile_is_open(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(profiles=("One", "Two"), open_profile=None)
    for action, params in ACTIONS.items():
        refused(anki, action, "collection is not available", **params)
    for action in READING:
        refused(anki, action, "collection is not available")
    assert anki.evaluate("mw.profileDiag.isVisible()")
    anki.request("guiExitAnki")
    wait_for_end(anki)


def test_a_modal_window_is_in_the_way(anki: RealAnki) -> None:
    with modal_box(anki, "Really?"):
        before = seen(anki, "dialogs()")
        for action, params in [*ACTIONS.items(), ("guiExitAnki", {})]:
            refused(anki, action, f"{IN_THE_WAY}Really?", **params)
        assert anki.request("guiReviewActive") is False
        assert anki.request("guiSelectedNotes") == []
        assert anki.request("version") == 6
        assert seen(anki, "dialogs()") == before
    assert anki.request("guiDeckBrowser") is None


def test_actions_that_open_no_window_leave_the_focus_alone(anki: RealAnki) -> None:
    anki.request("addNote", note=note("uno"))
    anki.request("guiAddCards")
    seen(anki, "open_browser('', ['uno', ''])")
    wait_for_front(anki, "Browser")
    quiet = {"guiBrowse", "guiAddCards", "guiEditNote", "guiImportFile"}
    for action, params in ACTIONS.items():
        if action not in quiet:
            anki.request(action, **params)
            anki.execute("wait(0.05)")
            assert seen(anki, "has_focus('Browser')"), action
    anki.request("addNote", note=note("dos"))
    assert anki.request("guiDeckReview", name="Default") is True
    assert anki.request("guiShowAnswer") is True
    assert anki.request("guiAnswerCard", ease=3) is True
    assert seen(anki, "has_focus('Browser')")


@pytest.mark.parametrize("kind", ["Browser", "AddCards", "AnkiConnectEditNote"])
def test_a_window_that_is_asked_for_comes_to_the_front_each_time(anki: RealAnki, kind: str) -> None:
    note_id = anki.request("addNote", note=note("uno"))
    action, params = {
        "Browser": ("guiBrowse", {"query": ""}),
        "AddCards": ("guiAddCards", {"note": note("dos")}),
        "AnkiConnectEditNote": ("guiEditNote", {"note": note_id}),
    }[kind]
    for _ in range(2):
        anki.request(action, **params)
        wait_for_front(anki, kind)
        to_main_window(anki)
        anki.request(action, **params)
        wait_for_front(anki, kind)
        seen(anki, "window(kind).showMinimized()", kind=kind)
        anki.request(action, **params)
        anki.wait_for(
            "not aqt.dialogs._dialogs[kind][1].isMinimized()"
            " and aqt.dialogs._dialogs[kind][1].isVisible()",
            kind=kind,
        )
    assert seen(anki, "dialogs()") == [{"AnkiConnectEditNote": "EditWindow"}.get(kind, kind)]


# The browser


def test_browse_shows_what_it_found(anki: RealAnki) -> None:
    ids = prepare_in(anki)
    found = anki.request("guiBrowse", query="deck:Spanish::Verbs")
    assert sorted(found) == sorted([ids["card.hablar1"], ids["card.hablar2"]])
    assert anki.evaluate("aqt.dialogs._dialogs['Browser'][1].table.len()") == 2
    assert anki.request("guiBrowse") == []


def test_browse_sorts(anki: RealAnki) -> None:
    prepare_in(anki)
    shown = "[col.get_card(c).note().fields[0] for c in items]".replace(
        "items", "aqt.dialogs._dialogs['Browser'][1].table._model._items"
    )
    ascending = ["gato", "hablar", "hablar", "perro"]
    for order, fronts in (("descending", ascending[::-1]), ("ascending", ascending)):
        by_front = {"columnId": "noteFld", "order": order}
        anki.request("guiBrowse", query="deck:Spanish", reorderCards=by_front)
        assert anki.evaluate(shown) == fronts


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"query": "", "reorderCards": 5}, "reorderCards should be a dict: 5"),
        (
            {"query": "", "reorderCards": {"columnId": "noteFld"}},
            'Must provide a "columnId" and a "order" property"',
        ),
        (
            {"query": "", "reorderCards": {"columnId": "nope", "order": "ascending"}},
            "invalid columnId: nope",
        ),
    ],
)
def test_browse_checks_before_it_opens_a_window(
    anki: RealAnki, params: Dict[str, Any], text: str
) -> None:
    refused(anki, "guiBrowse", text, **params)
    assert not is_open(anki, "Browser")


def test_browse_with_a_broken_query_opens_nothing(anki: RealAnki) -> None:
    reply = anki.raw({"action": "guiBrowse", "version": 6, "params": {"query": '"'}})
    assert reply["result"] is None
    assert reply["error"]
    assert not is_open(anki, "Browser")
    assert anki.evaluate("message_boxes()") == []


def test_browse_keeps_what_is_being_typed(anki: RealAnki) -> None:
    note_id = anki.request("addNote", note=note("uno", "one"))
    seen(anki, "open_browser('', ['uno', 'one'])")
    seen(anki, "type_into('Browser', 1, ' typed')")
    anki.request("guiBrowse", query="nid:1")
    anki.wait_for("col.get_note(n).fields == ['uno', 'one typed']", seconds=3, n=note_id)


@pytest.mark.parametrize("notes_mode", [False, True])
def test_select(anki: RealAnki, notes_mode: bool) -> None:
    ids = prepare_in(anki)
    assert anki.request("guiSelectCard", card=ids["card.perro"]) is False
    assert anki.request("guiSelectedNotes") == []
    anki.request("guiBrowse", query="deck:Spanish")
    if notes_mode:
        seen(anki, "window('Browser').table.toggle_state(True, 'deck:Spanish')")
    to_main_window(anki)
    assert anki.request("guiSelectCard", card=ids["card.perro"]) is True
    assert anki.request("guiSelectedNotes") == [ids["note.perro"]]
    assert anki.request("guiSelectNote", note=ids["note.hablar"]) is True
    # A number may happen to be that of a card, too, and then it is the card's.
    its_card = "col.db.scalar('select nid from cards where id = ?', n)"
    meant = anki.evaluate(its_card, n=ids["note.hablar"]) or ids["note.hablar"]
    assert anki.request("guiSelectedNotes") == [meant]
    assert anki.request("guiSelectNote", note=str(ids["card.gato"])) is True
    assert anki.request("guiSelectedNotes") == [ids["note.gato"]]
    # What is not shown, or not there at all.
    anki.request("guiBrowse", query="gato or perro")
    anki.request("guiSelectCard", card=ids["card.gato"])
    for card in (ids["card.hablar1"], 1):
        assert anki.request("guiSelectCard", card=card) is True
        assert anki.request("guiSelectedNotes") == [ids["note.gato"]]


# The main window


def test_overview(anki: RealAnki) -> None:
    ids = prepare_in(anki)
    assert anki.request("guiDeckOverview", name="spanish") is True
    assert anki.evaluate("mw.state") == "overview"
    assert anki.evaluate("col.decks.get_current_id()") == ids["deck.spanish"]
    wait_for_page(anki, "Spanish")
    assert anki.evaluate("mw.form.actionUndo.isEnabled()")
    assert anki.request("guiDeckOverview", name="Nope") is False
    assert anki.evaluate("mw.state") == "overview"


def test_deck_browser(anki: RealAnki) -> None:
    prepare_in(anki)
    anki.request("createDeck", deck="Newcomer")
    anki.request("guiDeckReview", name="Spanish")
    assert anki.request("guiDeckBrowser") is None
    assert anki.evaluate("mw.state") == "deckBrowser"
    wait_for_page(anki, "Newcomer")
    assert anki.request("guiReviewActive") is False


@pytest.mark.parametrize("before", ["guiDeckOverview", "guiDeckBrowser", "guiDeckReview"])
def test_the_review_page_is_there_and_stays(anki: RealAnki, before: str) -> None:
    prepare_in(anki)
    for _ in range(3):
        anki.request(before, **({} if before == "guiDeckBrowser" else {"name": "Spanish"}))
        assert anki.request("guiDeckReview", name="Spanish::Verbs") is True
        assert anki.request("guiReviewActive") is True
        assert anki.request("guiCurrentCard")["fields"]["Front"]["value"] == "hablar"
        wait_for_page(anki, "hablar")
        anki.execute("wait(0.4)")
        assert page_shows(anki, "hablar")
        assert anki.evaluate("mw.state") == "review"


def test_a_review_begun_right_after_the_user_went_to_a_deck(anki: RealAnki) -> None:
    prepare_in(anki)
    for state in ("overview", "deckBrowser") * 2:
        anki.execute("mw.moveToState(state)", state=state)
        assert anki.request("guiDeckReview", name="Spanish::Verbs") is True
        wait_for_page(anki, "hablar")
        anki.execute("wait(0.4)")
        assert page_shows(anki, "hablar")


def test_nothing_to_review(anki: RealAnki) -> None:
    anki.request("createDeck", deck="Empty")
    assert anki.request("guiDeckReview", name="Empty") is True
    assert anki.request("guiReviewActive") is False
    assert anki.evaluate("mw.state") == "overview"
    assert anki.request("guiDeckReview", name="Nope") is False
    wait_for_page(anki, "Congratulations")


# Undo


def test_undo(anki: RealAnki) -> None:
    assert anki.request("guiUndo") is False
    note_id = anki.request("addNote", note=note("uno"))
    anki.request("addTags", notes=[note_id], tags="a")
    assert anki.request("guiUndo") is True
    assert anki.evaluate("col.get_note(n).tags", n=note_id) == []
    assert undo_name(anki) == "AnkiConnect: Add Note"
    assert "Add Note" in anki.evaluate("mw.form.actionUndo.text()")
    assert anki.request("guiUndo") is True
    assert anki.request("findNotes", query="") == []
    assert anki.request("guiUndo") is False


def test_undo_of_equal_steps(anki: RealAnki) -> None:
    for front in ("uno", "dos", "tres"):
        anki.request("addNote", note=note(front))
    for left in (2, 1, 0):
        assert anki.request("guiUndo") is True
        assert len(anki.request("findNotes", query="")) == left


# Check, import, exit


def test_check_database(anki: RealAnki) -> None:
    anki.execute("mw.col.db.execute('update cards set id = id')")
    assert anki.request("guiCheckDatabase") is True
    found = anki.request("guiCheckDatabase", wait=True)
    assert found["ok"] is True
    assert found["report"]
    assert not anki.evaluate("mw.progress.busy()")


def test_check_database_tells_what_was_wrong(anki: RealAnki) -> None:
    anki.request("addNote", note=note("uno"))
    anki.execute("col.db.execute('update cards set nid = 1')")
    found = anki.request("guiCheckDatabase", wait=True)
    assert found["ok"] is False
    assert "1" in found["report"]
    # Anki shows the findings to its user too.
    anki.wait_for("mw.app.activeModalWidget() is not None")
    anki.execute("mw.app.activeModalWidget().close()")
    anki.wait_for("mw.app.activeModalWidget() is None")


def test_import_of_a_file_that_cannot_be_read(anki: RealAnki, tmp_path: pathlib.Path) -> None:
    missing = str(tmp_path / "none.csv")
    reason = "No such file or directory (os error 2)"
    refused(anki, "guiImportFile", f"Failed to open '{missing}': {reason}", path=missing)
    refused(
        anki,
        "guiImportFile",
        f"path should name a regular file: {tmp_path}",
        path=str(tmp_path),
    )
    assert seen(anki, "dialogs()") == []
    assert anki.evaluate("message_boxes()") == []


def test_import_opens_ankis_window(anki: RealAnki, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("uno,one\n", encoding="utf-8")
    assert anki.request("guiImportFile", path=str(file)) is None
    anki.wait_for("mw.app.activeModalWidget() is not None")
    assert seen(anki, "dialogs()") in (["ImportDialog"], ["ImportCsvDialog"])  # so called in 2.1.66
    assert anki.request("findNotes", query="") == []
    anki.execute("mw.app.activeModalWidget().close(); wait(0.3)")


def test_import_asks_for_a_file(anki: RealAnki) -> None:
    assert anki.request("guiImportFile") is None
    anki.wait_for("mw.app.activeModalWidget() is not None")
    assert anki.evaluate("mw.app.activeModalWidget().inherits('QFileDialog')")
    anki.execute("mw.app.activeModalWidget().close()")
    anki.wait_for("mw.app.activeModalWidget() is None")


def test_exit(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    note_id = anki.request("addNote", note=note("uno"))
    anki.request("guiBrowse", query="")
    anki.request("guiEditNote", note=note_id)
    assert anki.request("guiExitAnki") is None
    wait_for_end(anki)


def wait_for_end(anki: RealAnki) -> None:
    """Anki ends by itself, in an orderly way."""
    process = anki._running()
    began = time.monotonic()
    assert process.wait(10) == 0
    assert time.monotonic() - began > 0.5
    anki._forget()
    anki.check_log()
