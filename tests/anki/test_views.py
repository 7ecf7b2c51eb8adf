"""A change by a client in Anki's windows: undo, rows, cards, and editors that hold a user's typing."""

from __future__ import annotations

import importlib.util
import time
from typing import Any, Callable, Dict, List

import pytest

from tests.anki.contents import contents
from tests.real_anki import RealAnki

EDITORS = ["classic"]
if importlib.util.find_spec("aqt.editor_legacy") is not None:
    EDITORS.append("new")  # Anki 26.09 has two; earlier ones have only the classic
WINDOWS = ["Browser", "EditCurrent"]


def in_windows(anki: RealAnki, call: str, **values: Any) -> Any:
    return anki.execute(f"from a_probe import windows; result = windows.{call}", **values)


def basic(front: str, back: str) -> Dict[str, Any]:
    return {
        "deckName": "Default",
        "modelName": "Basic",
        "fields": {"Front": front, "Back": back},
    }


def stored(anki: RealAnki, note: int) -> List[str]:
    return list(anki.evaluate("col.get_note(note).fields", note=note))


# Undo

WRITES: Dict[str, Callable[[int], Any]] = {
    "addNote": lambda note: {"note": basic("tres", "three")},
    "addNotes": lambda note: {"notes": [basic(f"n{n}", "") for n in range(50)]},
    "createDeck": lambda note: {"deck": "A::B"},
    "updateNoteFields": lambda note: {"note": {"id": note, "fields": {"Front": "dos"}}},
}


@pytest.mark.parametrize("action", WRITES)
def test_one_request_is_one_undo_entry(anki: RealAnki, action: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    before = contents(anki)
    users_step = anki.evaluate("col.undo_status().undo")
    anki.request(action, **WRITES[action](note))
    name = anki.evaluate("col.undo_status().undo")
    assert name.startswith("AnkiConnect: ")
    menu = anki.evaluate("mw.form.actionUndo.text()")
    assert menu.replace("\u2068", "").replace("\u2069", "") == f"Undo {name}"
    assert anki.evaluate("mw.form.actionUndo.isEnabled()")
    assert contents(anki) != before
    anki.execute("mw.undo()")
    anki.wait_for("col.undo_status().redo == name", name=name)
    assert contents(anki) == before
    assert anki.evaluate("col.undo_status().undo") == users_step


def test_the_users_own_undo_steps_stay(anki: RealAnki) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    anki.execute("col.tags.bulk_add([note], 'mine')", note=note)
    mine = anki.evaluate("col.undo_status().undo")
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "dos"}})
    anki.execute("col.undo()")
    assert anki.evaluate("col.undo_status().undo") == mine
    anki.execute("col.undo()")
    assert anki.evaluate("col.get_note(note).tags", note=note) == []


def test_a_request_that_changes_nothing_leaves_no_undo_entry(anki: RealAnki) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    step = anki.evaluate("col.undo_status().last_step")
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "uno"}})
    anki.request("createDeck", deck="Default")
    anki.request("addNotes", notes=[basic("uno", "one")])
    assert anki.evaluate("col.undo_status().last_step") == step


# Rows and cards


@pytest.mark.parametrize("in_front", ["Browser", "main window"])
def test_browser_rows_follow(anki: RealAnki, in_front: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    in_windows(anki, "open_browser('', ['uno', 'one'])")
    if in_front == "main window":
        anki.execute("mw.activateWindow(); mw.web.setFocus(); wait(0.2)")
        assert not in_windows(anki, "has_focus('Browser')")
    assert in_windows(anki, "rows()[0][0]") == "uno"
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "dos"}})
    anki.wait_for("windows.rows()[0][0] == 'dos'".replace("windows", MODULE), seconds=1)


MODULE = "__import__('a_probe.windows').windows"


@pytest.mark.parametrize("in_front", ["main window", "Browser"])
def test_reviewer_shows_the_new_text(anki: RealAnki, in_front: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    in_windows(anki, "review(1)")
    if in_front == "Browser":
        in_windows(anki, "open_browser('', ['uno', 'one'])")
        assert in_windows(anki, "has_focus('Browser')")
    assert in_windows(anki, "card_text()") == "uno"
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "dos"}})
    anki.wait_for(f"{MODULE}.card_text() == 'dos'", seconds=1)
    assert anki.evaluate("mw.reviewer.card.note().fields") == ["dos", "one"]
    assert anki.evaluate("mw.state") == "review"


def test_deck_list_follows(anki: RealAnki) -> None:
    anki.request("createDeck", deck="Newcomer")
    in_page = "'Newcomer' in windows.run(mw.web, 'document.body.innerText')"
    anki.wait_for(in_page.replace("windows", MODULE), seconds=2)


# Editors


def open_editor(anki: RealAnki, editor: str, window: str, texts: List[str]) -> str:
    """Opens a note in one of Anki's editors; returns the window's name."""
    if editor == "new":
        in_windows(anki, "use_new_editor()")
    if window == "Browser":
        kind = str(in_windows(anki, "open_browser('', texts)", texts=texts))
    else:
        in_windows(anki, "review(1)")
        kind = str(in_windows(anki, "open_edit_current(texts)", texts=texts))
    assert in_windows(anki, "window(kind).editor.__class__.__name__", kind=kind) == KINDS[editor]
    return kind


KINDS = {"classic": "Editor", "new": "NewEditor"}


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("editor", EDITORS)
def test_update_and_typing_meet_in_an_open_editor(anki: RealAnki, editor: str, window: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_editor(anki, editor, window, ["uno", "one"])
    in_windows(anki, "type_into(kind, 1, ' typed')", kind=kind)
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "dos"}})
    assert stored(anki, note) == ["dos", "one typed"]
    in_windows(anki, "wait_for_fields(kind, ['dos', 'one typed'])", kind=kind)
    # The user goes on in the field they were in.
    in_windows(anki, "type_into(kind, 1, ' more')", kind=kind)
    in_windows(anki, "close(kind)", kind=kind)
    anki.wait_for("col.get_note(note).fields == ['dos', 'one typed more']", seconds=3, note=note)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("editor", EDITORS)
def test_closing_an_editor_writes_nothing_old(anki: RealAnki, editor: str, window: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_editor(anki, editor, window, ["uno", "one"])
    # The cursor is in the very field that the request changes, and stays there.
    in_windows(anki, "type_into(kind, 0, ' typed')", kind=kind)
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "dos"}})
    assert stored(anki, note) == ["dos", "one"]
    in_windows(anki, "wait_for_fields(kind, ['dos', 'one'])", kind=kind)
    in_windows(anki, "close(kind)", kind=kind)
    anki.execute("wait(0.7)")  # longer than the editor's own pause before it saves
    assert stored(anki, note) == ["dos", "one"]
    assert stored(anki, note) == [
        field["value"] for field in anki.request("notesInfo", notes=[note])[0]["fields"].values()
    ]


@pytest.mark.parametrize("editor", EDITORS)
def test_changes_one_after_the_other_all_reach_the_editor(anki: RealAnki, editor: str) -> None:
    note = anki.request("addNote", note=basic("0", "one"))
    kind = open_editor(anki, editor, "Browser", ["0", "one"])
    for number in range(1, 11):
        anki.request("updateNoteFields", note={"id": note, "fields": {"Front": str(number)}})
    in_windows(anki, "wait_for_fields(kind, ['10', 'one'])", kind=kind)
    assert stored(anki, note) == ["10", "one"]


@pytest.mark.parametrize("editor", EDITORS)
def test_another_notes_change_leaves_typing_alone(anki: RealAnki, editor: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_editor(anki, editor, "Browser", ["uno", "one"])
    in_windows(anki, "type_into(kind, 1, ' typed')", kind=kind)
    anki.request("addNote", note=basic("dos", "two"))
    in_windows(anki, "wait_for_fields(kind, ['uno', 'one typed'])", kind=kind)
    in_windows(anki, "close(kind)", kind=kind)
    anki.wait_for("col.get_note(note).fields == ['uno', 'one typed']", seconds=3, note=note)


@pytest.mark.parametrize("editor", EDITORS)
def test_add_window_keeps_what_is_half_typed(anki: RealAnki, editor: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    if editor == "new":
        in_windows(anki, "use_new_editor()")
    kind = in_windows(anki, "open_add(2)")
    in_windows(anki, "type_into(kind, 0, 'half')", kind=kind)
    anki.request("addNote", note=basic("dos", "two"))
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "tres"}})
    anki.request("createDeck", deck="Another")
    anki.execute("wait(0.3)")
    assert in_windows(anki, "fields(kind)", kind=kind) == ["half", ""]
    assert len(anki.request("findNotes", query="")) == 2
    close_add_window(anki, kind)


def close_add_window(anki: RealAnki, kind: str) -> None:
    """Closes it with what is typed there: a box that asks whether to drop the text would meet the next test."""
    anki.execute(
        """
        from a_probe import windows
        window = windows.window(kind)
        window._close()
        wait_until(lambda: aqt.dialogs._dialogs[kind][1] is None)
        """,
        kind=kind,
    )


def test_an_editor_whose_page_hangs_does_not_hold_a_change_up(anki: RealAnki) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    in_windows(anki, "open_browser('', ['uno', 'one'])")
    anki.execute(
        """
        web = aqt.dialogs._dialogs["Browser"][1].editor.web
        kept["answer"] = web.evalWithCallback
        web.evalWithCallback = lambda code, done: None
        """
    )
    started = time.monotonic()
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "dos"}})
    assert time.monotonic() - started < 8
    assert stored(anki, note)[0] == "dos"
    anki.execute(
        "aqt.dialogs._dialogs['Browser'][1].editor.web.evalWithCallback = kept.pop('answer')"
    )


# A note that is open in a window, and each way to change it

CHANGES: Dict[str, Callable[[int], Dict[str, Any]]] = {
    "updateNoteFields": lambda note: {"note": {"id": note, "fields": {"Front": "dos"}}},
    "updateNote": lambda note: {"note": {"id": note, "fields": {"Front": "dos"}, "tags": ["t1"]}},
    "updateNoteTags": lambda note: {"note": note, "tags": ["t1"]},
    "updateNoteModel": lambda note: {
        "note": {
            "id": note,
            "modelName": "Basic (and reversed card)",
            "fields": {"Front": "dos", "Back": "two"},
            "tags": ["t1"],
        }
    },
}
EDIT = "AnkiConnectEditNote"
WITH_TAGS = """
for name in ("Basic", "Basic (and reversed card)"):
    note_type = col.models.by_name(name)
    note_type["tmpls"][0]["qfmt"] = "{{Front}} {{Tags}}"
    col.models.update_dict(note_type)
"""
ACTIVE = "[type(mw.app.activeWindow()).__name__, mw.app.focusWidget().__class__.__name__]"


def after(action: str, back: str) -> List[str]:
    """The fields after the change, if the second one held `back` before."""
    front = "uno" if action == "updateNoteTags" else "dos"
    return [front, "two" if action == "updateNoteModel" else back]


def tags_after(action: str) -> List[str]:
    return [] if action == "updateNoteFields" else ["t1"]


def question_after(action: str) -> str:
    return " ".join([after(action, "")[0], *tags_after(action)])


def check_collection(anki: RealAnki, note: int, action: str, back: str) -> None:
    assert stored(anki, note) == after(action, back)
    assert anki.evaluate("col.get_note(note).tags", note=note) == tags_after(action)


def wait_for_text(anki: RealAnki, web: str, text: str) -> None:
    """Waits until a page shows a text; `web` is an expression."""
    anki.wait_for(f"text in {MODULE}.text_of({web})", seconds=5, text=text)


def open_for_editing(anki: RealAnki, editor: str, window: str, note: int) -> str:
    if window == EDIT:
        anki.request("guiEditNote", note=note)
        in_windows(anki, "wait_for_fields(kind, ['uno', 'one'])", kind=EDIT)
        return EDIT
    kind = open_editor(anki, editor, "Browser", ["uno", "one"])
    if window == "preview":
        open_preview(anki)
        anki.execute("aqt.dialogs._dialogs['Browser'][1].activateWindow(); wait(0.1)")
    return kind


PREVIEW = "aqt.dialogs._dialogs['Browser'][1]._previewer._web"


def open_preview(anki: RealAnki) -> None:
    anki.execute("aqt.dialogs._dialogs['Browser'][1].onTogglePreview()")
    anki.wait_for("aqt.dialogs._dialogs['Browser'][1]._previewer is not None")
    wait_for_text(anki, PREVIEW, "uno")


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize(
    ("editor", "window"),
    [*((editor, window) for editor in EDITORS for window in ("Browser", "preview")), ("own", EDIT)],
)
def test_a_note_that_is_being_edited(anki: RealAnki, editor: str, window: str, action: str) -> None:
    anki.execute(WITH_TAGS)
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_for_editing(anki, editor, window, note)
    in_windows(anki, "type_into(kind, 1, ' typed')", kind=kind)
    before = anki.evaluate(ACTIVE)
    anki.request(action, **CHANGES[action](note))
    check_collection(anki, note, action, "one typed")
    texts = after(action, "one typed")
    in_windows(anki, "wait_for_fields(kind, texts)", kind=kind, texts=texts)
    for tag in tags_after(action):
        wait_for_text(anki, f"aqt.dialogs._dialogs['{kind}'][1].editor.web", tag)
    if window == "preview":
        wait_for_text(anki, PREVIEW, question_after(action))
    assert anki.evaluate(ACTIVE) == before
    anki.execute("wait(0.7)")  # longer than an editor's own pause before it saves
    check_collection(anki, note, action, "one typed")
    # The user goes on, and what they type then counts.
    in_windows(anki, "type_into(kind, 1, ' more')", kind=kind)
    anki.wait_for("col.get_note(n).fields[1] == t", seconds=3, n=note, t=f"{texts[1]} more")


@pytest.mark.parametrize("action", CHANGES)
def test_a_note_in_the_previewer(anki: RealAnki, action: str) -> None:
    anki.execute(WITH_TAGS)
    note = anki.request("addNote", note=basic("uno", "one"))
    open_editor(anki, "classic", "Browser", ["uno", "one"])
    open_preview(anki)
    anki.execute("aqt.dialogs._dialogs['Browser'][1]._previewer.activateWindow(); wait(0.1)")
    before = anki.evaluate(ACTIVE)
    assert before[0] == "BrowserPreviewer"
    anki.request(action, **CHANGES[action](note))
    check_collection(anki, note, action, "one")
    wait_for_text(anki, PREVIEW, question_after(action))
    assert anki.evaluate(ACTIVE) == before


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize("side", ["question", "answer"])
def test_a_note_under_review(anki: RealAnki, side: str, action: str) -> None:
    anki.execute(WITH_TAGS)
    note = anki.request("addNote", note=basic("uno", "one"))
    in_windows(anki, "review(1)")
    if side == "answer":
        anki.request("guiShowAnswer")
        wait_for_text(anki, "mw.web", "one")
    anki.execute("mw.activateWindow(); wait(0.1)")
    before = anki.evaluate(ACTIVE)
    anki.request(action, **CHANGES[action](note))
    check_collection(anki, note, action, "one")
    # Another note type makes Anki fetch the card anew, question first.
    turned = side == "answer" and action != "updateNoteModel"
    wait_for_text(anki, "mw.web", after(action, "one")[1] if turned else question_after(action))
    assert anki.request("guiCurrentCard")["fields"]["Front"]["value"] == after(action, "")[0]
    assert anki.evaluate("mw.state") == "review"
    assert anki.evaluate(ACTIVE) == before


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize("editor", EDITORS)
def test_another_note_in_the_add_window(anki: RealAnki, editor: str, action: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    if editor == "new":
        in_windows(anki, "use_new_editor()")
    kind = in_windows(anki, "open_add(2)")
    in_windows(anki, "type_into(kind, 0, 'half')", kind=kind)
    before = anki.evaluate(ACTIVE)
    anki.request(action, **CHANGES[action](note))
    check_collection(anki, note, action, "one")
    anki.execute("wait(0.7)")
    assert in_windows(anki, "fields(kind)", kind=kind) == ["half", ""]
    assert anki.evaluate(ACTIVE) == before
    assert len(anki.request("findNotes", query="")) == 1
    close_add_window(anki, kind)
