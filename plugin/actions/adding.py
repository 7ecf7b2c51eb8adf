"""Anki's window for adding notes."""

from typing import Any, Dict, List, Mapping, Optional, Set

from anki.collection import Collection
from anki.decks import DeckId
from anki.models import NotetypeDict
from aqt.main import AnkiQt

from ..collection import media
from ..collection.edit import Edit
from ..collection.filling import Filling, fill
from ..collection.lookups import Lookups, field_positions, match_field, split_tags
from ..errors import ApiError, NotFound, Refused
from ..gui import add_window, fronting
from ..gui.add_window import Content
from ..registry import Scope, action
from .types import GuiNote, GuiNoteUpdate

CATEGORY = "graphical"


def read_files(arguments: Mapping[str, Any], supplies: Mapping[str, Any]) -> Dict[str, Any]:
    note = arguments.get("note")
    if note is None:
        return {}
    [read] = media.with_contents([note], supplies["settings"]().download_timeout)
    if isinstance(read, ApiError):
        raise read
    return {"note": read}


def scopes_of_files(arguments: Mapping[str, Any]) -> Set[Scope]:
    """Files are stored at once, though the note is not added yet."""
    note = arguments.get("note") or {}
    stores = any(True for _ in media.entries(note))
    return media.scopes_of_files([note]) | ({Scope.WRITE} if stores else set())


@action(Scope.GUI, undo="Add Note", prepare=read_files, further_scopes=scopes_of_files)
def gui_add_cards(mw: AnkiQt, edit: Edit, note: Optional[GuiNote] = None) -> int:
    """Opens Anki's add window, or brings the open one to the front, and fills it in.

    Nothing is added until the user presses Add. Unknown field names are ignored. Files are stored and mentioned as in
    `addNote`. When the window holds what the user has typed, Anki asks whether to discard it; the reply does not wait
    for that, and the window is filled in only if the user agrees.

    Args:
        note: `{deckName, modelName, fields?, tags?, audio?, video?, picture?}`; without it the window opens as it is

    Returns: 0; ids are given when a note is saved.

    Errors:
        deck was not found: <name>
        model was not found: <name>
        missing required property 'deckName'
        missing required property 'modelName'
        field values should be strings: <name>
    """
    if note is None:
        add_window.show(mw)
        return 0
    lookups = Lookups(edit.col)
    note_type = lookups.existing_note_type(note["modelName"])
    deck_id = lookups.existing_deck_id(note["deckName"])
    refuse_filtered(lookups, deck_id, note["deckName"])
    values = note.get("fields") or {}
    filling = fill(lookups, note_type, values, attachments=media.attachments(note))
    tags = split_tags(note.get("tags"))
    add_window.show_filled_in(
        mw,
        lambda: Content(note_type["id"], deck_id, stored_fields(edit.col, filling), tags),
    )
    return 0


@action(Scope.GUI, undo="Add Note", prepare=read_files, further_scopes=scopes_of_files)
def gui_add_note_set_data(
    mw: AnkiQt, edit: Edit, note: GuiNoteUpdate, append: bool = False
) -> bool:
    """Changes what Anki's open add window holds, without bringing it to the front.

    What is absent or null stays as it is. Files are stored and mentioned as in `addNote`, after the field values.
    Everything is checked before anything is changed.

    Args:
        note: `{deckName?, modelName?, fields?, tags?, audio?, video?, picture?}`
        append: put fields and tags after those that are there, instead of replacing them

    Returns: true.

    Errors:
        Add Note dialog is not open
        Deck "<name>" not found
        Model "<name>" not found
        Field "<name>" not found in current note
        field values should be strings: <name>

    Since: classic AnkiConnect, 2025-12
    """
    window = fronting.open_window(add_window.KIND)
    if window is None:
        raise Refused("Add Note dialog is not open")
    lookups = Lookups(edit.col)
    deck_id = wanted_deck(lookups, note.get("deckName"))
    note_type = wanted_note_type(lookups, note.get("modelName"), window)
    refuse_unknown_fields(note_type, list(note.get("fields") or {}))
    values = fill(lookups, note_type, note.get("fields") or {})
    add_window.choose(window, note_type["id"], deck_id)
    current = window.editor.note
    texts = combined(current.fields, values, append=append, named=note.get("fields") or {})
    filling = Filling(field_positions(note_type), texts, media.attachments(note))
    tags = current.tags
    if note.get("tags") is not None:
        tags = split_tags([*(current.tags if append else []), *split_tags(note["tags"])])
    add_window.change(window, stored_fields(edit.col, filling), tags)
    return True


def combined(old: List[str], new: Filling, append: bool, named: Mapping[str, Any]) -> List[str]:
    """The old texts with the named fields replaced or continued."""
    texts = list(old)
    positions = {match_field(name, new.positions) for name in named}
    for position in positions:
        if position is not None:
            before = texts[position] if append else ""
            texts[position] = before + new.texts[position]
    return texts


def wanted_deck(lookups: Lookups, name: Optional[str]) -> Optional[DeckId]:
    if name is None:
        return None
    deck_id = lookups.deck_id(name)
    if deck_id is None:
        raise NotFound(f'Deck "{name}" not found')
    refuse_filtered(lookups, deck_id, name)
    return deck_id


def refuse_filtered(lookups: Lookups, deck_id: DeckId, name: str) -> None:
    if lookups.is_filtered(deck_id):
        raise Refused(f"cards cannot be added to a filtered deck; choose another deck: {name}")


def wanted_note_type(lookups: Lookups, name: Optional[str], window: Any) -> NotetypeDict:
    """The note type of that name; without a name the one that the window has."""
    found = window.editor.note.note_type() if name is None else lookups.note_type(name)
    if found is None:
        raise NotFound(f'Model "{name}" not found')
    return found


def refuse_unknown_fields(note_type: NotetypeDict, names: List[str]) -> None:
    positions = field_positions(note_type)
    for name in names:
        if match_field(name, positions) is None:
            raise NotFound(f'Field "{name}" not found in current note')


def stored_fields(col: Collection, filling: Filling) -> List[str]:
    """Stores the files and gives the fields that mention them."""
    with media.storing(col) as folder:
        return filling.stored(folder)
