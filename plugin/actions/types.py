"""The objects that several actions take or give, as they are on the wire."""

from typing import Annotated, Any, Dict, List, Optional, TypedDict, Union

from anki.notes import NoteId

from ..shapes import Documented, NonEmptyText, PerItem


def nullable(schema: Dict[str, Any]) -> Dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


TEXT = {"type": "string"}
SWITCH = {"type": "boolean", "default": False}

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
    "type": "object",
    "properties": {
        "deckName": nullable(TEXT),
        "checkChildren": SWITCH,
        "checkAllModels": SWITCH,
    },
}

OPTIONS = {
    "type": "object",
    "properties": {
        "allowDuplicate": SWITCH,
        "duplicateScope": nullable(TEXT),
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


class NoteUpdateBase(TypedDict):
    id: NoteId


class NoteUpdate(NoteUpdateBase, total=False):
    """A stored note and what to change in it."""

    fields: FieldTexts
    tags: Tags
    audio: MediaList
    video: MediaList
    picture: MediaList


NoteAttempt = Annotated[Note, PerItem()]


class FieldValue(TypedDict):
    value: str
    order: int


class NoteInfo(TypedDict):
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
