"""Reading the rows of many cards at once: one query, however many ids."""

import json
from typing import Any, Dict, Iterable, List, Sequence

from anki.cards import CardId
from anki.collection import Collection

from ..errors import NotFound
from .stored_ids import fitting


def card_rows(col: Collection, columns: str, card_ids: Iterable[int]) -> Dict[CardId, List[Any]]:
    """The wanted columns of those cards that exist, by id. `columns` is SQL, and never comes from a client."""
    rows = col.db.all(
        f"select id, {columns} from cards where id in (select value from json_each(?))",
        json.dumps(list(dict.fromkeys(card_ids))),
    )
    return {row[0]: row[1:] for row in rows}


def card_values(col: Collection, column: str, card_ids: Iterable[int]) -> Dict[CardId, Any]:
    """One column of those cards that exist, by id."""
    rows = col.db.all(
        f"select id, {column} from cards where id in (select value from json_each(?))",
        json.dumps(list(card_ids)),
    )
    return dict(rows)


def existing_cards(col: Collection, card_ids: Sequence[CardId]) -> List[CardId]:
    """Those of the cards that exist, each once, in the given order."""
    return fitting(col, "cards", card_ids)


def existing_values(col: Collection, column: str, card_ids: Sequence[CardId]) -> Dict[CardId, Any]:
    """One column of all the cards; raises NotFound for the first that does not exist."""
    known = card_values(col, column, card_ids)
    for card_id in card_ids:
        if card_id not in known:
            raise NotFound(f"Card was not found: {card_id}")
    return known
