"""Makes collections of a given size for benchmarks, with Anki's own library.

    python -m tools.big_collection 20000 DIRECTORY

Notes hold Japanese and Latin text in four fields (some 590 bytes), a third of them make two cards, 62 decks and the
tags are trees, two thirds of the cards have been reviewed: three reviews to each card of the collection. The same size
gives the same contents each time, apart from the ids.
"""

from __future__ import annotations

import argparse
import pathlib
import random
from itertools import cycle, islice
from typing import Any, Iterator, List

from anki.collection import Collection
from anki.decks import DeckId
from anki.notes import Note

from plugin import compat

BATCH = 5000
# How often a card has been reviewed; every third not at all.
REVIEWS = (0, 4, 5)
MEDIA_FILES = 500
DAY_MILLISECONDS = 86_400_000

SYLLABLES = "かきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろ"
CHARACTERS = "日本語学校食飲行来見聞読書話買売高安新古大小長短明暗早遅多少前後左右上下中外"
WORDS = ("the", "cat", "walks", "under", "a", "bright", "red", "sky", "nobody", "sings", "houses")


def japanese(chance: random.Random, length: int) -> str:
    return "".join(chance.choices(CHARACTERS + SYLLABLES, k=length))


def latin(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words))


def headword(number: int) -> str:
    """The first field of note `number`; no two are the same."""
    digits = []
    rest = number + 1
    while rest:
        rest, digit = divmod(rest, len(CHARACTERS))
        digits.append(CHARACTERS[digit])
    return "語" + "".join(digits)


def deck_names() -> List[str]:
    """Six trees of ten, and one single deck; Anki's own Default is the 62nd."""
    trees = [
        [f"Level {one}", *(f"Level {one}::Part {part}" for part in range(9))] for one in range(6)
    ]
    return [name for tree in trees for name in tree] + ["Mining"]


def texts(number: int, chance: random.Random) -> List[str]:
    return [
        headword(number),
        latin(chance, 12),
        f"{japanese(chance, 45)}<br><b>{japanese(chance, 8)}</b>",
        f"<div>{latin(chance, 68)}</div>",
    ]


def tags(number: int, chance: random.Random) -> List[str]:
    found = [f"level::{number % 6}", f"source::book{number % 40}"]
    return [*found, "leech"] if chance.random() < 0.02 else found


def note_types(col: Collection) -> List[Any]:
    """Two with four fields each; the second makes two cards."""
    made = []
    for name, stock in (("Word", "Basic"), ("Word (both ways)", "Basic (and reversed card)")):
        note_type = col.models.copy(col.models.by_name(stock), add=False)
        note_type["name"] = name
        for field in ("Sentence", "Definition"):
            col.models.add_field(note_type, col.models.new_field(field))
        col.models.add_dict(note_type)
        made.append(col.models.by_name(name))
    return made


def notes(col: Collection, size: int) -> Iterator[Note]:
    chance = random.Random(size)
    kinds = note_types(col)
    for number in range(size):
        note = Note(col, kinds[number % 3 == 0])
        note.fields = texts(number, chance)
        note.tags = tags(number, chance)
        yield note


def add_notes(col: Collection, size: int) -> None:
    decks = [DeckId(col.decks.add_normal_deck_with_name(name).id) for name in deck_names()]
    made, turns = notes(col, size), cycle(decks)
    while batch := list(islice(made, BATCH)):
        compat.add_notes(col, batch, list(islice(turns, len(batch))), lambda result: result)


def add_reviews(col: Collection) -> None:
    """Two of three cards become review cards with a history, some of them due today."""
    chance = random.Random(1)
    cards = col.db.list("select id from cards order by id")
    reviewed = [(card, REVIEWS[index % 3]) for index, card in enumerate(cards) if index % 3]
    today = col.sched.today
    states = [
        (today + chance.randrange(-3, 60), chance.randrange(1, 200), reps, card)
        for card, reps in reviewed
    ]
    col.db.executemany(
        "update cards set type=2, queue=2, due=?, ivl=?, factor=2500, reps=? where id=?", states
    )
    first = col.crt * 1000
    rows = []
    for index, (card, reps) in enumerate(reviewed):
        for turn in range(reps):
            moment = first - (1 + index % 300) * DAY_MILLISECONDS - index * 7 - turn
            rows.append((moment, card, -1, 3, 4 + turn, 1, 2500, 5000, 1))
    col.db.executemany("insert into revlog values (?,?,?,?,?,?,?,?,?)", rows)


def add_media(col: Collection) -> None:
    for number in range(MEDIA_FILES):
        pathlib.Path(col.media.dir(), f"sound{number}.mp3").write_bytes(bytes(17 * 1024))


def make(size: int, folder: pathlib.Path) -> pathlib.Path:
    """A collection of `size` notes in a folder; returns its file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "collection.anki2"
    col = Collection(str(path))
    try:
        add_notes(col, size)
        add_reviews(col)
        add_media(col)
        col.optimize()
    finally:
        col.close()
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("size", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    given = parser.parse_args()
    print(make(given.size, given.folder))


if __name__ == "__main__":
    main()
