"""Finding notes with the same first field."""

import json
from typing import Any, Dict, FrozenSet, Optional

import pytest
from anki.collection import Collection

from plugin.collection.duplicates import Candidate, checksum, comparable, find
from tests.collection.note_calls import REVERSED, call, note

TEXTS = [
    "gato",
    "a&nbsp;b",
    "<b>x</b> y",
    "&lt;b&gt;",
    "[sound:x.mp3]",
    "<img src='a.png'>",
    '<img src="a&amp;b.png"> x',
    "a < b > c",
    "<!-- c -->x",
    "&amp;amp;",
    "line\nline",
    "<script>x</script>y",
    "<style>x</style>y",
    "{{c1::x}}",
    "<div>open",
    "がガ 日本",
    "\u200b",
    "5",
]


def candidate(
    text: str, note_type_id: Optional[int] = None, decks: Optional[FrozenSet[int]] = None
) -> Candidate:
    return Candidate(text, note_type_id, decks)


@pytest.mark.parametrize("text", TEXTS)
def test_texts_are_compared_as_anki_does(col: Collection, text: str) -> None:
    call(col, "addNote", note=note(text))
    assert checksum(comparable(text)) == col.db.scalar("select csum from notes")
    assert call(col, "canAddNote", note=note(text)) is False


def test_equal_checksums_are_not_enough(col: Collection) -> None:
    call(col, "addNote", note=note("gato"))
    col.db.execute("update notes set csum = ?", checksum("perro"))
    assert find(col, [candidate("perro")]) == [False]


def test_each_candidate_gets_its_answer(col: Collection) -> None:
    call(col, "addNotes", notes=[note("gato"), note("perro"), note("gato", modelName=REVERSED)])
    basic, other = col.models.id_for_name("Basic"), col.models.id_for_name("Cloze")
    given = [
        candidate("gato"),
        candidate("gato", basic),
        candidate("gato", other),
        candidate("nope"),
        candidate("perro", basic, frozenset([1])),
        candidate("perro", basic, frozenset([2])),
        candidate("perro", basic, frozenset()),
    ]
    assert find(col, given) == [True, True, False, False, True, False, False]
    assert find(col, []) == []


# Where is looked

IN_DECK = {"duplicateScope": "deck"}


def in_deck(**inner: Any) -> Dict[str, Any]:
    return {"duplicateScope": "deck", "duplicateScopeOptions": inner}


@pytest.mark.parametrize(
    ("front", "options", "can_add"),
    [
        ("gato", {}, False),
        ("<b>gato</b>", {}, False),
        ("Gato", {}, True),
        ("gato ", {}, True),
        ("gato", {"allowDuplicate": True}, True),
        ("gato", {"duplicateScope": None}, False),
        ("gato", {"duplicateScope": "collection"}, False),
        ("gato", {"duplicateScope": "deck-root"}, False),
        ("gato", IN_DECK, True),
        ("gato", {"duplicateScope": "deck", "duplicateScopeOptions": None}, True),
        ("gato", in_deck(deckName=None), True),
        ("gato", in_deck(deckName=None, checkChildren=True), True),
        ("gato", in_deck(deckName="A"), True),
        ("gato", in_deck(deckName="A", checkChildren=True), False),
        ("gato", in_deck(deckName="a", checkChildren=True), False),
        ("gato", in_deck(deckName="A::B"), False),
        ("gato", in_deck(deckName="a::b"), False),
        ("gato", in_deck(deckName="AB", checkChildren=True), True),
        ("gato", in_deck(deckName="Nope"), True),
        ("gato", in_deck(deckName="Nope", checkChildren=True), True),
        ("gato", in_deck(deckName=""), True),
        ("gato", {"duplicateScopeOptions": {"deckName": "AB"}}, False),
    ],
)
def test_duplicates_are_looked_for_where_the_options_say(
    col: Collection, front: str, options: Dict[str, Any], can_add: bool
) -> None:
    for name in ("A::B", "AB"):
        col.decks.add_normal_deck_with_name(name)
    call(col, "addNote", note=note("gato", deckName="A::B"))
    assert call(col, "canAddNote", note=note(front, options=options)) is can_add


def test_without_a_name_the_note_s_own_deck_is_meant(col: Collection) -> None:
    col.decks.add_normal_deck_with_name("A::B")
    call(col, "addNote", note=note("gato", deckName="A::B"))
    given = [
        note("gato", deckName="A::B", options=IN_DECK),
        note("gato", deckName="A", options=IN_DECK),
        note("gato", deckName="A", options=in_deck(checkChildren=True)),
    ]
    assert call(col, "canAddNotes", notes=given) == [False, True, False]


def test_any_card_of_a_note_puts_it_in_a_deck(col: Collection) -> None:
    a, b = (col.decks.add_normal_deck_with_name(name).id for name in "AB")
    note_id = call(col, "addNote", note=note("gato", deckName="A", modelName=REVERSED))
    col.db.execute("update cards set did = ? where nid = ? and ord = 1", b, note_id)
    assert a != b
    given = [
        note("gato", modelName=REVERSED, options=in_deck(deckName=name))
        for name in ("A", "B", "Default")
    ]
    assert call(col, "canAddNotes", notes=given) == [False, False, True]


def test_a_card_in_a_filtered_deck_still_counts_at_home(col: Collection) -> None:
    call(col, "addNote", note=note("gato"))
    deck_id = col.decks.new_filtered("Cram")
    col.sched.rebuild_filtered_deck(deck_id)
    assert col.db.scalar("select did from cards") == deck_id
    given = [note("gato", options=in_deck(deckName=name)) for name in ("Default", "Cram")]
    assert call(col, "canAddNotes", notes=given) == [False, False]


def test_all_note_types_count_when_asked_for(col: Collection) -> None:
    call(col, "addNote", note=note("gato"))
    other = note("gato", modelName=REVERSED)
    everywhere = {**other, "options": {"duplicateScopeOptions": {"checkAllModels": True}}}
    in_a_deck = {**other, "options": in_deck(checkAllModels=True)}
    given = [other, everywhere, in_a_deck]
    assert call(col, "canAddNotes", notes=given) == [True, False, False]


def test_only_the_first_field_counts(col: Collection) -> None:
    call(col, "addNote", note=note("gato"))
    assert call(col, "canAddNote", note=note("cat")) is True


def test_a_batch_is_one_query(col: Collection) -> None:
    asked = []

    class Asking:
        """Stands before the database and notes what it is asked."""

        def all(self, sql: str, *arguments: Any) -> Any:
            asked.append(json.loads(arguments[0]))
            return col.db.all(sql, *arguments)

    class Asked:
        db = Asking()

    assert find(Asked(), [candidate(str(number)) for number in range(1000)]) == [False] * 1000  # type: ignore[arg-type]
    [checksums] = asked
    assert len(checksums) == 1000
