"""Switching between profiles."""

from concurrent.futures import Future
from typing import Any, Callable, List, Optional

from aqt.main import AnkiQt
from aqt.qt import QTimer

from .errors import ApiError
from .gui.main_window import counted

SWITCH_SECONDS = 30.0
LOOK_AGAIN_MILLISECONDS = 50


class NotSwitched(ApiError):
    """The profile was not opened in time. A switch that has begun goes on as soon as Anki can."""


class Switch:
    """Closes the open profile, if there is one, and opens another that exists. Lives on the main thread."""

    def __init__(self, mw: AnkiQt, name: str) -> None:
        self.mw = mw
        self.name = name
        self.finished: "Future[bool]" = Future()
        self.closing = False
        self.nothing_counted: Optional[Callable[[], bool]] = None

    def start(self) -> "Future[bool]":
        # Not here and now: a box that Anki shows on the way would keep the caller. (Lambdas, because Qt does not keep
        # the object that a method belongs to.)
        QTimer.singleShot(0, lambda: self.begin())
        QTimer.singleShot(int(SWITCH_SECONDS * 1000), lambda: self.give_up())
        return self.finished

    def begin(self) -> None:
        """As soon as Anki has finished what it is doing."""
        mw = self.mw
        starting_up = mw.col is None and mw.state != "profileManager"
        if self.finished.done():
            return
        if starting_up or mw.progress.busy():
            QTimer.singleShot(LOOK_AGAIN_MILLISECONDS, lambda: self.begin())
        elif mw.col is None:
            mw.pm.load(self.name)
            mw.onOpenProfile(callback=self.opened)
        elif self.still_counts():
            QTimer.singleShot(LOOK_AGAIN_MILLISECONDS, lambda: self.begin())
        else:
            self.closing = True
            mw.unloadProfile(self.closed)

    def still_counts(self) -> bool:
        """Whether Anki still counts cards for its list of decks: it would find no collection, and say so in a box."""
        if self.nothing_counted is None:
            self.nothing_counted = counted(self.mw)
        return not self.nothing_counted()

    def closed(self) -> None:
        self.closing = False
        self.mw.moveToState("profileManager")
        self.mw.pm.load(self.name)
        self.mw.loadProfile(self.opened)

    def opened(self, *_: Any) -> None:
        # Only after this does Anki tell its add-ons; what is asked before belongs to the profile before.
        QTimer.singleShot(0, self.told)

    def told(self) -> None:
        if not self.finished.done():
            self.finished.set_result(True)

    def give_up(self) -> None:
        if self.finished.done():
            return
        if is_open(self.mw, self.name):
            # Anki still synchronises it; what is asked of it waits for that.
            self.finished.set_result(True)
        else:
            self.finished.set_exception(NotSwitched(reason(self.mw, self.name)))


# The last one.
SWITCHES: List[Switch] = []


def start_switch(mw: AnkiQt, name: str) -> "Future[bool]":
    """Starts a switch.

    The Future is done when the new profile can be used, or fails after `SWITCH_SECONDS` and says what is in the way.
    """
    asked = questions(mw)
    if asked and any(earlier.closing for earlier in SWITCHES):
        # Anki would ask a second time, and after the answers close two profiles.
        raise NotSwitched(f"the profile {name} was not opened: {answer_first(asked)}")
    SWITCHES[:] = [Switch(mw, name)]
    return SWITCHES[0].start()


def is_open(mw: AnkiQt, name: str) -> bool:
    return mw.col is not None and mw.pm.name == name


def reason(mw: AnkiQt, name: str) -> str:
    start = f"the profile {name} was not opened within {SWITCH_SECONDS:g} seconds: "
    asked = questions(mw)
    if asked:
        return f"{start}{answer_first(asked)}"
    if mw.col is not None:
        return f"{start}a window of Anki, or a sync, keeps {mw.pm.name} open"
    return f"{start}Anki is still working on it"


def answer_first(asked: List[str]) -> str:
    return f"Anki shows a message that has to be answered first: {'; '.join(asked)}"


def questions(mw: AnkiQt) -> List[str]:
    """The texts of the boxes that Anki shows."""
    # By Qt's name for the class: aqt.qt's may be another than that of a box which Qt made itself.
    boxes = [window for window in mw.app.topLevelWidgets() if window.inherits("QMessageBox")]
    return [box.text() for box in boxes if box.isVisible()]
