"""Giving a note another note type, through Anki's own operation."""

from typing import List, Sequence

from anki.collection import Collection
from anki.consts import MODEL_CLOZE
from anki.models import NotetypeDict
from anki.notes import Note

from .. import compat
from .filling import cloze_numbers


def change(col: Collection, note: Note, new: NotetypeDict, fields: Sequence[str]) -> Note:
    """The stored note, now of the type `new` and without content; `fields` tell which cloze deletions it will have.

    Cards whose number exists in the new type stay. Missing ones are made when the content is written.
    """
    old = note.note_type()
    assert old is not None
    count = len(old["tmpls"])
    if new["type"] == MODEL_CLOZE and old["type"] != MODEL_CLOZE:
        remove_unmatched(col, note, old, cloze_numbers(Note(col, new), fields))
    kept = [order if order < count else -1 for order in range(len(new["tmpls"]))]
    remap(col, note, old, new, kept)
    return col.get_note(note.id)


def remove_unmatched(
    col: Collection, note: Note, old: NotetypeDict, numbers: Sequence[int]
) -> None:
    """Removes the cards for which there will be no cloze deletion, if any other card stays.

    A change from the type to itself does it: removing single cards is no step that Anki up to 24 can undo.
    """
    present = col.db.list("select ord from cards where nid = ?", note.id)
    wanted = {number - 1 for number in numbers} or {0}
    if wanted.isdisjoint(present) or wanted.issuperset(present):
        return
    kept = [order if order in wanted else -1 for order in range(len(old["tmpls"]))]
    remap(col, note, old, old, kept)


def remap(
    col: Collection, note: Note, old: NotetypeDict, new: NotetypeDict, templates: List[int]
) -> None:
    """Assigns the new type; `templates` holds for each of its templates the old one's number, or -1.

    All content goes: with it Anki would make cards that the new content may not call for.
    """
    request = compat.change_note_type_request(col, old["id"], new["id"])
    request.note_ids.append(note.id)
    request.new_fields[:] = [-1] * len(new["flds"])
    # Empty when one of the types makes cloze cards: Anki keeps the numbers then.
    if request.new_templates:
        request.new_templates[:] = templates
    col.models.change_notetype_of_notes(request)
