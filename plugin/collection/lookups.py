"""Finding decks and note types by name, as Anki does: ignoring case, and without ever creating one.

A miss is decided on the list of names. Anki's own look-up raises for a missing name, and on the main thread one such
exception costs about 100 ms (the backend records a stack trace).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional

from anki.collection import Collection, Config
from anki.decks import DeckId
from anki.models import NotetypeDict, NotetypeId

from ..errors import NotFound

# What separates tags in a text. Anki itself knows the blank and the wide blank; tabs and line breaks it would drop.
TAG_SEPARATORS = re.compile("[ \t\r\n\u3000]+")
CONTROL = re.compile("[\x00-\x1f\x7f]")


def composed(name: str) -> str:
    """The form in which Anki keeps names, whatever form a client's system writes."""
    return unicodedata.normalize("NFC", name)


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """What two names have in common when Anki takes them for the same."""
    return composed(name).casefold()


def deck_name(name: str) -> str:
    """The name as Anki writes it: no blanks around the levels, no control characters, no level without a name."""
    return "::".join(CONTROL.sub("", level).strip() or "blank" for level in name.split("::"))


class Lookups:
    """Names of a collection, read once and good for one request."""

    def __init__(self, col: Collection) -> None:
        self.col = col
        self._decks: Optional[Dict[str, DeckId]] = None
        self._asked: Dict[str, Optional[DeckId]] = {}
        self._note_types: Optional[Dict[str, NotetypeId]] = None
        self._types_asked: Dict[str, Optional[NotetypeDict]] = {}
        self._positions: Dict[NotetypeId, Dict[str, int]] = {}
        self._filtered: Dict[DeckId, bool] = {}
        self._families: Dict[str, FrozenSet[DeckId]] = {}
        self._normalizes: Optional[bool] = None

    def deck_id(self, name: str) -> Optional[DeckId]:
        if name not in self._asked:
            self._asked[name] = self._deck_id(name)
        return self._asked[name]

    def _deck_id(self, name: str) -> Optional[DeckId]:
        written = composed(deck_name(name))
        # Reading all names for one of them takes ten times as long; the column's collation ignores case as Anki does.
        known = "select id from decks where name = ?"
        stored = self.col.db.scalar(known, written.replace("::", "\x1f"))
        if stored is not None:
            return DeckId(stored)
        found = self.decks().get(folded(written))
        if found is None and '"' in name:
            # Anki up to 24 leaves quotation marks out of names. Slow when there is no such deck, and rare.
            found = self.col.decks.id_for_name(name)
        return found

    def existing_deck_id(self, name: str) -> DeckId:
        found = self.deck_id(name)
        if found is None:
            raise NotFound(f"deck was not found: {name}")
        return found

    def note_type(self, name: str) -> Optional[NotetypeDict]:
        if name not in self._types_asked:
            self._types_asked[name] = self._note_type(name)
        return self._types_asked[name]

    def _note_type(self, name: str) -> Optional[NotetypeDict]:
        found = self.col.db.scalar("select id from notetypes where name = ?", composed(name))
        if found is None:
            if self._note_types is None:
                self._note_types = by_name(self.col.models.all_names_and_ids())
            found = self._note_types.get(folded(name))
        return None if found is None else self.col.models.get(found)

    def existing_note_type(self, name: str) -> NotetypeDict:
        found = self.note_type(name)
        if found is None:
            raise NotFound(f"model was not found: {name}")
        return found

    def field_positions(self, note_type: NotetypeDict) -> Dict[str, int]:
        note_type_id = note_type["id"]
        if note_type_id not in self._positions:
            self._positions[note_type_id] = field_positions(note_type)
        return self._positions[note_type_id]

    def decks(self) -> Dict[str, DeckId]:
        """Deck ids by folded name."""
        if self._decks is None:
            self._decks = by_name(self.col.decks.all_names_and_ids())
        return self._decks

    def is_filtered(self, deck_id: DeckId) -> bool:
        if deck_id not in self._filtered:
            self._filtered[deck_id] = bool(self.col.decks.is_filtered(deck_id))
        return self._filtered[deck_id]

    def with_children(self, name: str) -> FrozenSet[DeckId]:
        """The ids of a deck and all its sub-decks; empty when there is no such deck."""
        root = folded(deck_name(name))
        if root not in self._families:
            self._families[root] = frozenset(
                deck_id
                for other, deck_id in self.decks().items()
                if other == root or other.startswith(root + "::")
            )
        return self._families[root]

    @property
    def normalizes_text(self) -> bool:
        """Whether Anki is set to compose characters (NFC) in notes, as it is unless the user has changed that."""
        if self._normalizes is None:
            self._normalizes = self.col.get_config_bool(Config.Bool.NORMALIZE_NOTE_TEXT)
        return self._normalizes


def by_name(names: Iterable[Any]) -> Dict[str, Any]:
    """Ids by folded name. Of names that differ only in case the first wins, as it does in Anki."""
    found: Dict[str, Any] = {}
    for entry in names:
        found.setdefault(folded(entry.name), entry.id)
    return found


def field_positions(note_type: NotetypeDict) -> Dict[str, int]:
    return {field["name"]: field["ord"] for field in note_type["flds"]}


def match_field(name: str, positions: Mapping[str, int]) -> Optional[int]:
    """The position of a field named exactly so, else ignoring case; None for an unknown name."""
    if name in positions:
        return positions[name]
    wanted = folded(name)
    for other, position in positions.items():
        if folded(other) == wanted:
            return position
    return None


def split_tags(tags: Any) -> List[str]:
    """The tags in a text or a list of texts: an entry with blanks is several tags, repeats collapse, order stays."""
    if tags is None:
        return []
    found: List[str] = []
    for entry in [tags] if isinstance(tags, str) else tags:
        # Most are one tag as it stands, which can be seen in less time than splitting takes.
        if entry.isascii() and entry.isprintable() and entry and " " not in entry:
            found.append(entry)
        else:
            found += [tag for tag in TAG_SEPARATORS.split(composed(entry)) if tag]
    return list(dict.fromkeys(found))
