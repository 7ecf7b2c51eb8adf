"""Deck actions on a bare collection, apart from options groups."""

from __future__ import annotations

import time
from typing import Any, Dict, List

import pytest

from plugin.actions.decks import (
    change_deck,
    create_deck,
    deck_name_from_id,
    deck_names,
    deck_names_and_ids,
    delete_decks,
    get_deck_config,
    get_deck_stats,
    get_decks,
    save_deck_config,
    translate_config,
)
from plugin.collection.decks import NewDeck
from plugin.collection.edit import Edit
from plugin.errors import BadParams, NotFound, Refused
from plugin.registry import ACTIONS
from tests.collection.deck_changes import (
    UNKNOWN,
    add,
    filtered,
    leaves_no_trace,
    state,
    undone,
)


def deck_of(col: Any, card_id: int) -> int:
    return int(col.db.scalar("select did from cards where id = ?", card_id))


# Names


def test_names_include_sub_decks_and_filtered_decks(col: Any) -> None:
    col.decks.id("b::c")
    filtered(col)
    assert deck_names(col) == ["b", "b::c", "Default", "Filtered"]
    assert deck_names_and_ids(col)["Default"] == 1
    assert set(deck_names_and_ids(col)) == set(deck_names(col))


def test_creating_a_deck_makes_parents_and_finds_existing_ones(col: Any) -> None:
    before = state(col)
    edit = Edit(col)
    made = create_deck(edit, deck="Spanish::Verbs")
    assert deck_names(col) == ["Default", "Spanish", "Spanish::Verbs"]
    again = Edit(col)
    assert create_deck(again, deck="spanish::VERBS") == made
    assert again.changes is None
    assert undone(col, edit) == before


@pytest.mark.parametrize(
    ("name", "again"),
    [
        (" Spanish ", "spanish"),
        ("Spanish", "Spanish "),
        ("a :: b", "a::b"),
        ("x::", "x::blank"),
        ("x::blank", "x::"),
        ("::x", "::x"),
        ('q"uo', 'q"uo'),
        ("t\tab", "t\tab"),
        ("e\u0301", "\u00e9"),
        ("日本語::\u00c9", "日本語::\u00e9"),
    ],
)
def test_a_name_that_anki_writes_otherwise_is_the_same_deck_again(
    col: Any, name: str, again: str
) -> None:
    made = create_deck(Edit(col), deck=name)
    assert made in deck_names_and_ids(col).values()
    there = deck_names(col)
    before = state(col)
    add(col, "one", "Default")
    before = state(col)
    for edit, write in [(Edit(col), create_deck), (Edit(col), in_changed_deck)]:
        assert write(edit, deck=again) in (made, None)
        assert edit.changes is None
    assert deck_names(col) == there
    assert state(col) == before
    assert col.undo_status().undo == "Add Note"


def in_changed_deck(edit: Edit, deck: str) -> None:
    change_deck(edit, cards=[], deck=deck)


@pytest.mark.parametrize("name", ["Filtered::x", "filtered::x::y", "Top::filtered :: x"])
def test_a_filtered_deck_takes_no_sub_decks(col: Any, name: str) -> None:
    filtered(col)
    filtered(col, name="Top::Filtered")
    [card] = add(col, "one", "Default")
    before = state(col)
    text = r"^Filtered decks can not have child decks\.$"
    for write in (
        lambda edit: create_deck(edit, deck=name),
        lambda edit: change_deck(edit, cards=[card], deck=name),
    ):
        edit = Edit(col)
        with pytest.raises(Refused, match=text):
            write(edit)
        assert leaves_no_trace(edit, before)
        assert col.undo_status().undo == "Add Note"


def test_very_many_levels_are_looked_up_in_little_time(col: Any) -> None:
    began = time.perf_counter()
    NewDeck(col, "::" * 5000).check()
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("action", ["createDeck", "changeDeck"])
@pytest.mark.parametrize("name", ["", " ", None, 1, ["a"]])
def test_a_deck_name_must_be_text(action: str, name: Any) -> None:
    params = {"deck": name}
    if action == "changeDeck":
        params["cards"] = []
    with pytest.raises(BadParams, match=r"^deck should be a non-empty string: "):
        ACTIONS[action].bind(params)


def test_deck_name_from_id(col: Any) -> None:
    verbs = col.decks.id("Spanish::Verbs")
    assert deck_name_from_id(col, deck_id=verbs) == "Spanish::Verbs"
    assert ACTIONS["deckNameFromId"].bind({"deckId": "1"}) == {"deck_id": 1}
    with pytest.raises(NotFound, match=r"^deck was not found: 99$"):
        deck_name_from_id(col, deck_id=99)


# Cards


def test_decks_of_cards(col: Any) -> None:
    [one] = add(col, "one", "Spanish")
    [two] = add(col, "two", "Default")
    assert get_decks(col, cards=[one, UNKNOWN, two, one]) == {
        "Spanish": [one, one],
        "Default": [two],
    }
    assert get_decks(col, cards=[]) == {}
    filtered(col, "deck:Spanish")
    assert get_decks(col, cards=[one]) == {"Filtered": [one]}


def test_changing_the_deck_of_some_cards_of_a_note(col: Any) -> None:
    first, second = add(col, "one", "Spanish", "Basic (and reversed card)")
    col.sched.suspend_cards([second])
    before = state(col)
    edit = Edit(col)
    change_deck(edit, cards=[second, UNKNOWN, second], deck="Spanish::New")
    assert get_decks(col, cards=[first, second]) == {"Spanish": [first], "Spanish::New": [second]}
    assert col.get_card(second).queue == -1
    assert undone(col, edit) == before


def test_changing_to_an_existing_deck_ignores_case(col: Any) -> None:
    [card] = add(col, "one", "Spanish")
    verbs = col.decks.id("Spanish::Verbs")
    change_deck(Edit(col), cards=[card], deck="SPANISH::verbs")
    assert deck_of(col, card) == verbs
    assert len(deck_names(col)) == 3


@pytest.mark.parametrize("cards", [[], [UNKNOWN]])
def test_without_cards_the_deck_is_still_created(col: Any, cards: List[int]) -> None:
    edit = Edit(col)
    change_deck(edit, cards=cards, deck="New")
    assert "New" in deck_names(col)
    assert edit.changes is not None
    again = Edit(col)
    change_deck(again, cards=cards, deck="New")
    assert again.changes is None


def test_cards_that_are_there_already_leave_no_trace(col: Any) -> None:
    [card] = add(col, "one", "Spanish")
    edit = Edit(col)
    change_deck(edit, cards=[card], deck="Spanish")
    assert edit.changes is None


def test_cards_leave_a_filtered_deck_first(col: Any) -> None:
    [card] = add(col, "one", "Spanish")
    filtered(col, "deck:Spanish")
    assert col.get_card(card).odid
    before = state(col)
    edit = Edit(col)
    change_deck(edit, cards=[card], deck="Other")
    assert get_decks(col, cards=[card]) == {"Other": [card]}
    assert (col.get_card(card).odid, col.get_card(card).odue) == (0, 0)
    assert undone(col, edit) == before


@pytest.mark.parametrize("name", ["Filtered", "filtered", " Filtered "])
def test_a_filtered_deck_is_no_target(col: Any, name: str) -> None:
    [card] = add(col, "one", "Spanish")
    filtered(col)
    before = state(col)
    edit = Edit(col)
    with pytest.raises(Refused, match=r"^Cards can't be manually moved into a filtered deck\.$"):
        change_deck(edit, cards=[card], deck=name)
    assert leaves_no_trace(edit, before)


# Deleting


def test_deleting_decks_takes_sub_decks_cards_and_lone_notes(col: Any) -> None:
    add(col, "one", "Old::Sub")
    first, second = add(col, "two", "Old", "Basic (and reversed card)")
    change_deck(Edit(col), cards=[second], deck="Kept")
    before = state(col)
    edit = Edit(col)
    delete_decks(edit, decks=["Old", "Old::Sub", "Old", "missing"], cards_too=True)
    assert deck_names(col) == ["Default", "Kept"]
    assert col.db.list("select id from cards") == [second]
    assert col.note_count() == 1
    assert undone(col, edit) == before
    assert first in col.db.list("select id from cards")


def test_default_is_emptied_and_kept(col: Any) -> None:
    add(col, "one", "Default")
    delete_decks(Edit(col), decks=["Default"], cards_too=True)
    assert deck_names(col) == ["Default"]
    assert col.card_count() == 0


def test_deleting_a_filtered_deck_returns_its_cards(col: Any) -> None:
    [card] = add(col, "one", "Spanish")
    filtered(col, "deck:Spanish")
    delete_decks(Edit(col), decks=["Filtered"], cards_too=True)
    assert get_decks(col, cards=[card]) == {"Spanish": [card]}


@pytest.mark.parametrize("decks", [[], ["missing"], ["spanish"], ["S", "p"]])
def test_only_exact_names_are_deleted(col: Any, decks: List[str]) -> None:
    add(col, "one", "Spanish")
    before = state(col)
    edit = Edit(col)
    delete_decks(edit, decks=decks, cards_too=True)
    assert leaves_no_trace(edit, before)


def test_decks_are_not_deleted_without_their_cards(col: Any) -> None:
    col.decks.id("Spanish")
    text = "Since Anki 2.1.28 it's not possible to delete decks without deleting cards as well"
    with pytest.raises(Refused) as raised:
        delete_decks(Edit(col), decks=["Spanish"])
    assert str(raised.value) == text
    assert "Spanish" in deck_names(col)


@pytest.mark.parametrize("action", ["deleteDecks", "getDeckStats"])
def test_decks_must_be_a_list(action: str) -> None:
    with pytest.raises(BadParams, match=r"^decks should be a list: P3x$"):
        ACTIONS[action].bind({"decks": "P3x"})


# Counts


def test_counts_are_those_of_the_deck_list(col: Any) -> None:
    add(col, "one", "Spanish")
    suspended, _ = add(col, "two", "Spanish::Verbs", "Basic (and reversed card)")
    [due] = add(col, "three", "Spanish::Verbs")
    col.sched.suspend_cards([suspended])
    col.sched.set_due_date([due], "0")
    parent, child = col.decks.id("Spanish"), col.decks.id("Spanish::Verbs")
    assert get_deck_stats(col, decks=["spanish", "Spanish::Verbs", "missing"]) == {
        str(parent): {
            "deck_id": parent,
            "name": "Spanish",
            "new_count": 2,
            "learn_count": 0,
            "review_count": 1,
            "total_in_deck": 1,
        },
        str(child): {
            "deck_id": child,
            "name": "Spanish::Verbs",
            "new_count": 1,
            "learn_count": 0,
            "review_count": 1,
            "total_in_deck": 3,
        },
    }
    assert "missing" not in deck_names(col)


def test_counts_respect_limits(col: Any) -> None:
    for number in range(5):
        add(col, str(number), "Spanish")
    config: Any = get_deck_config(col, deck="Spanish")
    config["new"]["perDay"] = 2
    save_deck_config(Edit(col), **translate_config({"config": config}, {}))
    [stats] = get_deck_stats(col, decks=["Spanish"]).values()
    assert (stats["new_count"], stats["total_in_deck"]) == (2, 5)


def test_an_empty_default_is_counted_too(col: Any) -> None:
    add(col, "one", "Spanish")
    assert get_deck_stats(col, decks=["Default"]) == {
        "1": {
            "deck_id": 1,
            "name": "Default",
            "new_count": 0,
            "learn_count": 0,
            "review_count": 0,
            "total_in_deck": 0,
        }
    }
    assert get_deck_stats(col, decks=[]) == {}


def tree_counts(node: Any, parents: str = "") -> Dict[str, Dict[str, Any]]:
    """What Anki's deck list shows, by deck id."""
    found = {}
    for child in node.children:
        name = f"{parents}{child.name}"
        found[str(child.deck_id)] = {
            "deck_id": child.deck_id,
            "name": name,
            "new_count": child.new_count,
            "learn_count": child.learn_count,
            "review_count": child.review_count,
            "total_in_deck": child.total_in_deck,
        }
        found.update(tree_counts(child, f"{name}::"))
    return found


@pytest.mark.parametrize("scheduler", ["as it comes", "v3"])
def test_counts_of_cards_of_every_kind(col: Any, scheduler: str) -> None:
    if scheduler == "v3" and not col.v3_scheduler():
        col.set_v3_scheduler(True)
    cards = {name: add(col, name, deck)[0] for name, deck in WHERE.items()}
    col.sched.suspend_cards([cards["suspended"]])
    col.sched.bury_cards([cards["buried"]])
    col.sched.set_due_date([cards["due"], cards["due below"], cards["later"]], "0")
    col.sched.set_due_date([cards["later"]], "3")
    learn(col, cards["learning"])
    filtered(col, "is:new deck:Top::Taken")
    everything = get_deck_stats(col, decks=deck_names(col))
    shown = tree_counts(col.sched.deck_due_tree())
    assert everything == shown
    assert [counts(everything, name) for name in ("Top", "Top::Below", "Filtered")] == [
        (1, 1, 2, 6),
        (0, 0, 1, 1),
        (1, 0, 0, 1),
    ]


WHERE = {
    "new": "Top",
    "suspended": "Top",
    "buried": "Top",
    "due": "Top",
    "later": "Top",
    "learning": "Top",
    "due below": "Top::Below",
    "taken": "Top::Taken",
    "elsewhere": "Default",
}


def learn(col: Any, card_id: int) -> None:
    card = col.get_card(card_id)
    card.type = card.queue = 1
    card.due = int(time.time()) - 60
    card.left = 1001
    col.update_card(card)


def counts(stats: Dict[str, Any], name: str) -> Any:
    [found] = [one for one in stats.values() if one["name"] == name]
    return tuple(
        found[kind] for kind in ("new_count", "learn_count", "review_count", "total_in_deck")
    )


def test_decks_asked_for_twice_are_counted_once(col: Any) -> None:
    add(col, "one", "Spanish")
    assert get_deck_stats(col, decks=["Spanish", "SPANISH"]) == get_deck_stats(
        col, decks=["Spanish"]
    )
