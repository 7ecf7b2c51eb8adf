"""Adding, finding and changing notes, on a bare collection."""

from typing import Any, Dict, List

import pytest
from anki.collection import Collection

from plugin.actions.notes import (
    add_note,
    add_notes,
    can_add_notes,
    can_add_notes_with_error_detail,
    find_notes,
    notes_info,
    update_note_fields,
)
from plugin.collection.edit import Edit
from plugin.errors import ApiError, BadParams

DUPLICATE = "cannot create note because it is a duplicate"
EMPTY = "cannot create note because it is empty"


def note(front: str = "gato", **more: Any) -> Dict[str, Any]:
    fields = {"Front": front, "Back": "cat"}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields, **more}


def state(col: Collection) -> List[Any]:
    return [
        col.db.all("select id, mid, tags, flds from notes order by id"),
        col.db.all("select id, nid, did, ord, type, queue from cards order by id"),
        sorted(deck.name for deck in col.decks.all_names_and_ids()),
    ]


def test_a_note_is_added_to_its_deck_with_its_tags(col: Collection) -> None:
    deck_id = col.decks.add_normal_deck_with_name("Spanish").id
    note_id = add_note(Edit(col), note(deckName="spanish", tags="animals  a1 animals"))
    assert col.db.scalar("select did from cards where nid = ?", note_id) == deck_id
    assert col.get_note(note_id).tags == ["a1", "animals"]


def test_adding_is_one_named_undo_step_that_restores_the_state(col: Collection) -> None:
    before = state(col)
    edit = Edit(col, "AnkiConnect: Add Notes")
    add_notes(edit, [note(str(number)) for number in range(60)])
    assert col.undo_status().undo == "AnkiConnect: Add Notes"
    assert edit.changes is not None
    assert edit.changes.note_text
    col.undo()
    assert state(col) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"modelName": "Nope"}, "model was not found: Nope"),
        ({"deckName": "Nope"}, "deck was not found: Nope"),
        ({"fields": {"Front": " <br> ", "Back": "x"}}, EMPTY),
        ({"fields": {"Front": True}}, "field values should be strings: Front"),
        ({"options": {"allowDuplicate": 1}}, 'option parameter "allowDuplicate" must be boolean'),
        (
            {"options": {"duplicateScopeOptions": {"checkChildren": "x"}}},
            'option parameter "duplicateScopeOptions.checkChildren" must be boolean',
        ),
        (
            {"options": {"duplicateScopeOptions": {"checkAllModels": 0}}},
            'option parameter "duplicateScopeOptions.checkAllModels" must be boolean',
        ),
    ],
)
def test_a_note_that_cannot_be_added_says_why_and_changes_nothing(
    col: Collection, change: Dict[str, Any], reason: str
) -> None:
    before = state(col)
    edit = Edit(col)
    with pytest.raises(ApiError) as refused:
        add_note(edit, {**note(), **change})
    assert str(refused.value) == reason
    assert state(col) == before
    assert edit.changes is None


def test_a_cloze_note_without_a_cloze_deletion_is_refused(col: Collection) -> None:
    cloze = {"deckName": "Default", "modelName": "Cloze", "fields": {"Text": "plain"}}
    with pytest.raises(ApiError, match="cannot create note for unknown reason: "):
        add_note(Edit(col), cloze)


def test_cloze_markup_in_an_ordinary_note_type_is_accepted(col: Collection) -> None:
    assert add_note(Edit(col), note("{{c1::x}} text"))


def test_a_note_for_a_filtered_deck_is_refused(col: Collection) -> None:
    col.decks.new_filtered("Cram")
    with pytest.raises(ApiError, match="filtered deck"):
        add_note(Edit(col), note(deckName="Cram"))


@pytest.mark.parametrize(
    ("front", "options", "can_add"),
    [
        ("gato", {}, False),
        ("<b>gato</b>", {}, False),
        ("Gato", {}, True),
        ("gato ", {}, True),
        ("gato", {"allowDuplicate": True}, True),
        ("gato", {"duplicateScope": "deck"}, True),
        ("gato", {"duplicateScope": "deck-root"}, False),
        ("gato", {"duplicateScope": "deck", "duplicateScopeOptions": {"deckName": "A"}}, True),
        (
            "gato",
            {
                "duplicateScope": "deck",
                "duplicateScopeOptions": {"deckName": "A", "checkChildren": True},
            },
            False,
        ),
        ("gato", {"duplicateScope": "deck", "duplicateScopeOptions": {"deckName": "A::B"}}, False),
        ("gato", {"duplicateScope": "deck", "duplicateScopeOptions": {"deckName": "Nope"}}, True),
    ],
)
def test_duplicates_are_looked_for_where_the_options_say(
    col: Collection, front: str, options: Dict[str, Any], can_add: bool
) -> None:
    col.decks.add_normal_deck_with_name("A::B")
    add_note(Edit(col), note("gato", deckName="A::B"))
    assert can_add_notes(col, [note(front, options=options)]) == [can_add]


def test_all_note_types_count_when_asked_for(col: Collection) -> None:
    add_note(Edit(col), note("gato"))
    other = note("gato", modelName="Basic (and reversed card)")
    everywhere = {**other, "options": {"duplicateScopeOptions": {"checkAllModels": True}}}
    assert can_add_notes(col, [other, everywhere]) == [True, False]


def test_of_two_equal_notes_in_one_call_the_second_is_refused(col: Collection) -> None:
    first, second, third = add_notes(Edit(col), [note(), note(), note("perro")])
    assert first
    assert second is None
    assert third


def test_all_or_nothing_adds_nothing_and_names_the_refused(col: Collection) -> None:
    with pytest.raises(ApiError, match=r"notes\[1\]: " + DUPLICATE):
        add_notes(Edit(col), [note(), note()], all_or_nothing=True)
    assert find_notes(col, "") == []


def test_reasons_take_the_place_of_null_when_asked_for(col: Collection) -> None:
    _, reason = add_notes(Edit(col), [note(), note()], reasons=True)
    assert reason == {"error": DUPLICATE}


def test_what_is_no_note_object_cannot_be_added_and_stops_nobody(col: Collection) -> None:
    broken = BadParams("missing required property 'fields'")
    assert can_add_notes(col, [broken, note()]) == [False, True]
    details = can_add_notes_with_error_detail(col, [broken, note()])
    assert details == [{"canAdd": False, "error": str(broken)}, {"canAdd": True}]


def test_a_search_of_null_finds_nothing_and_an_empty_one_everything(col: Collection) -> None:
    note_id = add_note(Edit(col), note())
    assert find_notes(col) == []
    assert find_notes(col, "") == [note_id]


def test_notes_info_keeps_order_repeats_and_unknown_ids(col: Collection) -> None:
    note_id = add_note(Edit(col), note(tags=["animals"]))
    one, unknown, again = notes_info(col, "User 1", [note_id, 7, note_id])
    assert unknown == {}
    assert one == again
    assert one["fields"] == {
        "Front": {"value": "gato", "order": 0},
        "Back": {"value": "cat", "order": 1},
    }
    assert (one["noteId"], one["modelName"], one["tags"]) == (note_id, "Basic", ["animals"])
    assert one["cards"] == list(col.find_cards(f"nid:{note_id}"))


def test_notes_info_wants_ids_or_a_query(col: Collection) -> None:
    with pytest.raises(ApiError, match='Must provide either "notes" or a "query"'):
        notes_info(col, "User 1")


def test_given_fields_are_overwritten_and_the_others_stay(col: Collection) -> None:
    note_id = add_note(Edit(col), note())
    before = state(col)
    update_note_fields(Edit(col), {"id": note_id, "fields": {"back": "the cat", "Nope": "x"}})
    assert col.get_note(note_id).fields == ["gato", "the cat"]
    col.undo()
    assert state(col) == before


def test_an_update_that_changes_nothing_leaves_the_undo_list_alone(col: Collection) -> None:
    note_id = add_note(Edit(col, "mine"), note())
    update_note_fields(Edit(col, "other"), {"id": note_id, "fields": {"Back": "cat"}})
    assert col.undo_status().undo == "mine"


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ({"id": 1, "fields": {}}, "Note was not found: 1"),
        ({"id": 1}, "missing required property 'fields'"),
    ],
)
def test_an_update_that_cannot_be_made_says_why(
    col: Collection, update: Dict[str, Any], reason: str
) -> None:
    with pytest.raises(ApiError) as refused:
        update_note_fields(Edit(col), update)  # type: ignore[arg-type]
    assert str(refused.value) == reason
