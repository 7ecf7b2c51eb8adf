"""The floor of reading: the same data straight from Anki's collection. Runs inside Anki."""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime, timedelta
from typing import Any, Dict, List

import aqt
from anki.collection import Collection

CHOSEN = "in (select value from json_each(?))"
Params = Dict[str, Any]


def find_notes(col: Collection, params: Params) -> List[int]:
    return list(col.find_notes(params["query"]))


def find_cards(col: Collection, params: Params) -> List[int]:
    return list(col.find_cards(params["query"]))


def named_fields(names: List[str], text: str) -> Dict[str, Any]:
    return {
        name: {"value": value, "order": order}
        for order, (name, value) in enumerate(zip(names, text.split("\x1f")))
    }


def note_types(col: Collection) -> Dict[int, Any]:
    found = {}
    for entry in col.models.all_names_and_ids():
        note_type = col.models.get(entry.id)
        found[entry.id] = (
            note_type["name"],
            [field["name"] for field in note_type["flds"]],
            note_type["css"],
        )
    return found


def notes_info(col: Collection, params: Params) -> List[Any]:
    wanted = json.dumps(params["notes"])
    types, profile = note_types(col), aqt.mw.pm.name
    cards: Dict[int, List[int]] = {}
    for note, card in col.db.all(
        f"select nid, id from cards where nid {CHOSEN} order by nid, ord", wanted
    ):
        cards.setdefault(note, []).append(card)
    rows = col.db.all(f"select id, mid, mod, tags, flds from notes where id {CHOSEN}", wanted)
    found = {
        note: {
            "noteId": note,
            "profile": profile,
            "modelName": types[kind][0],
            "tags": tags.split(),
            "fields": named_fields(types[kind][1], fields),
            "mod": mod,
            "cards": cards[note],
        }
        for note, kind, mod, tags, fields in rows
    }
    return [found[note] for note in params["notes"]]


STORED = (
    "cardId",
    "note",
    "ord",
    "type",
    "queue",
    "due",
    "interval",
    "factor",
    "reps",
    "lapses",
    "left",
    "mod",
    "flags",
)
ROWS = f"""
select c.id, c.nid, c.ord, c.type, c.queue, c.due, c.ivl, c.factor, c.reps, c.lapses, c.left, c.mod, c.flags & 7,
    c.did, n.mid, n.flds
from cards c join notes n on n.id = c.nid where c.id {CHOSEN}
"""
COMPUTED = ("question", "answer", "nextReviews")


def cards_info(col: Collection, params: Params) -> List[Any]:
    decks = {deck.id: deck.name for deck in col.decks.all_names_and_ids()}
    types = note_types(col)
    computed = "keys" not in params
    found = {}
    for *stored, deck, kind, fields in col.db.all(ROWS, json.dumps(params["cards"])):
        name, field_names, css = types[kind]
        card = dict(zip(STORED, stored))
        card.update(
            fieldOrder=card["ord"],
            deckName=decks[deck],
            modelName=name,
            fields=named_fields(field_names, fields),
            css=css,
        )
        if computed:
            card.update(rendered(col, card["cardId"]))
        found[card["cardId"]] = card
    return [found[card] for card in params["cards"]]


def rendered(col: Collection, card_id: int) -> Dict[str, Any]:
    """Through Anki's renderer for cards, because add-ons may have their say in it."""
    output = col.get_card(card_id).render_output()
    texts = col.sched.describe_next_states(col._backend.get_scheduling_states(card_id))
    return {
        "question": output.question_and_style(),
        "answer": output.answer_and_style(),
        "nextReviews": [text.replace("\u2068", "").replace("\u2069", "") for text in texts],
    }


def column(col: Collection, table: str, name: str, ids: List[int]) -> Dict[int, Any]:
    rows = col.db.all(f"select id, {name} from {table} where id {CHOSEN}", json.dumps(ids))
    return dict(rows)


def notes_mod_time(col: Collection, params: Params) -> List[Any]:
    found = column(col, "notes", "mod", params["notes"])
    return [{"noteId": note, "mod": found[note]} for note in params["notes"]]


def cards_mod_time(col: Collection, params: Params) -> List[Any]:
    found = column(col, "cards", "mod", params["cards"])
    return [{"cardId": card, "mod": found[card]} for card in params["cards"]]


def get_intervals(col: Collection, params: Params) -> List[int]:
    latest = "select ivl from revlog where cid = cards.id order by id desc limit 1"
    value = f"case type when 0 then 0 else coalesce(({latest}), ivl) end"
    found = column(col, "cards", value, params["cards"])
    return [found[card] for card in params["cards"]]


def are_due(col: Collection, params: Params) -> List[bool]:
    new = column(col, "cards", "queue = 0", params["cards"])
    reviews = ",".join(str(card) for card in params["cards"] if not new[card])
    due = set(col.find_cards(f"is:due cid:{reviews}"))
    return [bool(new[card]) or card in due for card in params["cards"]]


def are_suspended(col: Collection, params: Params) -> List[bool]:
    found = column(col, "cards", "queue", params["cards"])
    return [found[card] == -1 for card in params["cards"]]


def get_ease_factors(col: Collection, params: Params) -> List[int]:
    found = column(col, "cards", "factor", params["cards"])
    return [found[card] for card in params["cards"]]


def deck_names_and_ids(col: Collection, params: Params) -> Dict[str, int]:
    return {deck.name: deck.id for deck in col.decks.all_names_and_ids()}


def get_tags(col: Collection, params: Params) -> List[str]:
    return col.tags.all()


def model_names_and_ids(col: Collection, params: Params) -> Dict[str, int]:
    return {entry.name: entry.id for entry in col.models.all_names_and_ids()}


def get_deck_stats(col: Collection, params: Params) -> Dict[str, Any]:
    names = {deck.id: deck.name for deck in col.decks.all_names_and_ids()}
    found, waiting = {}, [col.sched.deck_due_tree()]
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if names.get(node.deck_id) in params["decks"]:
            found[str(node.deck_id)] = {
                "deck_id": node.deck_id,
                "name": names[node.deck_id],
                "new_count": node.new_count,
                "learn_count": node.learn_count,
                "review_count": node.review_count,
                "total_in_deck": node.total_in_deck,
            }
    return found


REVIEW = ("id", "usn", "ease", "ivl", "lastIvl", "factor", "time", "type")


def card_reviews(col: Collection, params: Params) -> List[Any]:
    return col.db.all(
        "select id, cid, usn, ease, ivl, lastIvl, factor, time, type from revlog "
        "where cid in (select id from cards where did = ?) and id > ? order by id",
        col.decks.id_for_name(params["deck"]),
        params["startID"],
    )


def get_reviews_of_cards(col: Collection, params: Params) -> Dict[str, Any]:
    found: Dict[str, Any] = {str(card): [] for card in params["cards"]}
    for card, *values in col.db.all(
        f"select cid, {', '.join(REVIEW)} from revlog where cid {CHOSEN} order by id",
        json.dumps(params["cards"]),
    ):
        found[str(card)].append(dict(zip(REVIEW, values)))
    return found


def get_num_cards_reviewed_by_day(col: Collection, params: Params) -> List[Any]:
    ends = col.sched.day_cutoff
    today = datetime.fromtimestamp(ends).date() - timedelta(days=1)
    return [
        [(today - timedelta(days=ago)).isoformat(), count]
        for ago, count in col.db.all(
            "select (? - id) / 86400000, count() from revlog where type not in (4, 5) group by 1",
            ends * 1000,
        )
    ]


def get_media_files_names(col: Collection, params: Params) -> List[str]:
    with os.scandir(col.media.dir()) as entries:
        return sorted(entry.name for entry in entries if entry.is_file())


def retrieve_media_file(col: Collection, params: Params) -> str:
    with open(os.path.join(col.media.dir(), params["filename"]), "rb") as file:
        return base64.b64encode(file.read()).decode("ascii")
