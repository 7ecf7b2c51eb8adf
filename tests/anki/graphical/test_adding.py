"""The add window, filled in by a program and by its user."""

from __future__ import annotations

import base64
from typing import Any, Dict, List

import pytest

from tests.anki.graphical.screen import (
    is_open,
    note,
    refused,
    seen,
    to_main_window,
    wait_for_front,
)
from tests.given import prepare_in
from tests.real_anki import RealAnki

ADD = "AddCards"
WINDOW = f"aqt.dialogs._dialogs['{ADD}'][1]"
PICTURE = {
    "filename": "bird.png",
    "data": base64.b64encode(b"no real picture").decode(),
    "fields": ["Back"],
}


def shows(anki: RealAnki, texts: List[str]) -> None:
    seen(anki, "wait_for_fields('AddCards', texts)", texts=texts)


def tags(anki: RealAnki) -> List[str]:
    return list(anki.evaluate(f"{WINDOW}.editor.note.tags"))


def chosen(anki: RealAnki) -> List[str]:
    """Deck and note type that the window is set to."""
    return list(
        anki.evaluate(
            f"[col.decks.name({WINDOW}.deck_chooser.selected_deck_id),"
            f" col.models.get({WINDOW}.notetype_chooser.selected_notetype_id)['name']]"
        )
    )


def spanish(front: str, back: str = "", **more: Any) -> Dict[str, Any]:
    return note(front, back, **{"deckName": "Spanish", **more})


def test_opening(anki: RealAnki) -> None:
    assert anki.request("guiAddCards") == 0
    wait_for_front(anki, ADD)
    shows(anki, ["", ""])
    seen(anki, "type_into('AddCards', 0, 'half')")
    to_main_window(anki)
    assert anki.request("guiAddCards") == 0
    wait_for_front(anki, ADD)
    shows(anki, ["half", ""])
    assert anki.evaluate("message_boxes()") == []
    assert anki.request("findNotes", query="") == []


def test_filling_in(anki: RealAnki) -> None:
    prepare_in(anki)
    new = spanish("pájaro", "bird", tags=["a1 b1", "a1"], picture=[PICTURE])
    assert anki.request("guiAddCards", note=new) == 0
    wait_for_front(anki, ADD)
    seen(anki, "wait_for_fields('AddCards', ['pájaro', 'bird'])")
    name = anki.request("getMediaFilesNames", pattern="bird*")
    assert name == ["bird.png"]
    assert anki.evaluate(f"{WINDOW}.editor.note.fields[1]") == 'bird<img src="bird.png">'
    assert tags(anki) == ["a1", "b1"]
    assert chosen(anki) == ["Spanish", "Basic"]
    before = len(anki.request("findNotes", query=""))
    anki.execute(f"{WINDOW}.add_current_note()")
    anki.wait_for("len(col.find_notes('')) == n", n=before + 1)
    [added] = anki.request("notesInfo", query="tag:b1")
    assert added["fields"]["Front"]["value"] == "pájaro"
    assert anki.evaluate("col.decks.name(col.get_card(c).did)", c=added["cards"][0]) == "Spanish"


def test_unknown_fields_are_ignored(anki: RealAnki) -> None:
    fields = {"Text": "{{c1::uno}}", "Extra": "x", "text": "no"}
    new = {"deckName": "Default", "modelName": "Cloze", "fields": fields}
    assert anki.request("guiAddCards", note=new) == 0
    seen(anki, "wait_for_fields('AddCards', ['{{c1::uno}}', ''])")
    assert chosen(anki) == ["Default", "Cloze"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"deckName": "Nope"}, "deck was not found: Nope"),
        ({"modelName": "Nope"}, "model was not found: Nope"),
        ({"fields": {"Front": [1]}}, "field values should be strings: Front"),
    ],
)
def test_a_refused_note_opens_nothing(anki: RealAnki, change: Dict[str, Any], text: str) -> None:
    refused(anki, "guiAddCards", text, note={**note("uno", picture=[PICTURE]), **change})
    assert not is_open(anki, ADD)
    assert anki.request("getMediaFilesNames") == []


@pytest.mark.parametrize("name", ["deckName", "modelName"])
def test_deck_and_note_type_have_to_be_there(anki: RealAnki, name: str) -> None:
    new = note("uno")
    del new[name]
    refused(anki, "guiAddCards", f"missing required property '{name}'", note=new)


def test_what_a_program_filled_in_is_replaced_without_a_question(anki: RealAnki) -> None:
    for front in ("uno", "dos", "tres"):
        anki.request("guiAddCards", note=note(front, tags=[front]))
        shows(anki, [front, ""])
        assert tags(anki) == [front]
    assert anki.evaluate("message_boxes()") == []
    assert seen(anki, "dialogs()") == [ADD]


@pytest.mark.parametrize("answer", ["replace", "keep", "escape"])
def test_what_the_user_typed_is_not_lost_without_a_question(anki: RealAnki, answer: str) -> None:
    anki.request("guiAddCards", note=note("uno"))
    shows(anki, ["uno", ""])
    seen(anki, "type_into('AddCards', 1, 'typed')")
    assert anki.request("guiAddCards", note=note("dos", picture=[PICTURE])) == 0
    [text] = anki.wait_for("message_boxes()")
    # Nobody waits for the user's answer.
    assert anki.request("version") == 6
    assert anki.request("findNotes", query="") == []
    refused(
        anki,
        "guiAddCards",
        f"Anki shows a window that has to be answered first: {text}",
        note=note("tres"),
    )
    shows(anki, ["uno", "typed"])
    assert anki.request("getMediaFilesNames") == []
    anki.execute(
        """
        box = mw.app.activeModalWidget()
        roles = aqt.qt.QMessageBox.ButtonRole
        role = {"replace": roles.DestructiveRole, "keep": roles.RejectRole}.get(answer)
        if role is None:
            box.close()
        else:
            [button] = [b for b in box.buttons() if box.buttonRole(b) == role]
            button.click()
        wait_until(lambda: not message_boxes())
        """,
        answer=answer,
    )
    shows(anki, ["dos", ""] if answer == "replace" else ["uno", "typed"])
    assert anki.request("getMediaFilesNames") == (["bird.png"] if answer == "replace" else [])


def test_after_adding_there_is_nothing_to_lose(anki: RealAnki) -> None:
    anki.request("guiAddCards", note=note("uno"))
    shows(anki, ["uno", ""])
    anki.execute(f"{WINDOW}.add_current_note()")
    anki.wait_for("len(col.find_notes('')) == 1")
    shows(anki, ["", ""])
    anki.request("guiAddCards", note=note("dos"))
    shows(anki, ["dos", ""])
    assert anki.evaluate("message_boxes()") == []


def test_a_closed_window_opens_anew(anki: RealAnki) -> None:
    for front in ("uno", "dos"):
        anki.request("guiAddCards", note=note(front))
        wait_for_front(anki, ADD)
        shows(anki, [front, ""])
        anki.execute(f"{WINDOW}._close()")
        anki.wait_for(f"{WINDOW} is None")


# guiAddNoteSetData


def test_set_data_needs_the_window(anki: RealAnki) -> None:
    refused(anki, "guiAddNoteSetData", "Add Note dialog is not open", note={})
    assert not is_open(anki, ADD)


def test_set_data_replaces_and_appends(anki: RealAnki) -> None:
    prepare_in(anki)
    anki.request("guiAddCards", note=note("uno", "one", tags=["a"]))
    shows(anki, ["uno", "one"])
    seen(anki, "type_into('AddCards', 1, ' typed')")
    to_main_window(anki)
    change = {"fields": {"front": " dos"}, "tags": "b a", "deckName": "spanish"}
    assert anki.request("guiAddNoteSetData", note=change, append=True) is True
    shows(anki, ["uno dos", "one typed"])
    assert tags(anki) == ["a", "b"]
    assert chosen(anki) == ["Spanish", "Basic"]
    assert anki.request("guiAddNoteSetData", note={"fields": {"Front": 5}, "tags": ["c"]}) is True
    shows(anki, ["5", "one typed"])
    assert tags(anki) == ["c"]
    assert anki.evaluate("mw.app.activeWindow() is mw")
    # The user still has text of their own in the window.
    anki.request("guiAddCards", note=note("other"))
    assert anki.wait_for("message_boxes()")


def test_set_data_with_another_note_type_keeps_what_fits(anki: RealAnki) -> None:
    anki.request("guiAddCards", note=note("uno", "one"))
    shows(anki, ["uno", "one"])
    change = {"modelName": "Basic (and reversed card)", "fields": {"Back": "eins"}}
    assert anki.request("guiAddNoteSetData", note=change) is True
    shows(anki, ["uno", "eins"])
    assert chosen(anki)[1] == "Basic (and reversed card)"


def test_set_data_stores_files(anki: RealAnki) -> None:
    anki.request("guiAddCards", note=note("uno", "one"))
    assert anki.request("guiAddNoteSetData", note={"picture": PICTURE}) is True
    assert anki.evaluate(f"{WINDOW}.editor.note.fields") == ["uno", 'one<img src="bird.png">']
    assert anki.request("getMediaFilesNames") == ["bird.png"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"deckName": "Nope"}, 'Deck "Nope" not found'),
        ({"modelName": "Nope"}, 'Model "Nope" not found'),
        ({"fields": {"Nope": "x"}}, 'Field "Nope" not found in current note'),
        ({"modelName": "Cloze"}, 'Field "Front" not found in current note'),
        ({"fields": {"Front": None}}, "field values should be strings: Front"),
    ],
)
def test_set_data_checks_everything_first(
    anki: RealAnki, change: Dict[str, Any], text: str
) -> None:
    prepare_in(anki)
    anki.request("guiAddCards", note=note("uno", "one"))
    shows(anki, ["uno", "one"])
    whole = {
        "deckName": "Spanish",
        "modelName": "Basic (and reversed card)",
        "fields": {"Front": "x"},
        "tags": ["t"],
        "picture": PICTURE,
    }
    refused(anki, "guiAddNoteSetData", text, note={**whole, **change})
    shows(anki, ["uno", "one"])
    assert tags(anki) == []
    assert chosen(anki) == ["Default", "Basic"]
    assert anki.request("getMediaFilesNames", pattern="bird*") == []
