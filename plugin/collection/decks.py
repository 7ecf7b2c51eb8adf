"""Finding and creating decks by name."""

from typing import Optional, Sequence

from anki.collection import Collection
from anki.decks import DeckId

from .. import compat
from ..errors import Refused
from .edit import Edit
from .lookups import Lookups

SEPARATOR = "::"


class NewDeck:
    """A deck by the name that a client wants it to have. Asking for it never creates it."""

    def __init__(self, col: Collection, name: str) -> None:
        self.col = col
        self.name = name
        self._lookups = Lookups(col)
        self.id = self._find(name)

    @property
    def is_filtered(self) -> bool:
        return self.id is not None and self._lookups.is_filtered(self.id)

    def check(self) -> None:
        """Raises Refused where Anki would not create it: a failed operation empties the user's undo list."""
        parts = self.name.split(SEPARATOR)
        parents = (SEPARATOR.join(parts[:length]) for length in range(1, len(parts)))
        for parent in map(self._find, parents):
            if parent is None:
                return
            if self._lookups.is_filtered(parent):
                raise Refused(self.col.tr.errors_filtered_parent_deck())

    def create(self, edit: Edit) -> DeckId:
        """One operation, for use inside a step."""
        return DeckId(edit.done(compat.add_deck(self.col, self.name)).id)

    def _find(self, name: str) -> Optional[DeckId]:
        found = self._lookups.deck_id(name)
        if found is None and not is_plain(name.split(SEPARATOR)):
            # Slow when there is none, and needed: Anki would take the name for another.
            found = self.col.decks.id_for_name(name)
        return found


def is_plain(parts: Sequence[str]) -> bool:
    """Whether Anki would write the levels of a name as they are."""
    return all(
        part and part == part.strip() and part.isprintable() and '"' not in part for part in parts
    )
