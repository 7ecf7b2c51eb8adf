"""Names of decks, note types and fields, and tags in texts."""

import unicodedata
from typing import Any, List

import pytest
from anki.collection import Collection

from plugin.collection.lookups import Lookups, folded, match_field, split_tags
from plugin.errors import NotFound


@pytest.fixture
def lookups(col: Collection) -> Lookups:
    for name in ("Straße", "É::b::c", "Éb", "Empty", 'Quo"ted'):
        col.decks.add_normal_deck_with_name(name)
    return Lookups(col)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Default", True),
        ("DEFAULT", True),
        ("Straße", True),
        ("straße", True),
        (unicodedata.normalize("NFD", "é::B"), True),
        ("É::b::C", True),
        ("É:b", False),
        ("Defaul_", False),
        ("*", False),
        (" Default\u3000", True),
        ("Def\tault\x00", True),
        ("é :: B ::c", True),
        ("É::", False),
        ("::b", False),
        ('Quo"ted', True),
        ('Nope"', False),
        ("", False),
    ],
)
def test_decks_are_found_as_anki_does(lookups: Lookups, name: str, found: bool) -> None:
    assert (lookups.deck_id(name) is not None) is found
    assert lookups.deck_id(name) == lookups.col.decks.id_for_name(name)


def test_a_missing_deck_is_not_made(lookups: Lookups) -> None:
    before = len(lookups.col.decks.all_names_and_ids())
    with pytest.raises(NotFound, match=r"^deck was not found: Nope$"):
        lookups.existing_deck_id("Nope")
    assert len(lookups.col.decks.all_names_and_ids()) == before


def test_note_types_are_found_ignoring_case(lookups: Lookups) -> None:
    for name in ("Cloze", "cLOZE"):
        assert lookups.existing_note_type(name)["name"] == "Cloze"
    with pytest.raises(NotFound, match=r"^model was not found: Cloz$"):
        lookups.existing_note_type("Cloz")
    assert lookups.note_type("") is None


def test_families(lookups: Lookups) -> None:
    col = lookups.col
    b, c = col.decks.id_for_name("É::b"), col.decks.id_for_name("É::b::c")
    assert lookups.with_children("é::B") == lookups.with_children("é :: b") == {b, c}
    assert lookups.with_children("É") == {b, c, col.decks.id_for_name("É")}
    assert lookups.with_children("Nope") == frozenset()
    assert lookups.with_children("") == frozenset()


def test_filtered_decks(lookups: Lookups) -> None:
    cram = lookups.col.decks.new_filtered("Cram")
    assert lookups.is_filtered(cram)
    assert not lookups.is_filtered(lookups.existing_deck_id("Empty"))


def test_a_collection_is_asked_once_a_request(
    lookups: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lookups.deck_id("Nope") is None
    assert lookups.note_type("Nope") is None
    monkeypatch.delattr(type(lookups.col.decks), "all_names_and_ids")
    monkeypatch.delattr(type(lookups.col.models), "all_names_and_ids")
    assert lookups.deck_id("nopf") is None
    assert lookups.note_type("nopf") is None


def test_a_known_name_is_found_without_reading_them_all(
    lookups: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(type(lookups.col.decks), "all_names_and_ids")
    monkeypatch.delattr(type(lookups.col.models), "all_names_and_ids")
    assert lookups.deck_id("default") == lookups.deck_id(" DEFAULT ") == 1
    assert lookups.deck_id("Empty")
    assert lookups.note_type("basic") == lookups.note_type("Basic")


@pytest.mark.parametrize(
    ("one", "other"),
    [("É", "é"), (unicodedata.normalize("NFD", "é"), "É"), ("STRASSE", "straße"), ("Σ", "ς")],
)
def test_what_anki_takes_for_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_field_named_exactly_so_comes_first() -> None:
    positions = {"front": 0, "Front": 1, "Ünder": 2}
    assert [match_field(name, positions) for name in ("Front", "front", "FRONT")] == [1, 0, 0]
    assert match_field(unicodedata.normalize("NFD", "üNDER"), positions) == 2
    assert match_field("Fron", positions) is None


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, []),
        ("", []),
        ("  ", []),
        ("a b", ["a", "b"]),
        ("b a b", ["b", "a"]),
        (["a b", "c", "", "b"], ["a", "b", "c"]),
        ("a\u3000b\tc\r\nd", ["a", "b", "c", "d"]),
        ("a,b;c::d", ["a,b;c::d"]),
        ("a A", ["a", "A"]),
        ([unicodedata.normalize("NFD", "é"), "é"], ["é"]),
        ([], []),
    ],
)
def test_tags_are_split_at_blanks(given: Any, found: List[str]) -> None:
    assert split_tags(given) == found
