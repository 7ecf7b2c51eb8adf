"""Cards: finding, reading, scheduling."""

import json
from typing import Any, Dict, List, Optional, Sequence, Tuple

from anki.cards import Card, CardId
from anki.collection import Collection

from .. import compat
from ..registry import Scope, action
from ..texts import without_isolates


@action(Scope.READ)
def find_cards(col: Collection, query: Optional[str] = None) -> List[CardId]:
    """Runs a search as in Anki's browser and returns the matching cards.

    Args:
        query: search text; "" matches every card, absent or null none

    Returns: card ids.

    Errors:
        Anki's own message for a search it does not understand
    """
    return [] if query is None else list(col.find_cards(query))


CARD_COLUMNS = "id, nid, did, ord, type, queue, due, ivl, factor, reps, lapses, left, mod, flags"


@action(Scope.READ)
def cards_info(col: Collection, cards: List[CardId]) -> List[Any]:
    """Returns everything about each card.

    `question` and `answer` are rendered HTML and begin with the note type's style block. `ord` and `fieldOrder` are
    both the position of the card's template, `interval` is in days, `mod` in seconds. `nextReviews` holds the texts
    of Anki's answer buttons.

    Args:
        cards: card ids

    Returns: in request order `{cardId, note, deckName, modelName, ord, fieldOrder, fields, question, answer, css,
        type, queue, due, interval, factor, reps, lapses, left, mod, flags, nextReviews}`; {} for an unknown id.
    """
    rows = col.db.all(
        f"select {CARD_COLUMNS} from cards where id in (select value from json_each(?))",
        json.dumps(list(dict.fromkeys(cards))),
    )
    decks = {deck.id: deck.name for deck in col.decks.all_names_and_ids()}
    known = {row[0]: card_info(col, row, decks.get(row[2], "")) for row in rows}
    return [known.get(card_id, {}) for card_id in cards]


def card_info(col: Collection, row: Sequence[Any], deck_name: str) -> Dict[str, Any]:
    (
        card_id,
        note_id,
        _,
        order,
        kind,
        queue,
        due,
        interval,
        factor,
        reps,
        lapses,
        left,
        mod,
        flags,
    ) = row
    card = col.get_card(card_id)
    note = card.note()
    note_type = note.note_type() or {"name": "", "css": ""}
    question, answer = sides(card)
    return {
        "cardId": card_id,
        "note": note_id,
        "deckName": deck_name,
        "modelName": note_type["name"],
        "ord": order,
        "fieldOrder": order,
        "fields": {
            name: {"value": value, "order": position}
            for position, (name, value) in enumerate(note.items())
        },
        "question": question,
        "answer": answer,
        "css": note_type["css"],
        "type": kind,
        "queue": queue,
        "due": due,
        "interval": interval,
        "factor": factor,
        "reps": reps,
        "lapses": lapses,
        "left": left,
        "mod": mod,
        "flags": flags & 0b111,
        "nextReviews": next_reviews(col, card),
    }


def sides(card: Card) -> Tuple[str, str]:
    """Question and answer as HTML; the text of the error for both when a template cannot be rendered."""
    try:
        output = card.render_output()
        return output.question_and_style(), output.answer_and_style()
    except compat.anki_errors() as error:
        text = without_isolates(str(error))
        return text, text


def next_reviews(col: Collection, card: Card) -> List[str]:
    """The texts of the answer buttons; [] when the scheduler has none for the card."""
    try:
        return [without_isolates(text) for text in compat.answer_button_texts(col, card)]
    except compat.anki_errors():
        return []
