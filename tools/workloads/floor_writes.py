"""The floor of adding and writing: Anki's own operations and nothing else. Runs inside Anki.

Of ours it uses only what differs between Anki versions.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Dict, List, Set

from anki.collection import Collection
from anki.notes import Note, NoteId

from plugin import compat
from tools.workloads.floor_reads import CHOSEN, Params

DUPLICATE = {"canAdd": False, "error": "cannot create note because it is a duplicate"}


def can_add_notes(col: Collection, params: Params) -> List[bool]:
    """The duplicates of a batch by two queries; a note's own cards say in which decks it is."""
    texts = [note["fields"]["Front"] for note in params["notes"]]
    sums = [int(hashlib.sha1(text.encode()).hexdigest()[:8], 16) for text in texts]
    known = col.db.all(
        f"select csum, id, mid, flds from notes where csum {CHOSEN}", json.dumps(sums)
    )
    decks: Dict[int, Set[int]] = {}
    for note, deck in col.db.all(
        f"select nid, did from cards where nid {CHOSEN}", json.dumps([row[1] for row in known])
    ):
        decks.setdefault(note, set()).add(deck)
    kind = col.models.id_for_name(params["notes"][0]["modelName"])
    wanted = scope(col, params["notes"][0]["options"]["duplicateScopeOptions"])
    taken = {
        row[3].partition("\x1f")[0]
        for row in known
        if row[2] == kind and not wanted.isdisjoint(decks[row[1]])
    }
    return [text not in taken for text in texts]


def scope(col: Collection, options: Dict[str, Any]) -> Set[int]:
    root = options["deckName"]
    return {
        deck.id
        for deck in col.decks.all_names_and_ids()
        if deck.name == root or (options["checkChildren"] and deck.name.startswith(root + "::"))
    }


def can_add_notes_with_error_detail(col: Collection, params: Params) -> List[Any]:
    return [{"canAdd": True} if can else DUPLICATE for can in can_add_notes(col, params)]


def add_note(col: Collection, params: Params) -> int:
    [note_id] = add_notes(col, {"notes": [params["note"]]})
    return note_id


def add_notes(col: Collection, params: Params) -> List[int]:
    decks = {deck.name: deck.id for deck in col.decks.all_names_and_ids()}
    names = {one["modelName"] for one in params["notes"]}
    types = {name: col.models.by_name(name) for name in names}
    made = []
    for one in params["notes"]:
        note = Note(col, types[one["modelName"]])
        note.fields = list(one["fields"].values())
        note.tags = one["tags"]
        made.append(note)
    compat.add_notes(col, made, [decks[one["deckName"]] for one in params["notes"]], nothing)
    return [note.id for note in made]


def nothing(result: Any) -> Any:
    """What the floor does after each operation."""
    return result


def update_note_fields(col: Collection, params: Params) -> None:
    note = col.get_note(NoteId(params["note"]["id"]))
    for name, value in params["note"]["fields"].items():
        note[name] = value
    col.update_note(note)


def create_deck(col: Collection, params: Params) -> int:
    return int(compat.add_deck(col, params["deck"]).id)


def add_tags(col: Collection, params: Params) -> None:
    col.tags.bulk_add(params["notes"], params["tags"])


def remove_tags(col: Collection, params: Params) -> None:
    col.tags.bulk_remove(params["notes"], params["tags"])


def change_deck(col: Collection, params: Params) -> None:
    col.set_deck(params["cards"], col.decks.id_for_name(params["deck"]))


def suspend(col: Collection, params: Params) -> bool:
    return col.sched.suspend_cards(params["cards"]).count > 0


def unsuspend(col: Collection, params: Params) -> bool:
    col.sched.unsuspend_cards(params["cards"])
    return True


def delete_notes(col: Collection, params: Params) -> None:
    col.remove_notes(params["notes"])


def answer_cards(col: Collection, params: Params) -> List[bool]:
    """One undo entry, as Anki keeps about 30 only: merging is part of any way to take the answers back."""
    entry = col.add_custom_undo_entry("answers")
    for index, given in enumerate(params["answers"]):
        compat.answer_card(col, given["cardId"], given["ease"], 0)
        if index % 25 == 24:
            col.merge_undo_entries(entry)
    col.merge_undo_entries(entry)
    return [True for _ in params["answers"]]


def store_media_file(col: Collection, params: Params) -> str:
    return col.media.write_data(params["filename"], base64.b64decode(params["data"]))
