"""What becomes of note objects before anything is written."""

import unicodedata
from typing import Any, Dict, List

import pytest
from anki.collection import Collection

from plugin.collection.drafts import Draft, DuplicateRule, check, new_notes, read_rule
from plugin.errors import BadParams
from tests.collection.note_calls import (
    DUPLICATE,
    EMPTY,
    REVERSED,
    assert_nothing_done,
    call,
    cloze,
    note,
)

NO_CLOZE = (
    "cannot create note for unknown reason: the note type makes cloze cards, "
    "and no field that it shows holds a cloze deletion"
)
BOOLEANS = ("allowDuplicate", "requireMedia")
INNER_BOOLEANS = ("checkChildren", "checkAllModels")


def reasons(col: Collection, *notes: Any, among_themselves: bool = False) -> List[str]:
    """For each note why it cannot be added; "" if it can."""
    outcomes = check(col, notes, among_themselves=among_themselves)
    return ["" if isinstance(one, Draft) else str(one) for one in outcomes]


# Options


@pytest.mark.parametrize(
    "options",
    [
        None,
        {},
        [],
        {"allowDuplicate": None, "duplicateScope": None, "duplicateScopeOptions": None},
        {"duplicateScopeOptions": []},
        {"duplicateScopeOptions": {"deckName": None, "checkChildren": None}},
        {"duplicateScope": "collection", "unknown": 5},
        {"duplicateScope": 5, "duplicateScopeOptions": {"deckName": 5}},
    ],
)
def test_options_may_be_left_out_or_null_or_of_another_kind(options: Any) -> None:
    assert read_rule(options) == DuplicateRule()


def test_options_are_read() -> None:
    inner = {"deckName": "A", "checkChildren": True, "checkAllModels": True}
    options = {
        "allowDuplicate": True,
        "duplicateScope": "deck",
        "duplicateScopeOptions": inner,
        "requireMedia": True,
    }
    assert read_rule(options) == DuplicateRule(
        allowed=True,
        in_deck=True,
        deck="A",
        children=True,
        all_note_types=True,
        require_media=True,
    )


@pytest.mark.parametrize("value", [0, 1, "true", "", [], {}, 1.0])
def test_only_the_booleans_are_checked(value: Any) -> None:
    for name in BOOLEANS:
        with pytest.raises(BadParams, match=f'^option parameter "{name}" must be boolean$'):
            read_rule({name: value})
    for name in INNER_BOOLEANS:
        text = f'^option parameter "duplicateScopeOptions.{name}" must be boolean$'
        with pytest.raises(BadParams, match=text):
            read_rule({"duplicateScopeOptions": {name: value}})


@pytest.mark.parametrize("value", [5, "deck", [1], True])
def test_options_are_objects(value: Any) -> None:
    with pytest.raises(BadParams, match=r"^options should be an object: "):
        read_rule(value)
    with pytest.raises(BadParams, match=r"^options\.duplicateScopeOptions should be an object: "):
        read_rule({"duplicateScopeOptions": value})


# Decks and note types


def test_names_are_found_ignoring_case_and_nothing_is_made(col: Collection) -> None:
    col.decks.add_normal_deck_with_name("É::b")
    decomposed = unicodedata.normalize("NFD", "é::B")
    given = [note(deckName=decomposed, modelName="BASIC"), note(deckName="É::c")]

    def work() -> None:
        assert reasons(col, *given) == ["", "deck was not found: É::c"]

    assert_nothing_done(col, work)


def test_a_filtered_deck_takes_no_new_notes(col: Collection) -> None:
    col.decks.new_filtered("Cram")
    assert reasons(col, note(deckName="Cram")) == [
        "cards cannot be added to a filtered deck; choose another deck: Cram"
    ]


# Empty notes


@pytest.mark.parametrize(
    "front", ["", " ", "\n\t", "\u3000", "&nbsp;", "<br>", "<b> </b>", "<!-- x -->", "\x01"]
)
def test_nothing_but_markup_and_blanks_is_empty(col: Collection, front: str) -> None:
    assert reasons(col, note(front)) == [EMPTY]


@pytest.mark.parametrize("front", ["0", "[sound:a.mp3]", '<img src="a.png">', "&lt;br&gt;", "."])
def test_a_first_field_that_shows_something_is_not_empty(col: Collection, front: str) -> None:
    assert reasons(col, note(front)) == [""]


def test_empty_comes_before_duplicate_and_cloze(col: Collection) -> None:
    assert reasons(col, note(""), cloze(""), cloze("", "{{c1::x}}")) == [EMPTY] * 3


# Cloze


@pytest.mark.parametrize("text", ["{{c1::a}}", "{{c12::a::hint}}", "{{c1::}}", "x {{c2::b}} y"])
def test_a_cloze_deletion_makes_a_cloze_note(col: Collection, text: str) -> None:
    assert reasons(col, cloze(text)) == [""]


@pytest.mark.parametrize("text", ["plain", "{{c0::a}}", "{{c::a}}", "{{c1:a}}", "c1::a", "{{x}}"])
def test_without_one_it_would_have_nothing_to_ask(col: Collection, text: str) -> None:
    assert reasons(col, cloze(text), cloze(text, "{{c1::in another field}}")) == [NO_CLOZE] * 2


def test_cloze_markup_in_an_ordinary_type_is_text(col: Collection) -> None:
    assert reasons(col, note("{{c1::x}} text")) == [""]
    [card] = col.find_cards(f"nid:{call(col, 'addNote', note=note('{{c1::x}} text'))}")
    assert "{{c1::x}} text" in col.get_card(card).question()


# Notes that repeat others of their list


def test_of_equal_notes_in_a_list_the_first_counts(col: Collection) -> None:
    given = [note(), note("<i>gato</i>"), note("Gato"), note("perro"), note("perro")]
    wanted = ["", DUPLICATE, "", "", DUPLICATE]
    assert reasons(col, *given, among_themselves=True) == wanted
    assert reasons(col, *given) == [""] * 5


def test_a_refused_note_makes_no_other_a_duplicate(col: Collection) -> None:
    given = [note(deckName="Nope"), note(tags=["x"])]
    assert reasons(col, *given, among_themselves=True) == ["deck was not found: Nope", ""]


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({}, {"options": {"allowDuplicate": True}}, ""),
        ({"options": {"allowDuplicate": True}}, {}, DUPLICATE),
        ({}, {"modelName": REVERSED}, ""),
        (
            {},
            {
                "modelName": REVERSED,
                "options": {"duplicateScopeOptions": {"checkAllModels": True}},
            },
            DUPLICATE,
        ),
        ({"deckName": "A"}, {}, DUPLICATE),
        ({"deckName": "A"}, {"options": {"duplicateScope": "deck"}}, ""),
        ({"deckName": "A"}, {"deckName": "a", "options": {"duplicateScope": "deck"}}, DUPLICATE),
        (
            {"deckName": "A::B"},
            {"deckName": "A", "options": {"duplicateScope": "deck"}},
            "",
        ),
        (
            {"deckName": "A::B"},
            {
                "deckName": "A",
                "options": {
                    "duplicateScope": "deck",
                    "duplicateScopeOptions": {"checkChildren": True},
                },
            },
            DUPLICATE,
        ),
        (
            {"deckName": "A"},
            {"options": {"duplicateScope": "deck", "duplicateScopeOptions": {"deckName": "A"}}},
            DUPLICATE,
        ),
    ],
)
def test_repeats_follow_the_same_options(
    col: Collection, first: Dict[str, Any], second: Dict[str, Any], reason: str
) -> None:
    col.decks.add_normal_deck_with_name("A::B")
    given = [{**note(), **first}, {**note(), **second}]
    assert reasons(col, *given, among_themselves=True) == ["", reason]


def test_what_could_not_be_read_stays_what_it_is(col: Collection) -> None:
    broken = BadParams("broken")
    first, second = check(col, [broken, note()], among_themselves=True)
    assert first is broken
    assert isinstance(second, Draft)


# Drafts as Anki's notes


def test_notes_share_nothing_but_their_type(col: Collection) -> None:
    drafts = check(
        col, [note("a", tags="x y x"), cloze("{{c1::b}}"), note("c")], among_themselves=True
    )
    one, two, three = new_notes(col, [draft for draft in drafts if isinstance(draft, Draft)])
    assert len({one.guid, two.guid, three.guid}) == 3
    assert (one.mid, one.mid) == (three.mid, three.mid)
    assert two.mid != one.mid
    one.fields[0], one.tags[0] = "changed", "changed"
    assert (three.fields, three.tags) == (["c", "cat"], [])
    assert (one.tags, two.fields) == (["changed", "y"], ["{{c1::b}}", ""])
    assert col.note_count() == 0
