"""Cards: what is due, and what moves a card's schedule."""

import json
import re
import time
from typing import AbstractSet, Annotated, Any, Dict, List, Optional, Sequence, TypedDict, Union

from anki.cards import Card, CardId
from anki.collection import Collection
from anki.consts import (
    CARD_TYPE_NEW,
    CARD_TYPE_RELEARNING,
    QUEUE_TYPE_DAY_LEARN_RELEARN,
    QUEUE_TYPE_LRN,
    QUEUE_TYPE_NEW,
    QUEUE_TYPE_SUSPENDED,
)
from anki.decks import DEFAULT_DECK_ID, DeckId

from .. import compat
from ..collection.edit import Edit
from ..collection.stored_cards import card_values, existing_cards, existing_values
from ..collection.stored_ids import fitting
from ..errors import BadParams
from ..registry import Scope, action, more_than
from ..shapes import Documented, Rule, read_id, shown

CATEGORY = "cards"


@action(Scope.WRITE, undo="Suspend Cards")
def suspend(edit: Edit, cards: List[CardId], suspend: bool = True) -> bool:
    """Suspends every listed card.

    Cards that are suspended already may be in the list. One unknown id refuses the whole call.

    Args:
        cards: card ids
        suspend: false lifts the suspension instead, as `unsuspend` does

    Returns: true when at least one card changed its state, else false.

    Errors:
        Card was not found: <id>
    """
    return set_suspended(edit, cards, wanted=suspend)


@action(Scope.WRITE, undo="Unsuspend Cards")
def unsuspend(edit: Edit, cards: List[CardId]) -> bool:
    """Lifts the suspension of every listed card. One unknown id refuses the whole call.

    Args:
        cards: card ids

    Returns: true when at least one card was suspended before, else false.

    Errors:
        Card was not found: <id>
    """
    return set_suspended(edit, cards, wanted=False)


def set_suspended(edit: Edit, cards: Sequence[CardId], *, wanted: bool) -> bool:
    lacking = f"queue {'<>' if wanted else '='} {QUEUE_TYPE_SUSPENDED}"
    changing = fitting(edit.col, "cards", cards, lacking)
    if len(changing) < len(cards):
        existing_values(edit.col, "queue", cards)  # one unknown id refuses the whole call
    if not changing:
        return False
    with edit.step():
        if wanted:
            edit.col.sched.suspend_cards(changing)
        else:
            edit.col.sched.unsuspend_cards(changing)
    return True


@action(Scope.READ)
def suspended(col: Collection, card: CardId) -> bool:
    """Tells whether the card is suspended.

    Args:
        card: card id

    Returns: true or false.

    Errors:
        Card was not found: <id>
    """
    return bool(existing_values(col, "queue", [card])[card] == QUEUE_TYPE_SUSPENDED)


@action(Scope.READ, long=more_than(2000, "cards"))
def are_suspended(col: Collection, cards: List[CardId]) -> List[Optional[bool]]:
    """Tells for each card whether it is suspended.

    Args:
        cards: card ids

    Returns: in request order true, false, or null for an unknown id.
    """
    queues = card_values(col, "queue", cards)
    return [queues[one] == QUEUE_TYPE_SUSPENDED if one in queues else None for one in cards]


# From here on a step counts as long: until it is over the card is not due, whatever Anki's search says.
LONG_STEP_SECONDS = 20 * 60


@action(Scope.READ, long=more_than(500, "cards"))
def are_due(col: Collection, cards: List[CardId]) -> List[Optional[bool]]:
    """Tells for each card whether it could be studied now.

    New cards are due. A learning card whose last step is longer than 20 minutes is due when that step is over; for
    everything else Anki's search `is:due` decides. Suspended and buried cards are not due.

    Args:
        cards: card ids

    Returns: in request order true, false, or null for an unknown id.
    """
    queues = card_values(col, "queue", cards)
    due = found_due(col, [one for one in queues if queues[one] > QUEUE_TYPE_NEW])
    learning = (QUEUE_TYPE_LRN, QUEUE_TYPE_DAY_LEARN_RELEARN)
    due.update(long_steps(col, [one for one in queues if queues[one] in learning]))
    due.update((one, True) for one in queues if queues[one] == QUEUE_TYPE_NEW)
    return [due.get(one, False) if one in queues else None for one in cards]


def found_due(col: Collection, cards: Sequence[CardId]) -> Dict[CardId, bool]:
    """Those of the cards that Anki's search finds due."""
    if not cards:
        return {}
    return dict.fromkeys(col.find_cards(f"is:due cid:{','.join(map(str, cards))}"), True)


def long_steps(col: Collection, cards: Sequence[CardId]) -> Dict[CardId, bool]:
    """Those of the cards whose last answer put them into a long step, and whether it is over."""
    rows = col.db.all(
        "select cid, max(id), ivl from revlog "
        "where cid in (select value from json_each(?)) and type not in (4, 5) group by cid",
        json.dumps(cards),
    )
    now = time.time()
    return {
        card_id: answered / 1000 - interval <= now
        for card_id, answered, interval in rows
        if interval < -LONG_STEP_SECONDS
    }


# New cards have none, whatever their log says; without a log the card's own counts.
LATEST_INTERVAL = f"""
case type when {int(CARD_TYPE_NEW)} then 0
else coalesce((select ivl from revlog where cid = cards.id order by id desc limit 1), ivl) end
"""


@action(Scope.READ, long=more_than(1000, "cards"))
def get_intervals(
    col: Collection, cards: List[CardId], complete: bool = False
) -> List[Union[int, List[int], None]]:
    """Reads the intervals of the cards from the review log: positive ones are days, negative ones seconds.

    Args:
        cards: card ids
        complete: true returns the whole history of each card

    Returns: in request order the latest interval: 0 for a new card, the card's own interval for one without a review
        log, null for an unknown id. With `complete` a list a card, oldest first, [] when there is no history.
    """
    if complete:
        logged = logged_intervals(col, existing_cards(col, cards))
        return [logged.get(card_id, []) for card_id in cards]
    known = card_values(col, LATEST_INTERVAL, cards)
    return [known.get(card_id) for card_id in cards]


def logged_intervals(col: Collection, cards: Sequence[CardId]) -> Dict[CardId, List[int]]:
    found: Dict[CardId, List[int]] = {}
    for card_id, interval in col.db.all(
        "select cid, ivl from revlog where cid in (select value from json_each(?)) order by id",
        json.dumps(cards),
    ):
        found.setdefault(CardId(card_id), []).append(interval)
    return found


@action(Scope.WRITE, undo="Reset Cards")
def forget_cards(edit: Edit, cards: List[CardId]) -> None:
    """Makes cards new again, as Anki's own Reset does.

    The original position is restored where it is known, counts of reviews and lapses stay, and the review log gets
    one manual entry a card.

    Args:
        cards: card ids; unknown ones are ignored

    Returns: null.
    """
    known = existing_cards(edit.col, cards)
    if known:
        with edit.step():
            edit.col.sched.schedule_cards_as_new(known, restore_position=True, reset_counts=False)


@action(Scope.WRITE, undo="Relearn Cards")
def relearn_cards(edit: Edit, cards: List[CardId]) -> None:
    """Puts cards into relearning, due now, at the first relearning step of their deck.

    A card without an interval gets one day, a card without an ease the ease its deck begins with. Suspended and
    buried cards lose that state.

    Args:
        cards: card ids; unknown ones are ignored

    Returns: null.
    """
    known = existing_cards(edit.col, cards)
    if not known:
        return
    changed = [edit.col.get_card(card_id) for card_id in known]
    options = deck_options(edit.col, {card.current_deck_id() for card in changed})
    now = int(time.time())
    for card in changed:
        put_into_relearning(card, options[card.current_deck_id()], now)
    with edit.step():
        edit.col.update_cards(changed)


def deck_options(col: Collection, deck_ids: AbstractSet[DeckId]) -> Dict[DeckId, Any]:
    """The options of the decks; of those that are no home for cards, missing ones say, the default deck's."""
    homes = {deck.id for deck in col.decks.all_names_and_ids(include_filtered=False)}
    return {
        one: col.decks.config_dict_for_deck_id(one if one in homes else DEFAULT_DECK_ID)
        for one in deck_ids
    }


def put_into_relearning(card: Card, options: Any, now: int) -> None:
    if card.type == CARD_TYPE_NEW and card.original_position is None:
        # What the answer to a new card notes too, so that a reset finds the place again.
        card.original_position = max(0, card.odue if card.odid else card.due)
    card.type = CARD_TYPE_RELEARNING
    card.queue = QUEUE_TYPE_LRN
    card.due = now
    # In a filtered deck the first answer ends the original due date.
    card.odue = 0
    card.left = len(options["lapse"]["delays"]) or 1
    card.ivl = max(1, card.ivl)
    card.factor = card.factor or options["new"]["initialFactor"]


class AnswerBase(TypedDict):
    cardId: CardId
    ease: Annotated[
        Any,
        Documented(
            {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 4}, {"enum": [*"1234"]}]}
        ),
    ]


MILLISECONDS = range(2**32)
Milliseconds = Annotated[
    int,
    Rule(
        "a number of milliseconds",
        lambda number: number in MILLISECONDS,
        {"minimum": MILLISECONDS.start, "maximum": MILLISECONDS.stop - 1},
    ),
]


class Answer(AnswerBase, total=False):
    """The answer to one card: ease 1 is Again, 2 Hard, 3 Good, 4 Easy; time is what it took."""

    time: Optional[Milliseconds]


@action(Scope.WRITE, undo="Answer Cards")
def answer_cards(edit: Edit, answers: List[Answer]) -> List[bool]:
    """Answers cards through the scheduler, without the review window.

    Suspended and buried cards are answered too, and lose that state. The time in the review log is 0 where none is
    given. On Anki 2.1.50 to 23.09 the answer is given by Anki's v3 scheduler even where v2 is switched on, because
    answers of v2 cannot be undone together.

    Args:
        answers: list of `{cardId, ease, time?}`: ease 1 Again, 2 Hard, 3 Good, 4 Easy; time in milliseconds

    Returns: in request order true when the card was answered, false when it does not exist.

    Errors:
        invalid ease
        missing required property 'cardId'
        missing required property 'ease'

    Since: classic AnkiConnect, 2023
    """
    eases = [read_ease(answer["ease"]) for answer in answers]
    known = set(existing_cards(edit.col, [answer["cardId"] for answer in answers]))
    if known:
        with edit.step():
            end_study_queue(edit.col, next(iter(known)))
            for answer, ease in zip(answers, eases):
                if answer["cardId"] in known:
                    taken = answer.get("time") or 0
                    compat.answer_card(edit.col, answer["cardId"], ease, taken)
                    edit.done()
    return [answer["cardId"] in known for answer in answers]


def end_study_queue(col: Collection, card_id: CardId) -> None:
    """Has Anki forget the queue of the review that is going on, if there is one, and build it anew when asked.

    As long as it has a queue it answers no other card than the topmost. Writing any card ends the queue.
    """
    col.update_cards([col.get_card(card_id)])


def read_ease(value: Any) -> int:
    try:
        ease = read_id(value, "ease")
    except BadParams:
        ease = 0
    if ease not in range(1, 5):
        raise BadParams("invalid ease")
    return ease


# Seven digits are more days than any calendar has, and far from where Anki's own numbers overflow.
DAYS = re.compile(r"[0-9]{1,7}(-[0-9]{1,7})?!?", re.ASCII)


@action(Scope.WRITE, undo="Set Due Date")
def set_due_date(edit: Edit, cards: List[CardId], days: Union[int, str]) -> bool:
    """Makes cards due on a day counted from today, as Anki's own Set Due Date does.

    New cards become review cards. The review log gets one manual entry a card.

    Args:
        cards: card ids; unknown ones are ignored
        days: "3" is in three days and "0" today, "3-7" a random day from the third to the seventh; with a "!" at the
            end the interval becomes the same number. An integer means that many days.

    Returns: true.

    Errors:
        days should look like "3", "3-7" or "3!": <value>

    Since: classic AnkiConnect, 2024-11
    """
    text = str(days).strip()
    if not DAYS.fullmatch(text):
        raise BadParams(f'days should look like "3", "3-7" or "3!": {shown(days)}')
    known = existing_cards(edit.col, cards)
    if known:
        with edit.step():
            edit.col.sched.set_due_date(known, text)
    return True
