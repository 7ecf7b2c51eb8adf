"""Anki's windows: the browser, the main window and the editor of a note; checking, importing and leaving."""

from concurrent.futures import Future
from typing import Annotated, Any, List, Mapping, Optional, Set, Tuple, TypedDict, Union

import aqt
from anki.cards import CardId
from anki.collection import Collection
from anki.notes import NoteId
from aqt.main import AnkiQt

from .. import background, compat
from ..collection.edit import Edit
from ..collection.lookups import Lookups
from ..errors import BadParams, NotFound
from ..gui import edit_window, fronting, main_window
from ..packages import located
from ..registry import Scope, action
from ..shapes import Documented, shown

ORDERS = ("ascending", "descending")

ReorderCards = Annotated[
    Any,
    Documented(
        {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {
                        "columnId": {"type": "string"},
                        "order": {"enum": list(ORDERS)},
                    },
                    "required": ["columnId", "order"],
                },
                {"type": "null"},
            ]
        }
    ),
]


@action(Scope.GUI, former={"browse": 4}, undo="Browse")
def gui_browse(
    mw: AnkiQt,
    edit: Edit,
    query: Optional[str] = None,
    reorder_cards: ReorderCards = None,
) -> List[CardId]:
    """Opens Anki's browser, or raises the open one, and searches.

    Without a query the browser only opens. Query and order are checked before any window is touched. Text that is
    being typed in the browser is saved first.

    Args:
        query: search text to show
        reorderCards: `{columnId, order}`: sort by a column that the browser shows; order is ascending or descending

    Returns: ids of the cards found (the browser's order is not applied to them); [] without a query.

    Errors:
        reorderCards should be a dict: <value>
        Must provide a "columnId" and a "order" property"
        invalid card order: <value>
        invalid columnId: <value>
        Anki's own message for a search it does not understand
    """
    found = [] if query is None else list(edit.col.find_cards(query))
    order = None if reorder_cards is None else read_order(reorder_cards)
    if order is not None and order[0] not in shown_columns(edit.col):
        raise BadParams(f"invalid columnId: {order[0]}")
    browser = aqt.dialogs.open("Browser", mw)
    fronting.bring_to_front(browser)
    if order is not None:
        compat.sort_browser(browser, order[0], order[1] == "descending")
    if query is not None:
        browser.search_for(query)
    return found


def read_order(value: object) -> Tuple[str, str]:
    if not isinstance(value, dict):
        raise BadParams(f"reorderCards should be a dict: {shown(value)}")
    if "columnId" not in value or "order" not in value:
        raise BadParams('Must provide a "columnId" and a "order" property"')
    column, order = value["columnId"], value["order"]
    if order not in ORDERS:
        raise BadParams(f"invalid card order: {shown(order)}")
    if not isinstance(column, str):
        raise BadParams(f"invalid columnId: {shown(column)}")
    return column, order


def shown_columns(col: Collection) -> List[str]:
    """The columns that the browser shows or will show when it opens."""
    return list(compat.active_browser_columns(col))


@action(Scope.GUI)
def gui_select_card(mw: AnkiQt, col: Collection, card: CardId) -> bool:
    """Selects one card in the open browser, or its note where the browser shows notes.

    A card that is not among the rows shown leaves the selection alone. The browser stays where it is, also behind
    other windows.

    Args:
        card: card id

    Returns: true when a browser window is open, else false.

    Since: classic AnkiConnect, 2025-02
    """
    return selected(card)


@action(Scope.GUI)
def gui_select_note(mw: AnkiQt, col: Collection, note: CardId) -> bool:
    """Older spelling of `guiSelectCard`, which see: despite its name it takes a card id.

    A number that is no card but a note stands for the note's first card.

    Args:
        note: card id

    Returns: true when a browser window is open, else false.

    Since: classic AnkiConnect, 2024-01
    """
    is_card = col.db.scalar("select 1 from cards where id = ?", note)
    first = col.db.scalar("select id from cards where nid = ? order by ord limit 1", note)
    return selected(note if is_card or first is None else CardId(first))


def selected(card_id: CardId) -> bool:
    browser = fronting.open_window("Browser")
    if browser is None:
        return False
    compat.select_in_browser(browser, card_id)
    return True


@action(Scope.READ)
def gui_selected_notes(mw: AnkiQt, col: Collection) -> List[NoteId]:
    """Tells which notes are selected in the open browser.

    Returns: note ids; [] when no browser is open.
    """
    browser = fronting.open_window("Browser")
    return [] if browser is None else list(browser.table.get_selected_note_ids())


@action(Scope.GUI, undo="Edit Note")
def gui_edit_note(mw: AnkiQt, edit: Edit, note: NoteId) -> None:
    """Opens a note in a window of its own, with a preview, a way to the browser, and steps back and forth.

    A window that is open already comes to the front and shows the note; the notes that it showed before stay within
    reach of its buttons.

    Args:
        note: note id

    Returns: null.

    Errors:
        Note was not found: <id>
    """
    if not edit.col.db.scalar("select 1 from notes where id = ?", note):
        raise NotFound(f"Note was not found: {note}")
    edit_window.show(mw, note)


@action(Scope.GUI)
def gui_undo(mw: AnkiQt, col: Collection) -> "Future[bool]":
    """Undoes the last step, as the menu does; the reply comes when it is undone.

    Returns: true when something was undone, false when there was nothing to undo.

    Since: classic AnkiConnect, 2023
    """
    return main_window.undo(mw)


@action(Scope.GUI)
def gui_deck_overview(mw: AnkiQt, col: Collection, name: str) -> "Future[bool]":
    """Makes a deck the current one and shows its overview.

    Args:
        name: deck name; case is ignored

    Returns: true, or false for an unknown deck.
    """
    deck_id = Lookups(col).deck_id(name)
    return (
        background.known(result=False)
        if deck_id is None
        else main_window.show_overview(mw, deck_id)
    )


@action(Scope.GUI)
def gui_deck_browser(mw: AnkiQt, col: Collection) -> "Future[None]":
    """Shows the list of decks.

    Returns: null.

    Errors:
        collection is not available
    """
    return main_window.show_deck_list(mw)


@action(Scope.GUI)
def gui_deck_review(mw: AnkiQt, col: Collection, name: str) -> "Future[bool]":
    """Makes a deck the current one and starts reviewing it.

    When nothing is due Anki says so in the deck's overview, and `guiReviewActive` stays false.

    Args:
        name: deck name; case is ignored

    Returns: true, or false for an unknown deck.
    """
    deck_id = Lookups(col).deck_id(name)
    return background.known(result=False) if deck_id is None else main_window.review(mw, deck_id)


def scopes_of_import(arguments: Mapping[str, Any]) -> Set[Scope]:
    return {Scope.FILES} if arguments.get("path") else set()


@action(Scope.GUI, further_scopes=scopes_of_import)
def gui_import_file(mw: AnkiQt, col: Collection, path: Optional[str] = None) -> None:
    """Opens Anki's import window for a file, or asks the user for one.

    The reply comes at once; what is imported is up to the user.

    Args:
        path: the file, on Windows with forward slashes; a relative path begins in the media folder

    Returns: null.

    Errors:
        Failed to open '<path>': No such file or directory (os error 2)
        path should name a regular file: <path>
        Anki imports files that end in <endings>, and not '<path>'

    Since: classic AnkiConnect, 2023 or earlier
    """
    if path is None:
        main_window.ask_for_file(mw)
    else:
        main_window.import_file(mw, located(col, path))


@action(Scope.ADMIN)
def gui_exit_anki(mw: AnkiQt) -> None:
    """Closes Anki as its user does, about a second after the reply. Works without an open profile.

    Anki asks before it closes over a note that is half written.

    Returns: null.
    """
    fronting.refuse_behind_dialog(mw)
    fronting.refuse_behind_dialog(mw)
    main_window.exit_soon(mw)


class DatabaseCheck(TypedDict):
    """What a check has found."""

    ok: bool
    report: str


@action(Scope.GUI)
def gui_check_database(
    mw: AnkiQt, col: Collection, wait: bool = False
) -> "Future[Union[bool, DatabaseCheck]]":
    """Starts Anki's check of the database. Its findings are shown in Anki.

    As the check itself does, it empties Anki's list of steps to undo.

    Args:
        wait: reply when the check is over, with its findings

    Returns: true; with `wait` `{ok, report}`, where ok says that nothing was wrong and report what Anki shows.
    """
    check = main_window.check_database(mw)
    return check if wait else background.known(result=True)
