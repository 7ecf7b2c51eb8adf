"""Writing values of one card: setSpecificValueOfCard on a bare collection."""

import json
from typing import Any, Dict

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
import pytest
from anki.cards import Card
from anki.collection import Collection

from plugin import compat
from plugin.actions.cards import set_specific_value_of_card
from plugin.collection.edit import Edit
from plugin.errors import BadParams
from tests.collection.card_samples import (
    Untouched,
    add,
    change,
    columns,
    into_filtered,
    review_card,
    undo_name,
)
from tests.collection.whole_state import whole_state


def set_values(col: Collection, card: Any, *, warning_check: bool = False, **values: Any) -> Any:
    return set_specific_value_of_card(
        Edit(col, "AnkiConnect: Set Card Values"),
        card,
        list(values),
        list(values.values()),
        warning_check,
    )


def test_open_values_are_written_as_numbers_or_text(col: Collection) -> None:
    card = review_card(col, add(col, "a")[0])
    before = whole_state(col)
    assert set_values(col, str(card), flags="1", due="-100", odue=12, factor=2300.0) == [True] * 4
    assert columns(col, card, "flags, due, odue, factor, usn") == [1, -100, 12, 2300, -1]
    assert undo_name(col) == "AnkiConnect: Set Card Values"
    col.undo()
    assert whole_state(col) == before


def test_guarded_values_need_the_confirmation(col: Collection) -> None:
    [card] = add(col, "a")
    with Untouched(col):
        for key in ("did", "id", "ivl", "lapses", "left", "mod", "nid", "odid", "ord", "queue"):
            assert set_values(col, card, **{"flags": 1, key: 1}) is False
        for key in ("reps", "type", "usn"):
            assert set_values(col, card, **{key: 1}) is False


def test_guarded_values_are_written_when_confirmed(col: Collection) -> None:
    [card] = add(col, "a")
    first, _ = add(col, "b", "c", kind="Basic (and reversed card)")
    target = {"nid": col.get_card(first).nid, "ord": 1}
    deck = col.decks.id("Spanish")
    values: Dict[str, Any] = {"type": 2, "queue": "2", "ivl": 9, "reps": 4, "lapses": 1, "left": 0}
    before = whole_state(col)
    assert (
        set_values(col, card, warning_check=True, **values, **target, did=deck, odid=0)
        == [True] * 10
    )
    assert columns(col, card, "type, queue, ivl, reps, lapses, nid, ord, did") == [
        *(2, 2, 9, 4, 1, target["nid"], 1, deck),
    ]
    col.undo()
    assert whole_state(col) == before


def test_marks_of_synchronisation_are_written_as_given(col: Collection) -> None:
    [card] = add(col, "a")
    edit = Edit(col)
    outcome = set_specific_value_of_card(
        edit, card, ["mod", "flags"], [1700000000, 3], warning_check=True
    )
    assert outcome == [True, True]
    assert columns(col, card, "mod, usn, flags") == [1700000000, -1, 3]
    assert set_values(col, card, warning_check=True, usn=12) == [True]
    assert columns(col, card, "usn") == [12]
    assert edit.changes is not None
    assert edit.changes.browser_table


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("nope", 1, "a card has no such value: nope"),
        ("flush", 1, "a card has no such value: flush"),
        (5, 1, "a card has no such value: 5"),
        ("id", 5, "the id of a card cannot be changed"),
        ("flags", 8, "flags should be an integer from 0 to 7: 8"),
        ("flags", True, "flags should be an integer from 0 to 7: true"),
        ("flags", None, "flags should be an integer from 0 to 7: null"),
        ("factor", 65536, "factor should be an integer from 0 to 65535: 65536"),
        ("due", "soon", "due should be an integer from -2147483648 to 2147483647: soon"),
        ("due", 2**31, "due should be an integer from -2147483648 to 2147483647: 2147483648"),
        ("ivl", -1, "ivl should be an integer from 0 to 2147483647: -1"),
        ("queue", 5, "queue should be an integer from -3 to 4: 5"),
        ("type", 4, "type should be an integer from 0 to 3: 4"),
        ("did", 99, "deck was not found: 99"),
        ("odid", 99, "deck was not found: 99"),
        ("nid", 99, "Note was not found: 99"),
        ("ord", 1, "the note has no template at position 1"),
    ],
)
def test_one_bad_value_keeps_all_from_being_written(
    col: Collection, key: Any, value: Any, reason: str
) -> None:
    [card] = add(col, "a")
    with Untouched(col):
        outcome = set_specific_value_of_card(
            Edit(col), card, [key, "reps"], [value, 9], warning_check=True
        )
        assert outcome == [[False, reason], [False, "not written"]]


def test_a_card_is_not_put_into_a_filtered_deck(col: Collection) -> None:
    [card] = add(col, "a")
    add(col, "gato")
    deck = into_filtered(col, "gato")
    with Untouched(col):
        assert set_values(col, card, warning_check=True, did=deck) == [
            [False, f"a card cannot be put into a filtered deck: {deck}"]
        ]


def test_lists_that_do_not_fit_refuse_the_call(col: Collection) -> None:
    [card] = add(col, "a")
    with Untouched(col):
        for card_or_list, keys, values in [
            ([card], ["flags"], [1]),
            (card, "flags", [1]),
            (card, ["flags"], 1),
            (card, ["flags"], [1, 2]),
            (card, ["flags", "due"], [1]),
        ]:
            assert set_specific_value_of_card(Edit(col), card_or_list, keys, values) is False
        assert set_specific_value_of_card(Edit(col), card, [], []) == []


def test_an_unknown_card_is_named_for_every_key(col: Collection) -> None:
    reason = [False, "Card was not found: 7"]
    with Untouched(col):
        assert set_values(col, "7", flags=1, due=2) == [reason, reason]


def test_what_is_no_card_id_is_refused(col: Collection) -> None:
    with pytest.raises(BadParams, match="card should be an id"):
        set_values(col, "first", flags=1)


def keeps_custom_data(col: Collection) -> bool:
    return hasattr(Card(col), "custom_data")


def test_custom_data_is_written_under_both_names(col: Collection) -> None:
    [card] = add(col, "a")
    before = whole_state(col)
    for key, text in (("data", '{"a":1}'), ("custom_data", '{"b":"x"}')):
        outcome = set_values(col, card, **{key: text})
        if not keeps_custom_data(col):
            reason = f"{key} cannot be stored: this version of Anki has no custom data"
            assert outcome == [[False, reason]]
            continue
        assert outcome == [True]
        assert json.loads(columns(col, card, "data")[0])["cd"] == text
        col.undo()
    assert whole_state(col) == before


@pytest.mark.parametrize(
    "text",
    [
        *("x", "[1]", "1", '{"toolongkey": 1}', '{"a": NaN}', "[" * 100_000),
        *({"a": 1}, None, 5, '{"a":"' + "x" * 93 + '"}', '{"a":"' + "é" * 47 + '"}'),
        *(
            '{"a": 1e999}',
            '{"a": -Infinity}',
            '{"a": "\\ud800"}',
            '{"a": "\ud800"}',
            '{"éabcdefg":1}',
        ),
    ],
)
def test_bad_custom_data_is_not_written_and_anki_itself_would_not_take_it(
    col: Collection, text: Any
) -> None:
    [card] = add(col, "a")
    with Untouched(col):
        [[written, reason]] = set_values(col, card, data=text)
    assert written is False
    assert reason.startswith("data ")
    if keeps_custom_data(col) and isinstance(text, str) and text.isascii():
        with pytest.raises(compat.anki_errors()):
            change(col, card, custom_data=text)


@pytest.mark.parametrize("text", ['{"abcdefgh":"' + "x" * 84 + '"}', ' {"a": {"b": [1.5]}} ', ""])
def test_custom_data_is_taken_up_to_ankis_limits(col: Collection, text: str) -> None:
    assert len(text) in (0, 21, 99)
    [card] = add(col, "a")
    assert set_values(col, card, data=text) == [True] or not keeps_custom_data(col)
