"""The columns of a card that a client may write, and what each of them may hold."""

import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Sequence, Union

from anki.cards import Card
from anki.collection import Collection
from anki.decks import DeckId
from anki.models import NotetypeId

from .. import compat
from ..errors import ApiError, BadParams
from ..shapes import read_id, shown

SIGNED_32 = range(-(2**31), 2**31)
COUNT = range(2**31)
CUSTOM_DATA = ("data", "custom_data")
# Limits of Anki's, in bytes.
CUSTOM_DATA_SIZE = 100
CUSTOM_KEY_SIZE = 8

Value = Union[int, str]


@dataclass(frozen=True)
class Column:
    """A numeric column: its values, and whether writing it can damage scheduling."""

    values: range
    guarded: bool = True


# The names are those of the attributes of Anki's Card, too.
COLUMNS: Mapping[str, Column] = {
    "flags": Column(range(8), guarded=False),
    "factor": Column(range(2**16), guarded=False),
    "due": Column(SIGNED_32, guarded=False),
    "odue": Column(SIGNED_32, guarded=False),
    "did": Column(range(1, 2**63)),
    "ivl": Column(COUNT),
    "lapses": Column(COUNT),
    "left": Column(COUNT),
    "mod": Column(range(2**53)),
    "nid": Column(range(1, 2**63)),
    "odid": Column(range(2**63)),
    "ord": Column(range(2**16)),
    "queue": Column(range(-3, 5)),
    "reps": Column(COUNT),
    "type": Column(range(4)),
    "usn": Column(SIGNED_32),
}
# Anki sets these itself whenever it writes a card.
STAMPS = ("mod", "usn")


def is_guarded(key: Any) -> bool:
    """Whether a caller has to confirm that this column is to be written."""
    if not isinstance(key, str):
        return False
    return key == "id" or (key in COLUMNS and COLUMNS[key].guarded)


def read_values(
    col: Collection, card: Card, keys: Sequence[Any], values: Sequence[Any]
) -> List[Union[Value, ApiError]]:
    """For each key what is to be stored, or the reason why it cannot be."""
    found: List[Union[Value, ApiError]] = []
    for key, value in zip(keys, values):
        try:
            found.append(read_value(col, card, key, value))
        except ApiError as error:
            error.__traceback__ = None
            found.append(error)
    refuse_missing_template(col, card, keys, found)
    return found


def read_value(col: Collection, card: Card, key: Any, value: Any) -> Value:
    if key == "id":
        raise BadParams("the id of a card cannot be changed")
    if key in CUSTOM_DATA:
        return read_custom_data(card, key, value)
    if not isinstance(key, str) or key not in COLUMNS:
        raise BadParams(f"a card has no such value: {shown(key)}")
    number = read_number(key, value)
    if key in REFERENCES:
        REFERENCES[key](col, number)
    return number


def read_number(key: str, value: Any) -> int:
    values = COLUMNS[key].values
    try:
        number = read_id(value, key)
    except BadParams:
        refuse_number(key, value)
    if number not in values:
        refuse_number(key, value)
    return number


def refuse_number(key: str, value: Any) -> NoReturn:
    values = COLUMNS[key].values
    bounds = f"from {values.start} to {values.stop - 1}"
    raise BadParams(f"{key} should be an integer {bounds}: {shown(value)}")


def read_custom_data(card: Card, key: str, value: Any) -> str:
    if not compat.keeps_custom_data(card):
        raise BadParams(f"{key} cannot be stored: this version of Anki has no custom data")
    if not isinstance(value, str) or not is_custom_data(value):
        raise BadParams(
            f"{key} should be a JSON object as text, of at most {CUSTOM_DATA_SIZE} bytes and "
            f"with keys of at most {CUSTOM_KEY_SIZE} bytes: {shown(value)}"
        )
    return value


def is_custom_data(text: str) -> bool:
    if text == "":
        return True
    if len(text) > CUSTOM_DATA_SIZE:
        return False
    try:
        content = json.loads(text)
        # Numbers without a value and halves of characters: Python reads them, Anki does not.
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError:
        return False
    return (
        isinstance(content, dict)
        and len(text.encode("utf-8")) <= CUSTOM_DATA_SIZE
        and all(len(key.encode("utf-8")) <= CUSTOM_KEY_SIZE for key in content)
    )


def refuse_missing_deck(col: Collection, deck_id: int) -> None:
    names = {deck.id for deck in col.decks.all_names_and_ids()}
    if deck_id not in names:
        raise BadParams(f"deck was not found: {deck_id}")
    if col.decks.is_filtered(DeckId(deck_id)):
        raise BadParams(f"a card cannot be put into a filtered deck: {deck_id}")


def refuse_missing_home(col: Collection, deck_id: int) -> None:
    if deck_id != 0:
        refuse_missing_deck(col, deck_id)


def refuse_missing_note(col: Collection, note_id: int) -> None:
    if not col.db.scalar("select 1 from notes where id = ?", note_id):
        raise BadParams(f"Note was not found: {note_id}")


REFERENCES: Mapping[str, Callable[[Collection, int], None]] = {
    "did": refuse_missing_deck,
    "odid": refuse_missing_home,
    "nid": refuse_missing_note,
}


def refuse_missing_template(
    col: Collection, card: Card, keys: Sequence[Any], found: List[Union[Value, ApiError]]
) -> None:
    """Replaces a new note or position by the refusal when the card would be left without a template."""
    target: Dict[str, Any] = {"nid": card.nid, "ord": card.ord}
    places = [
        index
        for index, (key, value) in enumerate(zip(keys, found))
        if key in ("nid", "ord") and isinstance(value, int)
    ]
    target.update((keys[index], found[index]) for index in places)
    if places and not has_template(col, target["nid"], target["ord"]):
        for index in places:
            found[index] = BadParams(f"the note has no template at position {target['ord']}")


def has_template(col: Collection, note_id: int, position: int) -> bool:
    note_type_id = col.db.scalar("select mid from notes where id = ?", note_id)
    note_type = col.models.get(NotetypeId(note_type_id)) if note_type_id else None
    if note_type is None:
        return False
    # Cloze cards share one template; their position is the number of the deletion.
    return note_type["type"] == 1 or position < len(note_type["tmpls"])
