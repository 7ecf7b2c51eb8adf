"""Statistics: `actions/statistics.py` on a bare collection, and against what Anki's own screens are made of."""

import re
import time
from datetime import date, datetime, timedelta
from typing import Any, Dict, List

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
import pytest
from anki.cards import CardId
from anki.collection import Collection

from plugin import compat
from plugin.actions.scheduling import answer_cards, forget_cards, set_due_date
from plugin.actions.statistics import (
    card_reviews,
    get_collection_stats_html,
    get_latest_review_id,
    get_num_cards_reviewed_by_day,
    get_num_cards_reviewed_today,
    get_reviews_of_cards,
    insert_reviews,
)
from plugin.collection.edit import Edit
from plugin.errors import BadParams, Refused
from plugin.registry import ACTIONS
from tests.collection.card_samples import (
    DAY,
    UNKNOWN,
    Untouched,
    add,
    into_filtered,
    log,
    undo_name,
)

ROW = [1700000000500, 1001, -1, 3, 4, -600, 2500, 6157, 0]


def day_ends(col: Collection) -> int:
    return int(col.sched.day_cutoff)


def log_at(col: Collection, second: float, kind: int = 1, card: int = 1001, ease: int = 3) -> int:
    """Writes an entry of the review log as of that time."""
    return log(col, card, 4, ago=time.time() - second, kind=kind, ease=ease)


def knows_rescheduled_entries() -> bool:
    """Older versions take them, when they arrive by a sync, for answers."""
    from anki.stats_pb2 import RevlogEntry

    return "RESCHEDULED" in RevlogEntry.ReviewKind.keys()  # noqa: SIM118 - an enumeration, not a dictionary


def log_of_two_weeks(col: Collection) -> None:
    """Entries of every kind on several days, some at the edges of days."""
    ends = day_ends(col)
    for days_ago, answers in ((0, 5), (1, 1), (2, 4), (9, 2), (13, 7)):
        began = ends - (days_ago + 1) * DAY
        for number in range(answers):
            log_at(col, began + 60 + 7000 * number, kind=number % 4)
        log_at(col, began + 1)
        log_at(col, began + DAY - 1 - (DAY / 2 if days_ago == 0 else 0))
        log_at(col, began + 30, kind=4, ease=0)
        if knows_rescheduled_entries():
            log_at(col, began + 31, kind=5, ease=0)


# Counts


def test_nothing_is_counted_in_an_empty_log(col: Collection) -> None:
    assert get_num_cards_reviewed_today(col) == 0
    assert get_num_cards_reviewed_by_day(col) == []


def test_only_answers_since_the_day_began_count_today(col: Collection) -> None:
    began = day_ends(col) - DAY
    for kind in (0, 1, 2, 3):
        log_at(col, began + 10 + kind, kind=kind)
    log_at(col, began + 20, kind=4, ease=0)
    log_at(col, began + 21, kind=5, ease=0)
    log_at(col, began - 1)
    assert get_num_cards_reviewed_today(col) == 4


def test_answers_count_and_moves_of_the_schedule_do_not(col: Collection) -> None:
    [card] = add(col, "a")
    answer_cards(Edit(col), [{"cardId": card, "ease": 3}, {"cardId": card, "ease": 4}])
    forget_cards(Edit(col), [card])
    set_due_date(Edit(col), [card], "3")
    assert col.db.scalar("select count() from revlog") == 4
    assert get_num_cards_reviewed_today(col) == 2


def test_days_are_told_newest_first_without_empty_ones(col: Collection) -> None:
    ends = day_ends(col)
    for days_ago, answers in ((0, 1), (1, 3), (40, 2)):
        for number in range(answers):
            log_at(col, ends - days_ago * DAY - 1000 - number)
    log_at(col, ends - 3 * DAY - 1000, kind=4, ease=0)
    today = date.fromtimestamp(ends - DAY)
    told = [(today - timedelta(days=ago)).isoformat() for ago in (0, 1, 40)]
    assert get_num_cards_reviewed_by_day(col) == [[told[0], 1], [told[1], 3], [told[2], 2]]


def test_the_day_begins_when_anki_says(col: Collection) -> None:
    col.set_config("rollover", 4)
    ends = day_ends(col)
    assert datetime.fromtimestamp(ends).hour == 4
    log_at(col, ends - DAY + 60)
    log_at(col, ends - DAY - 60)
    today = datetime.fromtimestamp(ends - DAY).date()
    assert get_num_cards_reviewed_by_day(col) == [
        [today.isoformat(), 1],
        [(today - timedelta(days=1)).isoformat(), 1],
    ]


# Against Anki's own screens


def studied_today(col: Collection) -> int:
    """The number in the line below Anki's list of decks."""
    number = re.search(r"Studied\W*(\d+)", col.studied_today())
    assert number is not None
    return int(number[1])


def test_today_is_what_anki_says_below_the_decks(col: Collection) -> None:
    log_of_two_weeks(col)
    assert get_num_cards_reviewed_today(col) == studied_today(col) == 7


def answers_by_day_in_graphs(col: Collection) -> Dict[int, int]:
    """What the graph of reviews is drawn from: answers by how many days ago they were given."""
    graphs = col._backend.graphs(search="", days=365)
    found: Dict[int, int] = {}
    if hasattr(graphs, "reviews"):
        for day, kinds in graphs.reviews.count.items():
            found[-day] = sum(getattr(kinds, field.name) for field in kinds.DESCRIPTOR.fields)
        return {day: count for day, count in found.items() if count}
    # Up to 2.1.5x the page counts by itself, leaving out what was changed by hand.
    for entry in graphs.revlog:
        if entry.review_kind not in (4, 5):
            day = (graphs.next_day_at_secs - entry.id // 1000) // DAY
            found[day] = found.get(day, 0) + 1
    return found


def test_days_are_those_of_ankis_graph_of_reviews(col: Collection) -> None:
    log_of_two_weeks(col)
    today = date.fromtimestamp(day_ends(col) - DAY)
    drawn = answers_by_day_in_graphs(col)
    assert get_num_cards_reviewed_by_day(col) == [
        [(today - timedelta(days=ago)).isoformat(), drawn[ago]] for ago in sorted(drawn)
    ]
    assert sorted(drawn) == [0, 1, 2, 9, 13]


def test_the_report_is_ankis_own(col: Collection) -> None:
    add(col, "a", deck="Spanish")
    col.decks.select(col.decks.id("Empty"))
    whole, current = (get_collection_stats_html(col, whole_collection=one) for one in (True, False))
    assert "<center>" in whole
    assert whole != current
    assert get_collection_stats_html(col) == whole
    assert len(current) > 100


# The log


def test_the_log_of_a_deck_begins_after_an_id(col: Collection) -> None:
    [card] = add(col, "gato", deck="Spanish")
    [below] = add(col, "hablar", deck="Spanish::Verbs")
    first, second = log(col, card, -600, ago=90), log(col, card, 4, ago=50)
    log(col, below, 4)
    rows = [
        [first, card, -1, 3, -600, 0, 2500, 1000, 0],
        [second, card, -1, 3, 4, 0, 2500, 1000, 0],
    ]
    assert card_reviews(col, "Spanish", 0) == card_reviews(col, "sPANISH", "0") == rows
    assert card_reviews(col, "Spanish", first) == rows[1:]
    assert card_reviews(col, "Spanish", second) == []
    assert get_latest_review_id(col, "spanish") == second


def test_a_deck_that_is_not_there_has_no_log_and_is_not_made(col: Collection) -> None:
    col.decks.id("Empty")
    with Untouched(col):
        assert card_reviews(col, "Missing", 0) == card_reviews(col, "Empty", 0) == []
        assert get_latest_review_id(col, "Missing") == get_latest_review_id(col, "Empty") == 0


def test_the_log_belongs_to_the_deck_where_the_cards_are_now(col: Collection) -> None:
    [card] = add(col, "gato", deck="Spanish")
    review = log(col, card, 4)
    into_filtered(col, "gato")
    assert card_reviews(col, "Spanish", 0) == []
    assert get_latest_review_id(col, "Spanish") == 0
    assert get_latest_review_id(col, "Gathered") == review


@pytest.mark.parametrize("start", ["x", "", 1.5, True, None, [1], {}])
def test_a_start_that_is_no_number_is_refused(col: Collection, start: Any) -> None:
    with pytest.raises(BadParams, match=r"^startID should be an integer: "):
        card_reviews(col, **ACTIONS["cardReviews"].bind({"deck": "Default", "startID": start}))


def test_reviews_of_cards_are_told_for_every_asked_card(col: Collection) -> None:
    [card] = add(col, "a")
    second, first = log(col, card, 4, ago=50), log(col, card, -600, ago=90)
    asked = ACTIONS["getReviewsOfCards"].bind({"cards": [str(card), UNKNOWN, card]})
    entry = {"usn": -1, "ease": 3, "lastIvl": 0, "factor": 2500, "time": 1000, "type": 0}
    assert get_reviews_of_cards(col, **asked) == {
        str(card): [{"id": first, "ivl": -600, **entry}, {"id": second, "ivl": 4, **entry}],
        "7": [],
    }
    assert get_reviews_of_cards(col, []) == {}


# Inserting


def test_inserted_reviews_are_read_back_as_they_were(col: Collection) -> None:
    [card] = add(col, "gato", deck="Spanish")
    rows = [[ROW[0] + number, card, *ROW[2:]] for number in range(3)]
    rows[2][4] = -86400
    edit = Edit(col)
    insert_reviews(edit, rows)
    assert card_reviews(col, "Spanish", 0) == rows
    assert edit.changes is not None
    assert edit.changes.study_queues


def test_inserting_marks_the_collection_for_the_next_sync(col: Collection) -> None:
    col.db.execute("update col set mod = 5")
    insert_reviews(Edit(col), [ROW])
    compat.commit(col)
    assert col.db.scalar("select mod from col") > 5


def test_reviews_of_cards_that_are_not_there_are_taken(col: Collection) -> None:
    insert_reviews(Edit(col), [ROW])
    assert get_reviews_of_cards(col, [CardId(1001)])["1001"][0]["id"] == ROW[0]


def test_inserting_cannot_be_undone(col: Collection) -> None:
    add(col, "a")
    insert_reviews(Edit(col), [ROW])
    assert undo_name(col) == ""


def test_inserting_nothing_leaves_no_trace(col: Collection) -> None:
    add(col, "a")
    with Untouched(col):
        assert insert_reviews(Edit(col), []) is None


@pytest.mark.parametrize("kept", [0, 1])
def test_an_id_that_is_taken_refuses_all_rows(col: Collection, kept: int) -> None:
    rows = [ROW, [ROW[0] + 1, *ROW[1:]], ROW]
    insert_reviews(Edit(col), rows[:kept])
    add(col, "a")
    with Untouched(col), pytest.raises(Refused) as refused:
        insert_reviews(Edit(col), rows[kept:] if kept else rows)
    assert str(refused.value) == "UNIQUE constraint failed: revlog.id"


@pytest.mark.parametrize(
    "row",
    [
        *(5, None, "123456789", {}, [], ROW[:8], [*ROW, 0]),
        *([*ROW[:8], "0"], [*ROW[:8], None], [*ROW[:8], True], [*ROW[:8], 1.5]),
        [*ROW[:4], "(select count() from notes)", *ROW[5:]],
    ],
)
def test_what_is_no_row_of_nine_integers_refuses_all_rows(col: Collection, row: Any) -> None:
    add(col, "a")
    with Untouched(col), pytest.raises(BadParams) as refused:
        insert_reviews(Edit(col), [ROW, row])
    assert str(refused.value).startswith("reviews should contain rows of 9 integers: ")


def graphs_can_be_drawn(col: Collection) -> bool:
    try:
        col._backend.graphs(search="", days=365)
    except compat.anki_errors():
        return False
    return True


# By position in a row, what Anki can just read and what leaves its statistics screen empty.
EDGES = [
    *((3, 0, -1), (3, 255, 256)),
    *((4, -(2**31), -(2**31) - 1), (4, 2**31 - 1, 2**31)),
    *((5, -(2**31), -(2**31) - 1), (5, 2**31 - 1, 2**31)),
    (6, 2**32 - 1, 2**32),
]
NAMES = ("id", "cid", "usn", "ease", "ivl", "lastIvl", "factor", "time", "type")


@pytest.mark.parametrize(("position", "readable", "unreadable"), EDGES)
def test_rows_that_anki_could_not_read_back_are_refused(
    col: Collection, position: int, readable: int, unreadable: int
) -> None:
    now = int(time.time() * 1000)

    def row(value: int) -> List[int]:
        return [now, *ROW[1:position], value, *ROW[position + 1 :]]

    insert_reviews(Edit(col), [row(readable)])
    assert graphs_can_be_drawn(col)
    with Untouched(col), pytest.raises(BadParams, match=r"^reviews should contain \w+ from "):
        insert_reviews(Edit(col), [[now + 1, *row(unreadable)[1:]]])
    col.db.execute(f"update revlog set {NAMES[position]} = ?", unreadable)
    assert not graphs_can_be_drawn(col)


@pytest.mark.parametrize(
    ("position", "value"),
    [
        *((0, 0), (0, 2**53), (2, -(2**31) - 1), (2, 2**31)),
        *((7, -1), (7, 2**32), (8, -1), (8, 256)),
    ],
)
def test_rows_that_anki_would_misread_are_refused(
    col: Collection, position: int, value: int
) -> None:
    row = [*ROW[:position], value, *ROW[position + 1 :]]
    with Untouched(col), pytest.raises(BadParams, match=f"should contain {NAMES[position]} from "):
        insert_reviews(Edit(col), [row])


def test_a_negative_factor_becomes_none_so_that_anki_can_read_the_row(col: Collection) -> None:
    now = int(time.time() * 1000)
    insert_reviews(Edit(col), [[now, 1001, -1, 3, 4, -600, -5, 6157, 0]])
    assert get_reviews_of_cards(col, [CardId(1001)])["1001"][0]["factor"] == 0
    assert graphs_can_be_drawn(col)
