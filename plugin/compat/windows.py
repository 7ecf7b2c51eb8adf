"""Differences in Anki's windows."""

import json
from typing import Any, Callable, List

from anki.collection import Collection, OpChanges


def announce(mw: Any, changes: OpChanges, initiator: Any = None) -> None:
    """Tells all of Anki's windows but the initiator what has changed, once. (`on_op_finished` came after 2.1.50.)"""
    from aqt import gui_hooks, operations

    if hasattr(operations, "on_op_finished"):
        operations.on_op_finished(mw, changes, initiator)
        return
    mw.update_undo_actions()
    gui_hooks.operation_did_execute(changes, initiator)
    if mw.col.op_made_changes(changes):
        gui_hooks.state_did_reset()


def has_page(editor: Any) -> bool:
    """Whether an editor is still in use. (Its web view may be gone before Python lets go of the editor.)"""
    from aqt.qt import sip

    return editor.web is not None and not sip.isdeleted(editor.web)


def save_editor(editor: Any, done: Callable[[], None]) -> None:
    """Has an editor take over what was typed into it, and calls `done`.

    (26.09's second kind of editor leaves out notes that are not stored yet: their text stays in its page.)
    """
    if hasattr(editor, "nid") and not editor.nid:
        take_over = "typeof saveNow === 'function' && saveNow(1)"
        editor.web.evalWithCallback(take_over, lambda _: done())
    else:
        editor.call_after_note_saved(done, keepFocus=True)


def loads_by_itself(editor: Any) -> bool:
    """Whether it is 26.09's second kind of editor with a stored note, whose page fetches it, and writes it back."""
    return hasattr(editor, "reload_note") and bool(editor.nid)


def load_note(editor: Any, done: str) -> None:
    """Has such a page fetch its note once more, and send the message `done` when that has ended, well or not.

    What it was fetching before has ended then too: an answer follows the other, and this is the later series.
    """
    said = f"bridgeCommand({json.dumps(done)})"
    editor.web.eval(f"reloadNote().catch(() => null).then(() => {said})")


def reload_editor(editor: Any) -> None:
    """Shows the stored note anew. (26.09's second kind of editor is not told by the browser.)"""
    if loads_by_itself(editor):
        editor.reload_note()


def collection_is_open(mw: Any) -> bool:
    """Whether a collection can be worked on right now."""
    return mw.col is not None and mw.col.db is not None


def is_busy(mw: Any) -> bool:
    """Whether Anki has an operation of its own going, or is still taking down the window that told of one.

    (Up to 25.09 Anki lets events happen meanwhile: an operation that began then would leave the window up for good.)
    """
    return bool(mw.progress.busy()) or mw.progress._win is not None


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


def select_in_browser(browser: Any, card_id: int) -> None:
    """Selects a card's row in the open browser. (For one that is not shown Anki would drop the selection.)"""
    exists = browser.col.db.scalar("select 1 from cards where id = ?", card_id)
    if exists and browser.table._model.get_card_row(card_id) is not None:
        browser.table.select_single_card(card_id)
