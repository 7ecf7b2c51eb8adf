"""What an editor's page says without knowing of a write: typing goes into the note as it is now.

Anki's editor would store the whole note as it was, and the write would be lost.
"""

import json
import time
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Union
from weakref import WeakKeyDictionary

from anki.errors import NotFoundError
from aqt import gui_hooks

from . import compat

# How an editor's page says what was typed: into a field, with the field's position and its note's id, or as tags.
IN_FIELD = ("key:", "blur:")
IN_TAGS = "saveTags:"
# How long a page may take to show what a write has changed; one that is just being replaced never answers.
SHOWING_SECONDS = 1.0

TAGS = "tags"
# The position of a field, or TAGS.
Place = Union[int, str]


def texts_of(note: Any) -> Dict[Place, Any]:
    return {**dict(enumerate(note.fields)), TAGS: tuple(note.tags)}


class Shown:
    """What an editor showed before a write of which its page does not know yet."""

    def __init__(self, note: Any) -> None:
        self.note_id = note.id
        self.note_type_id = note.mid
        self.texts = texts_of(note)
        # Everything that the page was given to show: it says so itself while it loads a note, and that is no typing.
        self.given = {place: {text} for place, text in self.texts.items()}
        # When the page must know of the write; none while the write goes on.
        self.until: Optional[float] = None

    def is_old(self) -> bool:
        return self.until is not None and time.monotonic() > self.until

    def accept(self, place: Place, text: Any, stored: Any) -> bool:
        """Whether a text of the page has been typed, where nothing else has been written."""
        given = self.given[place]
        given.add(stored)
        if text in given or stored != self.texts[place]:
            return False
        given.add(text)
        self.texts[place] = text
        return True


class LateTyping:
    """Keeps writes and what is typed at the same time from undoing each other. Lives on the Qt thread.

    Where a write has changed the same field or the tags, the write counts.
    """

    def __init__(self) -> None:
        # Waits for the write that goes on beside the main thread, if there is one.
        self.wait_for_write: Callable[[], object] = bool
        self._shown: "WeakKeyDictionary[Any, Shown]" = WeakKeyDictionary()

    def before_write(self, editors: List[Any]) -> None:
        for editor in editors:
            shown = self._shown.get(editor)
            # (26.09's second kind of editor holds no note outside its page.)
            note = getattr(editor, "note", None)
            if note is None or not note.id:
                continue
            if shown is None or shown.is_old() or shown.note_id != note.id:
                self._shown[editor] = Shown(note)
            else:
                shown.until = None

    def before_telling(self) -> None:
        """Has pages say what was typed during the write before they show what it has changed."""
        for editor in list(self._shown):
            if compat.has_page(editor):
                editor.call_after_note_saved(lambda: None, keepFocus=True)

    def after_telling(self) -> None:
        """Called when Anki's windows have been told."""
        for editor, shown in list(self._shown.items()):
            if compat.has_page(editor):
                self.await_page(editor, shown)
            else:
                del self._shown[editor]

    def await_page(self, editor: Any, shown: Shown) -> None:
        """(Pages do what they are told one after the other.)"""
        until = shown.until = time.monotonic() + SHOWING_SECONDS
        editor.web.evalWithCallback("true", partial(self.knows, editor, until))

    def knows(self, editor: Any, until: float, _: object) -> None:
        """(Unless there was more to show meanwhile.)"""
        shown = self._shown.get(editor)
        if shown is not None and shown.until == until:
            del self._shown[editor]

    def takes(self, editor: Any, message: str) -> bool:
        """Whether it has dealt with what a page says; it comes before the editor."""
        if not message.startswith((*IN_FIELD, IN_TAGS)):
            return False
        # (Other pages may say such things too, and who answers them may not be hashable.)
        shown = next((one for known, one in self._shown.items() if known is editor), None)
        if shown is None or shown.is_old() or not editor.note or editor.note.id != shown.note_id:
            return False
        self.wait_for_write()
        if is_current(editor.note, shown) and put(editor, shown, message):
            changes = editor.mw.col.update_note(editor.note)
            compat.announce(editor.mw, changes, editor)
            editor.loadNoteKeepingFocus()
            if shown.until is not None:
                self.await_page(editor, shown)
        return True


def is_current(note: Any, shown: Shown) -> bool:
    """Reads a note as it is now; whether what is typed can still go into it."""
    try:
        note.load()
    except NotFoundError:
        return False
    return bool(note.mid == shown.note_type_id and texts_of(note).keys() == shown.texts.keys())


def put(editor: Any, shown: Shown, message: str) -> bool:
    """Puts what was typed into an editor's note; whether there is a change to store."""
    note = editor.note
    if message.startswith(IN_TAGS):
        tags = tuple(json.loads(message[len(IN_TAGS) :]))
        if not shown.accept(TAGS, tags, tuple(note.tags)):
            return False
        note.tags = list(tags)
        gui_hooks.editor_did_update_tags(note)
        return True
    _, position_text, note_id, page_text = message.split(":", 3)
    position, text = int(position_text), editor.mungeHTML(page_text)
    if note_id != str(note.id) or not shown.accept(position, text, note.fields[position]):
        return False
    note.fields[position] = text
    return True
