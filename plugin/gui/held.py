"""Anki's windows out of use for a while, without a further window that says so."""

from typing import Any

from aqt.main import AnkiQt
from aqt.qt import QEvent, QObject, sip


class HeldWindows(QObject):  # type: ignore[misc]  # Qt's classes are not typed here
    """Keeps clicks and keys away from the windows that are in use now, until `release`.

    Unless they are `closable`, they cannot be closed either.
    """

    def __init__(self, mw: AnkiQt, closable: bool) -> None:
        super().__init__()
        self.closable = closable
        self.focus = mw.app.focusWidget()
        self.windows = [
            window
            for window in mw.app.topLevelWidgets()
            if window.isVisible() and window.isEnabled()
        ]
        for window in self.windows:
            window.installEventFilter(self)
            window.setEnabled(False)

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802 - Qt's name
        """(A window that is disabled can still be closed by its frame.)"""
        if self.closable or event.type() != QEvent.Type.Close:
            return False
        event.ignore()
        return True

    def release(self) -> None:
        for window in self.windows:
            if not sip.isdeleted(window):
                window.removeEventFilter(self)
                window.setEnabled(True)
        if self.focus is not None and not sip.isdeleted(self.focus):
            self.focus.setFocus()
