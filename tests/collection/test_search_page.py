"""What docs/search.md says of Anki's searches holds in this Anki."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from tests import given

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "search.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("| term | finds |\n|---|---|\n")[2].partition("\n\n")[0]
TERMS = [
    term
    for row in TABLE.splitlines()
    for term in re.findall(r"`([^`]+)`", row.split(" | ")[0])
    if "…" not in term
]
[QUOTED] = re.findall(r"^(def quoted.*?)\n\n\n", PAGE, re.MULTILINE | re.DOTALL)

NASTY = [
    *('"', '""', "*", "_", "\\", "\\\\", "\\*", ":", "::", "(", ")", "-x", "'", "50%_*", "x\\"),
    *(
        "and",
        "or",
        "a and b",
        "deck:Default",
        "tag:none",
        "is:due",
        "re:a",
        "re:(",
        "nc:ano",
        "w:x",
    ),
    *("Front:x", "a:b", 'say "hi"', "a*b", "a_b", "axb", "猫", "año", "<b>", "x y", " x "),
]

# The notes of the prepared collection and two more, by what finds them.
FOUND: Dict[str, List[str]] = {
    "GATO": ["gato"],
    "hab*": ["hablar"],
    "g_to": ["gato"],
    "w:gat": [],
    "to speak": ["hablar"],
    '"speak to"': [],
    "Back:do": [],
    "Back:do*": ["perro"],
    "Back:": ["el año"],
    "Back:_*": ["a <b>bo</b>ld", "gato", "hablar", "perro"],
    "nc:ano": ["el año"],
    "bold": ["a <b>bo</b>ld"],
    "Front:*bold*": [],
    '"Tom & Jerry"': [],
    '"Tom &amp; Jerry"': ["a <b>bo</b>ld"],
    "Back:*Jer*": ["a <b>bo</b>ld"],
    '"re:^G.t"': ["gato"],
    r'"re:\bgato\b"': ["gato"],
    '"Front:el año"': ["el año"],
    "deck:Spanish -deck:Spanish::*": ["gato", "perro"],
    "tag:animals": ["gato", "perro"],
    "tag:a1": ["el año", "perro"],
    "perro or gato": ["gato", "perro"],
    "tag:animals -(cat or cow)": ["perro"],
    "is:review": ["gato"],
    "prop:ivl>=4": ["gato"],
    "rated:1:3": ["gato"],
    "rated:1:1": [],
    "introduced:7": ["gato"],
    "dek:Spanish": [],
    "card:2": ["hablar"],
}


@pytest.fixture
def quoted() -> Callable[..., str]:
    """The page's function."""
    known: Dict[str, Any] = {"re": re}
    exec(QUOTED, known)
    return known["quoted"]  # type: ignore[no-any-return]


def add(col: Any, front: str, back: str = "", deck: int = 1, tags: Any = ()) -> int:
    note = col.new_note(col.models.by_name("Basic"))
    note.fields = [front, back]
    note.tags = list(tags)
    col.add_note(note, deck)
    return int(note.id)


def fronts(col: Any, query: str) -> List[str]:
    return sorted(col.get_note(number).fields[0] for number in col.find_notes(query))


def test_anki_reads_every_term(col: Any) -> None:
    for term in TERMS:
        assert isinstance(list(col.find_cards(term)), list), term


def test_the_table_has_terms() -> None:
    assert len(TERMS) > 35


def test_a_quoted_text_means_itself(col: Any, quoted: Callable[..., str]) -> None:
    for text in NASTY:
        add(col, text)
    for text in NASTY:
        found = fronts(col, quoted(text))
        assert text in found
        assert [one for one in found if text.lower() not in one.lower()] == []
        assert fronts(col, quoted(text, "Front")) == [text]


def test_what_is_found(col: Any) -> None:
    given.prepare(col)
    add(col, "el año", tags=["a1::b"])
    add(col, "a <b>bo</b>ld", "Tom &amp; Jerry")
    assert {query: fronts(col, query) for query in FOUND} == FOUND


def test_a_decks_own_id_leaves_sub_decks_out(col: Any) -> None:
    ids = given.prepare(col)
    assert fronts(col, f"did:{ids['deck.spanish']}") == ["gato", "perro"]


@pytest.mark.parametrize("query", ['""', "is:foo", "(x", "a and"])
def test_what_anki_cannot_read(col: Any, query: str) -> None:
    from plugin.compat import anki_errors

    with pytest.raises(anki_errors(), match="Invalid search:"):
        col.find_notes(query)
