"""Drawing Anki's windows anew after a change, whether the user is in them or not."""

import time
from typing import Any, Callable

import aqt
from aqt.main import AnkiQt
from aqt.qt import QObject, QTimer, qconnect

from .. import compat

# A single change shows at once; those of a busy client are drawn together.
SOON_MILLISECONDS = 50
PAUSE_MILLISECONDS = 500
# The list of decks is a page that Chromium loads anew each time: that takes some kilobytes, and holds Anki up for 20 to
# 100 ms. It is drawn after ever longer pauses.
LONGEST_PAUSE_MILLISECONDS = 2000


class Drawing:
    """Draws something soon after it was asked for, and with pauses while it is asked for again and again."""

    def __init__(self, parent: QObject, draw: Callable[[], bool], longest_pause: int) -> None:
        """`draw` tells whether it could be done now; it is tried again soon if not."""
        self.draw = draw
        self.longest_pause = longest_pause
        self.pause = PAUSE_MILLISECONDS
        self.drawn = 0.0
        self.is_late = False
        self.timer = QTimer(parent)
        self.timer.setSingleShot(True)
        qconnect(self.timer.timeout, self.try_now)

    def soon(self) -> None:
        if self.timer.isActive():
            return
        since = (time.monotonic() - self.drawn) * 1000
        if since > 2 * self.pause:
            self.pause = PAUSE_MILLISECONDS
        if since > self.pause:
            self.timer.start(SOON_MILLISECONDS)
        else:
            self.timer.start(self.pause)
            self.pause = min(2 * self.pause, self.longest_pause)

    def drop(self) -> None:
        self.timer.stop()
        self.is_late = False

    def try_now(self) -> None:
        self.timer.stop()
        self.is_late = not self.draw()
        if self.is_late:
            self.timer.start(SOON_MILLISECONDS)
        else:
            self.drawn = time.monotonic()


class Screens:
    """Brings windows without focus up to date. Lives on the Qt thread.

    Anki itself greys the main window out and draws it and the browser's rows when the user comes back to them. But
    whoever uses this add-on is in another program, and often has Anki beside it.
    """

    def __init__(self, mw: AnkiQt) -> None:
        self.mw = mw
        # Whether a window is being changed just now: what is drawn then may arrive too late, over what came after it.
        # Or whether somebody has the collection: whoever draws would wait for them.
        self.is_held: Callable[[], bool] = bool
        self.sync_button = False
        self.windows = Drawing(mw, self.if_possible(self.draw_windows), PAUSE_MILLISECONDS)
        self.decks = Drawing(mw, self.if_possible(self.draw_decks), LONGEST_PAUSE_MILLISECONDS)

    @property
    def deck_list(self) -> Any:
        """Anki's list of decks while it shows. Anki would draw it anew with every single change; here it waits."""
        return self.mw.deckBrowser if self.mw.state == "deckBrowser" else None

    def refresh_soon(self, decks: bool = False, sync_button: bool = False) -> None:
        """`decks`: the list of decks has to be drawn anew as well; `sync_button`: there is more to sync."""
        self.sync_button = self.sync_button or sync_button
        self.windows.soon()
        if decks and self.deck_list is not None:
            self.decks.soon()

    @property
    def are_late(self) -> bool:
        """Whether something could not be drawn when it was due."""
        return self.windows.is_late or self.decks.is_late

    def catch_up(self) -> None:
        """Draws what is late. Called when nobody has the collection any more and before somebody else has it."""
        # One at a time: both at once would hold Anki up for as long as both take.
        late = next((one for one in (self.windows, self.decks) if one.is_late), None)
        if late is not None:
            late.try_now()

    def leave_alone(self) -> None:
        """Drops what is due: the profile closes, and Anki would draw what is no longer there."""
        self.windows.drop()
        self.decks.drop()

    def if_possible(self, draw: Callable[[], None]) -> Callable[[], bool]:
        def done() -> bool:
            if compat.collection_is_open(self.mw):
                if compat.is_busy(self.mw) or self.is_held():
                    return False
                draw()
            return True

        return done

    def draw_windows(self) -> None:
        if self.sync_button:
            self.mw.toolbar.update_sync_status()
            self.sync_button = False
        self.draw_main_window()
        self.draw_browser()

    def draw_main_window(self) -> None:
        mw = self.mw
        if mw.state == "review":
            mw.reviewer.refresh_if_needed()
        elif mw.state == "overview":
            mw.overview.refresh_if_needed()
        elif mw.state == "deckBrowser":
            # What others have changed; it is ours that wait.
            mw.deckBrowser.refresh_if_needed()

    def draw_decks(self) -> None:
        if self.deck_list is not None:
            self.deck_list.refresh()

    def draw_browser(self) -> None:
        browser = aqt.dialogs._dialogs["Browser"][1]
        if browser is not None and browser.isVisible():
            browser.setUpdatesEnabled(True)
            browser.table.redraw_cells()
            browser.sidebar.refresh_if_needed()
            if browser._previewer is not None:
                compat.refresh_preview(browser._previewer)
