"""The prepared collection is the same on a bare collection and in a running Anki."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from tests import given
from tests.real_anki import RealAnki

CONTENT = {
    "decks": "select name from decks order by name",
    "notes": "select flds, tags from notes order by id",
    "cards": "select n.flds, c.ord, c.type, c.queue, c.ivl, c.factor, c.reps, c.lapses, d.name"
    " from cards c, notes n, decks d where n.id = c.nid and d.id = c.did order by c.id",
    "reviews": "select ease, ivl, lastIvl, factor, time, type from revlog order by id",
}
CARDS = [
    ["gato\x1fcat", 0, 2, 2, 4, 2500, 3, 0, "Spanish"],
    ["perro\x1fdog", 0, 0, 0, 0, 0, 0, 0, "Spanish"],
    ["hablar\x1fto speak", 0, 0, 0, 0, 0, 0, 0, "Spanish\x1fVerbs"],
    ["hablar\x1fto speak", 1, 0, 0, 0, 0, 0, 0, "Spanish\x1fVerbs"],
]
REVIEWS = [[3, -600, -60, 0, 5000, 0], [3, 4, -600, 2500, 6157, 1]]


def check_content(content: Dict[str, List[Any]], media: bytes) -> None:
    assert content["decks"] == [["Default"], ["Spanish"], ["Spanish\x1fVerbs"]]
    assert [tags.split() for _, tags in content["notes"]] == [
        ["animals"],
        ["a1", "animals"],
        ["verbs"],
    ]
    assert (content["cards"], content["reviews"]) == (CARDS, REVIEWS)
    assert media == b"hola"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_on_a_bare_collection(col: Any) -> None:
    ids = given.prepare(col)
    content = {name: list(map(list, col.db.all(query))) for name, query in CONTENT.items()}
    with open(f"{col.media.dir()}/{given.MEDIA_NAME}", "rb") as file:
        check_content(content, file.read())
    assert list(col.find_cards("rated:1")) == [ids["card.gato"]]
    assert col.decks.name(ids["deck.verbs"]) == "Spanish::Verbs"
    assert col.get_card(ids["card.hablar2"]).nid == ids["note.hablar"]


def test_in_a_running_anki(anki: RealAnki) -> None:
    ids = given.prepare_in(anki)
    content = anki.evaluate(
        "{n: [list(r) for r in col.db.all(q)] for n, q in c.items()}", c=CONTENT
    )
    media = anki.evaluate("open(col.media.dir() + '/' + n).read()", n=given.MEDIA_NAME)
    check_content(content, media.encode())
    assert anki.evaluate("list(col.find_cards('rated:1'))") == [ids["card.gato"]]
    assert anki.evaluate("mw.form.actionUndo.isEnabled()") is False
