"""Which window is in front, and which one is in the way."""

from typing import Any, Optional

import aqt
from aqt.main import AnkiQt
from aqt.progress import ProgressDialog
from aqt.qt import QWidget, sip

from ..errors import ApiError


class WindowInTheWay(ApiError):
    """Anki shows a window that has to be closed before any other can be used."""

    def __init__(self, text: str) -> None:
        super().__init__(f"Anki shows a window that has to be answered first: {text}")


def refuse_behind_dialog(mw: AnkiQt) -> None:
    """Raises WindowInTheWay when the user could not use Anki's windows either."""
    dialog = dialog_in_front(mw)
    if dialog is not None:
        raise WindowInTheWay(said_by(dialog))


def is_behind_dialog(mw: AnkiQt) -> bool:
    return dialog_in_front(mw) is not None


def dialog_in_front(mw: AnkiQt) -> Optional[QWidget]:
    """The window that has to be answered before any other can be used.

    The one that shows how far an operation has come goes by itself, and does not count.
    """
    dialog = mw.app.activeModalWidget()
    waits = dialog is not None and dialog.isVisible() and not isinstance(dialog, ProgressDialog)
    return dialog if waits else None


def said_by(dialog: QWidget) -> str:
    """The text of a message box, and of other windows the title."""
    text = dialog.text() if dialog.inherits("QMessageBox") else dialog.windowTitle()
    return str(text or type(dialog).__name__)


def open_window(kind: str) -> Optional[Any]:
    """The open window of that kind, as Anki's dialog manager calls it, or None."""
    window = aqt.dialogs._dialogs.get(kind, (None, None))[1]
    return None if window is None or sip.isdeleted(window) else window


def bring_to_front(window: QWidget) -> None:
    """Has the window on top and the keyboard in it, the first time as any other."""
    window.show()
    window.raise_()
    window.activateWindow()
