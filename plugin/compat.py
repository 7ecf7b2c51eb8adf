"""Every difference between Anki versions, behind functions named for what they do.

Each says which versions need it, so that raising the minimum means deleting functions. Nothing else compares
versions. Preferred is the question "is it there?" over "which number is it?".
"""

from typing import Any, List, Optional, Sequence, Tuple, Type

import anki.errors
from anki.cards import Card
from anki.collection import Collection, OpChanges
from anki.notes import Note


def anki_errors() -> Tuple[Type[Exception], ...]:
    """The exceptions whose text Anki writes for people. (Up to 2.1.5x they have no common root.)"""
    if hasattr(anki.errors, "AnkiException"):
        return (anki.errors.AnkiException,)
    found = [value for value in vars(anki.errors).values() if isinstance(value, type)]
    return tuple(cls for cls in found if issubclass(cls, Exception))


def commit(col: Collection) -> None:
    """Puts what was written on disk. (2.1.50 to 2.1.5x keep a transaction open that Python has to end.)"""
    if hasattr(col.db, "last_begin_at"):
        col.save()


def all_changes() -> OpChanges:
    """Changes that make every view draw itself anew."""
    changes = OpChanges()
    for field in changes.DESCRIPTOR.fields:
        if field.name != "kind":
            setattr(changes, field.name, True)
    return changes


def merge_undo_entries(col: Collection, target: int) -> OpChanges:
    """Merges everything since `target` into one undo entry.

    An operation that Anki cannot undo has emptied the list; then all views are told to refresh.
    """
    try:
        return col.merge_undo_entries(target)
    except anki_errors():
        return all_changes()


def take_back(col: Collection, target: int) -> None:
    """Undoes everything since `target`, as far as Anki can undo it."""
    try:
        col.merge_undo_entries(target)
        col.undo()
    except anki_errors():
        return


def add_notes(col: Collection, notes: Sequence[Note], deck_ids: Sequence[int], done: Any) -> None:
    """Adds notes in one operation. (Before 2.1.55 Anki has only the one for a single note.)

    `done` is called after each operation of the long form.
    """
    if hasattr(col, "add_notes"):
        from anki.collection import AddNoteRequest

        col.add_notes([AddNoteRequest(note, deck_id) for note, deck_id in zip(notes, deck_ids)])
        return
    for note, deck_id in zip(notes, deck_ids):
        done(col.add_note(note, deck_id))


def answer_button_texts(col: Collection, card: Card) -> List[str]:
    """What Anki writes on the answer buttons of a card, without opening the reviewer.

    (The v2 scheduler, up to 23.10, answers for one button at a time; the backend call was renamed in 2.1.54.)
    """
    scheduler = col.sched
    if hasattr(scheduler, "describe_next_states"):
        backend = col._backend
        states_of = getattr(backend, "get_scheduling_states", None) or backend.get_next_card_states
        return list(scheduler.describe_next_states(states_of(card.id)))
    buttons = range(1, scheduler.answerButtons(card) + 1)
    return [scheduler.nextIvlStr(card, button) for button in buttons]


def app_version() -> str:
    """Anki's version as it writes it itself, such as 2.1.50 or 26.09.3."""
    from anki.buildinfo import version

    return str(version)


# Windows: imported inside the functions, because a bare collection has no aqt.


def announce(mw: Any, changes: OpChanges) -> None:
    """Tells all of Anki's windows what has changed, once. (`on_op_finished` came after 2.1.50.)"""
    from aqt import gui_hooks, operations

    if hasattr(operations, "on_op_finished"):
        operations.on_op_finished(mw, changes, None)
        return
    mw.update_undo_actions()
    gui_hooks.operation_did_execute(changes, None)
    if mw.col.op_made_changes(changes):
        gui_hooks.state_did_reset()


def edited_note_id(editor: Any) -> Optional[int]:
    """The stored note that an editor shows, or None. (26.09 has a second kind of editor, which knows only the id.)"""
    if hasattr(editor, "nid"):
        return editor.nid or None
    return editor.note.id or None if editor.note else None


def reload_editor(editor: Any) -> None:
    """Shows the stored note anew. (26.09's second kind of editor is not told by the browser.)"""
    if hasattr(editor, "reload_note"):
        editor.reload_note()


def collection_is_open(mw: Any) -> bool:
    """Whether a collection can be worked on right now."""
    return mw.col is not None and mw.col.db is not None


def stored_media_name(name: str) -> str:
    """The spelling under which Anki stores a new media file. (26.09 writes them in lower case.)"""
    from anki.utils import point_version

    return name.lower() if point_version() >= 260900 else name


def before_sync(mw: Any) -> None:
    """(2.1.50 has to end Python's transaction first, and syncs media by itself.)"""
    if hasattr(mw.col.db, "last_begin_at"):
        if not mw.media_syncer.is_syncing():
            mw.media_syncer.start()
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
    """Keeps the server's address for the next time, and follows the media that are still under way."""
    mw.pm.set_host_number(output.host_number)
    if getattr(output, "new_endpoint", ""):
        mw.pm.set_current_sync_url(output.new_endpoint)
    if hasattr(mw.media_syncer, "start_monitoring") and output.required in (0, 1):
        mw.media_syncer.start_monitoring()


def active_browser_columns(col: Collection) -> List[str]:
    """Keys of the columns that the browser shows, in the mode it is in."""
    from anki.collection import Config

    if col.get_config_bool(Config.Bool.BROWSER_TABLE_SHOW_NOTES_MODE):
        return list(col.load_browser_note_columns())
    return list(col.load_browser_card_columns())


def sort_browser(browser: Any, column: str, descending: bool) -> None:
    """Sorts the open browser's table, as a click on the column's head does."""
    table = browser.table
    table._state.sort_column = column
    table._state.sort_backwards = descending
    table._set_sort_indicator()
    browser.search()
