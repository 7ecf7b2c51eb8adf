"""Switching between profiles."""

from concurrent.futures import Future
from typing import Any, List

from aqt.main import AnkiQt
from aqt.qt import QTimer, sip

from .errors import ApiError

SWITCH_SECONDS = 30.0
LOOK_AGAIN_MILLISECONDS = 50

# The boxes that kept the last switch from going on.
UNANSWERED: List[Any] = []


class NotSwitched(ApiError):
    """The profile was not opened in time. A switch that has begun goes on as soon as Anki can."""


def start_switch(mw: AnkiQt, name: str) -> "Future[bool]":
    """Closes the open profile, if there is one, and opens another that exists.

    The Future is done when the new profile can be used, or fails after `SWITCH_SECONDS` and says what is in the way.
    """
    asked = texts([box for box in UNANSWERED if is_shown(box)])
    if asked:  # Anki would ask a second time, and then close two profiles
        raise NotSwitched(f"the profile {name} was not opened: {answer_first(asked)}")
    finished: "Future[bool]" = Future()

    def give_up() -> None:
        if finished.done():
            return
        if is_open(mw, name):
            # Anki still synchronises it; what is asked of it waits for that.
            finished.set_result(True)
        else:
            UNANSWERED[:] = shown_boxes(mw)
            finished.set_exception(NotSwitched(reason(mw, name)))

    # Not here and now: a box that Anki shows on the way would keep the caller.
    QTimer.singleShot(0, lambda: switch(mw, name, finished))
    QTimer.singleShot(int(SWITCH_SECONDS * 1000), give_up)
    return finished


def is_open(mw: AnkiQt, name: str) -> bool:
    return mw.col is not None and mw.pm.name == name


def switch(mw: AnkiQt, name: str, finished: "Future[bool]") -> None:
    """Begins as soon as Anki has finished what it is doing."""
    if finished.done():
        return
    starting_up = mw.col is None and mw.state != "profileManager"
    if starting_up or mw.progress.busy():
        QTimer.singleShot(LOOK_AGAIN_MILLISECONDS, lambda: switch(mw, name, finished))
        return

    def opened(*_: Any) -> None:
        if not finished.done():
            finished.set_result(True)

    def closed() -> None:
        mw.moveToState("profileManager")
        mw.pm.load(name)
        mw.loadProfile(opened)

    if mw.col is None:
        mw.pm.load(name)
        mw.onOpenProfile(callback=opened)
    else:
        mw.unloadProfile(closed)


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
    return texts(shown_boxes(mw))


def texts(boxes: List[Any]) -> List[str]:
    return [box.text() for box in boxes]


def shown_boxes(mw: AnkiQt) -> List[Any]:
    # By Qt's name for the class: aqt.qt's may be another than that of a box which Qt made itself.
    return [
        window
        for window in mw.app.topLevelWidgets()
        if window.inherits("QMessageBox") and is_shown(window)
    ]


def is_shown(box: Any) -> bool:
    return not sip.isdeleted(box) and bool(box.isVisible())
