"""Brings a running Anki back to the state right after its first start, in some 50 ms.

The collection file is put back as a whole, as after a full sync: so nothing can be left over,
neither undo steps nor settings nor review log.
"""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import time
from typing import Any, Iterator

import aqt
from aqt.qt import QDialog, QMainWindow
from aqt.webview import AnkiWebView

from . import wait_until

ADD_WINDOWS = ("AddCards", "NewAddCards")  # these ask before they drop what was typed
ASKED_AGAIN = 4
ANSWER_SECONDS = 6
LATE_SECONDS = 0.4
LOADING_SECONDS = 3
MEDIA_DATABASES = ("collection.media.db2", "collection.media.db")


def remember() -> None:
    """Keeps a copy of the collection as it is now."""
    with _closed_collection() as path:
        shutil.copyfile(path, _kept())


def bring_back() -> bool:
    """Closes all windows and puts the remembered collection back; False if none is open."""
    close_windows()
    if aqt.mw.col is None:
        return False
    if hasattr(aqt.mw.col, "_get_experiments_dirty"):  # 26.09; Anki reads them at its start only
        aqt.mw.col._experiments = aqt.mw.col._get_experiments_dirty()
    if aqt.mw.state != "deckBrowser":
        aqt.mw.moveToState("deckBrowser")
        _answer_complaints()
    # What Anki still counts for a page would find no collection, and say so in a box.
    wait_until(lambda: not aqt.mw._background_op_count, 15, "Anki is still busy")
    with _closed_collection() as path:
        shutil.copyfile(_kept(), path)
        for name in ("collection.anki2-wal", "collection.anki2-shm", *MEDIA_DATABASES):
            path.with_name(name).unlink(missing_ok=True)
        for file in path.with_name("collection.media").iterdir():
            file.unlink()
    aqt.mw.reset()
    return True


def close_windows() -> None:
    """Closes every window but the main one, without saving what an add window holds."""
    had_pages = bool(_pages())
    _let_pages_load()
    for name in ADD_WINDOWS:
        _, window = aqt.dialogs._dialogs.get(name, (None, None))
        if window is not None:
            window._close()
    for _ in range(ASKED_AGAIN):
        aqt.dialogs.closeAll(lambda: None)
        if _closes():
            break
    for window in aqt.mw.app.topLevelWidgets():
        if _is_open(window):
            window.close()
    wait_until(lambda: not any(map(_is_open, aqt.mw.app.topLevelWidgets())), 15, "a window is open")
    if had_pages:
        _answer_complaints()


def _closes() -> bool:
    """Whether all windows go. One whose page is just being replaced never hears that it was asked to."""
    ends = time.monotonic() + ANSWER_SECONDS
    wait_until(lambda: _boxes_and_dialogs_closed() or time.monotonic() > ends, 2 * ANSWER_SECONDS)
    return _boxes_and_dialogs_closed()


def _answer_complaints() -> None:
    """What a page asks for when it has been left makes Anki complain, a little later, in boxes that wait."""
    ends = time.monotonic() + LATE_SECONDS
    wait_until(lambda: _boxes_and_dialogs_closed() and time.monotonic() > ends, 5)


def _let_pages_load() -> None:
    """A window that is closed while its page loads crashes Anki now and then, on 26.05 in 1 of 3 on a busy machine."""
    ends = time.monotonic() + LOADING_SECONDS
    wait_until(lambda: not any(map(_is_loading, _pages())) or time.monotonic() > ends)


def _is_loading(page: Any) -> bool:
    is_loading = getattr(page.page(), "isLoading", None)  # not in Qt 5
    return not page._domDone or (is_loading is not None and is_loading())


def _pages() -> list[Any]:
    """The pages in other windows than the main one."""
    windows = [window for window in aqt.mw.app.topLevelWidgets() if _is_open(window)]
    return [page for window in windows for page in window.findChildren(AnkiWebView)]


def _boxes_and_dialogs_closed() -> bool:
    """Answers boxes too: a page that is closed while it still loads may complain in one."""
    for window in aqt.mw.app.topLevelWidgets():
        if window.inherits("QMessageBox") and window.isVisible():
            window.close()
    # The window in which Anki shows an error is no box, and waits as one does.
    waiting = aqt.mw.app.activeModalWidget()
    if isinstance(waiting, QDialog) and waiting.isVisible():
        waiting.reject()
    return bool(aqt.dialogs.allClosed())


def _is_open(window: Any) -> bool:
    is_window = isinstance(window, (QDialog, QMainWindow)) and window is not aqt.mw
    return is_window and window.isVisible()


def _kept() -> pathlib.Path:
    return pathlib.Path(aqt.mw.pm.base) / "remembered.anki2"


@contextlib.contextmanager
def _closed_collection() -> Iterator[pathlib.Path]:
    col = aqt.mw.col
    col.close()
    yield pathlib.Path(col.path)
    col.reopen()
    load_scheduler = getattr(col, "_load_scheduler", None) or col._loadScheduler
    load_scheduler()
