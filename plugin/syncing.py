"""A sync without questions and windows, off the main thread."""

import threading
import time
from concurrent.futures import Future
from typing import Any, List, Optional

from anki.collection import Collection
from aqt import gui_hooks
from aqt.main import AnkiQt
from aqt.qt import QTimer

from . import background, compat
from .errors import Refused
from .gui.held import HeldWindows
from .profiles import questions

NO_CHANGES, NORMAL_SYNC, FULL_SYNC, FULL_DOWNLOAD, FULL_UPLOAD = range(5)

WHAT_TO_DO = {
    FULL_SYNC: "this computer and the server have diverged; press Sync in Anki and choose which side is to be kept, "
    'or send fullSync: "upload" or "download"',
    FULL_DOWNLOAD: 'a full download is needed; press Sync in Anki, or send fullSync: "download"',
    FULL_UPLOAD: 'a full upload is needed; press Sync in Anki, or send fullSync: "upload"',
}

# After that long the windows show that they wait; a click that needs the collection would freeze them.
HOLD_AFTER_MILLISECONDS = 2000
# How long a profile that is being closed waits for its sync to stop.
STOP_SECONDS = 5.0
ASK_AGAIN_SECONDS = 0.1
# How long Anki's windows may take to close before a full sync, with what the user is asked then.
WINDOWS_SECONDS = 10.0

# The sync that was started last.
RUNNING: "List[Future[None]]" = []


class Stopped(Refused):
    """The profile was closed meanwhile. The next sync carries on."""

    def __init__(self) -> None:
        super().__init__("sync: stopped, because the profile is being closed")


class CollectionSync:
    """One sync of an open collection. Lives on the main thread, but for `work`."""

    def __init__(self, mw: AnkiQt, auth: Any) -> None:
        self.mw = mw
        self.col: Collection = mw.col
        self.auth = auth
        self.media = mw.pm.media_syncing_enabled()
        self.stopped = False
        self.over = threading.Event()
        self.held: Optional[HeldWindows] = None
        self.finished: "Future[None]" = Future()

    def start(self) -> "Future[None]":
        gui_hooks.sync_will_start()
        compat.before_sync(self.mw)
        gui_hooks.profile_will_close.append(self.stop)
        QTimer.singleShot(HOLD_AFTER_MILLISECONDS, lambda: self.hold())
        background.run(self.mw, self.work, self.conclude, self.finished)
        return self.finished

    def work(self) -> Any:
        try:
            if self.stopped:
                raise Stopped
            return compat.sync_collection(self.col, self.auth, self.media)
        finally:
            self.over.set()

    def hold(self) -> None:
        if not self.over.is_set():
            self.held = HeldWindows(self.mw, closable=True)

    def stop(self) -> None:
        """Before the profile is closed: a server that does not answer would keep Anki from it, and frozen."""
        if self.stopped:
            return
        self.stopped, aborted = True, False
        ends = time.monotonic() + STOP_SECONDS
        while not self.over.wait(ASK_AGAIN_SECONDS) and time.monotonic() < ends:
            self.col.abort_sync()
            aborted = True
        self.tidy()
        if aborted and not self.finished.done():
            # Now: when Anki is closed, nothing of this comes back to the main thread.
            self.finished.set_exception(Stopped())

    def tidy(self) -> None:
        if self.held is not None:
            self.held.release()
        compat.after_sync(self.mw)
        gui_hooks.sync_did_finish()

    def conclude(self, task: "Future[Any]") -> None:
        gui_hooks.profile_will_close.remove(self.stop)
        if not self.stopped:
            self.tidy()
            self.mw.reset()
        elif task.exception() is not None:
            raise Stopped
        output = task.result()
        if self.mw.col is self.col:
            compat.remember_server(self.mw, output)
        check(output)
        if self.mw.col is self.col:
            compat.start_media_sync(self.mw, followed=True)


def start(mw: AnkiQt, auth: Any) -> "Future[None]":
    """Starts to synchronise; called on the main thread, with a collection open.

    The Future is done when the collection is synchronised and Anki's windows show it. It fails with Anki's own words,
    or with Refused when one side would have to replace the other.
    """
    RUNNING[:] = [CollectionSync(mw, auth).start()]
    return RUNNING[0]


def check(output: Any) -> None:
    """Raises when nothing was synchronised, because one side has to replace the other."""
    if output.required not in (NO_CHANGES, NORMAL_SYNC):
        advice = WHAT_TO_DO.get(output.required, "press Sync in Anki")
        raise Refused(f"Sync status {output.required} not one of [0, 1]: {advice}")


class FullSync:
    """Replaces the server's collection by this one, or this one by the server's after a backup.

    The collection is closed meanwhile. When it fails, both sides hold what they held; after an upload that failed Anki
    wants another full sync. Lives on the main thread, but for `work`.
    """

    def __init__(self, mw: AnkiQt, auth: Any, upload: bool) -> None:
        self.mw = mw
        self.auth = auth
        self.upload = upload
        self.finished: "Future[None]" = Future()
        self.begun = False
        self.held: Optional[HeldWindows] = None

    def start(self) -> "Future[None]":
        # Not here and now: a box that Anki shows on the way would keep the caller. (Qt does not keep the object that
        # a method belongs to; it keeps a lambda.)
        QTimer.singleShot(0, lambda: self.close_windows())
        QTimer.singleShot(int(WINDOWS_SECONDS * 1000), lambda: self.give_up())
        return self.finished

    def close_windows(self) -> None:
        """Windows of the old collection would write what they show into the new one."""
        self.mw.closeAllWindows(self.begin)

    def give_up(self) -> None:
        if not self.begun:
            self.finished.set_exception(WindowsOpen(self.mw))

    def begin(self) -> None:
        if self.finished.done():
            return
        self.begun = True
        gui_hooks.sync_will_start()
        compat.before_full_sync(self.mw)
        self.held = HeldWindows(self.mw, closable=False)
        if self.upload:
            self.mw.col.close_for_full_sync()
        background.run(self.mw, self.work, self.conclude, self.finished)

    def work(self) -> None:
        if not self.upload:
            self.mw.create_backup_now()
            self.mw.col.close_for_full_sync()
        compat.full_sync(self.mw.col, self.auth, self.upload)

    def conclude(self, task: "Future[None]") -> None:
        if self.held is not None:
            self.held.release()
        if self.mw.col.db is None:
            compat.after_full_sync(self.mw)
        self.mw.col.models._clear_cache()
        gui_hooks.sync_did_finish()
        self.mw.reset()
        task.result()
        compat.start_media_sync(self.mw, followed=False)


class WindowsOpen(Refused):
    """Anki asks something before it closes a window, such as whether to discard a half-written note."""

    def __init__(self, mw: AnkiQt) -> None:
        asked = "; ".join(questions(mw)) or "a window of Anki stays open"
        super().__init__(f"sync: nothing was done, this has to be answered first in Anki: {asked}")


def start_full(mw: AnkiQt, auth: Any, upload: bool) -> "Future[None]":
    """Starts a full sync; the Future is done when the collection is open again and Anki's windows show it."""
    RUNNING[:] = [FullSync(mw, auth, upload).start()]
    return RUNNING[0]


def refuse_second() -> None:
    """From any thread."""
    if any(not sync.done() for sync in RUNNING):
        raise Refused("sync: another sync operation is currently in progress")
