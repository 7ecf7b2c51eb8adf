"""Notes that are to be added: from a client's words to what Anki adds, with every check before anything is written."""

import unicodedata
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple, Union

from anki.collection import Collection
from anki.decks import DeckId
from anki.models import NotetypeDict
from anki.notes import Note, NoteFieldsCheckResult

from ..errors import ApiError, BadParams, Refused
from . import duplicates, media
from .duplicates import Candidate
from .lookups import Lookups, field_positions, match_field, split_tags

DUPLICATE = "cannot create note because it is a duplicate"
EMPTY = "cannot create note because it is empty"
UNKNOWN = "cannot create note for unknown reason"


@dataclass(frozen=True)
class DuplicateRule:
    """What a note object's `options` ask for. `deck` None: the note's own deck, when `in_deck` is set."""

    allowed: bool = False
    in_deck: bool = False
    deck: Optional[str] = None
    children: bool = False
    all_note_types: bool = False
    require_media: bool = False


@dataclass
class Draft:
    """A note that can be added as far as its own content goes.

    `fields` hold the mentions of its files under the names they are expected to get.
    """

    note_type: NotetypeDict
    deck_id: DeckId
    deck_name: str
    fields: List[str]
    tags: List[str]
    rule: DuplicateRule
    attachments: List[media.Attachment]
    plain_fields: List[str] = field(default_factory=list)

    @property
    def first_field(self) -> str:
        return duplicates.comparable(self.fields[0])


def field_text(name: str, value: Any) -> str:
    """A field's value as text. Numbers are written out; anything else is refused."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadParams(f"field values should be strings: {name}")
    return str(value)


def read_rule(options: Any) -> DuplicateRule:
    """The duplicate rule of a note's options; absent and null members take their defaults."""
    options = options if isinstance(options, dict) else {}
    inner = options.get("duplicateScopeOptions")
    inner = inner if isinstance(inner, dict) else {}
    deck = inner.get("deckName")
    return DuplicateRule(
        allowed=flag(options, "allowDuplicate"),
        in_deck=options.get("duplicateScope") == "deck",
        deck=deck if isinstance(deck, str) else None,
        children=flag(inner, "checkChildren", "duplicateScopeOptions."),
        all_note_types=flag(inner, "checkAllModels", "duplicateScopeOptions."),
        require_media=flag(options, "requireMedia"),
    )


def flag(options: Mapping[str, Any], name: str, prefix: str = "") -> bool:
    value = options.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadParams(f'option parameter "{prefix}{name}" must be boolean')
    return bool(value)


def draft(lookups: Lookups, note: Mapping[str, Any]) -> Draft:
    """Reads a note object; raises ApiError with the reason why it cannot be added."""
    note_type = lookups.existing_note_type(note["modelName"])
    deck_id = lookups.existing_deck_id(note["deckName"])
    if lookups.col.decks.is_filtered(deck_id):
        raise Refused(
            f"cards cannot be added to a filtered deck; choose another deck: {note['deckName']}"
        )
    rule = read_rule(note.get("options"))
    fields = filled_fields(note_type, note["fields"])
    attachments = media.attachments(note)
    for attachment in attachments:
        if attachment.content.failure and rule.require_media:
            raise Refused(attachment.content.failure)
    found = Draft(
        note_type=note_type,
        deck_id=deck_id,
        deck_name=note["deckName"],
        fields=fields,
        tags=split_tags(note.get("tags")),
        rule=rule,
        attachments=attachments,
        plain_fields=list(fields),
    )
    mention(
        found, [media.expected_name(lookups.col, a.filename, a.content.data) for a in attachments]
    )
    return found


def filled_fields(note_type: NotetypeDict, given: Any) -> List[str]:
    """The field texts in the note type's order; unknown names are left out, missing ones are empty."""
    if not isinstance(given, dict):
        raise BadParams("note.fields should be an object")
    positions = field_positions(note_type)
    fields = [""] * len(positions)
    for name, value in given.items():
        position = match_field(name, positions)
        if position is not None:
            fields[position] = unicodedata.normalize("NFC", field_text(name, value))
    return fields


def mention(found: Draft, names: Sequence[str]) -> None:
    """Writes the fields anew, with each file mentioned under the given name."""
    found.fields = list(found.plain_fields)
    append_mentions(found.fields, field_positions(found.note_type), found.attachments, names)


def append_mentions(
    fields: List[str],
    positions: Dict[str, int],
    attachments: Sequence[media.Attachment],
    names: Sequence[str],
) -> None:
    for attachment, name in zip(attachments, names):
        for field_name in attachment.fields:
            position = match_field(field_name, positions)
            if position is not None:
                fields[position] += attachment.mention(name)


def scope(lookups: Lookups, found: Draft) -> Optional[FrozenSet[int]]:
    """The decks in which duplicates count; None means everywhere."""
    rule = found.rule
    if not rule.in_deck:
        return None
    name = found.deck_name if rule.deck is None else rule.deck
    if rule.children:
        return frozenset(lookups.with_children(name))
    deck_id = lookups.deck_id(name)
    return frozenset() if deck_id is None else frozenset([deck_id])


Outcome = Union[Draft, ApiError]


def check(col: Collection, notes: Sequence[Any], among_themselves: bool) -> List[Outcome]:
    """For each note object a draft that can be added, or the reason why it cannot.

    An entry may be an ApiError already (it could not be read at the door). With `among_themselves` a note that
    repeats an earlier one of the list counts as a duplicate too.
    """
    lookups = Lookups(col)
    outcomes: List[Outcome] = []
    for note in notes:
        try:
            outcomes.append(note if isinstance(note, ApiError) else checked_draft(lookups, note))
        except ApiError as error:
            error.__traceback__ = None
            outcomes.append(error)
    refuse_duplicates(lookups, outcomes, among_themselves)
    return outcomes


def checked_draft(lookups: Lookups, note: Mapping[str, Any]) -> Draft:
    found = draft(lookups, note)
    if not found.first_field.strip():
        raise Refused(EMPTY)
    if found.note_type["type"] == 1:
        refuse_without_cloze(lookups.col, found)
    return found


def refuse_without_cloze(col: Collection, found: Draft) -> None:
    result = new_note(col, found).fields_check()
    if result == NoteFieldsCheckResult.MISSING_CLOZE:
        detail = "the note type makes cloze cards, and no field holds a cloze deletion"
        raise Refused(f"{UNKNOWN}: {detail}")


def refuse_duplicates(lookups: Lookups, outcomes: List[Outcome], among_themselves: bool) -> None:
    """Replaces drafts that repeat a note by the refusal: one query for all of them."""
    strict = [
        (index, outcome, candidate(lookups, outcome))
        for index, outcome in enumerate(outcomes)
        if isinstance(outcome, Draft) and not outcome.rule.allowed
    ]
    known = duplicates.find(lookups.col, [one for _, _, one in strict]) if strict else []
    for (index, _, _), is_known in zip(strict, known):
        if is_known:
            outcomes[index] = Refused(DUPLICATE)
    if among_themselves:
        refuse_repeats(outcomes, {index: one for index, _, one in strict})


def candidate(lookups: Lookups, found: Draft) -> Candidate:
    note_type_id = None if found.rule.all_note_types else found.note_type["id"]
    return Candidate(found.first_field, note_type_id, scope(lookups, found))


def refuse_repeats(outcomes: List[Outcome], strict: Mapping[int, Candidate]) -> None:
    earlier: Dict[str, List[Tuple[int, int]]] = {}
    for index, outcome in enumerate(outcomes):
        if not isinstance(outcome, Draft):
            continue
        equals = earlier.setdefault(outcome.first_field, [])
        wanted = strict.get(index)
        if wanted is not None and any(matches(wanted, *other) for other in equals):
            outcomes[index] = Refused(DUPLICATE)
        else:
            equals.append((outcome.note_type["id"], outcome.deck_id))


def matches(wanted: Candidate, note_type_id: int, deck_id: int) -> bool:
    return wanted.note_type_id in (None, note_type_id) and (
        wanted.decks is None or deck_id in wanted.decks
    )


def new_note(col: Collection, found: Draft) -> Note:
    """The draft as one of Anki's notes, not stored yet."""
    note = Note(col, model=found.note_type)
    note.fields = list(found.fields)
    note.tags = list(found.tags)
    return note


def store_attachments(col: Collection, found: Draft) -> None:
    """Stores the files of a draft, and mentions them under the names they got."""
    mention(found, [stored_name(col, attachment) for attachment in found.attachments])


def stored_name(col: Collection, attachment: media.Attachment) -> str:
    if attachment.content.data is None:
        return attachment.filename
    return media.store(
        col, attachment.filename, attachment.content.data, replace=attachment.replace
    )
