"""Drawing Anki's windows anew after a change, whether the user is in them or not."""

import aqt
from aqt.main import AnkiQt
from aqt.qt import QTimer, qconnect

from .. import compat

# Long enough for the changes of a busy client to be drawn together.
TOGETHER_MILLISECONDS = 50


class Screens:
    """Brings windows without focus up to date. Lives on the Qt thread.

    Anki itself greys the main window out and draws it and the browser's rows when the user comes back to them. But
    whoever uses this add-on is in another program, and often has Anki beside it.
    """

    def __init__(self, mw: AnkiQt) -> None:
        self.mw = mw
        self.timer = QTimer(mw)
        self.timer.setSingleShot(True)
        self.timer.setInterval(TOGETHER_MILLISECONDS)
        qconnect(self.timer.timeout, self.refresh)

    def refresh_soon(self) -> None:
        if not self.timer.isActive():
            self.timer.start()

    def leave_alone(self) -> None:
        """Drops a refresh that is due: the profile closes, and Anki would draw what is no longer there."""
        self.timer.stop()

    def refresh(self) -> None:
        if not compat.collection_is_open(self.mw):
            return
        if compat.is_busy(self.mw):
            self.timer.start()
            return
        self.refresh_main_window()
        self.refresh_browser()

    def refresh_main_window(self) -> None:
        mw = self.mw
        if mw.state == "review":
            mw.reviewer.refresh_if_needed()
        elif mw.state == "overview":
            mw.overview.refresh_if_needed()
        elif mw.state == "deckBrowser":
            mw.deckBrowser.refresh_if_needed()

    def refresh_browser(self) -> None:
        browser = aqt.dialogs._dialogs["Browser"][1]
        if browser is not None and browser.isVisible():
            browser.setUpdatesEnabled(True)
            browser.table.redraw_cells()
            browser.sidebar.refresh_if_needed()
            if browser._previewer is not None:
                compat.refresh_preview(browser._previewer)
