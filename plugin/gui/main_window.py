"""What a user does in Anki's main window: going to a deck, reviewing, undoing, checking, importing, leaving."""

import os
import stat
import time
from concurrent.futures import Future
from typing import Any, Callable, Dict, List, Optional, Tuple, TypeVar

from anki.decks import DeckId
from aqt.main import AnkiQt
from aqt.qt import QTimer
from aqt.utils import showText, tooltip

from .. import background, compat
from ..errors import CollectionUnavailable, Refused
from . import fronting, settling

R = TypeVar("R")

EXIT_MILLISECONDS = 1000
UNDO_SECONDS = 10.0
# How long a page may take until it has something on it, and how often it is asked.
PAGE_SECONDS = 2.5
ASK_SECONDS = 0.05
LATE_SECONDS = 20.0
IS_DRAWN = """
(() => {
    const card = document.getElementById("qa");
    const shown = card ? card.innerHTML : document.body.innerText;
    return document.readyState === "complete" && shown.trim() !== "";
})()
"""


class Turn:
    """Turning from one page of the main window to another, one step after the other.

    From 2.1.55 on the deck list and the overview are drawn when a count that runs in the background arrives; one that
    is late would be drawn over the page that came after it. And what is meant for a page gets lost when the page
    before it is still loading.
    """

    def __init__(
        self, mw: AnkiQt, turn: Callable[[], None], deck_id: Optional[DeckId] = None
    ) -> None:
        """`deck_id`: a deck to be chosen before."""
        self.mw = mw
        self.col = mw.col
        self.turn = turn
        self.deck_id = deck_id
        self.drawn = Answer(mw, IS_DRAWN)
        self.steps: List[Callable[[], bool]] = [
            counted(mw),
            Answer(mw, IS_DRAWN).is_over,
            self.deck_chosen,
            # An overview that shows is drawn anew for the deck.
            counted(mw),
            Answer(mw, IS_DRAWN).is_over,
            self.turned,
            counted(mw),
            self.drawn.is_over,
            self.turned_again_if_blank,
            counted(mw),
            Answer(mw, IS_DRAWN).is_over,
        ]

    def is_over(self) -> bool:
        """Goes on as far as is possible now.

        The last step is that something is on the page: one that is left while it asks Anki for content complains.
        """
        if self.mw.col is not self.col:
            raise CollectionUnavailable
        while self.steps and self.steps[0]():
            del self.steps[0]
        return not self.steps

    def deck_chosen(self) -> bool:
        """Makes the deck the current one, as a click on it does."""
        if self.deck_id is not None and self.deck_id != self.col.decks.get_current_id():
            compat.announce(self.mw, self.col.decks.set_current(self.deck_id))
        return True

    def turned(self) -> bool:
        self.turn()
        return True

    def turned_again_if_blank(self) -> bool:
        if self.drawn.yes:
            del self.steps[1:]
        else:
            self.turn()
        return True

    def begin(self, result: R) -> "Future[R]":
        late = Refused(f"Anki did not get round to its window within {LATE_SECONDS:g} seconds")
        return settling.when(self.mw, self.is_over, lambda: result, LATE_SECONDS, late)


def counted(mw: AnkiQt) -> Callable[[], bool]:
    """Whether all counts are done that were begun before this is first asked."""
    begun: List["Future[Any]"] = []

    def is_done() -> bool:
        if not begun:
            col = mw.col
            begun.append(background.run(mw, lambda: col.db.scalar("select 1"), settled))
        return begun[0].done()

    return is_done


def settled(task: "Future[Any]") -> None:
    task.result()


class Answer:
    """A yes from the page that the main window shows. One that gives none for long is not waited for."""

    def __init__(self, mw: AnkiQt, question: str) -> None:
        self.mw = mw
        self.question = question
        self.yes = False
        self.asked = 0.0
        self.ends = 0.0

    def is_over(self) -> bool:
        """Whether the yes has come or will not come. (Asked again and again: a page that is replaced never answers.)"""
        now = time.monotonic()
        self.ends = self.ends or now + PAGE_SECONDS
        if now - self.asked > ASK_SECONDS:
            self.asked = now
            self.mw.web.evalWithCallback(self.question, self.take)
        return self.yes or now > self.ends

    def take(self, answer: Any) -> None:
        self.yes = self.yes or bool(answer)


def show_deck_list(mw: AnkiQt) -> "Future[None]":
    return Turn(mw, lambda: mw.moveToState("deckBrowser")).begin(result=None)


def show_overview(mw: AnkiQt, deck_id: DeckId) -> "Future[bool]":
    return Turn(mw, lambda: mw.moveToState("overview"), deck_id).begin(result=True)


def review(mw: AnkiQt, deck_id: DeckId) -> "Future[bool]":
    def turn() -> None:
        mw.col.startTimebox()
        mw.moveToState("review")

    return Turn(mw, turn, deck_id).begin(result=True)


def undo(mw: AnkiQt) -> "Future[bool]":
    """Undoes as the menu does; the Future tells whether there was anything to undo."""
    if not mw.col.undo_status().undo:
        return background.known(result=False)
    seen: Dict[str, bool] = {}
    # The end is announced before Anki's windows are told; they have been by the next turn.
    stop = compat.watch_undo(
        lambda *_: seen.update(undone=True),
        lambda: QTimer.singleShot(0, lambda: seen.update(over=True)),
    )
    mw.undo()
    late = Refused(f"Anki did not finish undoing within {UNDO_SECONDS:g} seconds")
    finished = settling.when(
        mw,
        lambda: seen.get("over", False),
        lambda: seen.get("undone", False),
        UNDO_SECONDS,
        late,
    )
    finished.add_done_callback(lambda _: stop())
    return finished


def check_database(mw: AnkiQt) -> "Future[Any]":
    """Checks as the menu does, and shows the findings as that does; the Future holds them too."""

    def work() -> Tuple[str, bool]:
        mw.create_backup_now()
        found: Tuple[str, bool] = mw.col.fix_integrity()
        return found

    def conclude(task: "Future[Tuple[str, bool]]") -> Dict[str, Any]:
        mw.progress.finish()
        mw.reset()
        error = task.exception()
        report, ok = task.result() if error is None else (str(error), False)
        show = tooltip if ok else showText
        # Not here and now: the window with the findings would keep the caller until it is closed.
        QTimer.singleShot(0, lambda: show(report, parent=mw))
        return {"ok": ok, "report": report}

    mw.progress.start()
    return background.run(mw, work, conclude)


def import_file(mw: AnkiQt, path: str) -> None:
    """Opens Anki's import window for a file that can be read."""
    check_readable(path)
    endings = compat.importable_endings(mw)
    if endings is not None and not path.lower().endswith(tuple(endings)):
        raise Refused(f"Anki imports files that end in {', '.join(endings)}, and not '{path}'")
    request(mw, lambda: mw.handleImport(path))


def check_readable(path: str) -> None:
    try:
        # Asked before opening: a pipe without a writer would hold Anki up for good.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Refused(f"path should name a regular file: {path}")
        with open(path, "rb"):
            return
    except OSError as error:
        raise Refused(f"Failed to open '{path}': {compat.os_reason(error)}") from None


def ask_for_file(mw: AnkiQt) -> None:
    """Opens Anki's question which file to import."""
    request(mw, mw.onImport)


def request(mw: AnkiQt, show: Callable[[], Any]) -> None:
    """Has a window opened soon: one that waits for the user would keep the caller."""

    def show_in_front() -> None:
        if mw.col is None:
            return
        show()
        dialog = mw.app.activeModalWidget()
        if dialog is not None:
            fronting.bring_to_front(dialog)

    QTimer.singleShot(0, show_in_front)


def exit_soon(mw: AnkiQt) -> None:
    """Closes Anki as its user does, after the reply has been sent and what Anki is doing is done."""

    def leave() -> None:
        if compat.is_busy(mw):
            exit_soon(mw)
        else:
            mw.close()

    QTimer.singleShot(EXIT_MILLISECONDS, leave)
