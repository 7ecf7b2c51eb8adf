"""Anki's reviewer: the card that it shows, and answering it."""

from concurrent.futures import Future
from typing import Any, List, Optional

from anki.cards import Card
from aqt import gui_hooks
from aqt.main import AnkiQt

from .. import background, compat
from ..errors import Refused
from ..texts import without_isolates
from . import settling

ANSWER_SECONDS = 10.0


def current_card(mw: AnkiQt) -> Optional[Card]:
    """The card under review as it is stored now, or None.

    A reviewer without focus puts off what it has been told of changes; it is brought up to date first.
    """
    if mw.state != "review":
        return None
    mw.reviewer.refresh_if_needed()
    # Refreshing may have found no card left, and led to the overview.
    card = mw.reviewer.card
    return None if mw.state != "review" or card is None else mw.col.get_card(card.id)


def buttons(mw: AnkiQt) -> List[int]:
    """The ease numbers of the answer buttons."""
    return [ease for ease, _ in mw.reviewer._answerButtonList()]


def next_reviews(mw: AnkiQt) -> List[str]:
    """What each of the answer buttons says."""
    texts = compat.reviewer_button_texts(mw.reviewer)
    return [without_isolates(texts[ease - 1]) for ease in buttons(mw) if ease <= len(texts)]


def show_question(mw: AnkiQt) -> None:
    if mw.reviewer.state != "question":
        mw.reviewer._showQuestion()


def show_answer(mw: AnkiQt) -> "Future[bool]":
    """Turns the card over as its user does, with what has been typed into the card."""
    if mw.reviewer.state == "answer":
        return background.known(result=True)
    mw.reviewer._getTypedAnswer()
    return settling.when(
        mw,
        lambda: mw.reviewer.state != "question" or mw.state != "review",
        lambda: True,
        ANSWER_SECONDS,
        Refused(f"the reviewer did not show the answer within {ANSWER_SECONDS:g} seconds"),
    )


def answer(mw: AnkiQt, ease: int) -> "Future[bool]":
    """Answers the card; done when the reviewer has moved on. False when an add-on prevents it."""
    if mw.reviewer.state != "answer" or ease not in buttons(mw):
        return background.known(result=False)
    answered: List[Any] = []

    def note_answer(*facts: Any) -> None:
        answered.append(facts)

    def is_over() -> bool:
        return bool(answered) or mw.reviewer.state == "answer" or mw.state != "review"

    gui_hooks.reviewer_did_answer_card.append(note_answer)
    mw.reviewer._answerCard(ease)
    late = Refused(f"the reviewer did not move on within {ANSWER_SECONDS:g} seconds")
    finished = settling.when(mw, is_over, lambda: bool(answered), ANSWER_SECONDS, late)
    finished.add_done_callback(lambda _: gui_hooks.reviewer_did_answer_card.remove(note_answer))
    return finished
