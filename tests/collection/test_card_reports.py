"""What cardsInfo tells, on a bare collection."""

import time

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
import pytest
from anki.collection import Collection

from plugin.actions.cards import cards_info
from tests.collection.card_samples import (
    UNKNOWN,
    add,
    change,
    columns,
    into_filtered,
    learning_card,
    review_card,
)

MEMBERS = [
    *("cardId", "note", "deckName", "modelName", "ord", "fieldOrder", "fields", "question"),
    *("answer", "css", "type", "queue", "due", "interval", "factor", "reps", "lapses", "left"),
    *("mod", "flags", "nextReviews"),
]


def test_everything_is_told_about_a_card(col: Collection) -> None:
    [card] = add(col, "gato", "cat", deck="Spanish")
    review_card(col, card, reps=3, flags=2)
    css = col.models.by_name("Basic")["css"]
    [told] = cards_info(col, [card])
    assert list(told) == MEMBERS
    mod, due = columns(col, card, "mod, due")
    assert told == {
        "cardId": card,
        "note": col.get_card(card).nid,
        "deckName": "Spanish",
        "modelName": "Basic",
        "ord": 0,
        "fieldOrder": 0,
        "fields": {"Front": {"value": "gato", "order": 0}, "Back": {"value": "cat", "order": 1}},
        "question": f"<style>{css}</style>gato",
        "answer": f"<style>{css}</style>gato\n\n<hr id=answer>\n\ncat",
        "css": css,
        "type": 2,
        "queue": 2,
        "due": due,
        "interval": 4,
        "factor": 2500,
        "reps": 3,
        "lapses": 0,
        "left": 0,
        "mod": mod,
        "flags": 2,
        "nextReviews": told["nextReviews"],
    }
    assert len(told["nextReviews"]) == 4
    assert all(isinstance(text, str) and text.isprintable() for text in told["nextReviews"])


def test_unknown_and_repeated_cards_keep_their_places(col: Collection) -> None:
    first, second = add(col, "a", "b", kind="Basic (and reversed card)")
    told = cards_info(col, [second, UNKNOWN, first, second])
    assert [one.get("cardId") for one in told] == [second, None, first, second]
    assert told[1] == {}
    assert [one["ord"] for one in told if one] == [1, 0, 1]
    assert cards_info(col, []) == []


def test_only_the_wanted_members_are_told(col: Collection) -> None:
    [card] = add(col, "gato", "cat")
    assert cards_info(col, [card, UNKNOWN], keys=["flags", "cardId"]) == [
        {"cardId": card, "flags": 0},
        {},
    ]
    assert cards_info(col, [card], keys=[]) == [{}]


def test_without_rendering_question_and_answer_are_left_out(col: Collection) -> None:
    [card] = add(col, "gato", "cat")
    [told] = cards_info(col, [card], render=False)
    assert list(told) == [key for key in MEMBERS if key not in ("question", "answer")]
    assert cards_info(col, [card], keys=["ord", "answer"], render=False) == [{"ord": 0}]


def test_a_part_of_the_cards_is_told(col: Collection) -> None:
    cards = [add(col, str(number))[0] for number in range(4)]
    told = cards_info(col, [*cards, UNKNOWN], keys=["cardId"], limit=3, offset=2)
    assert told == [{"cardId": cards[2]}, {"cardId": cards[3]}, {}]


def test_cloze_cards_of_one_note_have_their_own_questions(col: Collection) -> None:
    first, second = add(col, "{{c1::uno}} {{c2::dos}}", kind="Cloze")
    told = cards_info(col, [first, second])
    assert [one["ord"] for one in told] == [0, 1]
    assert told[0]["question"] != told[1]["question"]
    assert "[...]" in told[0]["question"]


def test_a_card_whose_template_is_gone_tells_the_reason(col: Collection) -> None:
    [card] = add(col, "gato", "cat")
    col.db.execute("update cards set ord = 5 where id = ?", card)
    [told] = cards_info(col, [card])
    assert list(told) == MEMBERS
    assert told["question"] == told["answer"] != ""
    assert told["fields"]["Front"]["value"] == "gato"


def test_a_card_whose_deck_is_gone_is_told_all_the_same(col: Collection) -> None:
    [card] = add(col, "gato", "cat")
    col.db.execute("update cards set did = 99 where id = ?", card)
    [told] = cards_info(col, [card])
    assert (told["cardId"], told["deckName"], told["nextReviews"]) == (card, "", [])


def test_a_card_in_a_filtered_deck_names_that_deck(col: Collection) -> None:
    [card] = add(col, "gato", "cat")
    into_filtered(col, "gato")
    [told] = cards_info(col, [card])
    assert told["deckName"] == "Gathered"
    assert told["nextReviews"] != []


@pytest.mark.parametrize("home", [0, 99])
def test_a_card_in_a_filtered_deck_without_a_home_is_told_all_the_same(
    col: Collection, home: int
) -> None:
    [card] = add(col, "gato", "cat")
    into_filtered(col, "gato")
    col.db.execute("update cards set odid = ? where id = ?", home, card)
    [told] = cards_info(col, [card])
    assert (told["deckName"], told["nextReviews"]) == ("Gathered", [])


def test_a_card_without_a_note_type_is_told_all_the_same(col: Collection) -> None:
    [card], [other] = add(col, "gato", "cat"), add(col, "perro")
    note = col.get_card(card).nid
    col.db.execute("update notes set mid = 99 where id = ?", note)
    told, intact = cards_info(col, [card, other])
    assert (told["cardId"], told["modelName"], told["fields"], told["css"]) == (card, "", {}, "")
    assert told["question"] == told["answer"] == "model was not found: 99"
    assert intact["modelName"] == "Basic"
    col.db.execute("delete from notes where id = ?", note)
    [told] = cards_info(col, [card])
    assert (told["note"], told["question"]) == (note, f"Note was not found: {note}")


def test_learning_suspended_and_early_cards_have_texts_for_their_buttons(col: Collection) -> None:
    learning = learning_card(col, add(col, "a")[0], time.time())
    hanging, early = (review_card(col, add(col, name)[0]) for name in "bc")
    col.sched.suspend_cards([hanging])
    into_filtered(col, "c")
    told = cards_info(col, [learning, hanging, early], keys=["nextReviews"])
    assert [len(one["nextReviews"]) for one in told] == [4, 4, 4]
    change(col, early, factor=0)
    [told] = cards_info(col, [early])
    assert told["cardId"] == early
    assert isinstance(told["nextReviews"], list)
