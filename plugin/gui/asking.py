"""Brings questions from request threads to the screen, and takes them off again."""

from typing import List

from aqt.main import AnkiQt
from aqt.qt import sip

from ..main_thread import MainThread
from ..web.permission import Question
from .permission import PermissionWindow


class Asking:
    """Shows permission windows; its methods may be called from any thread."""

    def __init__(self, mw: AnkiQt, main_thread: MainThread) -> None:
        self.mw = mw
        self.main_thread = main_thread
        self._windows: List[PermissionWindow] = []

    def show(self, question: Question) -> None:
        self.main_thread.post(lambda: self.open(question))

    def open(self, question: Question) -> None:
        if question.withdrawn:
            return
        # Without a parent: hidden or minimised, Anki's main window would hide it too.
        window = PermissionWindow(None, question)
        self._windows = [window]
        question.on_withdraw(lambda: self.main_thread.post(self.close))
        window.show_to_user()

    def close(self) -> None:
        windows, self._windows = self._windows, []
        for window in windows:
            if not sip.isdeleted(window):
                window.close()
