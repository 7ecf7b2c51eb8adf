"""What goes into a note's fields."""

import os
import unicodedata
from typing import Any, Dict, List

import pytest
from anki.collection import Collection, Config
from anki.notes import Note

from plugin.collection import filling, media
from plugin.collection.edit import Edit
from plugin.collection.filling import cloze_numbers, cloze_positions, fill, shown_as_cloze
from plugin.collection.lookups import Lookups
from plugin.errors import BadParams
from plugin.sources import Content
from tests.collection.note_calls import (
    REVERSED,
    call,
    cloze,
    fields,
    file,
    files,
    note,
)
from tests.collection.whole_state import whole_state


def note_type(col: Collection, name: str = "Basic") -> Any:
    return col.models.by_name(name)


def texts(col: Collection, values: Any, old: Any = ()) -> List[str]:
    return list(fill(Lookups(col), note_type(col), values, old).texts)


def attachment(name: str, *names: str, data: Any = b"x", failure: str = "") -> media.Attachment:
    return media.Attachment("audio", name, names, replace=False, content=Content(data, failure))


# Values


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, ["", ""]),
        ({"Front": "a"}, ["a", ""]),
        ({"back": "b", "FRONT": "a"}, ["a", "b"]),
        ({"Front": "exact", "front": "other"}, ["exact", ""]),
        ({"front": "other", "Front": "exact"}, ["exact", ""]),
        ({"Nope": "x", "": "y"}, ["", ""]),
        ({"Front": 5, "Back": 2.5}, ["5", "2.5"]),
        ({"Front": "a\x00b\x07c\x1fd\x7f", "Back": "a\tb\nc"}, ["abcd", "a\tb\nc"]),
        ({"Front": unicodedata.normalize("NFD", "é")}, ["é", ""]),
    ],
)
def test_values_go_to_their_fields(
    col: Collection, values: Dict[str, Any], found: List[str]
) -> None:
    assert texts(col, values) == found


def test_what_is_expected_is_what_anki_stores(col: Collection) -> None:
    values = {"Front": "a\x00\x1f\x7fb\r\nが\u2028", "Back": "\u212b \ud7a3\u1112"}
    note_id = call(col, "addNote", note={**note(), "fields": values})
    assert fields(col, note_id) == texts(col, values)


def test_a_user_may_have_switched_composing_off(col: Collection) -> None:
    decomposed = unicodedata.normalize("NFD", "é")
    col.set_config_bool(Config.Bool.NORMALIZE_NOTE_TEXT, value=False)
    assert texts(col, {"Front": decomposed}) == [decomposed, ""]
    note_id = call(col, "addNote", note=note(decomposed))
    assert fields(col, note_id)[0] == decomposed
    assert call(col, "canAddNote", note=note(decomposed)) is False


def test_old_texts_stay_where_no_value_is_given(col: Collection) -> None:
    old = ["a", "b"]
    assert texts(col, {"Back": ""}, old) == ["a", ""]
    assert texts(col, {}, old) == ["a", "b"]
    assert old == ["a", "b"]


@pytest.mark.parametrize("value", [True, False, None, [], {}, ["x"]])
def test_other_values_are_refused_even_for_unknown_fields(col: Collection, value: Any) -> None:
    for name in ("Front", "Nope"):
        with pytest.raises(BadParams, match=f"^field values should be strings: {name}$"):
            texts(col, {name: value})


@pytest.mark.parametrize("values", [None, [], "x", 5])
def test_fields_are_an_object(col: Collection, values: Any) -> None:
    with pytest.raises(BadParams, match=r"^note\.fields should be an object$"):
        texts(col, values)


def test_a_very_long_name_is_cut_in_the_error(col: Collection) -> None:
    with pytest.raises(BadParams) as refused:
        texts(col, {"x" * 5000: None})
    assert len(str(refused.value)) < 200


# Files


def test_mentions_follow_the_values(col: Collection) -> None:
    given = [attachment("a.mp3", "Back", "front", "Nope"), attachment("b.mp3", "Back")]
    found = fill(Lookups(col), note_type(col), {"Back": "x"}, attachments=given)
    assert found.mentioning(["one.mp3", "two.mp3"]) == [
        "[sound:one.mp3]",
        "x[sound:one.mp3][sound:two.mp3]",
    ]
    assert list(found.texts) == ["", "x"]
    assert found.brings_files


def test_a_file_without_content_is_mentioned_but_not_brought(col: Collection) -> None:
    given = [attachment("a.mp3", "Back", data=None)]
    found = fill(Lookups(col), note_type(col), {}, attachments=given)
    assert found.expected(col) == ["", "[sound:a.mp3]"]
    assert not found.brings_files


def test_a_failure_is_written_as_text(col: Collection) -> None:
    given = [attachment("a.mp3", "Back", data=None, failure="<404> & more")]
    found = fill(Lookups(col), note_type(col), {"Back": "x"}, attachments=given)
    assert found.expected(col) == ["", "x&lt;404&gt; &amp; more"]


def refused_by_the_disk(col: Collection, name: str, given: Dict[str, Any]) -> None:
    os.mkdir(os.path.join(col.media.dir(), "taken.mp3"))
    sounds = [file("first.mp3", "1", "Back"), file("taken.mp3", "2", "Back")]
    before, step = whole_state(col), col.undo_status().undo
    with pytest.raises(OSError, match=r"(?i)directory"):
        call(col, name, note={**given, "audio": sounds})
    assert (whole_state(col), col.undo_status().undo) == (before, step)
    assert files(col) == {}


def test_a_file_that_cannot_be_stored_takes_the_new_note_back(col: Collection) -> None:
    refused_by_the_disk(col, "addNote", note())


def test_a_file_that_cannot_be_stored_takes_the_update_back(col: Collection) -> None:
    note_id = call(col, "addNote", note=note())
    refused_by_the_disk(col, "updateNoteFields", {"id": note_id, "fields": {"Back": "new"}})
    assert fields(col, note_id) == ["gato", "cat"]


def test_notes_are_written_again_only_for_other_names(col: Collection) -> None:
    edit = Edit(col)
    lookups = Lookups(col)
    pairs = []
    for name in ("plain.mp3", "con.mp3"):
        brought = fill(
            lookups, note_type(col), {"Front": name}, attachments=[attachment(name, "Back")]
        )
        added = Note(col, note_type(col))
        added.fields = brought.expected(col)
        pairs.append((added, brought))
    with edit.step():
        for added, _ in pairs:
            col.add_note(added, 1)  # type: ignore[arg-type]
        filling.store_files(edit, pairs)
    stored = [fields(col, added.id)[1] for added, _ in pairs]
    assert stored == [f"[sound:{name}]" for name in sorted(files(col), reverse=True)]
    assert stored[0] == "[sound:plain.mp3]"
    col.undo()
    assert col.note_count() == 0


# Cloze deletions


def numbers(col: Collection, name: str, *values: str) -> List[int]:
    return sorted(cloze_numbers(Note(col, note_type(col, name)), values))


def test_deletions_are_numbered(col: Collection) -> None:
    assert numbers(col, "Cloze", "{{c3::a}} {{c1::b}} {{c3::c}}", "{{c5::d}}") == [1, 3, 5]
    assert numbers(col, "Cloze", "{{c0::a}}", "") == []


def test_the_template_tells_which_fields_are_shown_as_cloze(col: Collection) -> None:
    assert shown_as_cloze(note_type(col, "Cloze"), ["{{c1::a}}", "{{c5::d}}"]) == ["{{c1::a}}", ""]
    assert cloze_positions(note_type(col, "Cloze")) == [0]
    assert cloze_positions(note_type(col, REVERSED)) == []


def test_filters_and_conditions_around_the_field_are_understood(col: Collection) -> None:
    own = col.models.copy(note_type(col, "Cloze"))
    own["tmpls"][0]["qfmt"] = (
        "{{#Text}}{{ edit : cloze : Text }}{{/Text}}{{cloze:Nope}}{{Back Extra}}"
    )
    assert cloze_positions(own) == [0]
    own["tmpls"][0]["qfmt"] += "{{cloze:Back Extra}}"
    assert cloze_positions(own) == [0, 1]


@pytest.mark.parametrize("text", ["{{c1::a}}", "{{c2::a}} {{c4::b}}", "x {{c1::a {{c2::b}} }}"])
def test_they_are_the_cards_that_anki_makes(col: Collection, text: str) -> None:
    note_id = call(col, "addNote", note=cloze(text, "{{c9::x}}"))
    made = col.db.list("select ord + 1 from cards where nid = ? order by ord", note_id)
    assert made == numbers(col, "Cloze", text, "{{c9::x}}")
