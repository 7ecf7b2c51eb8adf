"""Notes that are to be added: from a client's words to what Anki adds, with every check before anything is written."""

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple, Union

from anki.collection import Collection
from anki.decks import DeckId
from anki.models import NotetypeDict, NotetypeId
from anki.notes import Note
from anki.utils import guid64

from ..errors import ApiError, BadParams, Refused
from ..shapes import wrong
from . import duplicates, media
from .duplicates import Candidate
from .filling import Filling, cloze_numbers, fill, shown_as_cloze
from .lookups import Lookups, split_tags

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


NO_OPTIONS = DuplicateRule()


@dataclass
class Draft:
    """A note that can be added as far as its own content goes.

    `fields` mention its files under the names they are expected to get; `first_field` is what duplicates share.
    """

    note_type: NotetypeDict
    deck_id: DeckId
    deck_name: str
    filling: Filling
    fields: List[str]
    first_field: str
    tags: List[str]
    rule: DuplicateRule


def read_rule(options: Any) -> DuplicateRule:
    """The duplicate rule of a note's options; absent and null members take their defaults."""
    if options is None:
        return NO_OPTIONS
    options = members(options, "options")
    inner = members(options.get("duplicateScopeOptions"), "options.duplicateScopeOptions")
    deck = inner.get("deckName")
    return DuplicateRule(
        allowed=flag(options, "allowDuplicate"),
        in_deck=options.get("duplicateScope") == "deck",
        deck=deck if isinstance(deck, str) else None,
        children=flag(inner, "checkChildren", "duplicateScopeOptions."),
        all_note_types=flag(inner, "checkAllModels", "duplicateScopeOptions."),
        require_media=flag(options, "requireMedia"),
    )


def members(value: Any, place: str) -> Mapping[str, Any]:
    """The members of an object; some languages write an empty one as []."""
    if isinstance(value, dict):
        return value
    if value is None or value == []:
        return {}
    raise wrong(place, "an object", value)


def flag(options: Mapping[str, Any], name: str, prefix: str = "") -> bool:
    value = options.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadParams(f'option parameter "{prefix}{name}" must be boolean')
    return bool(value)


def draft(lookups: Lookups, note: Mapping[str, Any]) -> Draft:
    """Reads a note object; raises ApiError with the reason why it cannot be added."""
    note_type = lookups.existing_note_type(note["modelName"])
    deck_id = lookups.existing_deck_id(note["deckName"])
    if lookups.is_filtered(deck_id):
        raise Refused(
            f"cards cannot be added to a filtered deck; choose another deck: {note['deckName']}"
        )
    rule = read_rule(note.get("options"))
    filling = fill(lookups, note_type, note["fields"], attachments=files_of(note, rule))
    fields = filling.expected(lookups.col)
    return Draft(
        note_type=note_type,
        deck_id=deck_id,
        deck_name=note["deckName"],
        filling=filling,
        fields=fields,
        first_field=duplicates.comparable(fields[0]),
        tags=split_tags(note.get("tags")),
        rule=rule,
    )


def files_of(note: Mapping[str, Any], rule: DuplicateRule) -> List[media.Attachment]:
    attachments = media.attachments(note)
    for attachment in attachments:
        if attachment.content.failure and rule.require_media:
            raise Refused(attachment.content.failure)
    return attachments


def scope(lookups: Lookups, found: Draft) -> Optional[FrozenSet[int]]:
    """The decks in which duplicates count; None means everywhere."""
    rule = found.rule
    if not rule.in_deck:
        return None
    name = found.deck_name if rule.deck is None else rule.deck
    if rule.children:
        return lookups.with_children(name)
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
    shown = shown_as_cloze(found.note_type, found.fields)
    if not cloze_numbers(Note(col, found.note_type), shown):
        detail = (
            "the note type makes cloze cards, and no field that it shows holds a cloze deletion"
        )
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


def new_notes(col: Collection, accepted: Sequence[Draft]) -> List[Note]:
    """The drafts as Anki's notes, not stored yet. Anki is asked once for each note type, and copies are made."""
    patterns: Dict[NotetypeId, Note] = {}
    notes = []
    for one in accepted:
        note_type_id = one.note_type["id"]
        if note_type_id not in patterns:
            patterns[note_type_id] = Note(col, one.note_type)
        # As `copy` does it, which asks Anki's notes for what they do not have, and that takes its time.
        note = Note.__new__(Note)
        note.__dict__.update(patterns[note_type_id].__dict__)
        note.guid = guid64()
        note.fields = list(one.fields)
        note.tags = list(one.tags)
        notes.append(note)
    return notes
