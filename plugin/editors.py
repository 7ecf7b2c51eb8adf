"""The editors that are open in Anki's windows, whichever window they are in.

An editor that shows a note keeps the text itself and writes it back later. Whoever changes a note behind its back
loses the change, or the user's typing. So editors are asked to save first, and the change is announced afterwards.
"""

from concurrent.futures import Future
from typing import Any, List, Optional
from weakref import WeakSet

from aqt import gui_hooks

from . import compat


class OpenEditors:
    """Knows every editor from the moment Anki makes it. Lives on the Qt thread."""

    def __init__(self) -> None:
        self._editors: "WeakSet[Any]" = WeakSet()
        gui_hooks.editor_did_init.append(self._editors.add)

    def close(self) -> None:
        gui_hooks.editor_did_init.remove(self._editors.add)

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
            compat.save_editor(editor, one_saved)
        return saved

    def reload(self) -> None:
        for editor in self.open():
            compat.reload_editor(editor)
