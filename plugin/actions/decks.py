"""Decks: names, sub-decks, options, counts."""

from typing import Dict, List

from anki.collection import Collection
from anki.decks import DeckId

from ..collection.edit import Edit
from ..collection.lookups import Lookups
from ..registry import Scope, action
from ..shapes import NonEmptyText


@action(Scope.READ)
def deck_names(col: Collection) -> List[str]:
    """Lists every deck, sub-decks as `Parent::Child`, filtered decks included.

    Returns: full deck names, sorted as Anki shows them.
    """
    return [deck.name for deck in col.decks.all_names_and_ids()]


@action(Scope.READ)
def deck_names_and_ids(col: Collection) -> Dict[str, DeckId]:
    """Lists the same decks as `deckNames` with their ids.

    Returns: object deck name to deck id.
    """
    return {deck.name: deck.id for deck in col.decks.all_names_and_ids()}


@action(Scope.WRITE, undo="Create Deck")
def create_deck(edit: Edit, deck: NonEmptyText) -> DeckId:
    """Creates an empty deck and any missing parents.

    An existing deck of that name (ignoring case) is left as it is. Anki trims blanks around the name, and calls an
    empty level `blank`.

    Args:
        deck: full deck name; `::` separates levels

    Returns: id of the new or the already existing deck.

    Errors:
        deck should be a non-empty string: <value>
    """
    existing = Lookups(edit.col).deck_id(deck)
    if existing is not None:
        return existing
    with edit.step():
        return DeckId(edit.col.decks.add_normal_deck_with_name(deck).id)
