"""Is there a note like this already? One query for a whole batch."""

import hashlib
import json
from dataclasses import dataclass
from typing import Dict, FrozenSet, Iterable, List, Optional, Sequence, Set, Tuple

from anki.collection import Collection
from anki.utils import strip_html_media


@dataclass
class Candidate:
    """The first field of a note that is to be added, and where its equals are looked for.

    `decks` None means the whole collection; an empty set means nowhere. `note_type_id` None means any note type.
    """

    text: str
    note_type_id: Optional[int]
    decks: Optional[FrozenSet[int]]


def checksum(text: str) -> int:
    """As in the column `csum` of Anki's notes."""
    return int.from_bytes(hashlib.sha1(text.encode("utf-8")).digest()[:4], "big")


def comparable(field: str) -> str:
    """A field's text as Anki compares it: without markup, media names kept."""
    if "<" not in field and "&" not in field:
        return field
    return str(strip_html_media(field))


def find(col: Collection, candidates: Sequence[Candidate]) -> List[bool]:
    """For each candidate, whether the collection holds a note with the same first field where it is looked for."""
    checksums = [checksum(candidate.text) for candidate in candidates]
    alike = notes_with_checksums(col, set(checksums))
    found = [
        [
            note_id
            for note_id, note_type_id, text in alike.get(number, ())
            if text == candidate.text and candidate.note_type_id in (None, note_type_id)
        ]
        for number, candidate in zip(checksums, candidates)
    ]
    scoped = {
        note_id
        for candidate, note_ids in zip(candidates, found)
        if candidate.decks is not None
        for note_id in note_ids
    }
    decks = decks_of_notes(col, scoped)
    return [
        bool(note_ids)
        if candidate.decks is None
        else any(decks.get(note_id, set()) & candidate.decks for note_id in note_ids)
        for candidate, note_ids in zip(candidates, found)
    ]


def notes_with_checksums(
    col: Collection, checksums: Iterable[int]
) -> Dict[int, List[Tuple[int, int, str]]]:
    """Notes by checksum, as (note id, note type id, comparable first field)."""
    rows = col.db.all(
        "select csum, id, mid, flds from notes where csum in (select value from json_each(?))",
        json.dumps(sorted(checksums)),
    )
    found: Dict[int, List[Tuple[int, int, str]]] = {}
    for checksum, note_id, note_type_id, fields in rows:
        first = comparable(fields.split("\x1f", 1)[0])
        found.setdefault(checksum, []).append((note_id, note_type_id, first))
    return found


def decks_of_notes(col: Collection, note_ids: Set[int]) -> Dict[int, Set[int]]:
    """The decks that a note's cards are in; a card in a filtered deck counts for its own deck too."""
    if not note_ids:
        return {}
    rows = col.db.all(
        "select nid, did, odid from cards where nid in (select value from json_each(?))",
        json.dumps(sorted(note_ids)),
    )
    found: Dict[int, Set[int]] = {}
    for note_id, deck_id, original_deck_id in rows:
        found.setdefault(note_id, set()).update({deck_id, original_deck_id} - {0})
    return found
