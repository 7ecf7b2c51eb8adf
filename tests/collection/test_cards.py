"""Finding cards, mapping them to notes, their ease: `actions/cards.py` on a bare collection."""

from typing import Any, Dict, List

import anki.collection  # noqa: F401 - before its parts, which import each other in a circle
import pytest
from anki.collection import Collection

from plugin import compat
from plugin.actions.cards import (
    cards_mod_time,
    cards_to_notes,
    find_cards,
    get_ease_factors,
    set_ease_factors,
)
from plugin.collection.edit import Edit
from plugin.errors import ApiError, BadParams
from plugin.registry import ACTIONS
from tests.collection.card_samples import UNKNOWN, Untouched, add, columns, review_card, undo_name
from tests.collection.whole_state import whole_state


def test_without_a_query_nothing_is_found_and_an_empty_one_finds_every_card(
    col: Collection,
) -> None:
    cards = add(col, "a") + add(col, "b", "c", kind="Basic (and reversed card)")
    assert find_cards(col) == []
    assert sorted(find_cards(col, "")) == sorted(cards)
    assert find_cards(col, "nowhere") == []


def test_parts_of_a_search_are_in_the_order_of_ids_and_miss_nothing(col: Collection) -> None:
    cards = sorted(add(col, str(number))[0] for number in range(7))
    pages = [find_cards(col, "", limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert pages == [cards[:3], cards[3:6], cards[6:], []]
    assert find_cards(col, "", offset=5) == cards[5:]
    assert find_cards(col, "", limit=0) == []


def test_a_broken_search_is_refused_in_ankis_words(col: Collection) -> None:
    with pytest.raises(compat.anki_errors()) as refused:
        find_cards(col, "is:nonsense")
    assert "nonsense" in str(refused.value)


def test_cards_lead_to_their_notes_once(col: Collection) -> None:
    first, second = add(col, "a", "b", kind="Basic (and reversed card)")
    [other] = add(col, "c")
    notes = cards_to_notes(col, [first, second, UNKNOWN, other, first])
    assert sorted(notes) == sorted({col.get_card(first).nid, col.get_card(other).nid})
    assert cards_to_notes(col, []) == []


def test_modification_times_keep_their_places(col: Collection) -> None:
    [card] = add(col, "a")
    col.db.execute("update cards set mod = 1700000000 where id = ?", card)
    told = {"cardId": card, "mod": 1700000000}
    assert cards_mod_time(col, [card, UNKNOWN, card]) == [told, {}, told]
    assert cards_mod_time(col, []) == []


def test_ease_of_new_reviewed_and_unknown_cards(col: Collection) -> None:
    [new] = add(col, "a")
    reviewed = review_card(col, add(col, "b")[0])
    assert get_ease_factors(col, [reviewed, new, UNKNOWN, reviewed]) == [2500, 0, None, 2500]
    assert get_ease_factors(col, []) == []


def test_ease_is_written_in_one_step_that_can_be_undone(col: Collection) -> None:
    cards = [review_card(col, add(col, str(number))[0]) for number in range(60)]
    before = whole_state(col)
    edit = Edit(col, "AnkiConnect: Set Ease")
    written = set_ease_factors(edit, [*cards, UNKNOWN], [2300 + n for n in range(61)])
    assert written == [True] * 60 + [False]
    assert get_ease_factors(col, cards) == [2300 + n for n in range(60)]
    assert columns(col, cards[0], "usn") == [-1]
    assert undo_name(col) == "AnkiConnect: Set Ease"
    assert edit.changes is not None
    assert edit.changes.card
    col.undo()
    assert whole_state(col) == before
    col.undo()
    assert get_ease_factors(col, cards[-1:]) == [0]


def test_of_a_card_that_is_listed_twice_the_last_ease_counts(col: Collection) -> None:
    [card] = add(col, "a")
    assert set_ease_factors(Edit(col), [card, card], [2000, 2100.0]) == [True, True]
    assert get_ease_factors(col, [card]) == [2100]


@pytest.mark.parametrize(
    ("factors", "reason"),
    [
        ([2300], "cards and easeFactors should have the same length"),
        ([2300, 100000], "from 0 to 65535: 100000"),
        ([2300, -1], "from 0 to 65535: -1"),
        ([2300, 2.5], "from 0 to 65535: 2.5"),
        ([2300, "2300"], "from 0 to 65535: 2300"),
        ([2300, True], "from 0 to 65535: true"),
        ([2300, None], "from 0 to 65535: null"),
    ],
)
def test_a_bad_ease_refuses_the_whole_call(
    col: Collection, factors: List[Any], reason: str
) -> None:
    cards = [add(col, "a")[0], add(col, "b")[0]]
    with Untouched(col), pytest.raises(BadParams) as refused:
        set_ease_factors(Edit(col), cards, factors)
    if "length" not in reason:
        reason = "easeFactors should contain only integers " + reason
    assert str(refused.value) == reason


def test_nothing_to_write_leaves_no_trace(col: Collection) -> None:
    [card] = add(col, "a")
    with Untouched(col):
        assert set_ease_factors(Edit(col), [], []) == []
        assert set_ease_factors(Edit(col), [UNKNOWN], [2500]) == [False]
        assert set_ease_factors(Edit(col), [card], [0]) == [True]


# At the door


def test_ids_may_be_decimal_text() -> None:
    for name in ("areDue", "getIntervals", "suspend", "cardsInfo", "forgetCards", "cardsToNotes"):
        assert ACTIONS[name].bind({"cards": ["1001", 7]}) == {"cards": [1001, 7]}
    bound = ACTIONS["answerCards"].bind({"answers": [{"cardId": "1001", "ease": "3"}]})
    assert bound == {"answers": [{"cardId": 1001, "ease": "3"}]}


@pytest.mark.parametrize(
    ("name", "params", "reason"),
    [
        ("cardsInfo", {"cards": [1], "keys": ["nope"]}, "keys[0] should be one of "),
        ("cardsInfo", {"cards": [1], "limit": -1}, "limit should be a whole number from 0 on: -1"),
        ("findCards", {"query": "", "offset": "1"}, "offset should be a whole number from 0 on: 1"),
        ("areDue", {"cards": "12"}, "cards should be a list: 12"),
        ("suspend", {"cards": [True]}, "cards[0] should be an id (a whole number): true"),
        ("setDueDate", {"cards": [1], "days": 2.5}, "days should be an integer or a string: 2.5"),
    ],
)
def test_bad_parameters_are_refused_at_the_door(
    name: str, params: Dict[str, Any], reason: str
) -> None:
    with pytest.raises(ApiError) as refused:
        ACTIONS[name].bind(params)
    assert str(refused.value).startswith(reason)


def test_every_action_on_cards_is_in_one_category() -> None:
    names = ["suspend", "areDue", "cardsInfo", "setDueDate", "getEaseFactors"]
    assert {ACTIONS[name].category for name in names} == {"cards"}


def test_what_clients_see_of_the_rarer_parameters() -> None:
    assert ACTIONS["findCards"].bind({"query": None}) == {"query": None}
    assert ACTIONS["findCards"].bind({"limit": None}) == {"limit": None}
    assert "warning_check" in ACTIONS["setSpecificValueOfCard"].parameters
    with pytest.raises(BadParams):
        ACTIONS["setSpecificValueOfCard"].bind(
            {"card": 1, "keys": [], "newValues": [], "warning_check": "no"}
        )
