"""A search that looks at few notes finds what Anki's own search through all of them finds."""

import itertools
import time
from typing import Any, Iterator, List

import anki.lang
import pytest
from anki.collection import Collection, Config
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugin import compat
from plugin.collection.narrowing import MANY, exact_fields, narrowed

TEXTS = [
    "読む",
    "読む 1",
    "よむ",
    "ヨム",
    "12",
    "1",
    "食べる・喰べる",
    "é",
    "e\u0301",
    "Read",
    "read",
    "？",
    "-1",
    "a:1",
]
MARKED = ["<b>読む</b>", "読む&nbsp;1", "読む[sound:a.mp3]", " 読む", "読む ", "{{c1::読む}}"]


def add(col: Collection, deck: int, kind: str, *fields: str) -> int:
    note = col.new_note(col.models.by_name(kind))
    note.fields[: len(fields)] = fields
    col.add_note(note, deck)
    return int(note.id)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Texts in two decks and two note types, as the first field and as the second."""
    anki.lang.set_lang("en_US")
    col = Collection(str(tmp_path_factory.mktemp("words") / "collection.anki2"))
    other = int(compat.add_deck(col, "Words::日本語 1").id)
    for text, deck in itertools.product([*TEXTS, *MARKED], (1, other)):
        add(col, deck, "Basic", text, "x")
        add(col, deck, "Basic (type in the answer)", "x", text)
    add(col, 1, "Cloze", "{{c1::読む}}", "読む")
    yield col
    col.close()


NARROWED = [
    '"Front:読む"',
    "Front:読む",
    'front:"読む 1"',
    'deck:"Words::日本語 1" "front:読む"',
    '"deck:Words::日本語 1" -tag:x FRONT:12',
    'Front:読む　"note:Basic" is:new',
    "  Front:１２  ",
    "Front:読む:1",
    '"Front:-1"',
    '-Front:ヨム "Front:読む"',
    "back:読む Front:読む",
]
LEFT = [
    "",
    "読む",
    "Front:Read",
    "Front:*",
    "Front:読_",
    "Back:読む",
    "Fr*:読む",
    "Nothing:読む",
    "-Front:読む",
    "Front:読む or Front:よむ",
    "Front:読む OR deck:Default",
    "(Front:読む)",
    "-(Front:読む)",
    'Front:"読む',
    'Front:"読む\\"',
    'Front:" 読む"',
    "Front:e\u0301",
    "Front:<1>",
    "Front:1%",
    "deck:読む",
    "tag:読む",
    "nid:1",
    "Front:",
]


@pytest.mark.parametrize("query", NARROWED)
def test_an_exact_first_field_is_looked_up(words: Collection, query: str) -> None:
    found = narrowed(words, query)
    assert found.startswith("nid:")
    assert found.endswith(f" {query}")
    assert outcome(words.find_notes, found) == outcome(words.find_notes, query)
    assert outcome(words.find_cards, found) == outcome(words.find_cards, query)


@pytest.mark.parametrize("query", LEFT)
def test_other_searches_are_left_to_anki(words: Collection, query: str) -> None:
    assert narrowed(words, query) == query


def outcome(search: Any, query: str) -> Any:
    try:
        return list(search(query))
    except compat.anki_errors() as error:
        return str(error)


PARTS = st.sampled_from(
    [
        *(f'"Front:{text}"' for text in [*TEXTS, *MARKED]),
        *(f"front:{text}" for text in TEXTS),
        *(f'back:"{text}"' for text in TEXTS),
        "deck:Default",
        'deck:"Words::日本語 1"',
        "is:new",
        "tag:none",
        "or",
        "AND",
        "-",
        "prop:wrong",
        "x",
        '"',
    ]
)
TERMS = st.tuples(st.sampled_from(["", "", "", "-"]), PARTS).map("".join)


@given(st.lists(TERMS, max_size=4), st.sampled_from([" ", "\u3000", "  ", "\t", ""]))
@settings(max_examples=400, deadline=None)
@example(['"Front:読む"', "prop:wrong"], " ")
@example(['"Front:読む"', "or", "x"], " ")
@example(['"Front:読む"', "-or"], " ")
def test_what_is_found_is_the_same(words: Collection, terms: List[str], between: str) -> None:
    query = between.join(terms)
    found = narrowed(words, query)
    assert outcome(words.find_notes, found) == outcome(words.find_notes, query)
    assert outcome(words.find_cards, found) == outcome(words.find_cards, query)


CHARACTERS = st.sampled_from(
    [*"1２一読むヨé.-:・'?!;=+#$ ~^|/[]{}@,", "\u0301", "\u200b", "😀", "ß", "İ"]
)


@given(st.text(CHARACTERS, max_size=6), st.text(CHARACTERS, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_text_without_letters(words: Collection, stored: str, asked: str) -> None:
    for text in (stored, asked):
        note = add(words, 1, "Basic", text)
        try:
            query = f'"Front:{asked}"'
            found = narrowed(words, query)
            assert outcome(words.find_notes, found) == outcome(words.find_notes, query)
        finally:
            words.remove_notes([note])


@pytest.mark.parametrize(
    "part", ["-a ", '-a:"b" ', '"-a" ', "a", "  ", "a:", "-", '"', "Front:読む "]
)
@pytest.mark.parametrize("end", ["", "(", '"'])
def test_a_long_search_is_read_in_no_time(words: Collection, part: str, end: str) -> None:
    query = part * 20_000 + end
    started = time.perf_counter()
    assert list(itertools.islice(exact_fields(query), 1)) in ([], [("Front", "読む")])
    assert time.perf_counter() - started < 1


def test_a_note_without_a_checksum_is_found(words: Collection) -> None:
    note = add(words, 1, "Basic", "独り")
    words.db.execute("update notes set csum = 0 where id = ?", note)
    assert narrowed(words, "Front:独り") == f"nid:{note} Front:独り"


def test_a_field_that_is_not_always_the_first_is_left_to_anki(col: Collection) -> None:
    assert narrowed(col, "Front:読む") == "nid:0 Front:読む"
    note_type = col.models.by_name("Cloze")
    field = col.models.new_field("Front")
    col.models.add_field(note_type, field)
    col.models.update_dict(note_type)
    assert narrowed(col, "Front:読む") == "Front:読む"


def test_a_field_named_like_a_word_of_ankis_is_left_to_anki(col: Collection) -> None:
    note_type = col.models.by_name("Basic")
    col.models.rename_field(note_type, note_type["flds"][0], "Deck")
    col.models.update_dict(note_type)
    for other in (one for one in col.models.all() if one["name"] != "Basic"):
        col.models.remove(other["id"])
    assert narrowed(col, "Deck:読む") == "Deck:読む"


def test_many_notes_with_one_text_are_left_to_anki(col: Collection) -> None:
    for number in range(MANY):
        add(col, 1, "Basic", "同じ", str(number))
    assert narrowed(col, "Front:同じ") == "Front:同じ"


def test_who_ignores_accents_gets_ankis_own_search(col: Collection) -> None:
    add(col, 1, "Basic", "が")
    ignoring = getattr(Config.Bool, "IGNORE_ACCENTS_IN_SEARCH", None)
    if ignoring is not None:  # there is nothing to set before 23.10
        col.set_config_bool(ignoring, value=True)
        assert narrowed(col, "Front:が") == "Front:が"
        assert len(col.find_notes(narrowed(col, "Front:が"))) == 1


def test_an_anki_that_nobody_has_tested_searches_itself(
    col: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compat.library, "NEWEST_KNOWN", 0)
    assert narrowed(col, "Front:読む") == "Front:読む"
