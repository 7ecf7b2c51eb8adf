"""The editors that are open in Anki's windows, whichever window they are in.

An editor that shows a note keeps the text itself and writes it back later. Whoever changes a note behind its back
loses the change, or the user's typing. So editors are asked to save first, and the change is announced afterwards.
"""

import time
from concurrent.futures import Future
from functools import partial
from typing import Any, Callable, List, Optional, Tuple
from weakref import WeakKeyDictionary, WeakSet

from aqt import gui_hooks

from . import compat
from .late_typing import LateTyping

# How a page says that it has loaded its note.
LOADED = "ankiconnect:loaded"
# How long after a change a page may still be loading its note.
LOADING_SECONDS = 2.0


class OpenEditors:
    """Knows every editor from the moment Anki makes it. Lives on the Qt thread."""

    def __init__(self) -> None:
        self.late_typing = LateTyping()
        self._editors: "WeakSet[Any]" = WeakSet()
        self._loading: "WeakKeyDictionary[Any, List[Callable[[], None]]]" = WeakKeyDictionary()
        # When something happened last that has pages load their notes.
        self._changed = 0.0
        gui_hooks.editor_did_init.append(self._editors.add)
        gui_hooks.webview_did_receive_js_message.append(self.on_message)
        gui_hooks.editor_did_load_note.append(self.on_change)
        gui_hooks.operation_did_execute.append(self.on_change)

    def on_change(self, *_: object) -> None:
        self._changed = time.monotonic()

    def on_message(self, handled: Tuple[bool, Any], message: str, context: Any) -> Tuple[bool, Any]:
        """Comes before the editor gets what its page says."""
        if message == LOADED:
            for go_on in self._loading.pop(context, []):
                go_on()
            return True, None
        return (True, None) if self.late_typing.takes(context, message) else handled

    def open(self) -> List[Any]:
        """The editors whose windows are there."""
        return [editor for editor in self._editors if compat.has_page(editor)]

    def save(self) -> "Optional[Future[None]]":
        """Asks all of them to take over what was typed; done when the last has. None when there is nothing to wait for.

        Those in add windows too: a new deck or note type makes them draw their note anew.
        """
        editors = self.open()
        if not editors:
            return None
        saved: "Future[None]" = Future()
        waiting = list(editors)

        def one_saved() -> None:
            waiting.pop()
            if not waiting and not saved.done():
                saved.set_result(None)

        for editor in editors:
            compat.save_editor(editor, partial(self.when_at_rest, editor, one_saved))
        return saved

    def when_at_rest(self, editor: Any, go_on: Callable[[], None]) -> None:
        """Waits for a page that may be loading its note: it would write back what it has fetched before a change."""
        recently = time.monotonic() - self._changed < LOADING_SECONDS
        if recently and compat.loads_by_itself(editor) and compat.has_page(editor):
            self._loading.setdefault(editor, []).append(go_on)
            compat.load_note(editor, LOADED)
        else:
            go_on()

    def before_write(self) -> None:
        self.late_typing.before_write(self.open())

    def reload(self) -> None:
        for editor in self.open():
            compat.reload_editor(editor)
