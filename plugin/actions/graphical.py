"""Anki's windows."""

from typing import Annotated, Any, List, Optional, Tuple

import aqt
from anki.cards import CardId
from anki.collection import Collection
from aqt.main import AnkiQt

from .. import compat
from ..errors import BadParams
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


@action(Scope.GUI, former={"browse": 4})
def gui_browse(
    mw: AnkiQt,
    col: Collection,
    query: Optional[str] = None,
    reorder_cards: ReorderCards = None,
) -> List[CardId]:
    """Opens Anki's browser, or raises the open one, and searches.

    Without a query the browser only opens. Query and order are checked before any window is touched.

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
    found = [] if query is None else list(col.find_cards(query))
    order = None if reorder_cards is None else read_order(reorder_cards)
    if order is not None and order[0] not in shown_columns(col):
        raise BadParams(f"invalid columnId: {order[0]}")
    browser = aqt.dialogs.open("Browser", mw)
    browser.activateWindow()
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
