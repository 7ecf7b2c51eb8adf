"""Notes: changing and deleting them."""

import json
import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Set

from anki.collection import Collection
from anki.notes import Note, NoteId

from ..collection import media, note_type_change
from ..collection.duplicates import comparable
from ..collection.edit import Edit
from ..collection.filling import Filling, fill, store_files
from ..collection.lookups import Lookups, folded, split_tags
from ..errors import ApiError, BadParams, NotFound
from ..registry import Scope, action
from ..shapes import shape_of
from .types import NoteFieldsUpdate, NoteModelChange, NoteUpdate

CATEGORY = "notes"

# Elements that show something by themselves, whatever text they hold.
VISIBLE = re.compile(
    r"<\s*(?:img|svg|picture|video|audio|object|embed|iframe|canvas|input|math)\b", re.IGNORECASE
)
WHITE_SPACE = "".join(filter(str.isspace, map(chr, range(0x3001))))


def read_files(arguments: Mapping[str, Any], supplies: Mapping[str, Any]) -> Dict[str, Any]:
    """Files count only together with fields."""
    note = arguments["note"]
    if note.get("fields") is None:
        return {}
    [read] = media.with_contents([note], supplies["settings"]().download_timeout)
    if isinstance(read, ApiError):
        raise read
    return {"note": read}


def scopes_of_files(arguments: Mapping[str, Any]) -> Set[Scope]:
    note = arguments["note"]
    return media.scopes_of_files([note]) if note.get("fields") is not None else set()


@action(
    Scope.WRITE,
    undo="Update Note Fields",
    prepare=read_files,
    further_scopes=scopes_of_files,
)
def update_note_fields(edit: Edit, note: NoteFieldsUpdate) -> None:
    """Overwrites the given fields of a note; the others stay.

    Field names match exactly, else ignoring case; unknown names are ignored. Files are stored and mentioned as in
    `addNote`, after the field values; `fields` may be {} to add files only. A note that is open in one of Anki's
    editors is saved there first: what the user has typed into another field stays, and in the same field this
    request wins.

    Args:
        note: `{id, fields, audio?, video?, picture?}`

    Returns: null.

    Errors:
        Note was not found: <id>
        missing required property 'id'
        missing required property 'fields'
        field values should be strings: <name>
    """
    if note.get("fields") is None:
        raise BadParams("missing required property 'fields'")
    stored = existing_note(edit.col, note["id"])
    write(edit, stored, changed_fields(edit.col, stored, note), None)


@action(
    Scope.WRITE,
    undo="Update Note",
    prepare=read_files,
    further_scopes=scopes_of_files,
)
def update_note(edit: Edit, note: NoteUpdate) -> None:
    """Overwrites the given fields, the tags, or both, as `updateNoteFields` and `updateNoteTags` do, in one write.

    Each part is left alone when it is absent or null. Files count only together with fields.

    Args:
        note: `{id, fields?, tags?, audio?, video?, picture?}`

    Returns: null.

    Errors:
        Must provide a "fields" or "tags" property.
        Must provide tags as a list of strings
        Note was not found: <id>
        missing required property 'id'
        field values should be strings: <name>

    Since: classic AnkiConnect, 2023
    """
    if note.get("fields") is None and note.get("tags") is None:
        raise BadParams('Must provide a "fields" or "tags" property.')
    tags = None if note.get("tags") is None else new_tags(note["tags"])
    stored = existing_note(edit.col, note["id"])
    if note.get("fields") is None:
        write(edit, stored, Filling({}, stored.fields), tags)
    else:
        write(edit, stored, changed_fields(edit.col, stored, note), tags)


def new_tags(value: Any) -> List[str]:
    """The tags that are to replace others: a list of texts, or one text."""
    if isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(tag, str) for tag in value)
    ):
        return split_tags(value)
    raise BadParams("Must provide tags as a list of strings")


def existing_note(col: Collection, note_id: int) -> Note:
    """The note of that id. Asked of the database first: Anki's own error for a missing row is slow and unclear."""
    if not col.db.scalar("select 1 from notes where id = ?", note_id):
        raise NotFound(f"Note was not found: {note_id}")
    return col.get_note(NoteId(note_id))


def changed_fields(col: Collection, stored: Note, note: Mapping[str, Any]) -> Filling:
    """The note's fields with the given values in place, and the files that come with them."""
    note_type = stored.note_type()
    assert note_type is not None
    return fill(Lookups(col), note_type, note["fields"], stored.fields, media.attachments(note))


def write(edit: Edit, stored: Note, filling: Filling, tags: Optional[List[str]]) -> None:
    """Writes fields and tags at once, then the files. Without any change only the files are stored."""
    fields = filling.expected(edit.col)
    wanted = stored.tags if tags is None else tags
    # Anki keeps the spelling of a tag that it knows, so another one is no change.
    if fields == stored.fields and set(map(folded, wanted)) == set(map(folded, stored.tags)):
        store_files(edit, [(stored, filling)])
        return
    stored.fields, stored.tags = fields, wanted
    with edit.step():
        edit.col.update_note(stored)
        store_files(edit, [(stored, filling)])


class ModelChange(NamedTuple):
    note_id: int
    model_name: str
    fields: Dict[str, Any]
    tags: List[str]


@action(Scope.DELETE, undo="Change Note Type")
def update_note_model(edit: Edit, note: NoteModelChange) -> None:
    """Turns a note into another note type and sets its fields; fields that are not named become empty.

    Field names ignore case, unknown ones are ignored. Without tags the note loses its tags. Cards whose template
    number exists in the new type keep their scheduling, the others are removed, missing ones are made. For a cloze
    type the numbers of the deletions count; when no card of the note has one of them, its first card stays, empty,
    until "Empty Cards" in Anki removes it, and so do cards when both types are cloze types.

    As in Anki, another note type means that the next sync has to go one way: Anki asks whether to upload or to
    download everything. Undo takes the change back, that included. With the note type that the note already has,
    only fields and tags are written, and nothing of that applies.

    Args:
        note: `{id, modelName, fields, tags?}`; fields hold at least one value

    Returns: null.

    Errors:
        Note ID is required
        Model name is required
        Fields must be provided as a dictionary
        Must provide tags as a list of strings
        Note was not found: <id>
        Model '<name>' not found
        field values should be strings: <name>

    Since: classic AnkiConnect, 2024-05
    """
    change = read_model_change(note)
    stored = existing_note(edit.col, change.note_id)
    lookups = Lookups(edit.col)
    note_type = lookups.note_type(change.model_name)
    if note_type is None:
        raise NotFound(f"Model '{change.model_name}' not found")
    filling = fill(lookups, note_type, change.fields)
    if stored.mid == note_type["id"]:
        write(edit, stored, filling, change.tags)
        return
    with edit.step():
        changed = note_type_change.change(edit.col, stored, note_type, list(filling.texts))
        changed.fields, changed.tags = list(filling.texts), change.tags
        edit.col.update_note(changed)


def read_model_change(note: Mapping[str, Any]) -> ModelChange:
    """Checks the parts in the order in which clients know the errors."""
    if not note.get("id"):
        raise BadParams("Note ID is required")
    note_id = shape_of(NoteId).read(note["id"], "note.id")
    model_name, fields, tags = (note.get(name) for name in ("modelName", "fields", "tags"))
    if not isinstance(model_name, str) or not model_name.strip():
        raise BadParams("Model name is required")
    if not isinstance(fields, dict) or not fields:
        raise BadParams("Fields must be provided as a dictionary")
    return ModelChange(note_id, model_name, fields, [] if tags is None else new_tags(tags))


@action(Scope.DELETE, undo="Delete Notes")
def delete_notes(edit: Edit, notes: List[NoteId]) -> None:
    """Deletes notes with all their cards. Unknown ids are ignored.

    Args:
        notes: note ids

    Returns: null.

    Errors:
        notes should be a list: <value>
    """
    remove(edit, existing_ids(edit.col, notes))


@action(Scope.DELETE, undo="Remove Empty Notes")
def remove_empty_notes(edit: Edit) -> None:
    """Deletes notes in which every field is blank: no text, image, sound or other visible element is left in it.

    Notes with content whose front is empty stay. Note types, decks and tags are never touched.

    Returns: null.
    """
    # Where all fields are blank the sort field is; the others are read only then.
    rows = edit.col.db.all("select id, flds from notes where trim(sfld, ?) = ''", WHITE_SPACE)
    remove(edit, [note_id for note_id, fields in rows if all(map(is_blank, fields.split("\x1f")))])


def is_blank(field: str) -> bool:
    return not comparable(field).strip() and not VISIBLE.search(field)


def existing_ids(col: Collection, note_ids: List[NoteId]) -> List[NoteId]:
    """Those of the notes that exist, each once."""
    found = col.db.list(
        "select id from notes where id in (select value from json_each(?))", json.dumps(note_ids)
    )
    return [NoteId(note_id) for note_id in found]


def remove(edit: Edit, note_ids: List[NoteId]) -> None:
    if not note_ids:
        return
    with edit.step():
        edit.col.remove_notes(note_ids)
