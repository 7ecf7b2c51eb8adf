"""Brings questions from request threads to the screen, and takes them off again."""

from typing import Callable, Optional

from aqt.main import AnkiQt
from aqt.qt import sip

from ..main_thread import MainThread
from ..scopes import Scopes
from ..web.permission import Question
from .permission import PermissionWindow


class Asking:
    """Shows permission windows, one at a time. `show` may be called from any thread."""

    def __init__(
        self, mw: AnkiQt, main_thread: MainThread, once_allowed: Callable[[str], Scopes]
    ) -> None:
        self.mw = mw
        self.main_thread = main_thread
        self.once_allowed = once_allowed
        self._window: Optional[PermissionWindow] = None

    def show(self, question: Question) -> None:
        self.main_thread.post(lambda: self.open(question))

    def open(self, question: Question) -> None:
        if question.withdrawn:
            return
        window = PermissionWindow(
            question, self.mw.windowIcon(), self.once_allowed(question.origin)
        )
        self._window = window
        question.on_withdraw(lambda: self.main_thread.post(lambda: self.close(question)))
        self.lift_over_modal(window)
        window.show()
        window.raise_()
        # The user looks at the browser: the taskbar tells that Anki has something to say.
        self.mw.app.alert(window)

    def lift_over_modal(self, window: PermissionWindow) -> None:
        """A dialog of Anki that blocks all other windows does not block this one."""
        modal = self.mw.app.activeModalWidget()
        if modal is not None and modal.windowHandle() is not None:
            window.winId()  # from now on the window has a handle
            window.windowHandle().setTransientParent(modal.windowHandle())

    def close(self, question: Question) -> None:
        if self._window is not None and self._window.question is question:
            self.end()

    def end(self) -> None:
        """Takes an open window away at once: at the end of Anki there is no event loop to do it later."""
        window, self._window = self._window, None
        if window is not None and not sip.isdeleted(window):
            window.close()
            sip.delete(window)
