"""Answering cards without the review window: answerCards on a bare collection."""

from typing import Any, List

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
import pytest
from anki.cards import CardId
from anki.collection import Collection
from anki.decks import DeckId

from plugin.actions.scheduling import answer_cards
from plugin.collection.edit import Edit
from plugin.errors import BadParams
from plugin.registry import ACTIONS
from tests.collection.card_samples import (
    UNKNOWN,
    Untouched,
    add,
    columns,
    into_filtered,
    review_card,
    undo_name,
)
from tests.collection.whole_state import whole_state


def test_answers_are_one_step_that_can_be_undone(col: Collection) -> None:
    cards = [add(col, str(number))[0] for number in range(60)]
    before = whole_state(col)
    answers: List[Any] = [{"cardId": card, "ease": 4, "time": 1500} for card in cards]
    outcome = answer_cards(Edit(col, "AnkiConnect: Answer Cards"), [*answers, *answers[:2]])
    assert outcome == [True] * 62
    assert columns(col, cards[-1], "type, queue, reps") == [2, 2, 1]
    assert columns(col, cards[0], "reps") == [2]
    assert col.db.first("select count(), min(time), max(time), min(ease) from revlog") == [
        *(62, 1500, 1500, 4)
    ]
    assert undo_name(col) == "AnkiConnect: Answer Cards"
    col.undo()
    assert whole_state(col) == before


def test_each_ease_does_what_its_button_does(col: Collection) -> None:
    today = col.sched.today
    cards = [review_card(col, add(col, name)[0], ivl=100, due=today) for name in "1234"]
    eases = [1, "2", 3.0, 4]
    answers: List[Any] = [
        {"cardId": card, "ease": ease} for card, ease in zip([*cards, UNKNOWN], [*eases, 3])
    ]
    assert answer_cards(Edit(col), answers) == [True] * 4 + [False]
    assert col.db.list("select ease from revlog order by cid") == [1, 2, 3, 4]
    assert col.db.list("select distinct time from revlog") == [0]
    assert [columns(col, card, "type")[0] for card in cards] == [3, 2, 2, 2]
    intervals = [columns(col, card, "ivl")[0] for card in cards]
    assert intervals[1] < intervals[2] < intervals[3]


def test_suspended_and_buried_cards_are_answered_and_lose_that_state(col: Collection) -> None:
    hanging, buried = add(col, "a")[0], add(col, "b")[0]
    col.sched.suspend_cards([hanging])
    col.sched.bury_cards([buried])
    before = whole_state(col)
    answers: List[Any] = [{"cardId": card, "ease": 3} for card in (hanging, buried)]
    assert answer_cards(Edit(col), answers) == [True, True]
    assert [columns(col, card, "queue") for card in (hanging, buried)] == [[1], [1]]
    col.undo()
    assert whole_state(col) == before


def test_cards_are_answered_out_of_turn_while_a_review_is_going_on(col: Collection) -> None:
    cards = [add(col, str(number))[0] for number in range(4)]
    into_study_queue(col)
    before = whole_state(col)
    assert study_queue(col) == cards
    answers: List[Any] = [{"cardId": cards[at], "ease": 4} for at in (2, 1, 2)]
    assert answer_cards(Edit(col, "AnkiConnect: Answer Cards"), answers) == [True] * 3
    assert study_queue(col) == [cards[0], cards[3]]
    assert undo_name(col) == "AnkiConnect: Answer Cards"
    col.undo()
    assert whole_state(col) == before
    assert study_queue(col) == cards


def into_study_queue(col: Collection) -> None:
    """Has Anki's backend keep the queue. (Up to 23.09 only when the v3 scheduler is switched on.)"""
    if not col.v3_scheduler():
        col.set_v3_scheduler(True)


def study_queue(col: Collection) -> List[CardId]:
    return [CardId(each.card.id) for each in col.sched.get_queued_cards(fetch_limit=9).cards]


def test_an_answer_is_counted_by_the_deck(col: Collection) -> None:
    [card] = add(col, "a")
    studied = [col.decks.get(DeckId(1))["newToday"][1]]
    answer_cards(Edit(col), [{"cardId": card, "ease": 3}])
    studied.append(col.decks.get(DeckId(1))["newToday"][1])
    assert studied == [0, 1]


def test_no_card_to_answer_leaves_no_trace(col: Collection) -> None:
    add(col, "a")
    with Untouched(col):
        assert answer_cards(Edit(col), []) == []
        assert answer_cards(Edit(col), [{"cardId": UNKNOWN, "ease": 3}]) == [False]


@pytest.mark.parametrize("reschedule", [True, False])
def test_cards_of_filtered_decks_are_answered(col: Collection, reschedule: bool) -> None:
    card = review_card(col, add(col, "gato")[0])
    into_filtered(col, "gato", reschedule=reschedule)
    before = whole_state(col)
    assert answer_cards(Edit(col), [{"cardId": card, "ease": 4}]) == [True]
    assert col.db.scalar("select count() from revlog where cid = ?", card) == 1
    col.undo()
    assert whole_state(col) == before


@pytest.mark.parametrize("ease", [0, 5, "0", "x", 2.5, True, None, [3]])
def test_a_bad_ease_is_refused_before_the_first_answer(col: Collection, ease: Any) -> None:
    [card] = add(col, "a")
    answers: List[Any] = [{"cardId": card, "ease": 3}, {"cardId": card, "ease": ease}]
    with Untouched(col), pytest.raises(BadParams) as refused:
        answer_cards(Edit(col), answers)
    assert str(refused.value) == "invalid ease"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([{"ease": 3}], "missing required property 'cardId'"),
        ([{"cardId": 1}], "missing required property 'ease'"),
        (
            [{"cardId": 1, "ease": 3, "time": -1}],
            "answers[0].time should be a number of milliseconds: -1",
        ),
        ("x", "answers should be a list: x"),
    ],
)
def test_incomplete_answers_are_refused_at_the_door(answers: Any, reason: str) -> None:
    with pytest.raises(BadParams) as refused:
        ACTIONS["answerCards"].bind({"answers": answers})
    assert str(refused.value) == reason
