"""Adding, finding and reading notes, on a bare collection."""

import unicodedata
from typing import Any, Dict

import pytest
from anki.collection import Collection

from plugin import compat
from plugin.errors import BadParams, Refused
from plugin.registry import ACTIONS
from tests.collection.note_calls import (
    DUPLICATE,
    EMPTY,
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

MISSING = "/no/such/folder/gato.mp3"


# addNote


def test_a_note_is_added_to_its_deck_with_its_tags(col: Collection) -> None:
    deck_id = col.decks.add_normal_deck_with_name("Spanish").id
    note_id = call(col, "addNote", note=note(deckName="spanish", tags="animals  a1 animals"))
    assert col.db.list("select did from cards where nid = ?", note_id) == [deck_id]
    assert tags(col, note_id) == ["a1", "animals"]
    assert fields(col, note_id) == ["gato", "cat"]


def test_its_note_type_makes_the_cards(col: Collection) -> None:
    assert orders(col, call(col, "addNote", note=note("a", modelName=REVERSED.upper()))) == [0, 1]
    assert orders(col, call(col, "addNote", note=cloze("{{c1::x}} {{c3::y}}"))) == [0, 2]


def test_adding_is_one_step(col: Collection) -> None:
    assert_one_step(col, "addNote", note=note(tags=["new"]))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"modelName": "Nope", "deckName": "Nope"}, "model was not found: Nope"),
        ({"deckName": "Nope", "options": {"allowDuplicate": 1}}, "deck was not found: Nope"),
        ({"fields": {"Front": " <br> ", "Back": "x"}}, EMPTY),
        ({"fields": {"Back": "x"}}, EMPTY),
        ({"fields": {}}, EMPTY),
        ({"fields": {"Front": True}}, "field values should be strings: Front"),
        ({"fields": {"Front": "x", "Nope": None}}, "field values should be strings: Nope"),
        ({"options": {"allowDuplicate": 1}}, 'option parameter "allowDuplicate" must be boolean'),
        (
            {"options": {"duplicateScopeOptions": {"checkChildren": "x"}}},
            'option parameter "duplicateScopeOptions.checkChildren" must be boolean',
        ),
        (
            {"options": {"duplicateScopeOptions": {"checkAllModels": 0}}},
            'option parameter "duplicateScopeOptions.checkAllModels" must be boolean',
        ),
        ({"audio": file("///", "x")}, "filename should be a non-empty string: ///"),
    ],
)
def test_a_note_that_cannot_be_added_says_why_and_changes_nothing(
    col: Collection, change: Dict[str, Any], reason: str
) -> None:
    assert refusal(col, "addNote", note={**note(), **change}) == reason


@pytest.mark.parametrize("name", ["deckName", "modelName", "fields"])
def test_a_member_that_is_missing_is_named(col: Collection, name: str) -> None:
    given = {key: value for key, value in note().items() if key != name}
    assert refusal(col, "addNote", note=given) == f"missing required property '{name}'"


def test_a_duplicate_is_refused_unless_allowed(col: Collection) -> None:
    first = call(col, "addNote", note=note())
    assert refusal(col, "addNote", note=note()) == DUPLICATE
    second = call(col, "addNote", note=note(options={"allowDuplicate": True}))
    assert call(col, "findNotes", query="front:gato") == [first, second]


# Files


def test_files_are_stored_and_mentioned_in_the_order_of_their_kinds(col: Collection) -> None:
    given = note(
        picture=[None, file("b.png", "p", "Front", "Nope"), file("c.png", "q", "front")],
        audio=file("a.mp3", "s", "BACK", "Front"),
        video=[file("v.mp4", "v", "Front"), file("only.mp4", "o")],
    )
    note_id = call(col, "addNote", note=given)
    assert fields(col, note_id) == [
        'gato[sound:a.mp3][sound:v.mp4]<img src="b.png"><img src="c.png">',
        "cat[sound:a.mp3]",
    ]
    stored = {"a.mp3": "s", "v.mp4": "v", "only.mp4": "o", "b.png": "p", "c.png": "q"}
    assert files(col) == stored


def test_other_content_under_a_taken_name_gets_a_name_of_its_own(col: Collection) -> None:
    call(col, "addNote", note=note("a", audio=file("s.mp3", "one")))
    second = call(col, "addNote", note=note("b", audio=file("s.mp3", "two", "Back")))
    [other] = set(files(col)) - {"s.mp3"}
    assert fields(col, second)[1] == f"cat[sound:{other}]"
    third = call(col, "addNote", note=note("c", audio=file("s.mp3", "one", "Back")))
    assert fields(col, third)[1] == "cat[sound:s.mp3]"
    replacing = file("s.mp3", "three", "Back", deleteExisting=True)
    assert fields(col, call(col, "addNote", note=note("d", audio=replacing)))[1] == (
        "cat[sound:s.mp3]"
    )
    assert files(col) == {"s.mp3": "three", other: "two"}


def test_a_name_that_anki_mends_is_mentioned_as_it_is_stored(col: Collection) -> None:
    for name in ("con.mp3", "x" * 200 + ".mp3"):
        before = set(files(col))
        note_id = call(col, "addNote", note=note(name, audio=file(name, name, "Back")))
        [stored] = set(files(col)) - before
        assert stored != name
        assert fields(col, note_id)[1] == f"cat[sound:{stored}]"


def test_a_first_field_that_holds_only_a_file_is_not_empty(col: Collection) -> None:
    given = {**note("", picture=file("a.png", "x", "Front")), "options": None}
    note_id = call(col, "addNote", note=given)
    assert fields(col, note_id)[0] == '<img src="a.png">'
    assert refusal(col, "addNote", note=given) == DUPLICATE


def test_a_file_that_cannot_be_had_leaves_its_reason_in_the_fields(col: Collection) -> None:
    missing = {"filename": "a.mp3", "path": MISSING, "fields": ["Back"]}
    note_id = call(col, "addNote", note=note(audio=missing))
    assert fields(col, note_id)[1].startswith("cat[Errno 2] No such file or directory: &#x27;/no/")
    assert files(col) == {}


def test_it_is_a_reason_to_refuse_the_note_when_asked_for(col: Collection) -> None:
    missing = {"filename": "a.mp3", "path": MISSING, "fields": ["Back"]}
    given = note(options={"requireMedia": True}, audio=[file("b.mp3", "x"), missing])
    assert refusal(col, "addNote", note=given).startswith("[Errno 2] No such file")
    assert files(col) == {}


def test_a_skipped_file_is_neither_stored_nor_mentioned(col: Collection) -> None:
    x_in_md5 = "9dd4e461268c8034f5c8564e155c67a6"
    skipped = file("a.mp3", "x", "Back", skipHash=x_in_md5)
    assert fields(col, call(col, "addNote", note=note(audio=skipped))) == ["gato", "cat"]
    assert files(col) == {}


def test_a_refused_note_leaves_no_file(col: Collection) -> None:
    call(col, "addNote", note=note())
    assert refusal(col, "addNote", note=note(audio=file("a.mp3", "x", "Back"))) == DUPLICATE
    assert files(col) == {}


# addNotes


def test_adding_many_is_one_step(col: Collection) -> None:
    many = [note(str(number), tags=[f"t{number}"]) for number in range(60)]
    assert_one_step(col, "addNotes", notes=[*many, cloze("{{c1::x}}")])


def test_refused_notes_are_null_and_stop_nobody(col: Collection) -> None:
    given = [note(), note(), 5, note("x", modelName="Nope"), {}, None, note("perro")]
    first, *others, last = call(col, "addNotes", notes=given)
    assert others == [None] * 5
    assert call(col, "findNotes", query="") == [first, last]


def test_only_accepted_notes_have_their_files_stored(col: Collection) -> None:
    given = [note(audio=file("a.mp3", "a", "Back")), note(audio=file("b.mp3", "b", "Back"))]
    call(col, "addNotes", notes=given)
    assert files(col) == {"a.mp3": "a"}


def test_no_notes_and_nothing_but_refused_ones_leave_no_step(col: Collection) -> None:
    assert_nothing_done(col, lambda: call(col, "addNotes", notes=[]))
    assert_nothing_done(col, lambda: call(col, "addNotes", notes=[5, note("")]))
    assert call(col, "addNotes", notes=[]) == []


def test_reasons_take_the_place_of_null_when_asked_for(col: Collection) -> None:
    given = [note(), note(), note("x", deckName="Nope"), 5]
    assert call(col, "addNotes", notes=given, reasons=True)[1:] == [
        {"error": DUPLICATE},
        {"error": "deck was not found: Nope"},
        {"error": "notes[3] should be an object: 5"},
    ]


def test_all_or_nothing_adds_nothing_and_names_every_refused_note(col: Collection) -> None:
    given = [note(audio=file("a.mp3", "a")), note(), 5, note("perro")]
    assert refusal(col, "addNotes", notes=given, allOrNothing=True) == (
        f"notes[1]: {DUPLICATE}; notes[2] should be an object: 5"
    )
    assert files(col) == {}
    assert len(call(col, "addNotes", notes=[note(), note("perro")], allOrNothing=True)) == 2


@pytest.mark.parametrize("name", ["addNotes", "canAddNotes", "canAddNotesWithErrorDetail"])
def test_notes_are_a_list(name: str) -> None:
    for given, shown in [("ab", "ab"), (None, "null"), ({"a": 1}, '{"a": 1}')]:
        with pytest.raises(BadParams) as refused:
            ACTIONS[name].bind({"notes": given})
        assert str(refused.value) == f"notes should be a list: {shown}"


# canAddNote and its like


def test_whether_a_note_can_be_added_is_told_in_four_ways(col: Collection) -> None:
    call(col, "addNote", note=note())
    given = [note("perro"), note()]
    details = [{"canAdd": True}, {"canAdd": False, "error": DUPLICATE}]
    assert [call(col, "canAddNote", note=one) for one in given] == [True, False]
    assert call(col, "canAddNotes", notes=given) == [True, False]
    assert [call(col, "canAddNoteWithErrorDetail", note=one) for one in given] == details
    assert call(col, "canAddNotesWithErrorDetail", notes=given) == details


def test_candidates_are_not_checked_against_each_other(col: Collection) -> None:
    assert call(col, "canAddNotes", notes=[note(), note()]) == [True, True]
    assert call(col, "canAddNotes", notes=[]) == []


def test_a_note_reduced_to_its_first_field_is_enough(col: Collection) -> None:
    assert call(col, "canAddNote", note={**note(), "fields": {"Front": "x"}}) is True


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (5, "should be an object: 5"),
        (None, "should be an object: null"),
        ("text", "should be an object: text"),
        ({}, "missing required property 'deckName'"),
        (note(fields=[]), ".fields should be an object: []"),
        (note(tags=5), ".tags should be a list or a string: 5"),
        (note(options=3), "options should be an object: 3"),
        (note(picture=file("/", "x")), "filename should be a non-empty string: /"),
        (cloze("plain"), "cannot create note for unknown reason: "),
    ],
)
def test_what_is_no_valid_note_cannot_be_added_and_stops_nobody(
    col: Collection, given: Any, reason: str
) -> None:
    assert call(col, "canAddNotes", notes=[given, note()]) == [False, True]
    first, second = call(col, "canAddNotesWithErrorDetail", notes=[given, note()])
    assert first["canAdd"] is False
    assert reason in first["error"]
    assert second == {"canAdd": True}
    assert call(col, "canAddNote", note=given) is False


@pytest.mark.parametrize("name", ["canAddNote", "canAddNoteWithErrorDetail"])
def test_asking_stores_nothing(col: Collection, name: str) -> None:
    local = file("a.mp3", "x", "Front")
    remote = {"filename": "b.mp3", "url": "http://127.0.0.1:9/b.mp3", "fields": ["Back"]}
    given = note(audio=[local, remote], tags=["unheard-of"])
    assert_nothing_done(col, lambda: call(col, name, note=given))
    assert_nothing_done(col, lambda: call(col, name.replace("Note", "Notes"), notes=[given]))
    assert files(col) == {}


# findNotes


def test_a_search_of_null_finds_nothing_and_an_empty_one_everything(col: Collection) -> None:
    ids = call(col, "addNotes", notes=[note("a", tags=["x"]), note("b", modelName=REVERSED)])
    assert call(col, "findNotes") == call(col, "findNotes", query=None) == []
    assert sorted(call(col, "findNotes", query="")) == ids
    assert call(col, "findNotes", query="tag:x") == ids[:1]


def test_found_notes_come_in_pages(col: Collection) -> None:
    ids = call(col, "addNotes", notes=[note(str(number)) for number in range(5)])
    assert call(col, "findNotes", query="", limit=2) == ids[:2]
    assert call(col, "findNotes", query="", limit=2, offset=4) == ids[4:]
    assert call(col, "findNotes", query="", offset=3) == ids[3:]
    assert call(col, "findNotes", query="", limit=0) == []


def test_a_search_that_anki_does_not_understand_gets_its_words(col: Collection) -> None:
    for name in ("findNotes", "notesInfo"):
        with pytest.raises(compat.anki_errors(), match=r"(?i)bracket"):
            call(col, name, query="(gato")


# notesInfo


def test_notes_info_keeps_order_repeats_and_unknown_ids(col: Collection) -> None:
    note_id = call(col, "addNote", note=note(modelName=REVERSED, tags=["b", "a"]))
    one, unknown, again = call(col, "notesInfo", notes=[note_id, 7, str(note_id)])
    assert unknown == {}
    assert one == again
    assert one == {
        "noteId": note_id,
        "profile": "User 1",
        "modelName": REVERSED,
        "tags": ["a", "b"],
        "fields": {"Front": {"value": "gato", "order": 0}, "Back": {"value": "cat", "order": 1}},
        "mod": col.get_note(note_id).mod,
        "cards": col.db.list("select id from cards where nid = ? order by ord", note_id),
    }


def test_notes_info_by_query_wins(col: Collection) -> None:
    ids = call(col, "addNotes", notes=[note("a"), note("b"), note("c")])
    found = call(col, "notesInfo", notes=[7], query="front:a or front:c")
    assert sorted(one["noteId"] for one in found) == [ids[0], ids[2]]
    assert call(col, "notesInfo", query="front:nope") == []
    assert call(col, "notesInfo", notes=[]) == []


@pytest.mark.parametrize("params", [{}, {"notes": None}, {"notes": None, "query": None}])
def test_notes_info_wants_ids_or_a_query(col: Collection, params: Dict[str, Any]) -> None:
    text = 'Must provide either "notes" or a "query"'
    assert refusal(col, "notesInfo", **params) == text


def test_a_note_without_cards_has_none(col: Collection) -> None:
    note_id = call(col, "addNote", note=note())
    col.db.execute("delete from cards")
    assert call(col, "notesInfo", notes=[note_id])[0]["cards"] == []


def test_notes_info_tells_only_what_is_asked_for(col: Collection) -> None:
    ids = call(col, "addNotes", notes=[note("a"), note("b"), note("c")])
    [everything] = call(col, "notesInfo", notes=ids[:1])
    for key, value in everything.items():
        assert call(col, "notesInfo", notes=[ids[0], 7], keys=[key]) == [{key: value}, {}]
    assert call(col, "notesInfo", notes=ids[::-1], keys=["noteId"], offset=1, limit=1) == [
        {"noteId": ids[1]}
    ]
    assert call(col, "notesInfo", query="", keys=["noteId"], limit=1) == [{"noteId": ids[0]}]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"notes": "12"}, "notes should be a list: 12"),
        ({"notes": [True]}, "notes[0] should be an id (a whole number): true"),
        ({"notes": [1.5]}, "notes[0] should be an id (a whole number): 1.5"),
        ({"notes": [], "limit": -1}, "limit should be a whole number from 0 on: -1"),
        ({"notes": [], "keys": ["x"]}, "keys[0] should be one of "),
    ],
)
def test_wrong_parameters_are_named(params: Dict[str, Any], reason: str) -> None:
    with pytest.raises(BadParams) as refused:
        ACTIONS["notesInfo"].bind(params)
    assert str(refused.value).startswith(reason)


# notesModTime


def test_the_time_of_the_last_change(col: Collection) -> None:
    note_id = call(col, "addNote", note=note())
    col.db.execute("update notes set mod = 1700000000")
    known = {"noteId": note_id, "mod": 1700000000}
    assert call(col, "notesModTime", notes=[note_id, 7, str(note_id)]) == [known, {}, known]
    assert call(col, "notesModTime", notes=[]) == []


def test_text_is_composed_as_anki_keeps_it(col: Collection) -> None:
    decomposed = unicodedata.normalize("NFD", "がガé")
    note_id = call(col, "addNote", note=note(decomposed))
    assert fields(col, note_id)[0] == unicodedata.normalize("NFC", decomposed)
    with pytest.raises(Refused, match=DUPLICATE):
        call(col, "addNote", note=note(decomposed))
