"""Differences in how Anki synchronises."""

from inspect import signature
from typing import Any

from anki.collection import Collection


def before_sync(mw: Any) -> None:
    """(2.1.50 has to end Python's transaction first.)"""
    if hasattr(mw.col.db, "last_begin_at"):
        mw.col.save(trx=False)


def after_sync(mw: Any) -> None:
    """(2.1.50 has to begin Python's transaction again; later versions may have got another scheduler.)"""
    if hasattr(mw.col.db, "last_begin_at"):
        mw.col.db.begin()
        mw.col.clear_python_undo()
    else:
        mw.col._load_scheduler()
    mw.col.models._clear_cache()


def sync_collection(col: Collection, auth: Any, media: bool) -> Any:
    """Synchronises; may take long. (2.1.50 has no say in media here.)"""
    if hasattr(col.db, "last_begin_at"):
        return col.sync_collection(auth)
    return col.sync_collection(auth, media)


def remember_server(mw: Any, output: Any) -> None:
    """Keeps the server's address for the next time."""
    mw.pm.set_host_number(output.host_number)
    if getattr(output, "new_endpoint", ""):
        mw.pm.set_current_sync_url(output.new_endpoint)


def start_media_sync(mw: Any, followed: bool) -> None:
    """Has media synchronised in the background, and shows that in Anki's window.

    `followed` says that it was started with the collection's sync. (2.1.50 always starts it by itself. Later ones
    show no window about a failure when it is called periodic; 23.10 cannot be told.)
    """
    follows = followed and hasattr(mw.media_syncer, "start_monitoring")
    begin = mw.media_syncer.start_monitoring if follows else mw.media_syncer.start
    quiet = {"is_periodic_sync": True} if "is_periodic_sync" in signature(begin).parameters else {}
    begin(**quiet)


def before_full_sync(mw: Any) -> None:
    """Tells add-ons that the collection is about to be closed for a while. (The hook came after 2.1.50.)"""
    from aqt import gui_hooks

    if hasattr(gui_hooks, "collection_will_temporarily_close"):
        gui_hooks.collection_will_temporarily_close(mw.col)


def full_sync(col: Collection, auth: Any, upload: bool) -> None:
    """Replaces the server's collection by this one or the other way round; the collection is closed. May take long."""
    if hasattr(col, "full_upload_or_download"):
        col.full_upload_or_download(auth=auth, server_usn=None, upload=upload)
    elif upload:
        col.full_upload(auth)
    else:
        col.full_download(auth)


def after_full_sync(mw: Any) -> None:
    """Opens the collection again. (2.1.50 has no announcement for it.)"""
    from aqt import gui_hooks

    if hasattr(gui_hooks, "collection_did_temporarily_close"):
        mw.reopen(after_full_sync=True)
    else:
        mw.col.reopen(after_full_sync=True)
