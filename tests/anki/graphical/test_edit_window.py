"""Our own window for a note: its history, its preview, and what happens to its note elsewhere."""

from __future__ import annotations

from typing import Any, List

import pytest

from tests.anki.graphical.screen import (
    EDIT,
    is_open,
    note,
    refused,
    seen,
    stored,
    to_main_window,
    wait_for_front,
)
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki

WINDOW = f"aqt.dialogs._dialogs['{EDIT}'][1]"
PREVIEW_TEXT = f"__import__('a_probe.windows').windows.text_of({WINDOW}.preview._web)"


def added(anki: RealAnki, *fronts: str) -> List[int]:
    return [anki.request("addNote", note=note(front, f"{front} back")) for front in fronts]


def shows(anki: RealAnki, front: str, back: str = "") -> None:
    texts = [front, back or f"{front} back"]
    seen(anki, "wait_for_fields(kind, texts)", kind=EDIT, texts=texts)


def press(anki: RealAnki, button: str) -> None:
    anki.execute(f"{WINDOW}.{button}_button.click()")


def enabled(anki: RealAnki) -> Any:
    """Whether one can go back and forth, and what stands between."""
    buttons = [f"{WINDOW}.{name}_button.isEnabled()" for name in ("previous", "next")]
    return anki.evaluate(f"[{', '.join(buttons)}, {WINDOW}.place.text()]")


def test_the_window_and_what_is_in_it(anki: RealAnki) -> None:
    [uno] = added(anki, "uno")
    assert anki.request("guiEditNote", note=str(uno)) is None
    wait_for_front(anki, EDIT)
    shows(anki, "uno")
    assert seen(anki, "dialogs()") == ["EditWindow"]
    assert enabled(anki) == [False, False, ""]
    boxes = "len([b for b in w.findChildren(aqt.qt.QDialogButtonBox) if b.isVisible()])"
    assert anki.evaluate(boxes.replace("w", WINDOW, 1)) == 0
    assert anki.evaluate(f"{WINDOW}.editor.card.nid") == uno


def test_an_unknown_note(anki: RealAnki) -> None:
    refused(anki, "guiEditNote", "Note was not found: 5", note=5)
    assert not is_open(anki, EDIT)
    assert anki.evaluate("message_boxes()") == []


def test_typing_is_stored(anki: RealAnki) -> None:
    [uno] = added(anki, "uno")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    seen(anki, "type_into(kind, 0, ' typed')", kind=EDIT)
    anki.wait_for("col.get_note(n).fields[0] == 'uno typed'", seconds=3, n=uno)


def test_several_calls_share_one_window_and_its_history(anki: RealAnki) -> None:
    uno, dos, tres = added(anki, "uno", "dos", "tres")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    first = anki.evaluate(f"id({WINDOW})")
    anki.execute(f"{WINDOW}.resize(701, 503)")
    for note_id, front in ((dos, "dos"), (tres, "tres")):
        to_main_window(anki)
        anki.request("guiEditNote", note=note_id)
        wait_for_front(anki, EDIT)
        shows(anki, front)
    assert anki.evaluate(f"id({WINDOW})") == first
    assert anki.evaluate(f"[{WINDOW}.width(), {WINDOW}.height()]") == [701, 503]
    assert enabled(anki) == [True, False, "3 of 3"]
    press(anki, "previous")
    shows(anki, "dos")
    assert enabled(anki) == [True, True, "2 of 3"]
    press(anki, "previous")
    shows(anki, "uno")
    press(anki, "next")
    shows(anki, "dos")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    assert enabled(anki) == [True, False, "3 of 3"]


def test_typing_survives_a_step_and_another_call(anki: RealAnki) -> None:
    uno, dos = added(anki, "uno", "dos")
    anki.request("guiEditNote", note=uno)
    anki.request("guiEditNote", note=dos)
    shows(anki, "dos")
    seen(anki, "type_into(kind, 1, ' a')", kind=EDIT)
    press(anki, "previous")
    shows(anki, "uno")
    seen(anki, "type_into(kind, 1, ' b')", kind=EDIT)
    anki.request("guiEditNote", note=dos)
    shows(anki, "dos", "dos back a")
    seen(anki, "type_into(kind, 1, ' c')", kind=EDIT)
    anki.request("guiEditNote", note=dos)
    shows(anki, "dos", "dos back a c")
    assert stored(anki, uno)[1] == "uno back b"


def test_the_place_of_the_window_is_kept(anki: RealAnki) -> None:
    [uno] = added(anki, "uno")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    anki.execute(f"{WINDOW}.resize(655, 444); wait(0.1)")
    seen(anki, "close(kind)", kind=EDIT)
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    assert anki.evaluate(f"[{WINDOW}.width(), {WINDOW}.height()]") == [655, 444]


# Notes that go


@pytest.mark.parametrize("by", ["request", "user"])
def test_the_history_forgets_deleted_notes(anki: RealAnki, by: str) -> None:
    def delete(note_id: int) -> None:
        if by == "request":
            anki.request("deleteNotes", notes=[note_id])
        else:
            anki.execute(
                "from aqt.operations.note import remove_notes\n"
                "remove_notes(parent=mw, note_ids=[n]).run_in_background()",
                n=note_id,
            )
            anki.wait_for("not col.find_notes(f'nid:{n}')", n=note_id)

    uno, dos, tres = added(anki, "uno", "dos", "tres")
    for note_id in (uno, dos, tres):
        anki.request("guiEditNote", note=note_id)
    shows(anki, "tres")
    delete(dos)
    anki.wait_for(f"{WINDOW}.place.text() == '2 of 2'")
    shows(anki, "tres")
    delete(tres)
    shows(anki, "uno")
    assert enabled(anki) == [False, False, ""]
    delete(uno)
    anki.wait_for(f"{WINDOW} is None")
    anki.wait_for(f"{PROBE_DIALOGS} == []")
    assert anki.evaluate("message_boxes()") == []
    anki.request("guiEditNote", note=added(anki, "cuatro")[0])
    shows(anki, "cuatro")


PROBE_DIALOGS = "__import__('a_probe.windows').windows.dialogs()"


def test_deletion_while_the_user_types(anki: RealAnki) -> None:
    uno, dos = added(anki, "uno", "dos")
    anki.request("guiEditNote", note=uno)
    anki.request("guiEditNote", note=dos)
    shows(anki, "dos")
    seen(anki, "type_into(kind, 0, ' typed')", kind=EDIT)
    anki.request("deleteNotes", notes=[dos])
    shows(anki, "uno")
    anki.execute("wait(0.8)")  # longer than the editor's own pause before it saves
    assert stored(anki, uno) == ["uno", "uno back"]
    assert anki.request("findNotes", query="") == [uno]
    assert anki.evaluate("message_boxes()") == []


def test_undo_of_a_deletion_and_of_an_addition(anki: RealAnki) -> None:
    uno, dos = added(anki, "uno", "dos")
    anki.request("guiEditNote", note=uno)
    anki.request("guiEditNote", note=dos)
    shows(anki, "dos")
    assert anki.request("guiUndo") is True
    shows(anki, "uno")
    assert enabled(anki) == [False, False, ""]


# Preview and browser


def test_preview_follows(anki: RealAnki) -> None:
    uno, dos = added(anki, "uno", "dos")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    press(anki, "preview")
    anki.wait_for(f"{WINDOW}.preview is not None and 'uno' in {PREVIEW_TEXT}")
    assert anki.evaluate(f"{WINDOW}.preview_button.isChecked()")
    for front in ("eins", "ein", "yksi"):
        anki.request("updateNoteFields", note={"id": uno, "fields": {"Front": front}})
        anki.wait_for(f"{front!r} in {PREVIEW_TEXT}")
    seen(anki, "type_into(kind, 0, ' typed')", kind=EDIT)
    anki.wait_for(f"'yksi typed' in {PREVIEW_TEXT}")
    anki.request("guiEditNote", note=dos)
    anki.wait_for(f"'dos' in {PREVIEW_TEXT}")
    press(anki, "preview")
    anki.wait_for(f"{WINDOW}.preview is None")
    assert not anki.evaluate(f"{WINDOW}.preview_button.isChecked()")


def test_preview_of_each_card(anki: RealAnki) -> None:
    both = note("uno", "one", modelName="Basic (and reversed card)")
    anki.request("guiEditNote", note=anki.request("addNote", note=both))
    shows(anki, "uno", "one")
    press(anki, "preview")
    anki.wait_for(f"{WINDOW}.preview is not None and 'uno' in {PREVIEW_TEXT}")
    for _ in range(2):  # the answer, then the other card
        anki.execute(f"{WINDOW}.preview._next.click(); wait(0.4)")
    anki.wait_for(f"'one' in {PREVIEW_TEXT} and 'uno' not in {PREVIEW_TEXT}")
    assert anki.evaluate(f"{WINDOW}.preview._prev.isEnabled()")
    anki.execute(f"{WINDOW}.preview._prev.click(); wait(0.4)")
    anki.wait_for(f"'uno' in {PREVIEW_TEXT}")


def test_preview_goes_with_the_window_and_with_the_note(anki: RealAnki) -> None:
    for how in ("close", "delete"):
        [uno] = added(anki, how)
        anki.request("guiEditNote", note=uno)
        shows(anki, how)
        press(anki, "preview")
        anki.wait_for(f"{WINDOW}.preview is not None and {how!r} in {PREVIEW_TEXT}")
        if how == "close":
            seen(anki, "close(kind)", kind=EDIT)
        else:
            anki.request("deleteNotes", notes=[uno])
        anki.wait_for(f"{PROBE_DIALOGS} == []")


def test_browse(anki: RealAnki) -> None:
    uno, dos, _ = added(anki, "uno", "dos", "tres")
    anki.request("guiEditNote", note=dos)
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    press(anki, "browse")
    anki.wait_for("aqt.dialogs._dialogs['Browser'][1] is not None")
    anki.wait_for("aqt.dialogs._dialogs['Browser'][1].table.len() == 2")
    anki.wait_for("list(aqt.dialogs._dialogs['Browser'][1].selected_notes()) == [n]", n=uno)


# Closing


@pytest.mark.parametrize("how", ["Key_Escape", "close"])
def test_closing_stores_what_was_typed(anki: RealAnki, how: str) -> None:
    [uno] = added(anki, "uno")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    seen(anki, "type_into(kind, 1, ' typed')", kind=EDIT)
    if how == "close":
        anki.execute(f"{WINDOW}.close()")
    else:
        anki.execute(
            f"""
            press = aqt.qt.QKeyEvent(
                aqt.qt.QEvent.Type.KeyPress,
                aqt.qt.Qt.Key.Key_Escape,
                aqt.qt.Qt.KeyboardModifier.NoModifier,
            )
            {WINDOW}.keyPressEvent(press)
            """
        )
    anki.wait_for(f"{WINDOW} is None")
    anki.wait_for("col.get_note(n).fields[1] == 'uno back typed'", seconds=3, n=uno)


def test_a_page_that_does_not_answer_can_be_closed(anki: RealAnki) -> None:
    [uno] = added(anki, "uno")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    anki.execute(f"{WINDOW}.editor.web.evalWithCallback = lambda code, done: None")
    anki.execute(f"{WINDOW}.close(); wait(0.1)")
    assert is_open(anki, EDIT)
    anki.execute(f"{WINDOW}.close()")
    anki.wait_for(f"{WINDOW} is None")


def test_quitting_and_switching_with_the_window_open(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(profiles=("One", "Two"), open_profile="One")
    [uno] = added(anki, "uno")
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno")
    press(anki, "preview")
    anki.wait_for(f"{WINDOW}.preview is not None")
    seen(anki, "type_into(kind, 1, ' typed')", kind=EDIT)
    assert anki.request("loadProfile", name="Two") is True
    assert not is_open(anki, EDIT)
    assert anki.evaluate("message_boxes()") == []
    assert anki.request("loadProfile", name="One") is True
    assert stored(anki, uno) == ["uno", "uno back typed"]
    anki.request("guiEditNote", note=uno)
    shows(anki, "uno", "uno back typed")
    anki.close()
