"""What is due, and moving cards' schedules: `actions/scheduling.py` on a bare collection. Answers: `test_answering`."""

import time
from typing import Any, Callable, List, Sequence

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
import pytest
from anki.cards import CardId
from anki.collection import Collection

from plugin.actions.cards import cards_info
from plugin.actions.scheduling import (
    answer_cards,
    are_due,
    are_suspended,
    forget_cards,
    get_intervals,
    relearn_cards,
    set_due_date,
    suspend,
    suspended,
    unsuspend,
)
from plugin.collection.edit import Edit
from plugin.errors import BadParams, NotFound
from tests.collection.card_samples import (
    DAY,
    UNKNOWN,
    Untouched,
    add,
    columns,
    into_filtered,
    learning_card,
    log,
    review_card,
    undo_name,
)
from tests.collection.whole_state import whole_state

# Suspending


def test_suspending_tells_whether_anything_changed(col: Collection) -> None:
    cards = [add(col, str(number))[0] for number in range(4)]
    before = whole_state(col)
    edit = Edit(col, "AnkiConnect: Suspend Cards")
    assert suspend(edit, [*cards, cards[0]]) is True
    assert are_suspended(col, [*cards, UNKNOWN]) == [True] * 4 + [None]
    assert suspended(col, cards[0]) is True
    assert undo_name(col) == "AnkiConnect: Suspend Cards"
    with Untouched(col):
        assert suspend(Edit(col), cards) is False
        assert suspend(Edit(col), []) is False
    col.undo()
    assert whole_state(col) == before
    assert suspended(col, cards[0]) is False


@pytest.mark.parametrize(
    "lift", [unsuspend, lambda edit, cards: suspend(edit, cards, suspend=False)]
)
def test_unsuspending_tells_whether_anything_was_suspended(
    col: Collection, lift: Callable[..., bool]
) -> None:
    new, other = add(col, "a")[0], add(col, "b")[0]
    reviewed = review_card(col, add(col, "c")[0])
    suspend(Edit(col), [new, reviewed])
    before = whole_state(col)
    assert lift(Edit(col), [new, reviewed, other]) is True
    assert [columns(col, card, "queue") for card in (new, reviewed, other)] == [[0], [2], [0]]
    col.undo()
    assert whole_state(col) == before
    lift(Edit(col), [new, reviewed])
    with Untouched(col):
        assert lift(Edit(col), [new, other]) is False
        assert lift(Edit(col), []) is False


def test_unsuspending_leaves_buried_cards_buried(col: Collection) -> None:
    buried, hanging = add(col, "a")[0], add(col, "b")[0]
    col.sched.bury_cards([buried])
    suspend(Edit(col), [hanging])
    assert unsuspend(Edit(col), [buried, hanging]) is True
    assert columns(col, buried, "queue")[0] < -1


@pytest.mark.parametrize("action", [suspend, unsuspend])
def test_an_unknown_card_refuses_the_whole_call(
    col: Collection, action: Callable[..., bool]
) -> None:
    cards = [add(col, "a")[0], add(col, "b")[0]]
    suspend(Edit(col), cards[1:])
    with Untouched(col), pytest.raises(NotFound) as refused:
        action(Edit(col), [*cards, CardId(999)])
    assert str(refused.value) == "Card was not found: 999"


def test_suspended_refuses_an_unknown_card(col: Collection) -> None:
    with pytest.raises(NotFound) as refused:
        suspended(col, UNKNOWN)
    assert str(refused.value) == "Card was not found: 7"


# Due


def test_what_is_due(col: Collection) -> None:
    today = col.sched.today
    new, hanging, buried = (add(col, name)[0] for name in ("new", "hanging", "buried"))
    col.sched.suspend_cards([hanging])
    col.sched.bury_cards([buried])
    due = review_card(col, add(col, "due")[0], due=today)
    later = review_card(col, add(col, "later")[0], due=today + 1)
    expected = {new: True, hanging: False, buried: False, due: True, later: False, UNKNOWN: None}
    assert are_due(col, list(expected)) == list(expected.values())
    assert are_due(col, [due, UNKNOWN, due]) == [True, None, True]
    assert are_due(col, []) == []


def test_long_learning_steps_are_due_when_they_are_over(col: Collection) -> None:
    now = time.time()
    names = ["short", "long", "over", "unlogged", "manual", "days"]
    short, long, over, unlogged, manual, days = (add(col, name)[0] for name in names)
    for card in (short, long, over, unlogged, manual):
        learning_card(col, card, now + 5)
    learning_card(col, days, col.sched.today, queue=3)
    log(col, short, -600)
    log(col, long, -600, ago=4000)
    log(col, long, -3600, ago=1000)
    log(col, over, -3600, ago=3700)
    log(col, manual, -600, ago=50)
    log(col, manual, -7200, ago=20, ease=0, kind=4)
    log(col, days, -2 * DAY, ago=DAY)
    cards = [short, long, over, unlogged, manual, days]
    by_search = set(col.find_cards("is:due"))
    assert by_search == set(cards)
    assert are_due(col, cards) == [True, False, True, True, True, False]


# Intervals


def test_intervals_are_the_latest_of_the_log_or_all_of_them(col: Collection) -> None:
    new = add(col, "new")[0]
    log(col, new, 12)
    reviewed = review_card(col, add(col, "reviewed")[0])
    for ago, interval in ((400, -60), (300, -600), (200, 1), (100, 4)):
        log(col, reviewed, interval, ago=ago)
    unlogged = review_card(col, add(col, "unlogged")[0], ivl=9)
    learning = learning_card(col, add(col, "learning")[0], time.time())
    log(col, learning, -600)
    cards = [reviewed, new, unlogged, learning, UNKNOWN, reviewed]
    assert get_intervals(col, cards) == [4, 0, 9, -600, None, 4]
    history = [-60, -600, 1, 4]
    assert get_intervals(col, cards, complete=True) == [history, [12], [], [-600], [], history]
    assert get_intervals(col, []) == get_intervals(col, [], complete=True) == []


def test_the_log_of_a_card_that_is_gone_is_no_history(col: Collection) -> None:
    log(col, UNKNOWN, 5)
    assert get_intervals(col, [UNKNOWN]) == [None]
    assert get_intervals(col, [UNKNOWN], complete=True) == [[]]


# Moving the schedule


def test_forgetting_resets_cards_and_can_be_undone(col: Collection) -> None:
    new = add(col, "a")[0]
    position = columns(col, new, "due")[0]
    answer_cards(Edit(col), [{"cardId": new, "ease": 4}])
    reviewed = review_card(col, add(col, "b")[0], reps=3, lapses=1)
    before = whole_state(col)
    forget_cards(Edit(col, "AnkiConnect: Reset Cards"), [new, reviewed, UNKNOWN, new])
    assert columns(col, new, "type, queue, due") == [0, 0, position]
    assert columns(col, reviewed, "type, queue, reps, lapses") == [0, 0, 3, 1]
    assert col.db.list("select cid from revlog where type = 4 order by cid") == [new, reviewed]
    assert undo_name(col) == "AnkiConnect: Reset Cards"
    col.undo()
    assert whole_state(col) == before


@pytest.mark.parametrize("action", [forget_cards, relearn_cards])
def test_no_card_to_move_leaves_no_trace(
    col: Collection, action: Callable[[Edit, List[CardId]], None]
) -> None:
    with Untouched(col):
        action(Edit(col), [])
        action(Edit(col), [UNKNOWN])
        assert set_due_date(Edit(col), [], "3") is True
        assert set_due_date(Edit(col), [UNKNOWN], 3) is True


def test_relearning_puts_cards_into_relearning_now(col: Collection) -> None:
    new, hanging, buried = (add(col, name)[0] for name in ("new", "hanging", "buried"))
    reviewed = review_card(col, add(col, "reviewed")[0], factor=2100)
    review_card(col, hanging)
    col.sched.suspend_cards([hanging])
    col.sched.bury_cards([buried])
    col.db.execute("update cards set usn = 5, mod = 5")
    before = whole_state(col)
    cards = [new, hanging, buried, reviewed]
    relearn_cards(Edit(col, "AnkiConnect: Relearn Cards"), [*cards, UNKNOWN, new])
    wanted = {new: (1, 2500), hanging: (4, 2500), buried: (1, 2500), reviewed: (4, 2100)}
    for card, (interval, ease) in wanted.items():
        assert columns(col, card, "type, queue, left, ivl, factor, usn") == [
            *(3, 1, 1, interval, ease, -1)
        ]
        due, mod = columns(col, card, "due, mod")
        assert abs(due - time.time()) < 5
        assert abs(mod - time.time()) < 5
    assert are_due(col, cards) == [True] * 4
    assert undo_name(col) == "AnkiConnect: Relearn Cards"
    col.undo()
    assert whole_state(col) == before


def test_a_relearned_card_can_be_answered_and_reset(col: Collection) -> None:
    [card] = add(col, "a")
    position = columns(col, card, "due")[0]
    relearn_cards(Edit(col), [card])
    assert len(cards_info(col, [card])[0]["nextReviews"]) == 4
    answer_cards(Edit(col), [{"cardId": card, "ease": 3}])
    assert columns(col, card, "type, queue")[0] == 2
    forget_cards(Edit(col), [card])
    assert columns(col, card, "type, due") == [0, position]


def test_relearning_counts_the_steps_of_the_cards_own_deck(col: Collection) -> None:
    [card] = add(col, "gato", deck="Spanish")
    options = col.decks.get_config(col.decks.add_config_returning_id("Two steps"))
    options["lapse"]["delays"] = [5, 20]
    col.decks.update_config(options)
    deck = col.decks.by_name("Spanish")
    deck["conf"] = options["id"]
    col.decks.save(deck)
    into_filtered(col, "gato")
    relearn_cards(Edit(col), [card])
    assert columns(col, card, "type, queue, left") == [3, 1, 2]


def test_a_card_relearned_in_a_filtered_deck_survives_its_emptying(col: Collection) -> None:
    card = review_card(col, add(col, "gato")[0])
    deck = into_filtered(col, "gato")
    before = whole_state(col)
    relearn_cards(Edit(col), [card])
    assert columns(col, card, "did, odid, type, queue") == [deck, 1, 3, 1]
    col.undo()
    assert whole_state(col) == before
    relearn_cards(Edit(col), [card])
    col.sched.empty_filtered_deck(deck)
    did, odid, odue, kind, queue, due = columns(col, card, "did, odid, odue, type, queue, due")
    assert (did, odid, odue, kind, queue) == (1, 0, 0, 3, 1)
    assert abs(due - time.time()) < 5


@pytest.mark.parametrize("change", ["did = 99", "odid = 0"])
def test_a_card_without_a_home_can_be_relearned(col: Collection, change: str) -> None:
    [card] = add(col, "gato")
    into_filtered(col, "gato")
    col.db.execute(f"update cards set {change} where id = ?", card)
    relearn_cards(Edit(col), [card])
    assert columns(col, card, "type, queue, left") == [3, 1, 1]


# Due dates


@pytest.mark.parametrize(
    ("days", "due", "interval"),
    [
        ("3", range(3, 4), 4),
        (3, range(3, 4), 4),
        ("0", range(1), 4),
        ("3-7", range(3, 8), 4),
        ("7-3", range(3, 8), 4),
        (" 3! ", range(3, 4), 3),
    ],
)
def test_cards_become_due_in_that_many_days(
    col: Collection, days: Any, due: Sequence[int], interval: int
) -> None:
    new = add(col, "a")[0]
    reviewed = review_card(col, add(col, "b")[0])
    before = whole_state(col)
    edit = Edit(col, "AnkiConnect: Set Due Date")
    assert set_due_date(edit, [new, reviewed, UNKNOWN, new], days) is True
    for card in (new, reviewed):
        kind, queue, day = columns(col, card, "type, queue, due")
        assert (kind, queue) == (2, 2)
        assert day - col.sched.today in due
    assert columns(col, reviewed, "ivl") == [interval]
    assert col.db.list("select cid from revlog where type = 4 order by cid") == [new, reviewed]
    assert undo_name(col) == "AnkiConnect: Set Due Date"
    col.undo()
    assert whole_state(col) == before


@pytest.mark.parametrize(
    "days", ["", "x", "-3", -3, "3-", "3!!", "3-7-9", "1.5", "٣", "99999999", "3\n4"]
)
def test_days_that_make_no_sense_are_refused(col: Collection, days: Any) -> None:
    [card] = add(col, "a")
    with Untouched(col), pytest.raises(BadParams) as refused:
        set_due_date(Edit(col), [card], days)
    assert str(refused.value) == f'days should look like "3", "3-7" or "3!": {days}'
