"""Notes: adding, finding, reading, changing, tags."""

import json
from typing import Any, Dict, List, Mapping, Optional, Sequence

from anki.collection import Collection
from anki.notes import Note as AnkiNote
from anki.notes import NoteId

from .. import compat
from ..collection import drafts, media
from ..collection.edit import Edit
from ..collection.lookups import field_positions, match_field
from ..errors import ApiError, BadParams, NotFound, Refused
from ..registry import Scope, action
from .types import CanAdd, Note, NoteAttempt, NoteInfo, NoteUpdate


def read_files_of_note(arguments: Mapping[str, Any], supplies: Mapping[str, Any]) -> Dict[str, Any]:
    media.read_contents([arguments["note"]], supplies["settings"]().download_timeout)
    return {}


def read_files_of_notes(
    arguments: Mapping[str, Any], supplies: Mapping[str, Any]
) -> Dict[str, Any]:
    media.read_contents(arguments["notes"], supplies["settings"]().download_timeout)
    return {}


@action(Scope.WRITE, undo="Add Note", prepare=read_files_of_note)
def add_note(edit: Edit, note: Note) -> NoteId:
    """Adds one note to a deck; its note type makes the cards.

    Files are downloaded before anything else happens, and stored only when the note is accepted. A file that cannot
    be had is no reason to refuse the note: the reason is appended to the fields that were to mention it, unless
    `options.requireMedia` is true.

    Args:
        note: the note; see "Note objects"

    Returns: id of the new note.

    Errors:
        model was not found: <name>
        deck was not found: <name>
        cannot create note because it is a duplicate
        cannot create note because it is empty
        cannot create note for unknown reason: <detail>
        option parameter "allowDuplicate" must be boolean
        option parameter "duplicateScopeOptions.checkChildren" must be boolean
        option parameter "duplicateScopeOptions.checkAllModels" must be boolean
        field values should be strings: <name>
        missing required property 'fields'
    """
    [outcome] = drafts.check(edit.col, [note], among_themselves=False)
    if isinstance(outcome, ApiError):
        raise outcome
    [note_id] = add_drafts(edit, [outcome])
    return note_id


@action(Scope.WRITE, undo="Add Notes", prepare=read_files_of_notes)
def add_notes(
    edit: Edit,
    notes: List[NoteAttempt],
    all_or_nothing: bool = False,
    reasons: bool = False,
) -> List[Any]:
    """Adds many notes in one step; a refused one does not stop the others.

    Args:
        notes: notes as for `addNote`; one that repeats an earlier one of the list is a duplicate
        allOrNothing: add nothing when a note is refused; the error then names each refused note and the reason
        reasons: give the reason in place of null, as `{"error": text}`

    Returns: in request order the new id, or null for a note that was not added.

    Errors:
        notes should be a list: <value>
        notes[<n>]: <reason>
    """
    outcomes = drafts.check(edit.col, notes, among_themselves=True)
    refused = [
        f"notes[{index}]: {outcome}"
        for index, outcome in enumerate(outcomes)
        if isinstance(outcome, ApiError)
    ]
    if refused and all_or_nothing:
        raise Refused("; ".join(refused))
    ids = iter(add_drafts(edit, [one for one in outcomes if isinstance(one, drafts.Draft)]))
    return [
        next(ids) if isinstance(one, drafts.Draft) else {"error": str(one)} if reasons else None
        for one in outcomes
    ]


def add_drafts(edit: Edit, accepted: Sequence[drafts.Draft]) -> List[NoteId]:
    """Stores the files, then the notes, as one step."""
    if not accepted:
        return []
    for one in accepted:
        drafts.store_attachments(edit.col, one)
    notes = [drafts.new_note(edit.col, one) for one in accepted]
    with edit.step():
        compat.add_notes(edit.col, notes, [one.deck_id for one in accepted], edit.done)
    return [note.id for note in notes]


@action(Scope.READ)
def can_add_notes(col: Collection, notes: List[NoteAttempt]) -> List[bool]:
    """Tells for each note whether `addNote` would accept it. Nothing is changed, stored or downloaded.

    Notes are checked against the collection, not against each other. What is no note object gives false.

    Args:
        notes: notes as for `addNote`

    Returns: booleans in request order.
    """
    outcomes = drafts.check(col, notes, among_themselves=False)
    return [isinstance(outcome, drafts.Draft) for outcome in outcomes]


@action(Scope.READ)
def can_add_notes_with_error_detail(col: Collection, notes: List[NoteAttempt]) -> List[CanAdd]:
    """As `canAddNotes`, with the reason that `addNote` would give.

    Args:
        notes: notes as for `addNote`

    Returns: in request order `{canAdd: true}` or `{canAdd: false, error: reason}`.
    """
    return [
        {"canAdd": False, "error": str(outcome)}
        if isinstance(outcome, ApiError)
        else {"canAdd": True}
        for outcome in drafts.check(col, notes, among_themselves=False)
    ]


@action(Scope.READ)
def find_notes(col: Collection, query: Optional[str] = None) -> List[NoteId]:
    """Runs a search as in Anki's browser and returns the matching notes.

    Args:
        query: search text; "" matches every note, absent or null none

    Returns: note ids.

    Errors:
        Anki's own message for a search it does not understand
    """
    return [] if query is None else list(col.find_notes(query))


@action(Scope.READ)
def notes_info(
    col: Collection,
    profile: str,
    notes: Optional[List[NoteId]] = None,
    query: Optional[str] = None,
) -> List[Any]:
    """Returns everything about each note. `cards` are the card ids in template order.

    Args:
        notes: note ids
        query: search text instead of ids; it wins when both are given

    Returns: in request order `{noteId, profile, modelName, tags, fields, mod, cards}`; {} for an unknown id.

    Errors:
        Must provide either "notes" or a "query"
    """
    if query is not None:
        notes = list(col.find_notes(query))
    if notes is None:
        raise BadParams('Must provide either "notes" or a "query"')
    known = stored_notes(col, notes, profile)
    return [known.get(note_id, {}) for note_id in notes]


def stored_notes(col: Collection, note_ids: Sequence[int], profile: str) -> Dict[int, NoteInfo]:
    """What the collection holds of these notes, by id: two queries, however many there are."""
    wanted = json.dumps(list(dict.fromkeys(note_ids)))
    rows = col.db.all(
        "select id, mid, mod, tags, flds from notes where id in (select value from json_each(?))",
        wanted,
    )
    cards: Dict[int, List[int]] = {}
    for note_id, card_id in col.db.all(
        "select nid, id from cards where nid in (select value from json_each(?)) order by nid, ord",
        wanted,
    ):
        cards.setdefault(note_id, []).append(card_id)
    return {
        row[0]: note_info(row, names_of(col, row[1]), cards.get(row[0], []), profile)
        for row in rows
    }


def names_of(col: Collection, note_type_id: int) -> Any:
    note_type = col.models.get(note_type_id)
    return note_type["name"], [field["name"] for field in note_type["flds"]]


def note_info(row: Sequence[Any], names: Any, cards: List[int], profile: str) -> NoteInfo:
    note_id, _, modified, tags, fields = row
    model_name, field_names = names
    return {
        "noteId": note_id,
        "profile": profile,
        "modelName": model_name,
        "tags": tags.split(),
        "fields": {
            name: {"value": value, "order": order}
            for order, (name, value) in enumerate(zip(field_names, fields.split("\x1f")))
        },
        "mod": modified,
        "cards": cards,
    }


@action(Scope.WRITE, undo="Update Note Fields", prepare=read_files_of_note)
def update_note_fields(edit: Edit, note: NoteUpdate) -> None:
    """Overwrites the given fields of a note; the others stay.

    Field names match exactly, else ignoring case; unknown names are ignored. Files are stored and mentioned as in
    `addNote`, after the field values. A note that is open in one of Anki's editors is saved there first: what the
    user has typed into another field stays, and in the same field this request wins.

    Args:
        note: `{id, fields, audio?, video?, picture?}`

    Returns: null.

    Errors:
        Note was not found: <id>
        missing required property 'id'
        missing required property 'fields'
        field values should be strings: <name>
    """
    if "fields" not in note:
        raise BadParams("missing required property 'fields'")
    stored = existing_note(edit.col, note["id"])
    fields = changed_fields(edit.col, stored, note)
    if fields == stored.fields:
        return
    stored.fields = fields
    with edit.step():
        edit.col.update_note(stored)


def existing_note(col: Collection, note_id: int) -> AnkiNote:
    """The note of that id. Asked of the database first: Anki's own error for a missing row is slow and unclear."""
    if not col.db.scalar("select 1 from notes where id = ?", note_id):
        raise NotFound(f"Note was not found: {note_id}")
    return col.get_note(NoteId(note_id))


def changed_fields(col: Collection, stored: AnkiNote, note: Mapping[str, Any]) -> List[str]:
    """The note's fields with the given values in place and the files stored and mentioned."""
    note_type = stored.note_type()
    assert note_type is not None
    positions = field_positions(note_type)
    fields = list(stored.fields)
    for name, value in note["fields"].items():
        text = drafts.field_text(name, value)
        position = match_field(name, positions)
        if position is not None:
            fields[position] = text
    attachments = media.attachments(note)
    names = [drafts.stored_name(col, attachment) for attachment in attachments]
    drafts.append_mentions(fields, positions, attachments, names)
    return fields
