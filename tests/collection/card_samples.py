"""Cards of all sorts, and looking at what is stored of them."""

import time
from typing import Any, List

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
from anki.cards import CardId
from anki.collection import Collection
from anki.decks import DeckId

from tests.collection.whole_state import whole_state

UNKNOWN = CardId(7)
DAY = 86400


def add(col: Collection, *fields: str, kind: str = "Basic", deck: str = "Default") -> List[CardId]:
    """Adds a note and returns its cards."""
    note = col.new_note(col.models.by_name(kind))
    note.fields[: len(fields)] = fields
    col.add_note(note, DeckId(col.decks.id(deck)))
    return list(note.card_ids())


def change(col: Collection, card_id: CardId, **values: Any) -> None:
    card = col.get_card(card_id)
    for name, value in values.items():
        setattr(card, name, value)
    col.update_card(card)


def review_card(col: Collection, card_id: CardId, **more: Any) -> CardId:
    values = {"type": 2, "queue": 2, "ivl": 4, "due": col.sched.today + 4, "factor": 2500}
    change(col, card_id, **{**values, **more})
    return card_id


def learning_card(col: Collection, card_id: CardId, due: float, **more: Any) -> CardId:
    change(col, card_id, **{"type": 1, "queue": 1, "left": 1, "due": int(due), **more})
    return card_id


def log(
    col: Collection, card_id: int, interval: int, ago: float = 60, ease: int = 3, kind: int = 0
) -> int:
    """Writes an entry of the review log that is so many seconds old."""
    review_id = int((time.time() - ago) * 1000)
    while col.db.scalar("select 1 from revlog where id = ?", review_id):
        review_id += 1
    col.db.execute(
        "insert into revlog values (?, ?, -1, ?, ?, 0, 2500, 1000, ?)",
        review_id,
        card_id,
        ease,
        interval,
        kind,
    )
    return review_id


def columns(col: Collection, card_id: int, names: str) -> List[Any]:
    [row] = col.db.all(f"select {names} from cards where id = ?", card_id)
    return list(row)


def into_filtered(col: Collection, search: str, *, reschedule: bool = True) -> DeckId:
    """Gathers what the search finds in a new filtered deck."""
    deck = col.sched.get_or_create_filtered_deck(DeckId(0))
    deck.name = "Gathered"
    deck.config.reschedule = reschedule
    del deck.config.search_terms[:]
    term = deck.config.search_terms.add()
    term.search = search
    term.limit = 100
    return DeckId(col.sched.add_or_update_filtered_deck(deck).id)


def undo_name(col: Collection) -> str:
    return str(col.undo_status().undo)


class Untouched:
    """Fails when the block changes anything, or leaves an entry in the undo list."""

    def __init__(self, col: Collection) -> None:
        self.col = col

    def __enter__(self) -> None:
        self.before = (whole_state(self.col), undo_name(self.col))

    def __exit__(self, *_: Any) -> None:
        assert (whole_state(self.col), undo_name(self.col)) == self.before
