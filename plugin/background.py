"""Work that would hold Anki's main thread for long, on a thread of Anki's own."""

from concurrent.futures import Future
from functools import cache
from typing import Any, Callable, Optional, Tuple, Type, TypeVar

from aqt.main import AnkiQt

from . import compat
from .errors import ApiError
from .main_thread import MainThread

R = TypeVar("R")


def known(result: R) -> "Future[R]":
    """A Future that is done from the start."""
    finished: "Future[R]" = Future()
    finished.set_result(result)
    return finished


class Unfinished(ApiError):
    """Something unforeseen happened; part of the work may have been done."""

    def __init__(self) -> None:
        super().__init__(
            "AnkiConnect met an unexpected problem, and part of the work may have been done; "
            "please report it with the lines that Anki printed"
        )


@cache
def way_back(mw: AnkiQt) -> MainThread:
    """The hop for outcomes. Made on the main thread; not Anki's own, which may drop them (see main_thread.py)."""
    return MainThread(mw)


def run(
    mw: AnkiQt,
    work: Callable[[], Any],
    conclude: "Callable[[Future[Any]], R]",
    finished: "Optional[Future[R]]" = None,
) -> "Future[R]":
    """Starts `work` on a background thread, and then `conclude` on the main thread with what came of it.

    The Future that is returned at once (`finished`, if there is one already) gets what `conclude` returns or raises;
    whatever happens, it is done in the end. An unexpected exception goes to Anki's own error window.
    """
    outcome: "Future[R]" = Future() if finished is None else finished
    expected: Tuple[Type[Exception], ...] = (ApiError, *compat.anki_errors())
    main_thread = way_back(mw)

    def done(task: "Future[Any]") -> None:
        error: Exception = Unfinished()
        try:
            result = conclude(task)
            if not outcome.done():
                outcome.set_result(result)
        except expected as failure:
            # Without its frames, which hold the Future that holds the error.
            error = failure.with_traceback(None)
        finally:
            if not outcome.done():
                outcome.set_exception(error)

    def ended(task: "Future[Any]") -> None:
        main_thread.post(lambda: done(task))

    mw.taskman.run_in_background(work).add_done_callback(ended)
    return outcome
