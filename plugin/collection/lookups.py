"""Finding decks and note types by name, as Anki does: ignoring case, and without ever creating one.

A miss is decided on the list of names. Anki's own look-up raises for a missing name, and on the main thread one such
exception costs about 100 ms (the backend records a stack trace).
"""

import unicodedata
from typing import Any, Dict, Iterable, List, Optional, Set

from anki.collection import Collection
from anki.decks import DeckId
from anki.models import NotetypeDict, NotetypeId

from ..errors import NotFound


def folded(name: str) -> str:
    """What two names have in common when Anki takes them for the same."""
    return unicodedata.normalize("NFC", name).casefold()


class Lookups:
    """Names of a collection, read once and good for one request."""

    def __init__(self, col: Collection) -> None:
        self.col = col
        self._decks: Optional[Dict[str, DeckId]] = None
        self._note_types: Optional[Dict[str, NotetypeId]] = None

    def deck_id(self, name: str) -> Optional[DeckId]:
        return self.decks().get(folded(name))

    def existing_deck_id(self, name: str) -> DeckId:
        found = self.deck_id(name)
        if found is None:
            raise NotFound(f"deck was not found: {name}")
        return found

    def note_type(self, name: str) -> Optional[NotetypeDict]:
        if self._note_types is None:
            self._note_types = by_name(self.col.models.all_names_and_ids())
        found = self._note_types.get(folded(name))
        return None if found is None else self.col.models.get(found)

    def existing_note_type(self, name: str) -> NotetypeDict:
        found = self.note_type(name)
        if found is None:
            raise NotFound(f"model was not found: {name}")
        return found

    def decks(self) -> Dict[str, DeckId]:
        """Deck ids by folded name."""
        if self._decks is None:
            self._decks = by_name(self.col.decks.all_names_and_ids())
        return self._decks

    def with_children(self, name: str) -> Set[DeckId]:
        """The ids of a deck and all its sub-decks; empty when there is no such deck."""
        root = folded(name)
        return {
            deck_id
            for other, deck_id in self.decks().items()
            if other == root or other.startswith(root + "::")
        }


def by_name(names: Iterable[Any]) -> Dict[str, Any]:
    """Ids by folded name. Of names that differ only in case the first wins, as it does in Anki."""
    found: Dict[str, Any] = {}
    for entry in names:
        found.setdefault(folded(entry.name), entry.id)
    return found


def field_positions(note_type: NotetypeDict) -> Dict[str, int]:
    return {field["name"]: field["ord"] for field in note_type["flds"]}


def match_field(name: str, positions: Dict[str, int]) -> Optional[int]:
    """The position of a field named exactly so, else ignoring case; None for an unknown name."""
    if name in positions:
        return positions[name]
    wanted = folded(name)
    for other, position in positions.items():
        if folded(other) == wanted:
            return position
    return None


def split_tags(tags: Any) -> List[str]:
    """Tags as Anki keeps them: an entry with blanks is several tags, repeats collapse, order stays."""
    if tags is None:
        return []
    entries = [tags] if isinstance(tags, str) else tags
    found = dict.fromkeys(tag for entry in entries for tag in entry.replace("\u3000", " ").split())
    return list(found)
