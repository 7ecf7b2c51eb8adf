"""The prepared collection that the examples are played against.

It needs nothing but an `anki` collection, so its source can be sent into a running Anki too: see `prepare_in`.
"""

from __future__ import annotations

import pathlib
import time
from typing import Any, Dict, List, Sequence

MEDIA_NAME = "_gato.txt"
REVIEW_ROW = "insert into revlog values (?, ?, -1, ?, ?, ?, ?, ?, ?)"


def prepare(col: Any) -> Dict[str, int]:
    """Fills an empty collection, and returns the ids of what is in it by name, such as "note.gato".

    Notes and their cards: gato (a review card, answered twice today), perro (new), hablar (two new cards).
    """
    ids = {
        "model.basic": _note_type(col, "Basic"),
        "model.reversed": _note_type(col, "Basic (and reversed card)"),
        "model.cloze": _note_type(col, "Cloze"),
        "deck.spanish": col.decks.id("Spanish"),
        "deck.verbs": col.decks.id("Spanish::Verbs"),
        "group.intensive": col.decks.add_config_returning_id("Intensive"),
    }
    gato = _add(col, ids["model.basic"], ids["deck.spanish"], ["gato", "cat"], ["animals"])
    perro = _add(col, ids["model.basic"], ids["deck.spanish"], ["perro", "dog"], ["a1", "animals"])
    hablar = _add(col, ids["model.reversed"], ids["deck.verbs"], ["hablar", "to speak"], ["verbs"])
    ids.update({"note.gato": gato.id, "note.perro": perro.id, "note.hablar": hablar.id})
    [ids["card.gato"]] = gato.card_ids()
    [ids["card.perro"]] = perro.card_ids()
    ids["card.hablar1"], ids["card.hablar2"] = hablar.card_ids()
    col.media.write_data(MEDIA_NAME, b"hola")
    _schedule(col, ids["card.gato"])
    ids["review.gato1"], ids["review.gato2"] = _review(col, ids["card.gato"])
    if hasattr(col.db, "last_begin_at"):
        col.save()  # 2.1.50 keeps a transaction open
    return {name: int(number) for name, number in ids.items()}


def prepare_in(anki: Any) -> Dict[str, int]:
    """Fills the collection of a running Anki (a RealAnki), and has its windows show it."""
    source = pathlib.Path(__file__).read_text(encoding="utf-8")
    ids: Dict[str, int] = anki.execute(source + "\nresult = prepare(col)\nmw.reset()\n")
    return ids


def _note_type(col: Any, name: str) -> Any:
    return col.models.by_name(name)["id"]


def _add(col: Any, note_type: Any, deck: Any, fields: Sequence[str], tags: List[str]) -> Any:
    note = col.new_note(col.models.get(note_type))
    note.fields = list(fields)
    note.tags = tags
    col.add_note(note, deck)
    return note


def _schedule(col: Any, card_id: int) -> None:
    """Makes the card a review card that was answered for the third time today."""
    card = col.get_card(card_id)
    card.type = card.queue = 2
    card.ivl = 4
    card.due = col.sched.today + card.ivl
    card.factor = 2500
    card.reps = 3
    col.update_card(card)


def _review(col: Any, card_id: int) -> List[int]:
    """Writes the review log of the card, and returns the ids of its two rows."""
    now = int(time.time() * 1000)
    day_began = (_day_ends(col) - 86400) * 1000
    first = max(now - 600_000, day_began)
    second = max(now, first + 1)
    rows = [
        (first, card_id, 3, -600, -60, 0, 5000, 0),
        (second, card_id, 3, 4, -600, 2500, 6157, 1),
    ]
    for row in rows:
        col.db.execute(REVIEW_ROW, *row)
    return [first, second]


def _day_ends(col: Any) -> int:
    """When Anki's day ends, in seconds. (Named otherwise before 2.1.5x.)"""
    scheduler = col.sched
    return int(scheduler.day_cutoff if hasattr(scheduler, "day_cutoff") else scheduler.dayCutoff)
