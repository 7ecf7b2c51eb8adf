"""Reading about a thousand cards or notes asks the database as often as reading about ten."""

import time
from collections import Counter
from typing import Any, Callable, Dict, List, NamedTuple

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
import pytest
from anki.cards import CardId
from anki.collection import Collection
from anki.notes import NoteId

from plugin.actions.cards import cards_info, cards_mod_time, cards_to_notes, get_ease_factors
from plugin.actions.notes import notes_info, notes_mod_time
from plugin.actions.scheduling import are_due, are_suspended, get_intervals
from plugin.actions.statistics import get_reviews_of_cards


class Counted:
    """Counts what is asked of a collection's database and of its backend, and lets it through."""

    def __init__(self, col: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: "Counter[str]" = Counter()
        backend = type(col._backend)
        for owner, name in (
            (type(col.db), "_query"),
            (type(col.db), "executemany"),
            (backend, "_run_command"),
        ):
            monkeypatch.setattr(owner, name, self.counting(getattr(owner, name), name))

    def counting(self, original: Callable[..., Any], name: str) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.calls[name] += 1
            return original(*args, **kwargs)

        return counted


class Many(NamedTuple):
    notes: List[NoteId]
    cards: List[CardId]


# By column: card, note, deck, template, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, odue, ...
CARD = "insert into cards values (?, ?, ?, ?, ?, -1, ?, ?, ?, 4, 2500, 1, 0, 1, 0, 0, 0, '{}')"
NOTE = "insert into notes values (?, ?, ?, ?, -1, ' a b ', ?, ?, 0, 0, '')"
LOG = "insert into revlog values (?, ?, -1, 3, ?, 0, 2500, 1000, 0)"


@pytest.fixture
def many(col: Collection) -> Many:
    """A thousand notes of two types with a card each, of all sorts, in two decks, with a review log."""
    now = int(time.time())
    numbers = range(1000)
    types = [col.models.by_name(name)["id"] for name in ("Basic", "Basic (and reversed card)")]
    decks = [1, col.decks.id("Spanish")]
    dues = (5, now, col.sched.today, 0)
    found = Many([NoteId(2_000_000 + n) for n in numbers], [CardId(1_000_000 + n) for n in numbers])
    col.db.executemany(
        NOTE,
        [
            (found.notes[n], f"guid{n}", types[n % 2], now, f"front{n}\x1fback", f"front{n}")
            for n in numbers
        ],
    )
    col.db.executemany(
        CARD,
        [
            (
                found.cards[n],
                found.notes[n],
                decks[n % 2],
                0,
                now,
                n % 4,
                (0, 1, 2, -1)[n % 4],
                dues[n % 4],
            )
            for n in numbers
        ],
    )
    log = [(card, ago, ivl) for ago, ivl in ((9000, -600), (3000, -3600)) for card in found.cards]
    col.db.executemany(LOG, [((now - ago) * 1000 + card, card, ivl) for card, ago, ivl in log])
    return found


READS: Dict[str, Callable[[Collection, Many], Any]] = {
    "notesInfo": lambda col, many: notes_info(col, "User 1", notes=many.notes),
    "notesModTime": lambda col, many: notes_mod_time(col, many.notes),
    "cardsModTime": lambda col, many: cards_mod_time(col, many.cards),
    "areSuspended": lambda col, many: are_suspended(col, many.cards),
    "areDue": lambda col, many: are_due(col, many.cards),
    "getIntervals": lambda col, many: get_intervals(col, many.cards),
    "getIntervals complete": lambda col, many: get_intervals(col, many.cards, complete=True),
    "getEaseFactors": lambda col, many: get_ease_factors(col, many.cards),
    "getReviewsOfCards": lambda col, many: get_reviews_of_cards(col, many.cards),
    "cardsToNotes": lambda col, many: cards_to_notes(col, many.cards),
    "cardsInfo of what is stored": lambda col, many: cards_info(
        col, many.cards, keys=["cardId", "deckName", "modelName", "fields", "css", "flags", "mod"]
    ),
}
# The searches, lists of decks and note types, and statements of the most expensive of them.
MOST_CALLS = 6


def cost(col: Collection, read: Callable[[], Any]) -> "Counter[str]":
    with pytest.MonkeyPatch.context() as patched:
        counted = Counted(col, patched)
        read()
    return counted.calls


@pytest.mark.parametrize("name", list(READS))
def test_a_thousand_cost_as_many_calls_as_ten(col: Collection, many: Many, name: str) -> None:
    ten = Many(many.notes[:10], many.cards[:10])
    READS[name](col, ten)  # fills what Anki itself keeps, such as note types
    few = cost(col, lambda: READS[name](col, ten))
    assert cost(col, lambda: READS[name](col, many)) == few
    assert 1 <= sum(few.values()) <= MOST_CALLS


@pytest.mark.parametrize("name", list(READS))
def test_each_of_the_thousand_is_told_about(col: Collection, many: Many, name: str) -> None:
    found = READS[name](col, many)
    assert len(found) == 1000
    told = list(found.values()) if isinstance(found, dict) else found
    assert all(one is not None and one not in ({}, []) for one in told)


def test_counting_counts_what_is_asked_one_by_one(col: Collection, many: Many) -> None:
    calls = cost(col, lambda: [col.get_card(card) for card in many.cards[:10]])
    assert sum(calls.values()) == 10
    calls = cost(col, lambda: [col.db.scalar("select ?", card) for card in many.cards[:10]])
    assert sum(calls.values()) == 10


def test_parts_of_cards_cost_only_what_they_tell(col: Collection, many: Many) -> None:
    def of_fifty(**options: Any) -> int:
        calls = cost(col, lambda: cards_info(col, many.cards, limit=50, **options))
        return sum(calls.values())

    cards_info(col, many.cards[:10])
    assert of_fifty(keys=["cardId", "fields"]) <= MOST_CALLS
    assert of_fifty(keys=["question"]) > 50
    assert of_fifty(render=False) < of_fifty()
