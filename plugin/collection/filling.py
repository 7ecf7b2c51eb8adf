"""What goes into a note's fields: a client's values, and the mentions of the files that come with them."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Sequence, Tuple

from anki.collection import Collection
from anki.models import NotetypeDict
from anki.notes import Note

from ..errors import BadParams
from ..shapes import SHOWN_LENGTH
from . import media
from .edit import Edit
from .lookups import Lookups, field_positions, match_field

# Anki takes these out of every field that it stores.
DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Filling:
    """The texts of all fields in order, and the files that are to be mentioned after them."""

    positions: Mapping[str, int]
    texts: Sequence[str]
    attachments: Sequence[media.Attachment] = ()

    def expected(self, col: Collection) -> List[str]:
        """The fields as they will be, as far as can be told before the files are stored."""
        return self.mentioning(
            [
                media.expected_name(col, one.filename, one.content.data, one.replace)
                for one in self.attachments
            ]
        )

    def stored(self, folder: media.Storing) -> List[str]:
        """Stores the files, and gives the fields with the names that they got."""
        return self.mentioning(
            [
                one.filename
                if one.content.data is None
                else folder.store(one.filename, one.content.data, one.replace)
                for one in self.attachments
            ]
        )

    def mentioning(self, names: Sequence[str]) -> List[str]:
        fields = list(self.texts)
        for attachment, name in zip(self.attachments, names):
            for field_name in attachment.fields:
                position = match_field(field_name, self.positions)
                if position is not None:
                    fields[position] += attachment.mention(name)
        return fields

    @property
    def brings_files(self) -> bool:
        return any(one.content.data is not None for one in self.attachments)


def fill(
    lookups: Lookups,
    note_type: NotetypeDict,
    values: Any,
    old: Sequence[str] = (),
    attachments: Sequence[media.Attachment] = (),
) -> Filling:
    """Puts values by field name into the `old` texts, or into empty ones; unknown names are left out.

    Of two names for one field the exact one wins.
    """
    if not isinstance(values, dict):
        raise BadParams("note.fields should be an object")
    positions = lookups.field_positions(note_type)
    texts = list(old) or [""] * len(positions)
    given: Iterable[Tuple[str, Any]] = values.items()
    if not values.keys() <= positions.keys():
        given = sorted(given, key=lambda member: member[0] in positions)
    for name, value in given:
        text = stored_text(lookups, field_text(name, value))
        position = match_field(name, positions)
        if position is not None:
            texts[position] = text
    return Filling(positions, texts, attachments)


def field_text(name: str, value: Any) -> str:
    """A field's value as text. Numbers are written out; anything else is refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadParams(f"field values should be strings: {name[:SHOWN_LENGTH]}")
    return str(value)


def stored_text(lookups: Lookups, text: str) -> str:
    """The text as Anki will store it: compared before, it tells whether anything changes."""
    kept = text if text.isprintable() else DROPPED.sub("", text)
    if kept.isascii() or not lookups.normalizes_text:
        return kept
    return unicodedata.normalize("NFC", kept)


def cloze_numbers(note: Note, fields: Sequence[str]) -> List[int]:
    """The numbers of the cloze deletions, which are those of the cards; `note` is one of the type and gets the fields.

    Anki makes cards for deletions in every field, shown or not.
    """
    note.fields = list(fields)
    return [number for number in note.cloze_numbers_in_fields() if number > 0]


def shown_as_cloze(note_type: NotetypeDict, fields: Sequence[str]) -> List[str]:
    """The fields, emptied where the template does not show them through Anki's `cloze` filter."""
    shown = cloze_positions(note_type)
    return [text if place in shown else "" for place, text in enumerate(fields)]


def cloze_positions(note_type: NotetypeDict) -> List[int]:
    """The positions of the fields that the template shows through Anki's `cloze` filter."""
    positions = field_positions(note_type)
    found = []
    for reference in re.findall(r"{{([^{}]+)}}", note_type["tmpls"][0]["qfmt"]):
        *filters, name = (part.strip() for part in reference.split(":"))
        if "cloze" in filters and name in positions:
            found.append(positions[name])
    return found


def store_files(edit: Edit, written: Sequence[Tuple[Note, Filling]]) -> None:
    """Stores the files of notes that have just been written with the expected names, inside the same step.

    Last, so that no file is there when Anki refuses the notes. If a file got another name its note is written again;
    if one cannot be stored the folder is as it was.
    """
    bringing = [pair for pair in written if pair[1].brings_files]
    if not bringing:
        return
    with media.storing(edit.col) as folder:
        renamed = []
        for note, filling in bringing:
            fields = filling.stored(folder)
            if fields != note.fields:
                note.fields = fields
                renamed.append(note)
        if renamed:
            edit.done(edit.col.update_notes(renamed))
