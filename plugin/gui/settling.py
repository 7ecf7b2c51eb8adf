"""Waiting for what Anki does in its own time, without holding up its main thread."""

import time
from concurrent.futures import Future
from typing import Callable, TypeVar

from aqt.main import AnkiQt
from aqt.qt import QTimer, qconnect

from ..background import Unfinished
from ..errors import ApiError

R = TypeVar("R")

LOOK_MILLISECONDS = 5


def when(
    mw: AnkiQt,
    holds: Callable[[], bool],
    result: Callable[[], R],
    seconds: float,
    otherwise: ApiError,
) -> "Future[R]":
    """A Future of `result()` as soon as something holds; of the error `otherwise` if it does not in time.

    Both are called on the main thread, the first time at once. An ApiError that they raise becomes the Future's.
    """
    finished: "Future[R]" = Future()
    ends = time.monotonic() + seconds

    def look() -> None:
        try:
            if holds():
                finished.set_result(result())
            elif time.monotonic() > ends:
                finished.set_exception(otherwise)
        except ApiError as error:
            finished.set_exception(error.with_traceback(None))

    look()
    if not finished.done():
        look_again(mw, look, finished)
    return finished


def look_again(mw: AnkiQt, look: Callable[[], None], finished: "Future[R]") -> None:
    timer = QTimer(mw)

    def again() -> None:
        failed = True
        try:
            look()
            failed = False
        finally:
            if failed and not finished.done():
                finished.set_exception(Unfinished())
            if finished.done():
                timer.stop()
                timer.deleteLater()

    qconnect(timer.timeout, again)
    timer.start(LOOK_MILLISECONDS)
