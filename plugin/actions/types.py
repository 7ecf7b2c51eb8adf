"""The objects that several actions take or give, as they are on the wire."""

from typing import Annotated, Any, Dict, List, Literal, Optional, TypedDict, Union

from anki.cards import CardId
from anki.notes import NoteId

from ..collection.card_reports import FieldValue as FieldValue
from ..shapes import Documented, NonEmptyText, PerItem, Rule


def nullable(schema: Dict[str, Any]) -> Dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


TEXT = {"type": "string"}
SWITCH = {**nullable({"type": "boolean"}), "default": False}

FieldTexts = Annotated[
    Dict[str, Any],
    Documented(
        {
            "type": "object",
            "additionalProperties": {"anyOf": [TEXT, {"type": "number"}]},
        }
    ),
]

SCOPE_OPTIONS = {
    "title": "DuplicateScopeOptions",
    "type": "object",
    "properties": {
        "deckName": nullable(TEXT),
        "checkChildren": SWITCH,
        "checkAllModels": SWITCH,
    },
}

OPTIONS = {
    "title": "NoteOptions",
    "type": "object",
    "properties": {
        "allowDuplicate": SWITCH,
        "duplicateScope": {"description": '"deck" looks in one deck, anything else everywhere'},
        "duplicateScopeOptions": nullable(SCOPE_OPTIONS),
        "requireMedia": {**SWITCH, "description": "refuse the note when a file cannot be had"},
    },
}

NoteOptions = Annotated[Any, Documented(nullable(OPTIONS))]

Tags = Optional[Union[List[str], str]]


class MediaName(TypedDict):
    filename: NonEmptyText


class Media(MediaName, total=False):
    """A file for a note: the first of data (base64), path and url that is given."""

    data: Optional[str]
    path: Optional[str]
    url: Optional[str]
    skipHash: Optional[str]
    fields: Optional[List[str]]
    deleteExisting: Optional[bool]


MediaList = Optional[Union[Media, List[Optional[Media]]]]


class NoteBase(TypedDict):
    deckName: str
    modelName: str
    fields: FieldTexts


class Note(NoteBase, total=False):
    """A note to add."""

    tags: Tags
    options: NoteOptions
    audio: MediaList
    video: MediaList
    picture: MediaList


# Judged by the actions that take them, in the words that clients know.
TAGS = {"anyOf": [{"type": "array", "items": TEXT}, TEXT]}
NewTags = Annotated[Any, Documented(TAGS)]


class NoteUpdateBase(TypedDict):
    id: NoteId


class NoteFieldsUpdate(NoteUpdateBase, total=False):
    """A stored note and its new field values."""

    fields: Optional[FieldTexts]
    audio: MediaList
    video: MediaList
    picture: MediaList


class NoteUpdate(NoteFieldsUpdate, total=False):
    """A stored note and what to change in it."""

    tags: Annotated[Any, Documented(nullable(TAGS))]


class GuiNoteBase(TypedDict):
    deckName: str
    modelName: str


class GuiNote(GuiNoteBase, total=False):
    """What the add window is to be filled in with."""

    fields: Optional[FieldTexts]
    tags: Tags
    audio: MediaList
    video: MediaList
    picture: MediaList


class GuiNoteUpdate(TypedDict, total=False):
    """What is to be changed in the add window."""

    deckName: Optional[str]
    modelName: Optional[str]
    fields: Optional[FieldTexts]
    tags: Tags
    audio: MediaList
    video: MediaList
    picture: MediaList


NoteModelChange = Annotated[
    Dict[str, Any],
    Documented(
        {
            "title": "NoteModelChange",
            "type": "object",
            "properties": {
                "id": {"type": ["integer", "string"]},
                "modelName": {"type": "string", "minLength": 1},
                "fields": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"type": ["string", "number"]},
                },
                "tags": {"anyOf": [{"type": "array", "items": TEXT}, TEXT, {"type": "null"}]},
            },
            "required": ["id", "modelName", "fields"],
        }
    ),
]

NoteAttempt = Annotated[Note, PerItem()]


class NoteInfo(TypedDict, total=False):
    """What is known of a note; some members only, where a caller asks for some; none of an unknown one."""

    noteId: NoteId
    profile: str
    modelName: str
    tags: List[str]
    fields: Dict[str, FieldValue]
    mod: int
    cards: List[int]


class CanAddBase(TypedDict):
    canAdd: bool


class CanAdd(CanAddBase, total=False):
    error: str


class NoteMod(TypedDict, total=False):
    """When a note was changed; empty for an unknown one."""

    noteId: NoteId
    mod: int


class CardMod(TypedDict, total=False):
    """When a card was changed; empty for an unknown one."""

    cardId: CardId
    mod: int


class NoteRefusal(TypedDict):
    """Why a note was not added."""

    error: str


NoteInfoKey = Literal["noteId", "profile", "modelName", "tags", "fields", "mod", "cards"]
Count = Annotated[int, Rule("a whole number from 0 on", lambda number: number >= 0, {"minimum": 0})]
