"""Anki's window for adding notes: filling it in without losing what its user has typed."""

from typing import Any, Callable, List, NamedTuple, Optional, Tuple
from weakref import WeakKeyDictionary

import aqt
from anki.decks import DeckId
from anki.models import NotetypeId
from anki.notes import Note
from aqt.main import AnkiQt
from aqt.qt import QMessageBox, Qt, qconnect

from .. import compat
from . import fronting, words

# Anki's classic add window. 26.09 has a second kind, which keeps its note in its page, out of reach.
KIND = "AddCards"


class Content(NamedTuple):
    """What the window is to hold."""

    note_type_id: NotetypeId
    deck_id: DeckId
    fields: List[str]
    tags: List[str]


# What a program has put into a window, as long as that is what it holds.
_filled_in: "WeakKeyDictionary[Any, Tuple[List[str], List[str]]]" = WeakKeyDictionary()


def show(mw: AnkiQt) -> Any:
    """Opens the window, or brings the open one to the front."""
    window = aqt.dialogs.open(KIND, mw)
    fronting.bring_to_front(window)
    return window


def show_filled_in(mw: AnkiQt, content: Callable[[], Content]) -> None:
    """Opens the window and puts content into it; asks first if it holds what its user has typed.

    `content` is called when it is wanted. The window's editor has been saved.
    """
    open_now = fronting.open_window(KIND)
    if open_now is not None and holds_typing(open_now):
        fronting.bring_to_front(open_now)
        ask_to_discard(open_now, lambda: fill_in(open_now, content()))
        return
    fill_in(show(mw), content())


def holds_typing(window: Any) -> bool:
    """Whether the user would miss anything: neither empty nor just what a program has filled in."""
    if window.editor.fieldsAreBlank(window._last_added_note):
        return False
    return bool(held(window) != _filled_in.get(window))


def held(window: Any) -> Tuple[List[str], List[str]]:
    note = window.editor.note
    return list(note.fields), list(note.tags)


def fill_in(window: Any, content: Content) -> None:
    note = Note(window.mw.col, window.mw.col.models.get(content.note_type_id))
    note.fields, note.tags = list(content.fields), list(content.tags)
    window.set_note(note, content.deck_id)
    _filled_in[window] = held(window)


def choose(window: Any, note_type_id: NotetypeId, deck_id: Optional[DeckId]) -> None:
    """Chooses note type and deck as the user does: what is typed moves to the fields of the new note type."""
    untouched = not holds_typing(window)
    if window.notetype_chooser.selected_notetype_id != note_type_id:
        window.notetype_chooser.selected_notetype_id = note_type_id
    if deck_id is not None:
        window.deck_chooser.selected_deck_id = deck_id
    if untouched:
        _filled_in[window] = held(window)


def change(window: Any, fields: List[str], tags: List[str]) -> None:
    """Puts other texts into the window's note; the cursor stays in its field."""
    untouched = not holds_typing(window)
    note = window.editor.note
    note.fields, note.tags = list(fields), list(tags)
    window.editor.loadNoteKeepingFocus()
    if untouched:
        _filled_in[window] = held(window)


def ask_to_discard(window: Any, discard: Callable[[], None]) -> None:
    """Asks in a box that blocks nothing but the window."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(words.ADD_REPLACE_QUESTION)
    box.setInformativeText(words.ADD_REPLACE_MEANING)
    keep = box.addButton(words.ADD_KEEP, QMessageBox.ButtonRole.RejectRole)
    replace = box.addButton(words.ADD_REPLACE, QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)

    def chosen(button: Any) -> None:
        if button is replace and compat.has_page(window.editor):
            discard()

    qconnect(box.buttonClicked, chosen)
    box.open()
