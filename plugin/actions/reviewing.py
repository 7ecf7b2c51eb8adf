"""The reviewer: the card that the user is looking at."""

from concurrent.futures import Future
from typing import Annotated, Any, Dict, List, TypedDict

from anki.cards import Card
from anki.collection import Collection
from aqt.main import AnkiQt

from .. import background
from ..collection.card_reports import sides
from ..errors import Refused
from ..gui import reviewing
from ..registry import Scope, action
from ..shapes import Documented
from .types import FieldValue

CATEGORY = "graphical"

NOT_REVIEWING = "Gui review is not currently active."

Ease = Annotated[Any, Documented({"type": "integer", "minimum": 1, "maximum": 4})]


class CurrentCard(TypedDict):
    """The card under review."""

    cardId: int
    fields: Dict[str, FieldValue]
    fieldOrder: int
    question: str
    answer: str
    buttons: List[int]
    nextReviews: List[str]
    modelName: str
    deckName: str
    css: str
    template: str


@action(Scope.READ)
def gui_review_active(mw: AnkiQt, col: Collection) -> bool:
    """Tells whether a review is running.

    Returns: true while a card is shown in the review window.

    Since: classic AnkiConnect, 2023
    """
    return reviewing.current_card(mw) is not None


@action(Scope.READ)
def gui_current_card(mw: AnkiQt, col: Collection) -> CurrentCard:
    """Describes the card under review, as it is stored now.

    Returns: `{cardId, fields, fieldOrder, question, answer, buttons, nextReviews, modelName, deckName, css,
        template}`; buttons are the ease numbers that can be used, nextReviews what Anki writes on each of them.

    Errors:
        Gui review is not currently active.
    """
    card = reviewing.current_card(mw)
    if card is None:
        raise Refused(NOT_REVIEWING)
    return described(mw, card)


def described(mw: AnkiQt, card: Card) -> CurrentCard:
    note_type = card.note_type()
    question, answer = sides(card)
    return {
        "cardId": card.id,
        "fields": {
            name: {"value": value, "order": order}
            for order, (name, value) in enumerate(card.note().items())
        },
        "fieldOrder": card.ord,
        "question": question,
        "answer": answer,
        "buttons": reviewing.buttons(mw),
        "nextReviews": reviewing.next_reviews(mw),
        "modelName": note_type["name"],
        "deckName": mw.col.decks.name(card.did),
        "css": note_type["css"],
        "template": card.template()["name"],
    }


@action(Scope.GUI)
def gui_start_card_timer(mw: AnkiQt, col: Collection) -> bool:
    """Restarts the answer timer of the card under review.

    Returns: true when a card is under review, else false.
    """
    if reviewing.current_card(mw) is None:
        return False
    mw.reviewer.card.start_timer()
    return True


@action(Scope.GUI)
def gui_show_question(mw: AnkiQt, col: Collection) -> bool:
    """Shows the question side of the card under review.

    Returns: true in review, else false.
    """
    if reviewing.current_card(mw) is None:
        return False
    reviewing.show_question(mw)
    return True


@action(Scope.GUI)
def gui_show_answer(mw: AnkiQt, col: Collection) -> "Future[bool]":
    """Shows the answer side of the card under review, as the space bar does.

    Returns: true in review, else false.
    """
    if reviewing.current_card(mw) is None:
        return background.known(result=False)
    return reviewing.show_answer(mw)


@action(Scope.GUI)
def gui_answer_card(mw: AnkiQt, col: Collection, ease: Ease) -> "Future[bool]":
    """Answers the card under review and moves on to the next one; the reply comes when that is done.

    Args:
        ease: 1 to 4, one of the `buttons` of `guiCurrentCard`

    Returns: true when the card was answered; false when no review runs, the answer side is not shown, or there is no
        such button.
    """
    number = button_number(ease)
    if number is None or reviewing.current_card(mw) is None:
        return background.known(result=False)
    return reviewing.answer(mw, number)


def button_number(ease: Any) -> Any:
    """The number, also from decimal text; None for anything else."""
    if isinstance(ease, str) and ease.isascii() and ease.isdecimal() and len(ease) == 1:
        return int(ease)
    is_whole = isinstance(ease, float) and ease.is_integer()
    return int(ease) if type(ease) is int or is_whole else None


@action(Scope.GUI)
def gui_play_audio(mw: AnkiQt, col: Collection) -> bool:
    """Replays the sound of the side that is shown; a card without sound is no error.

    Returns: true in review, else false.

    Since: classic AnkiConnect, 2025-11
    """
    if reviewing.current_card(mw) is None:
        return False
    mw.reviewer.replayAudio()
    return True
