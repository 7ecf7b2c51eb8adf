"""Cards: finding them, reading them, writing values of theirs. What moves their schedule is in `scheduling`."""

from typing import Annotated, Any, Container, Dict, List, Mapping, Optional, Sequence, Union

from anki.cards import Card, CardId
from anki.collection import Collection
from anki.notes import NoteId

from ..collection import card_columns, card_reports
from ..collection.card_reports import CardInfo, CardKey
from ..collection.edit import Edit
from ..collection.narrowing import found_cards
from ..collection.paging import page, sorted_page
from ..collection.stored_cards import card_rows, card_values
from ..errors import ApiError, BadParams
from ..registry import Parts, Scope, action, in_large_collections, more_than, unavailable
from ..shapes import Documented, json_type, read_id, shown
from .types import CardMod, Count

# A card's three rendered members take some 0.1 ms together.
SLOW = frozenset((*card_reports.RENDERED, "nextReviews"))
CARDS_AT_ONCE = 20
CARDS_IN_A_PART = 100
# All other members together take less than a tenth of that.
STORED_IN_A_PART = 500


def nothing_found(arguments: Mapping[str, Any]) -> List[CardId]:
    """Without a query there is nothing to find, be a collection open or not."""
    return [] if arguments.get("query") is None else unavailable(arguments)


@action(Scope.READ, without_collection=nothing_found, long=in_large_collections)
def find_cards(
    col: Collection,
    query: Optional[str] = None,
    limit: Optional[Count] = None,
    offset: Count = 0,
) -> List[CardId]:
    """Runs a search as in Anki's browser and returns the matching cards.

    With `limit` or `offset` the cards come in the order of their ids, so that page after page nothing is missed.

    Args:
        query: search text; "" matches every card, absent or null none
        limit: at most so many cards; null or absent means all
        offset: how many to leave out at the beginning

    Returns: card ids.

    Errors:
        Anki's own message for a search it does not understand
    """
    if query is None:
        return []
    return sorted_page(found_cards(col, query), limit, offset)


def page_of_cards(col: Collection, arguments: Mapping[str, Any]) -> Dict[str, Any]:
    rest = dict(arguments)
    chosen = page(rest.pop("cards"), rest.pop("limit", None), rest.pop("offset", 0))
    return {**rest, "cards": chosen}


def wanted(keys: Optional[Container[str]], render: bool) -> List[str]:
    return [
        key
        for key in card_reports.MEMBERS
        if (keys is None or key in keys) and (render or key not in card_reports.RENDERED)
    ]


def cards_in_a_part(arguments: Mapping[str, Any]) -> int:
    members = wanted(arguments.get("keys"), arguments.get("render", True))
    return STORED_IN_A_PART if SLOW.isdisjoint(members) else CARDS_IN_A_PART


@action(
    Scope.READ,
    long=more_than(CARDS_AT_ONCE, "cards"),
    parts=Parts("cards", cards_in_a_part, page_of_cards),
)
def cards_info(
    col: Collection,
    cards: List[CardId],
    keys: Optional[List[CardKey]] = None,
    render: bool = True,
    limit: Optional[Count] = None,
    offset: Count = 0,
) -> List[CardInfo]:
    """Returns everything about each card, or the chosen members.

    `question` and `answer` are rendered HTML and begin with the note type's style block. `ord` and `fieldOrder` are
    both the position of the card's template, `interval` is in days, `mod` in seconds. `nextReviews` holds the texts
    of Anki's answer buttons. These three members take most of the time; where they are not asked for, thousands of
    cards are one query.

    Args:
        cards: card ids
        keys: the members wanted; null or absent means all
        render: false leaves out `question` and `answer`
        limit: tell about at most so many of the cards; null or absent means all
        offset: how many of the cards to leave out at the beginning

    Returns: in request order `{cardId, note, deckName, modelName, ord, fieldOrder, fields, question, answer, css,
        type, queue, due, interval, factor, reps, lapses, left, mod, flags, nextReviews}`; {} for an unknown id.
    """
    chosen = page(cards, limit, offset)
    known = card_reports.reports(col, chosen, wanted(keys, render))
    return [known.get(card_id, {}) for card_id in chosen]


@action(Scope.READ, long=more_than(2000, "cards"))
def cards_to_notes(col: Collection, cards: List[CardId]) -> List[NoteId]:
    """Maps cards to the notes they belong to.

    Args:
        cards: card ids; unknown ones are skipped

    Returns: note ids without repeats, in no promised order.
    """
    return list(dict.fromkeys(card_values(col, "nid", cards).values()))


@action(Scope.READ, long=more_than(1000, "cards"))
def cards_mod_time(col: Collection, cards: List[CardId]) -> List[CardMod]:
    """Tells when each card was last modified. The cheapest way to find out what has changed.

    Args:
        cards: card ids

    Returns: in request order `{cardId, mod}`, mod in seconds; {} for an unknown id.
    """
    known = card_values(col, "mod", cards)
    return [
        {"cardId": card_id, "mod": known[card_id]} if card_id in known else {} for card_id in cards
    ]


@action(Scope.READ, long=more_than(1000, "cards"))
def get_ease_factors(col: Collection, cards: List[CardId]) -> List[Optional[int]]:
    """Reads the stored ease of each card. Cards that were never reviewed have 0.

    Args:
        cards: card ids

    Returns: in request order the ease in permille (2500 is 250 %), or null for an unknown id.
    """
    known = card_values(col, "factor", cards)
    return [known.get(card_id) for card_id in cards]


FACTORS = range(2**16)
Factors = Annotated[
    List[Any],
    Documented(
        {
            "type": "array",
            "items": {"type": "integer", "minimum": FACTORS.start, "maximum": FACTORS.stop - 1},
        }
    ),
]


@action(Scope.WRITE, undo="Set Ease")
def set_ease_factors(edit: Edit, cards: List[CardId], ease_factors: Factors) -> List[bool]:
    """Writes the ease of each card; entry n of `easeFactors` belongs to entry n of `cards`.

    Of a card that is listed twice the last entry counts.

    Args:
        cards: card ids
        easeFactors: new values in permille, from 0 to 65535, as many as there are cards

    Returns: one boolean a card: true when written, false when the card does not exist.

    Errors:
        cards and easeFactors should have the same length
        easeFactors should contain only integers from 0 to 65535: <value>
    """
    if len(cards) != len(ease_factors):
        raise BadParams("cards and easeFactors should have the same length")
    factors = dict(zip(cards, map(read_factor, ease_factors)))
    known = card_values(edit.col, "factor", cards)
    changed = [edit.col.get_card(one) for one in known if known[one] != factors[one]]
    for card in changed:
        card.factor = factors[card.id]
    if changed:
        with edit.step():
            edit.col.update_cards(changed)
    return [card_id in known for card_id in cards]


def read_factor(value: Any) -> int:
    if json_type(value) != "integer" or value not in FACTORS:
        raise BadParams(
            "easeFactors should contain only integers from "
            f"{FACTORS.start} to {FACTORS.stop - 1}: {shown(value)}"
        )
    return int(value)


KeyOutcome = Union[bool, List[Any]]
ID_OR_LIST = Documented({"anyOf": [{"type": "integer"}, {"type": "string"}]})
TEXTS = Documented({"type": "array", "items": {"type": "string"}})
VALUES = Documented({"type": "array", "items": {"type": ["integer", "string"]}})


@action(Scope.WRITE, undo="Set Card Values", wire={"warning_check": "warning_check"})
def set_specific_value_of_card(
    edit: Edit,
    card: Annotated[Any, ID_OR_LIST],
    keys: Annotated[Any, TEXTS],
    new_values: Annotated[Any, VALUES],
    warning_check: bool = False,
) -> Union[List[KeyOutcome], bool]:
    """Writes raw values of one card: all of them, or none when one cannot be written.

    Open to all callers are flags, factor, due, odue and custom_data (also called data: the text of a JSON object;
    Anki keeps data of its own beside it). The keys did, ivl, lapses, left, mod, nid, odid, ord, queue, reps, type and
    usn can damage scheduling or synchronisation and need `warning_check`. Anki has no operation that writes mod and
    usn: these two empty Anki's undo list, and the call cannot be undone. Before Anki 2.1.55 there is no custom data.

    Args:
        card: card id
        keys: what to write
        newValues: the new value for each key; numbers may be decimal text
        warning_check: true allows the keys that can do damage

    Returns: one entry a key, true or `[false, reason]`; or false, when the lists do not fit each other, `card` is a
        list, or a key needs `warning_check`.
    """
    if isinstance(card, list) or not (isinstance(keys, list) and isinstance(new_values, list)):
        return False
    if len(keys) != len(new_values):
        return False
    if any(map(card_columns.is_guarded, keys)) and not warning_check:
        return False
    card_id = CardId(read_id(card, "card"))
    if not card_values(edit.col, "1", [card_id]):
        return [[False, f"Card was not found: {card_id}"] for _ in keys]
    return set_values(edit, edit.col.get_card(card_id), keys, new_values)


def set_values(
    edit: Edit, card: Card, keys: Sequence[Any], new_values: Sequence[Any]
) -> List[KeyOutcome]:
    values = card_columns.read_values(edit.col, card, keys, new_values)
    if any(isinstance(value, ApiError) for value in values):
        return [
            [False, str(value) if isinstance(value, ApiError) else "not written"]
            for value in values
        ]
    write_values(edit, card, dict(zip(keys, values)))
    return [True for _ in keys]


def write_values(edit: Edit, card: Card, values: Dict[str, Any]) -> None:
    stamps = {key: values[key] for key in values if key in card_columns.STAMPS}
    changed = False
    for key, value in values.items():
        name = "custom_data" if key in card_columns.CUSTOM_DATA else key
        if key not in stamps and getattr(card, name) != value:
            setattr(card, name, value)
            changed = True
    if changed or stamps:
        with edit.step():
            edit.col.update_cards([card])
            write_stamps(edit.col, card.id, stamps)


def write_stamps(col: Collection, card_id: CardId, stamps: Dict[str, int]) -> None:
    """By SQL, because Anki's own operations always put the present moment there."""
    if stamps:
        [[stored_mod, stored_usn]] = card_rows(col, "mod, usn", [card_id]).values()
        col.db.execute(
            "update cards set mod = ?, usn = ? where id = ?",
            stamps.get("mod", stored_mod),
            stamps.get("usn", stored_usn),
            card_id,
        )
