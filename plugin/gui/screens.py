"""Drawing Anki's windows anew after a change, whether the user is in them or not."""

import time
from typing import Any, Callable

import aqt
from aqt.main import AnkiQt
from aqt.qt import QTimer, qconnect

from .. import compat

# A single change shows at once; those of a busy client are drawn together: drawing holds Anki up for milliseconds,
# and Anki's own pages take some kilobytes each time they are drawn.
SOON_MILLISECONDS = 50
AGAIN_MILLISECONDS = 500


class Screens:
    """Brings windows without focus up to date. Lives on the Qt thread.

    Anki itself greys the main window out and draws it and the browser's rows when the user comes back to them. But
    whoever uses this add-on is in another program, and often has Anki beside it.
    """

    def __init__(self, mw: AnkiQt) -> None:
        self.mw = mw
        self.timer = QTimer(mw)
        self.timer.setSingleShot(True)
        # Whether a window is being changed just now: what is drawn then may arrive too late, over what came after it.
        self.is_held: Callable[[], bool] = bool
        self.drawn = 0.0
        self.decks = False
        qconnect(self.timer.timeout, self.refresh)

    @property
    def deck_list(self) -> Any:
        """Anki's list of decks while it shows. Anki would draw it anew with every single change; here it waits."""
        return self.mw.deckBrowser if self.mw.state == "deckBrowser" else None

    def refresh_soon(self, decks: bool = False) -> None:
        """`decks` says that the list of decks has to be drawn anew as well."""
        self.decks = self.decks or decks
        if self.timer.isActive():
            return
        lately = time.monotonic() - self.drawn < AGAIN_MILLISECONDS / 1000
        self.timer.start(AGAIN_MILLISECONDS if lately else SOON_MILLISECONDS)

    def leave_alone(self) -> None:
        """Drops a refresh that is due: the profile closes, and Anki would draw what is no longer there."""
        self.timer.stop()

    def refresh(self) -> None:
        if not compat.collection_is_open(self.mw):
            return
        if compat.is_busy(self.mw) or self.is_held():
            self.timer.start(SOON_MILLISECONDS)
            return
        self.drawn = time.monotonic()
        self.refresh_main_window()
        self.refresh_browser()

    def refresh_main_window(self) -> None:
        mw = self.mw
        if mw.state == "review":
            mw.reviewer.refresh_if_needed()
        elif mw.state == "overview":
            mw.overview.refresh_if_needed()
        elif mw.state == "deckBrowser":
            # Only now: with the mark on it Anki would draw the list at the next change of whatever kind.
            mw.deckBrowser._refresh_needed |= self.decks
            mw.deckBrowser.refresh_if_needed()
        self.decks = False

    def refresh_browser(self) -> None:
        browser = aqt.dialogs._dialogs["Browser"][1]
        if browser is not None and browser.isVisible():
            browser.setUpdatesEnabled(True)
            browser.table.redraw_cells()
            browser.sidebar.refresh_if_needed()
            if browser._previewer is not None:
                compat.refresh_preview(browser._previewer)
