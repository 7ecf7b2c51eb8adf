"""Statistics: the review log, counted and read as Anki's own screens do."""

import json
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Dict, List, Sequence, TypedDict

from anki.cards import CardId
from anki.collection import Collection

from .. import compat
from ..collection.edit import Edit
from ..collection.lookups import Lookups
from ..errors import BadParams, Refused
from ..registry import Scope, action, always, in_large_collections, more_than
from ..shapes import Documented, json_type, read_id, shown

DAY_SECONDS = 86400
# Kinds of entries that are no answers: changed by hand, rescheduled by Anki.
ANSWERS = "type not in (4, 5)"


@action(Scope.READ)
def get_num_cards_reviewed_today(col: Collection) -> int:
    """Counts the answers given since the Anki day began, as Anki's line "Studied ... today" does.

    Returns: number of answers.
    """
    began = (col.sched.day_cutoff - DAY_SECONDS) * 1000
    return int(col.db.scalar(f"select count() from revlog where id > ? and {ANSWERS}", began))


DayCount = Annotated[
    Any,
    Documented(
        {
            "type": "array",
            "prefixItems": [{"type": "string"}, {"type": "integer"}],
            "minItems": 2,
            "maxItems": 2,
        }
    ),
]


@action(Scope.READ, long=in_large_collections)
def get_num_cards_reviewed_by_day(col: Collection) -> List[DayCount]:
    """Counts the answers of each Anki day. Days without answers are left out.

    Returns: `["YYYY-MM-DD", count]` a day, newest day first.
    """
    ends = col.sched.day_cutoff
    counts: Dict[int, int] = {}
    for days_ago, count in col.db.all(
        f"select (? - id) / ?, count() from revlog where {ANSWERS} group by 1",
        ends * 1000,
        DAY_SECONDS * 1000,
    ):
        # As in today's count, whatever is later than today's end belongs to today.
        counts[max(0, days_ago)] = counts.get(max(0, days_ago), 0) + count
    today = anki_date(ends)
    return [
        [(today - timedelta(days=days_ago)).isoformat(), counts[days_ago]]
        for days_ago in sorted(counts)
    ]


def anki_date(day_ends: int) -> date:
    """The date of the Anki day that ends then."""
    return datetime.fromtimestamp(day_ends).date() - timedelta(days=1)


@action(Scope.READ, name="getCollectionStatsHTML", long=always)
def get_collection_stats_html(col: Collection, whole_collection: bool = True) -> str:
    """Returns Anki's classic statistics report. Its graphs need the scripts of Anki's own page.

    Args:
        wholeCollection: false limits the report to the current deck and its sub-decks

    Returns: HTML text.
    """
    stats = col.stats()
    stats.wholeCollection = whole_collection
    return str(stats.report())


COLUMNS = "id, cid, usn, ease, ivl, lastIvl, factor, time, type"
IN_DECK = "cid in (select id from cards where did = ?)"
REVIEW_ID = Documented({"anyOf": [{"type": "integer"}, {"type": "string"}]})


@action(Scope.READ, wire={"start_id": "startID"}, long=in_large_collections)
def card_reviews(
    col: Collection, deck: str, start_id: Annotated[Any, REVIEW_ID]
) -> List[List[int]]:
    """Reads the review log of the cards that are in the deck now; sub-decks are not included.

    Args:
        deck: deck name; case is ignored
        startID: only reviews with a larger id (milliseconds since 1970)

    Returns: rows `[id, card, usn, ease, interval, last interval, factor, time, type]`, oldest first; [] for an unknown
        deck. id and time are in milliseconds.

    Errors:
        startID should be an integer: <value>
    """
    after = read_start(start_id)
    deck_id = Lookups(col).deck_id(deck)
    if deck_id is None:
        return []
    return list(
        col.db.all(
            f"select {COLUMNS} from revlog where {IN_DECK} and id > ? order by id", deck_id, after
        )
    )


def read_start(value: Any) -> int:
    try:
        return read_id(value, "startID")
    except BadParams:
        raise BadParams(f"startID should be an integer: {shown(value)}") from None


class Review(TypedDict):
    """One entry of the review log: intervals in days when positive, in seconds when negative; time in ms."""

    id: int
    usn: int
    ease: int
    ivl: int
    lastIvl: int
    factor: int
    time: int
    type: int


@action(Scope.READ, long=more_than(500, "cards"))
def get_reviews_of_cards(col: Collection, cards: List[CardId]) -> Dict[str, List[Review]]:
    """Reads the review log of each card.

    Args:
        cards: card ids

    Returns: object card id to reviews `{id, usn, ease, ivl, lastIvl, factor, time, type}`, oldest first; [] for an
        unknown id.

    Since: classic AnkiConnect, 2023 or earlier
    """
    found: Dict[str, List[Review]] = {str(card_id): [] for card_id in cards}
    for row in col.db.all(
        f"select {COLUMNS} from revlog where cid in (select value from json_each(?)) order by id",
        json.dumps(list(dict.fromkeys(cards))),
    ):
        found[str(row[1])].append(review(*row))
    return found


def review(
    review_id: int,
    _card_id: int,
    usn: int,
    ease: int,
    interval: int,
    last_interval: int,
    factor: int,
    taken: int,
    kind: int,
) -> Review:
    return {
        "id": review_id,
        "usn": usn,
        "ease": ease,
        "ivl": interval,
        "lastIvl": last_interval,
        "factor": factor,
        "time": taken,
        "type": kind,
    }


@action(Scope.READ, name="getLatestReviewID", long=in_large_collections)
def get_latest_review_id(col: Collection, deck: str) -> int:
    """Tells the newest review of the cards that are in the deck now; sub-decks are not included.

    Args:
        deck: deck name; case is ignored

    Returns: the largest review id, 0 when there is none or no such deck.
    """
    deck_id = Lookups(col).deck_id(deck)
    if deck_id is None:
        return 0
    return int(col.db.scalar(f"select max(id) from revlog where {IN_DECK}", deck_id) or 0)


SIGNED_32 = range(-(2**31), 2**31)
UNSIGNED_32 = range(2**32)
# What Anki reads back as it was written, column by column. One row beyond that is misread, or, in most columns, keeps
# the whole statistics screen empty.
READABLE = (
    range(1, 2**53),
    range(-(2**63), 2**63),
    SIGNED_32,
    range(256),
    SIGNED_32,
    SIGNED_32,
    UNSIGNED_32,
    UNSIGNED_32,
    range(256),
)
FACTOR = COLUMNS.split(", ").index("factor")
ReviewRow = Annotated[
    Any,
    Documented(
        {
            "type": "array",
            "items": {"type": "integer"},
            "minItems": len(READABLE),
            "maxItems": len(READABLE),
        }
    ),
]
INSERT = f"insert into revlog ({COLUMNS}) select " + ", ".join(
    f"json_extract(value, '$[{position}]')" for position in range(len(READABLE))
)


@action(Scope.WRITE, undo="Insert Reviews")
def insert_reviews(edit: Edit, reviews: List[ReviewRow]) -> None:
    """Adds rows to the review log, all or none. The cards themselves are not touched, and need not exist.

    Anki has no operation for this that can be undone: the call cannot be undone, and it empties Anki's undo list. Rows
    that Anki would not read back are refused; a negative factor is stored as 0, Anki's word for none.

    Args:
        reviews: rows as `cardReviews` returns them; usn -1 has the row synchronised

    Returns: null.

    Errors:
        reviews should contain rows of 9 integers: <row>
        reviews should contain <column> from <least> to <most>: <row>
        UNIQUE constraint failed: revlog.id
    """
    rows = [read_row(row) for row in reviews]
    if not rows:
        return
    refuse_known(edit.col, [row[0] for row in rows])
    with edit.step():
        edit.col.db.execute(f"{INSERT} from json_each(?)", json.dumps(rows))
        compat.mark_modified(edit.col)


def read_row(row: Any) -> List[int]:
    if (
        not isinstance(row, list)
        or len(row) != len(READABLE)
        or any(json_type(value) != "integer" for value in row)
    ):
        raise BadParams(f"reviews should contain rows of 9 integers: {shown(row)}")
    numbers = [int(value) for value in row]
    numbers[FACTOR] = max(0, numbers[FACTOR])
    for name, number, readable in zip(COLUMNS.split(", "), numbers, READABLE):
        if number not in readable:
            bounds = f"from {readable.start} to {readable.stop - 1}"
            raise BadParams(f"reviews should contain {name} {bounds}: {shown(row)}")
    return numbers


def refuse_known(col: Collection, ids: Sequence[int]) -> None:
    known = col.db.scalar(
        "select count() from revlog where id in (select value from json_each(?))", json.dumps(ids)
    )
    if known or len(set(ids)) < len(ids):
        raise Refused("UNIQUE constraint failed: revlog.id")
