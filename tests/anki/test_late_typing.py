"""Writes that meet typing: in an editor that saves meanwhile, or whose page does not know of them yet."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.anki.test_long_work import HOLD, LET_GO_SOON
from tests.anki.test_views import WINDOWS, basic, in_windows, open_editor, stored
from tests.real_anki import RealAnki

FRONT = {"fields": {"Front": "dos"}}


def save(anki: RealAnki, kind: str) -> None:
    """Has an editor save, as Anki's windows do before they close."""
    anki.execute(f"aqt.dialogs._dialogs['{kind}'][1].editor.saveNow(lambda: None, keepFocus=True)")


def held(anki: RealAnki, action: str, **params: Any) -> threading.Thread:
    """Sends a write, and returns when it is about to change the collection, beside Anki's main thread."""
    anki.execute(HOLD, name=action)
    sending = threading.Thread(target=lambda: anki.request(action, **params))
    sending.start()
    anki.wait_for("kept['begun'].is_set()")
    return sending


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("saved", [True, False])
def test_what_is_typed_during_a_write_meets_the_new_text(
    anki: RealAnki, saved: bool, window: str
) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_editor(anki, "classic", window, ["uno", "one"])
    sending = held(anki, "updateNoteFields", note={"id": note, **FRONT})
    # Before anything is typed: what an editor says during the write holds Anki's main thread up.
    anki.execute(LET_GO_SOON)
    in_windows(anki, "type_during_write(kind, 1, ' typed')", kind=kind)
    if saved:
        save(anki, kind)
    sending.join()
    anki.execute("kept['restore']()")
    in_windows(anki, "wait_for_fields(kind, ['dos', 'one typed'])", kind=kind)
    anki.wait_for("col.get_note(note).fields == ['dos', 'one typed']", seconds=2, note=note)
    # What is typed from now on counts everywhere.
    in_windows(anki, "type_into(kind, 0, ' too')", kind=kind)
    anki.wait_for("col.get_note(note).fields == ['dos too', 'one typed']", seconds=3, note=note)
    in_windows(anki, "close(kind)", kind=kind)


# What a page says that has been busy since before the write.
LATE = """
(() => {
    const ends = Date.now() + 500;
    while (Date.now() < ends);
    for (const said of %s) bridgeCommand(said);
})()
"""


@pytest.mark.parametrize("window", WINDOWS)
def test_what_a_busy_page_says_late_counts_in_other_fields_only(
    anki: RealAnki, window: str
) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_editor(anki, "classic", window, ["uno", "one"])
    sending = held(anki, "updateNote", note={"id": note, **FRONT, "tags": ["t1"]})
    said = [f"key:1:{note}:one typed", f"blur:0:{note}:uno", 'saveTags:["t2"]']
    in_windows(anki, "window(kind).editor.web.eval(late)", kind=kind, late=LATE % json.dumps(said))
    anki.execute("kept['go'].set()")
    sending.join()
    anki.execute("kept['restore']()")
    in_windows(anki, "wait_for_fields(kind, ['dos', 'one typed'])", kind=kind)
    assert stored(anki, note) == ["dos", "one typed"]
    assert anki.evaluate("col.get_note(note).tags", note=note) == ["t1"]
    in_windows(anki, "close(kind)", kind=kind)
    assert stored(anki, note) == ["dos", "one typed"]


def test_typing_into_a_note_that_is_just_deleted_is_no_trouble(anki: RealAnki) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_editor(anki, "classic", "Browser", ["uno", "one"])
    sending = held(anki, "deleteNotes", notes=[note])
    anki.execute(LET_GO_SOON)
    in_windows(anki, "type_during_write(kind, 1, ' typed')", kind=kind)
    save(anki, kind)
    sending.join()
    anki.execute("kept['restore'](); wait(0.7)")
    assert in_windows(anki, "dialogs()") == ["Browser"]
    assert anki.request("findNotes", query="") == []


def test_what_is_typed_for_a_new_note_during_a_write_stays(anki: RealAnki) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = in_windows(anki, "open_add(2)")
    sending = held(anki, "updateNoteFields", note={"id": note, **FRONT})
    anki.execute(LET_GO_SOON)
    in_windows(anki, "type_during_write(kind, 0, 'half')", kind=kind)
    save(anki, kind)
    sending.join()
    anki.execute("kept['restore'](); wait(0.7)")
    assert in_windows(anki, "fields(kind)", kind=kind) == ["half", ""]
    anki.execute(f"aqt.dialogs._dialogs['{kind}'][1]._close()")
