"""A sync without questions and windows, off the main thread."""

from concurrent.futures import Future
from typing import Any, Optional

from aqt import gui_hooks
from aqt.main import AnkiQt

from . import compat
from .errors import Refused

NO_CHANGES, NORMAL_SYNC, FULL_SYNC, FULL_DOWNLOAD, FULL_UPLOAD = range(5)

WHAT_TO_DO = {
    FULL_SYNC: "this computer and the server have diverged; press Sync in Anki and choose which side is to be kept",
    FULL_DOWNLOAD: "a full download is needed; press Sync in Anki",
    FULL_UPLOAD: "a full upload is needed; press Sync in Anki",
}


def start(mw: AnkiQt, auth: Any) -> "Future[None]":
    """Starts to synchronise; called on the main thread, with a collection open.

    The Future is done when the collection is synchronised and Anki's windows show it. It fails with Anki's own words,
    or with Refused when one side would have to replace the other.
    """
    finished: "Future[None]" = Future()
    col = mw.col
    gui_hooks.sync_will_start()
    compat.before_sync(mw)

    def done(task: "Future[Any]") -> None:
        compat.after_sync(mw)
        error = task.exception()
        if error is None:
            error = conclude(mw, task.result())
        if error is None:
            finished.set_result(None)
        else:
            finished.set_exception(error)

    media = mw.pm.media_syncing_enabled()
    mw.taskman.run_in_background(lambda: compat.sync_collection(col, auth, media), done)
    return finished


def conclude(mw: AnkiQt, output: Any) -> Optional[Refused]:
    """Refreshes Anki after a sync; says what has to be done when it was none."""
    compat.remember_server(mw, output)
    gui_hooks.sync_did_finish()
    if output.required in (NO_CHANGES, NORMAL_SYNC):
        mw.reset()
        return None
    advice = WHAT_TO_DO.get(output.required, "press Sync in Anki")
    return Refused(f"Sync status {output.required} not one of [0, 1]: {advice}")
