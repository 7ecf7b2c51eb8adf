"""Changing and deleting notes, on a bare collection."""

import unicodedata
from typing import Any, Dict, List

import pytest
from anki.collection import Collection

from plugin.errors import BadParams
from plugin.registry import ACTIONS
from tests.collection.note_calls import (
    REVERSED,
    assert_nothing_done,
    assert_one_step,
    call,
    cloze,
    fields,
    file,
    files,
    note,
    orders,
    refusal,
    tags,
)


@pytest.fixture
def gato(col: Collection) -> int:
    return int(call(col, "addNote", note=note(tags=["animals"])))


# updateNoteFields


def test_given_fields_are_overwritten_and_the_others_stay(col: Collection, gato: int) -> None:
    change = {"id": str(gato), "fields": {"back": "the cat", "Nope": "x"}}
    assert call(col, "updateNoteFields", note=change) is None
    assert fields(col, gato) == ["gato", "the cat"]
    assert tags(col, gato) == ["animals"]


def test_an_update_is_one_step(col: Collection, gato: int) -> None:
    change = {"id": gato, "fields": {"Front": "perro", "Back": 5}}
    assert_one_step(col, "updateNoteFields", note=change)
    assert fields(col, gato) == ["perro", "5"]


def test_cards_that_an_update_calls_for_are_part_of_its_step(col: Collection) -> None:
    note_id = call(col, "addNote", note=cloze("{{c1::a}}"))
    change = {"id": note_id, "fields": {"Text": "{{c1::a}} {{c2::b}}"}}
    assert_one_step(col, "updateNoteFields", note=change)
    assert orders(col, note_id) == [0, 1]


def test_the_exact_name_of_a_field_wins(col: Collection, gato: int) -> None:
    for given in ({"Back": "exact", "BACK": "other"}, {"BACK": "other", "Back": "exact"}):
        call(col, "updateNoteFields", note={"id": gato, "fields": given})
        assert fields(col, gato)[1] == "exact"


@pytest.mark.parametrize(
    "given",
    [{}, {"Back": "cat"}, {"Nope": "x"}, {"Front": "ga\x07to"}],
)
def test_an_update_that_changes_nothing_leaves_no_step(
    col: Collection, gato: int, given: Dict[str, Any]
) -> None:
    change = {"id": gato, "fields": given}
    assert_nothing_done(col, lambda: call(col, "updateNoteFields", note=change))


def test_text_that_differs_only_in_its_composition_is_no_change(col: Collection) -> None:
    note_id = call(col, "addNote", note=note("é"))
    change = {"id": note_id, "fields": {"Front": unicodedata.normalize("NFD", "é")}}
    assert_nothing_done(col, lambda: call(col, "updateNoteFields", note=change))


@pytest.mark.parametrize("name", ["updateNoteFields", "updateNote"])
def test_files_are_mentioned_after_the_values(col: Collection, gato: int, name: str) -> None:
    sound, picture = file("a.mp3", "s", "back"), file("a.png", "p", "Back", "Front")
    call(col, name, note={"id": gato, "fields": {"Back": "x"}, "audio": sound, "picture": picture})
    assert fields(col, gato) == ['gato<img src="a.png">', 'x[sound:a.mp3]<img src="a.png">']
    assert files(col) == {"a.mp3": "s", "a.png": "p"}


def test_empty_fields_add_files_only(col: Collection, gato: int) -> None:
    change = {"id": gato, "fields": {}, "audio": [file("a.mp3", "s", "Back"), file("b.mp3", "t")]}
    call(col, "updateNoteFields", note=change)
    assert fields(col, gato) == ["gato", "cat[sound:a.mp3]"]
    assert files(col) == {"a.mp3": "s", "b.mp3": "t"}


def test_a_file_that_no_field_mentions_is_stored_all_the_same(col: Collection, gato: int) -> None:
    before = col.undo_status().last_step
    change = {"id": gato, "fields": {}, "picture": file("a.png", "p")}
    call(col, "updateNoteFields", note=change)
    assert (files(col), fields(col, gato)) == ({"a.png": "p"}, ["gato", "cat"])
    assert col.undo_status().last_step == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": 1, "fields": {}}, "Note was not found: 1"),
        ({"id": "1", "fields": {"Front": "x"}}, "Note was not found: 1"),
        ({"id": 1}, "missing required property 'fields'"),
        ({"id": 1, "fields": None}, "missing required property 'fields'"),
        ({"fields": {}}, "missing required property 'id'"),
        ({"id": 1.5, "fields": {}}, "note.id should be an id (a whole number): 1.5"),
        ({"id": True, "fields": {}}, "note.id should be an id (a whole number): true"),
        ({"id": 1, "fields": []}, "note.fields should be an object: []"),
        (
            {"id": 1, "fields": {}, "audio": file(".", "x")},
            "filename should be a non-empty string: .",
        ),
    ],
)
def test_an_update_that_cannot_be_made_says_why(
    col: Collection, change: Dict[str, Any], reason: str
) -> None:
    assert refusal(col, "updateNoteFields", note=change) == reason


@pytest.mark.parametrize("value", [True, None, ["x"], {"value": "x"}])
def test_a_field_is_text_or_a_number(col: Collection, gato: int, value: Any) -> None:
    given = {"id": gato, "fields": {"Front": "changed", "Back": value}}
    for name in ("updateNoteFields", "updateNote"):
        assert refusal(col, name, note=given) == "field values should be strings: Back"


# updateNote


def test_fields_and_tags_are_written_in_one_step(col: Collection, gato: int) -> None:
    change = {"id": gato, "fields": {"Back": "x"}, "tags": ["b a", "a"]}
    assert_one_step(col, "updateNote", note=change)
    assert (fields(col, gato), tags(col, gato)) == (["gato", "x"], ["a", "b"])


@pytest.mark.parametrize("absent", [{}, {"tags": None}])
def test_absent_tags_stay(col: Collection, gato: int, absent: Dict[str, Any]) -> None:
    call(col, "updateNote", note={"id": gato, "fields": {"Back": "x"}, **absent})
    assert (fields(col, gato), tags(col, gato)) == (["gato", "x"], ["animals"])


@pytest.mark.parametrize("absent", [{}, {"fields": None}])
def test_absent_fields_stay_and_their_files_do_not_count(
    col: Collection, gato: int, absent: Dict[str, Any]
) -> None:
    change = {"id": gato, "tags": "x y", "audio": file("a.mp3", "s", "Back"), **absent}
    call(col, "updateNote", note=change)
    assert (fields(col, gato), tags(col, gato)) == (["gato", "cat"], ["x", "y"])
    assert files(col) == {}


def test_an_empty_list_removes_all_tags(col: Collection, gato: int) -> None:
    call(col, "updateNote", note={"id": gato, "tags": []})
    assert tags(col, gato) == []


def test_the_same_content_again_leaves_no_step(col: Collection, gato: int) -> None:
    change = {"id": gato, "fields": {"Front": "gato"}, "tags": ["Animals"]}
    assert_nothing_done(col, lambda: call(col, "updateNote", note=change))


@pytest.mark.parametrize("given", [{}, {"fields": None}, {"tags": None, "fields": None}])
def test_something_has_to_be_given(col: Collection, gato: int, given: Dict[str, Any]) -> None:
    text = 'Must provide a "fields" or "tags" property.'
    assert refusal(col, "updateNote", note={"id": gato, **given}) == text


@pytest.mark.parametrize("bad", [5, [5], ["x", None], {"a": 1}, False])
def test_bad_tags_leave_the_fields_alone(col: Collection, gato: int, bad: Any) -> None:
    change = {"id": gato, "fields": {"Back": "x"}, "tags": bad, "audio": file("a.mp3", "s")}
    text = "Must provide tags as a list of strings"
    assert refusal(col, "updateNote", note=change) == text


def test_an_unknown_note_cannot_be_updated(col: Collection) -> None:
    assert refusal(col, "updateNote", note={"id": 7, "tags": []}) == "Note was not found: 7"
    assert refusal(col, "updateNote", note={"tags": []}) == "missing required property 'id'"


# updateNoteModel


def test_a_note_gets_another_type_with_fields_and_tags(col: Collection, gato: int) -> None:
    change = {"id": str(gato), "modelName": "cloze", "fields": {"TEXT": "{{c1::a}}", "Nope": "x"}}
    assert_one_step(col, "updateNoteModel", note={**change, "tags": "x y"})
    assert col.get_note(gato).note_type()["name"] == "Cloze"  # type: ignore[index]
    assert (fields(col, gato), tags(col, gato)) == (["{{c1::a}}", ""], ["x", "y"])


@pytest.mark.parametrize("absent", [{}, {"tags": None}, {"tags": []}])
def test_without_tags_it_loses_them(col: Collection, gato: int, absent: Dict[str, Any]) -> None:
    change = {"id": gato, "modelName": REVERSED, "fields": {"Front": "x"}, **absent}
    call(col, "updateNoteModel", note=change)
    assert (fields(col, gato), tags(col, gato)) == (["x", ""], [])


def test_with_the_type_that_it_has_only_the_content_changes(col: Collection, gato: int) -> None:
    col.db.execute("update col set ls = scm + 1")
    change = {"id": gato, "modelName": "Basic", "fields": {"Back": "x"}, "tags": ["animals"]}
    assert_one_step(col, "updateNoteModel", note=change)
    assert fields(col, gato) == ["", "x"]
    assert not col.schema_changed()
    assert_nothing_done(col, lambda: call(col, "updateNoteModel", note=change))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "Note ID is required"),
        ({"id": None}, "Note ID is required"),
        ({"id": 0}, "Note ID is required"),
        ({"id": "x", "modelName": ""}, "note.id should be an id (a whole number): x"),
        ({"id": 7}, "Model name is required"),
        ({"id": 7, "modelName": " "}, "Model name is required"),
        ({"id": 7, "modelName": 5}, "Model name is required"),
        ({"id": 7, "modelName": "B"}, "Fields must be provided as a dictionary"),
        ({"id": 7, "modelName": "B", "fields": {}}, "Fields must be provided as a dictionary"),
        ({"id": 7, "modelName": "B", "fields": []}, "Fields must be provided as a dictionary"),
        (
            {"id": 7, "modelName": "B", "fields": {"a": "b"}, "tags": 5},
            "Must provide tags as a list of strings",
        ),
        ({"id": 7, "modelName": "B", "fields": {"a": "b"}}, "Note was not found: 7"),
    ],
)
def test_a_change_of_type_that_cannot_be_made_says_why(
    col: Collection, change: Dict[str, Any], reason: str
) -> None:
    assert refusal(col, "updateNoteModel", note=change) == reason


def test_an_unknown_type_and_a_bad_field_are_refused(col: Collection, gato: int) -> None:
    unknown = {"id": gato, "modelName": "Nope", "fields": {"a": "b"}}
    assert refusal(col, "updateNoteModel", note=unknown) == "Model 'Nope' not found"
    bad = {"id": gato, "modelName": "Cloze", "fields": {"Text": False}}
    assert refusal(col, "updateNoteModel", note=bad) == "field values should be strings: Text"


# deleteNotes


def test_notes_are_deleted_with_all_their_cards(col: Collection, gato: int) -> None:
    other = call(col, "addNote", note=note("perro", modelName=REVERSED))
    assert_one_step(col, "deleteNotes", notes=[str(other), 7, other])
    assert col.db.list("select distinct nid from cards") == [gato]
    assert call(col, "findNotes", query="") == [gato]


def test_a_card_in_a_filtered_deck_goes_too(col: Collection, gato: int) -> None:
    deck_id = col.decks.new_filtered("Cram")
    col.sched.rebuild_filtered_deck(deck_id)
    assert col.db.list("select did from cards") == [deck_id]
    assert_one_step(col, "deleteNotes", notes=[gato])
    assert col.db.scalar("select count() from cards") == 0


@pytest.mark.parametrize("unknown", [[], [7], ["7", 8]])
def test_deleting_nothing_leaves_no_step(col: Collection, gato: int, unknown: List[Any]) -> None:
    assert_nothing_done(col, lambda: call(col, "deleteNotes", notes=unknown))


@pytest.mark.parametrize("given", ["12", None, 5])
def test_notes_to_delete_are_a_list(given: Any) -> None:
    with pytest.raises(BadParams, match="notes should be a list: "):
        ACTIONS["deleteNotes"].bind({"notes": given})


# removeEmptyNotes

BLANK = ["", " ", "<br>", "<div><b></b>&nbsp;</div>", "&#32;\t", "\u3000", "<!-- x -->"]
HOLDS_SOMETHING = [
    "x",
    "0",
    "<b>x</b>",
    '<img src="a.png">',
    "[sound:a.mp3]",
    "<svg></svg>",
    "<INPUT>",
    "{{c1::}}",
    "&amp;",
]


def stored(col: Collection, front: str, back: str) -> int:
    """A note with any content, as it may come from a file or another device."""
    added = col.new_note(col.models.by_name("Basic"))
    added.fields = [front, back]
    col.add_note(added, 1)  # type: ignore[arg-type]
    return int(added.id)


@pytest.mark.parametrize("text", BLANK)
def test_a_note_in_which_every_field_is_blank_is_removed(col: Collection, text: str) -> None:
    keeps = [stored(col, "x", text), stored(col, text, "x")]
    stored(col, text, text)
    assert_one_step(col, "removeEmptyNotes")
    assert sorted(call(col, "findNotes", query="")) == keeps


@pytest.mark.parametrize("text", HOLDS_SOMETHING)
def test_a_note_that_shows_anything_stays(col: Collection, text: str) -> None:
    stored(col, text, ""), stored(col, "", text)
    assert_nothing_done(col, lambda: call(col, "removeEmptyNotes"))


def test_note_types_decks_and_tags_stay(col: Collection) -> None:
    col.decks.add_normal_deck_with_name("Empty")
    stored(col, "", "")
    call(col, "addTags", notes=call(col, "findNotes", query=""), tags="used")

    def others() -> Any:
        return col.models.all_names_and_ids(), col.decks.all_names_and_ids(), col.tags.all()

    before = str(others())
    call(col, "removeEmptyNotes")
    assert call(col, "findNotes", query="") == []
    assert str(others()) == before
