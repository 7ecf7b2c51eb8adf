"""What is told about cards: one query for what is stored, and Anki's renderer and scheduler only where asked."""

import json
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import (
    AbstractSet,
    Annotated,
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    Sequence,
    Tuple,
    TypedDict,
    cast,
)

from anki.cards import Card, CardId
from anki.collection import Collection
from anki.models import NotetypeId
from anki.notes import NoteId

from .. import compat
from ..shapes import Rule
from ..texts import without_isolates

COLUMNS = (
    "c.id",
    "c.nid",
    "c.did",
    "c.odid",
    "c.ord",
    "c.type",
    "c.queue",
    "c.due",
    "c.ivl",
    "c.factor",
    "c.reps",
    "c.lapses",
    "c.left",
    "c.mod",
    "c.flags",
    "n.mid",
    "n.flds",
)
ROWS = f"""
select {", ".join(COLUMNS)} from cards c left join notes n on n.id = c.nid
where c.id in (select value from json_each(?))
"""
POSITIONS = {column.partition(".")[2]: position for position, column in enumerate(COLUMNS)}


FIELDS = POSITIONS["flds"]
MISSING_NOTE_TYPE = {"name": "", "css": ""}


@dataclass
class Surroundings:
    """What cards have in common, read once for all of them."""

    col: Collection
    decks: Mapping[int, str]
    note_types: Mapping[int, Any]
    field_names: Mapping[int, Sequence[str]]

    @cached_property
    def homes(self) -> AbstractSet[int]:
        """The decks that are not filtered."""
        return {deck.id for deck in self.col.decks.all_names_and_ids(include_filtered=False)}


@dataclass
class Source:
    """One card while it is told about. Anki's own object of it is made when first needed."""

    around: Surroundings
    row: Sequence[Any]

    def stored(self, name: str) -> Any:
        return self.row[POSITIONS[name]]

    @cached_property
    def card(self) -> Card:
        return self.around.col.get_card(CardId(self.stored("id")))

    @cached_property
    def sides(self) -> Tuple[str, str]:
        """Question and answer as HTML; for both the reason where they cannot be rendered."""
        note_type = self.stored("mid")
        if note_type is None:
            return twice(f"Note was not found: {self.stored('nid')}")
        if not self.around.note_types.get(note_type):
            return twice(f"model was not found: {note_type}")
        return sides(self.card)

    @property
    def deck(self) -> str:
        return self.around.decks.get(self.stored("did"), "")

    @property
    def note_type(self) -> Any:
        return self.around.note_types.get(self.stored("mid")) or MISSING_NOTE_TYPE

    @property
    def next_reviews(self) -> List[str]:
        """The texts of the answer buttons; [] when the scheduler has none for the card."""
        home = self.stored("odid") or self.stored("did")
        if self.stored("did") not in self.around.decks or home not in self.around.homes:
            return []
        return button_texts(self.around.col, self.card)

    @property
    def fields(self) -> Dict[str, Any]:
        names = self.around.field_names.get(self.stored("mid"), ())
        values = (self.row[FIELDS] or "").split("\x1f")
        return {
            name: {"value": value, "order": order}
            for order, (name, value) in enumerate(zip(names, values))
        }


def sides(card: Card) -> Tuple[str, str]:
    try:
        output = card.render_output()
        return output.question_and_style(), output.answer_and_style()
    except compat.anki_errors() as error:
        return twice(without_isolates(str(error)) or type(error).__name__)


def twice(text: str) -> Tuple[str, str]:
    return text, text


def button_texts(col: Collection, card: Card) -> List[str]:
    try:
        return [without_isolates(text) for text in compat.answer_button_texts(col, card)]
    except compat.anki_errors():
        return []


# What stands in the card's row as it is told, by column; all else is read from a Source.
STORED: Mapping[str, str] = {
    "cardId": "id",
    "note": "nid",
    "ord": "ord",
    "fieldOrder": "ord",
    "type": "type",
    "queue": "queue",
    "due": "due",
    "interval": "ivl",
    "factor": "factor",
    "reps": "reps",
    "lapses": "lapses",
    "left": "left",
    "mod": "mod",
}
FOUND: Mapping[str, Callable[[Source], Any]] = {
    "deckName": lambda source: source.deck,
    "modelName": lambda source: source.note_type["name"],
    "fields": lambda source: source.fields,
    "question": lambda source: source.sides[0],
    "answer": lambda source: source.sides[1],
    "css": lambda source: source.note_type["css"],
    "flags": lambda source: source.stored("flags") & 0b111,
    "nextReviews": lambda source: source.next_reviews,
}


class FieldValue(TypedDict):
    value: str
    order: int


class CardInfo(TypedDict, total=False):
    """What is known of a card; some members only, where a caller asks for some; none of an unknown one."""

    # In the order in which they are told.
    cardId: CardId
    note: NoteId
    deckName: str
    modelName: str
    ord: int
    fieldOrder: int
    fields: Dict[str, FieldValue]
    question: str
    answer: str
    css: str
    type: int
    queue: int
    due: int
    interval: int
    factor: int
    reps: int
    lapses: int
    left: int
    mod: int
    flags: int
    nextReviews: List[str]


MEMBERS: Tuple[str, ...] = tuple(CardInfo.__annotations__)
CardKey = Annotated[
    str,
    Rule(
        "one of " + ", ".join(map(json.dumps, MEMBERS)),
        MEMBERS.__contains__,
        {"enum": list(MEMBERS)},
    ),
]
RENDERED = ("question", "answer")


def reports(
    col: Collection, card_ids: Sequence[CardId], keys: Sequence[str]
) -> Dict[CardId, CardInfo]:
    """The wanted members of those cards that exist, by id."""
    rows = col.db.all(ROWS, json.dumps(list(dict.fromkeys(card_ids))))
    around = surroundings(col, {row[POSITIONS["mid"]] or 0 for row in rows})
    blank: Dict[str, Any] = dict.fromkeys(keys)
    in_row = [key for key in keys if key in STORED]
    # With two more than are asked for it always gives a tuple.
    values = itemgetter(*(POSITIONS[STORED[key]] for key in in_row), 0, 0)
    others = [(key, FOUND[key]) for key in keys if key in FOUND]
    found = {}
    for row in rows:
        report = blank.copy()
        report.update(zip(in_row, values(row)))
        source = Source(around, row)
        for key, read in others:
            report[key] = read(source)
        found[CardId(row[0])] = report
    return cast(Dict[CardId, CardInfo], found)


def surroundings(col: Collection, note_types: AbstractSet[int]) -> Surroundings:
    decks = {deck.id: deck.name for deck in col.decks.all_names_and_ids()}
    found = {one: col.models.get(NotetypeId(one)) for one in note_types}
    names = {
        one: [field["name"] for field in note_type["flds"]]
        for one, note_type in found.items()
        if note_type
    }
    return Surroundings(col, decks, found, names)
