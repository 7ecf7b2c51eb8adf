"""Notes: adding, finding, reading."""

import json
from typing import Any, Collection, Dict, List, Mapping, Optional, Sequence, Set, Union

from anki.collection import Collection as AnkiCollection
from anki.notes import NoteId

from .. import compat
from ..collection import drafts, media
from ..collection.edit import Edit
from ..collection.filling import store_files
from ..collection.narrowing import found_notes
from ..collection.paging import page, sorted_page
from ..errors import ApiError, BadParams, Refused
from ..registry import Parts, Scope, Size, action, in_large_collections, more_than, unavailable
from .types import CanAdd, Count, Note, NoteAttempt, NoteInfo, NoteInfoKey, NoteMod, NoteRefusal

EVERY_KEY = NoteInfo.__annotations__
# Some 10 microseconds are needed for each.
NOTES_AT_ONCE = 200
NOTES_IN_A_PART = 500
# A dictionary's pop-up asks about some 40.
CANDIDATES_AT_ONCE = 200


def read_files_of_note(arguments: Mapping[str, Any], supplies: Mapping[str, Any]) -> Dict[str, Any]:
    [note] = media.with_contents([arguments["note"]], supplies["settings"]().download_timeout)
    return {"note": note}


def read_files_of_notes(
    arguments: Mapping[str, Any], supplies: Mapping[str, Any]
) -> Dict[str, Any]:
    notes = media.with_contents(arguments["notes"], supplies["settings"]().download_timeout)
    return {"notes": notes}


def read_near_files(arguments: Mapping[str, Any], supplies: Mapping[str, Any]) -> Dict[str, Any]:
    """What can be had without a download decides under which name a file would be mentioned."""
    if "note" in arguments:
        return {"note": media.with_contents([arguments["note"]], 0, network=False)[0]}
    return {"notes": media.with_contents(arguments["notes"], 0, network=False)}


def scopes_of_files(arguments: Mapping[str, Any]) -> Set[Scope]:
    return media.scopes_of_files(arguments.get("notes") or [arguments.get("note")])


def scopes_of_near_files(arguments: Mapping[str, Any]) -> Set[Scope]:
    """Where nothing is downloaded."""
    return scopes_of_files(arguments) - {Scope.NETWORK}


@action(
    Scope.WRITE,
    undo="Add Note",
    prepare=read_files_of_note,
    further_scopes=scopes_of_files,
)
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


@action(
    Scope.WRITE,
    undo="Add Notes",
    prepare=read_files_of_notes,
    further_scopes=scopes_of_files,
)
def add_notes(
    edit: Edit,
    notes: List[NoteAttempt],
    all_or_nothing: bool = False,
    reasons: bool = False,
) -> List[Union[NoteId, NoteRefusal, None]]:
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
        named_refusal(f"notes[{index}]", str(outcome))
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


def named_refusal(place: str, reason: str) -> str:
    """The reason with its place in front; what could not be read at all names it already."""
    return reason if reason.startswith(place) else f"{place}: {reason}"


def add_drafts(edit: Edit, accepted: Sequence[drafts.Draft]) -> List[NoteId]:
    """Stores the notes, then their files, as one step."""
    if not accepted:
        return []
    notes = drafts.new_notes(edit.col, accepted)
    with edit.step():
        compat.add_notes(edit.col, notes, [one.deck_id for one in accepted], edit.done)
        store_files(edit, [(note, one.filling) for note, one in zip(notes, accepted)])
    return [note.id for note in notes]


@action(Scope.READ, prepare=read_near_files, further_scopes=scopes_of_near_files)
def can_add_note(col: AnkiCollection, note: NoteAttempt) -> bool:
    """Tells whether `addNote` would accept the note. Nothing is changed, stored or downloaded.

    What is no note object gives false.

    Args:
        note: as for `addNote`

    Returns: true or false.

    Since: classic AnkiConnect, 2023
    """
    return can_add_notes(col, [note])[0]


def nothing_can_be_added(arguments: Mapping[str, Any]) -> List[bool]:
    return [False for _ in arguments["notes"]]


@action(
    Scope.READ,
    prepare=read_near_files,
    further_scopes=scopes_of_near_files,
    without_collection=nothing_can_be_added,
    long=more_than(CANDIDATES_AT_ONCE, "notes"),
)
def can_add_notes(col: AnkiCollection, notes: List[NoteAttempt]) -> List[bool]:
    """Tells for each note whether `addNote` would accept it. Nothing is changed, stored or downloaded.

    Notes are checked against the collection, not against each other. What is no note object gives false.

    Args:
        notes: notes as for `addNote`

    Returns: booleans in request order.

    Errors:
        notes should be a list: <value>
    """
    outcomes = drafts.check(col, notes, among_themselves=False)
    return [isinstance(outcome, drafts.Draft) for outcome in outcomes]


@action(Scope.READ, prepare=read_near_files, further_scopes=scopes_of_near_files)
def can_add_note_with_error_detail(col: AnkiCollection, note: NoteAttempt) -> CanAdd:
    """As `canAddNote`, with the reason that `addNote` would give.

    Args:
        note: as for `addNote`

    Returns: `{canAdd: true}` or `{canAdd: false, error: reason}`.

    Since: classic AnkiConnect, 2024-02
    """
    return can_add_notes_with_error_detail(col, [note])[0]


@action(
    Scope.READ,
    prepare=read_near_files,
    further_scopes=scopes_of_near_files,
    long=more_than(CANDIDATES_AT_ONCE, "notes"),
)
def can_add_notes_with_error_detail(col: AnkiCollection, notes: List[NoteAttempt]) -> List[CanAdd]:
    """As `canAddNotes`, with the reason that `addNote` would give.

    Args:
        notes: notes as for `addNote`

    Returns: in request order `{canAdd: true}` or `{canAdd: false, error: reason}`.

    Errors:
        notes should be a list: <value>

    Since: classic AnkiConnect, 2024-02
    """
    return [
        {"canAdd": False, "error": str(outcome)}
        if isinstance(outcome, ApiError)
        else {"canAdd": True}
        for outcome in drafts.check(col, notes, among_themselves=False)
    ]


def nothing_found(arguments: Mapping[str, Any]) -> List[NoteId]:
    """Without a query there is nothing to find, be a collection open or not."""
    return [] if arguments.get("query") is None else unavailable(arguments)


@action(Scope.READ, without_collection=nothing_found, long=in_large_collections)
def find_notes(
    col: AnkiCollection,
    query: Optional[str] = None,
    limit: Optional[Count] = None,
    offset: Count = 0,
) -> List[NoteId]:
    """Runs a search as in Anki's browser and returns the matching notes.

    With `limit` or `offset` the ids are sorted first, so that pages fit together.

    Args:
        query: search text; "" matches every note, absent or null none
        limit: how many ids to return at most
        offset: how many ids to leave out before that

    Returns: note ids.

    Errors:
        Anki's own message for a search it does not understand
    """
    return [] if query is None else sorted_page(found_notes(col, query), limit, offset)


def is_many_notes(arguments: Mapping[str, Any], size: Size) -> bool:
    """A search takes the longer the more notes there are."""
    return arguments.get("query") is not None or more_than(NOTES_AT_ONCE, "notes")(arguments, size)


def wanted_notes(col: AnkiCollection, arguments: Mapping[str, Any]) -> Dict[str, Any]:
    """The arguments of `notesInfo` with the notes in place of what they are found by."""
    rest = dict(arguments)
    query, notes = rest.pop("query", None), rest.pop("notes", None)
    limit, offset = rest.pop("limit", None), rest.pop("offset", 0)
    if query is not None:
        return {**rest, "notes": sorted_page(found_notes(col, query), limit, offset)}
    if notes is None:
        raise BadParams('Must provide either "notes" or a "query"')
    return {**rest, "notes": page(notes, limit, offset)}


@action(
    Scope.READ,
    long=is_many_notes,
    parts=Parts("notes", lambda _: NOTES_IN_A_PART, wanted_notes),
)
def notes_info(
    col: AnkiCollection,
    profile: str,
    notes: Optional[List[NoteId]] = None,
    query: Optional[str] = None,
    keys: Optional[List[NoteInfoKey]] = None,
    limit: Optional[Count] = None,
    offset: Count = 0,
) -> List[NoteInfo]:
    """Returns everything about each note. `cards` are the card ids in template order.

    Of big collections ask for what you need: with `keys` the rest is not even read, and `limit` and `offset` give one
    page. The ids found by a query are sorted when paged; given ids keep their order.

    Args:
        notes: note ids
        query: search text instead of ids; it wins when both are given
        keys: the members to return; all of them when absent
        limit: how many notes to return at most
        offset: how many notes to leave out before that

    Returns: in request order `{noteId, profile, modelName, tags, fields, mod, cards}`; {} for an unknown id.

    Errors:
        Must provide either "notes" or a "query"
        Anki's own message for a search it does not understand
    """
    asked = {"notes": notes, "query": query, "limit": limit, "offset": offset}
    wanted = wanted_notes(col, asked)["notes"]
    known = stored_notes(col, wanted, profile, EVERY_KEY if keys is None else set(keys))
    return [known.get(note_id, {}) for note_id in wanted]


def stored_notes(
    col: AnkiCollection, note_ids: Sequence[int], profile: str, keys: Collection[str]
) -> Dict[int, NoteInfo]:
    """What the collection holds of these notes, by id: at most two queries, however many there are."""
    wanted = json.dumps(list(dict.fromkeys(note_ids)))
    fields = "flds" if "fields" in keys else "''"
    rows = col.db.all(
        f"select id, mid, mod, tags, {fields} from notes "
        "where id in (select value from json_each(?))",
        wanted,
    )
    cards = cards_of_notes(col, wanted) if "cards" in keys else {}
    names = {note_type_id: names_of(col, note_type_id) for note_type_id in {row[1] for row in rows}}
    return {
        row[0]: note_info(row, names[row[1]], cards.get(row[0], []), profile, keys) for row in rows
    }


def cards_of_notes(col: AnkiCollection, note_ids: str) -> Dict[int, List[int]]:
    """The cards of each note in template order; `note_ids` are a JSON list."""
    found: Dict[int, List[int]] = {}
    for note_id, card_id in col.db.all(
        "select nid, id from cards where nid in (select value from json_each(?)) order by nid, ord",
        note_ids,
    ):
        found.setdefault(note_id, []).append(card_id)
    return found


def names_of(col: AnkiCollection, note_type_id: int) -> Any:
    note_type = col.models.get(note_type_id)
    return note_type["name"], [field["name"] for field in note_type["flds"]]


def note_info(
    row: Sequence[Any], names: Any, cards: List[int], profile: str, keys: Collection[str]
) -> NoteInfo:
    note_id, _, modified, tags, fields = row
    model_name, field_names = names
    everything: NoteInfo = {
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
    if keys is EVERY_KEY:
        return everything
    return {key: value for key, value in everything.items() if key in keys}  # type: ignore[return-value]


@action(Scope.READ, long=more_than(1000, "notes"))
def notes_mod_time(col: AnkiCollection, notes: List[NoteId]) -> List[NoteMod]:
    """Tells when each note was changed last: a cheap check for changes.

    Args:
        notes: note ids

    Returns: in request order `{noteId, mod}`, mod in seconds; {} for an unknown id.

    Errors:
        notes should be a list: <value>

    Since: classic AnkiConnect, 2024-06
    """
    rows = col.db.all(
        "select id, mod from notes where id in (select value from json_each(?))",
        json.dumps(list(dict.fromkeys(notes))),
    )
    known: Dict[int, NoteMod] = {row[0]: {"noteId": row[0], "mod": row[1]} for row in rows}
    return [known.get(note_id, {}) for note_id in notes]
