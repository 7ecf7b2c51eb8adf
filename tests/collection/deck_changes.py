"""What the tests of decks share: cards, filtered decks, and the state before and after."""

from __future__ import annotations

from typing import Any, Dict, List

from plugin.collection.edit import Edit
from tests.collection.whole_state import whole_state

UNKNOWN = 7


def state(col: Any) -> Dict[str, Any]:
    """Every row, apart from modification marks."""
    col.sched.deck_due_tree()  # has Anki store when a day begins, which it does when first asked
    return whole_state(col)


def add(col: Any, front: str, deck: str, note_type: str = "Basic") -> List[int]:
    note = col.new_note(col.models.by_name(note_type))
    note.fields[0] = front
    note.fields[1] = "back"
    col.add_note(note, col.decks.id(deck))
    return list(note.card_ids())


def filtered(col: Any, search: str = "", name: str = "Filtered") -> int:
    if not search:
        return int(col.decks.new_filtered(name))
    deck = col.sched.get_or_create_filtered_deck(deck_id=0)
    deck.name = name
    deck.config.search_terms[0].search = search
    del deck.config.search_terms[1:]
    return int(col.sched.add_or_update_filtered_deck(deck).id)


def undone(col: Any, edit: Edit) -> Dict[str, Any]:
    """The state after the edit is undone, as one step."""
    assert edit.changes is not None
    assert col.undo_status().undo == "AnkiConnect"
    col.undo()
    return state(col)


def leaves_no_trace(edit: Edit, before: Dict[str, Any]) -> bool:
    """Nothing was written, and the user's undo list does not know of it."""
    known = edit.col.undo_status().undo
    return edit.changes is None and state(edit.col) == before and known != "AnkiConnect"
