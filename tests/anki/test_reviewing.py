"""Answering by request while the user reviews in Anki's window."""

from __future__ import annotations

from typing import List

from tests.real_anki import RealAnki


def add(anki: RealAnki, front: str) -> int:
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": front, "Back": "x"}}
    anki.request("addNote", note=note)
    cards: List[int] = anki.request("findCards", query=f"front:{front}")
    return cards[0]


ON_SCREEN = "mw.state == 'review' and mw.reviewer.card is not None and mw.reviewer.card.id"


def test_any_card_is_answered_while_another_is_on_screen(anki: RealAnki) -> None:
    first, second, third = (add(anki, front) for front in ("uno", "dos", "tres"))
    anki.execute("mw.moveToState('review')")
    anki.wait_for(f"{ON_SCREEN} == card", card=first)
    assert anki.request("answerCards", answers=[{"cardId": third, "ease": 4}]) == [True]
    assert anki.evaluate(f"{ON_SCREEN} == card", card=first)
    assert anki.request("answerCards", answers=[{"cardId": first, "ease": 4}]) == [True]
    anki.wait_for(f"{ON_SCREEN} == card", card=second)
    assert anki.request("getNumCardsReviewedToday") == 2


def test_the_user_goes_on_after_a_request_has_answered(anki: RealAnki) -> None:
    first, second, third = (add(anki, front) for front in ("uno", "dos", "tres"))
    anki.execute("mw.moveToState('review')")
    anki.wait_for(f"{ON_SCREEN} == card", card=first)
    anki.request("answerCards", answers=[{"cardId": second, "ease": 4}])
    anki.execute("mw.reviewer._showAnswer()")
    anki.execute("mw.reviewer._answerCard(3)")
    anki.wait_for(f"{ON_SCREEN} == card", card=third)
    reviewed = anki.evaluate("col.db.list('select cid from revlog order by id')")
    assert reviewed == [second, first]
