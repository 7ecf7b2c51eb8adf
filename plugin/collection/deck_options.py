"""Options groups of decks, changed as Anki's options window does it.

Anki's functions for a single group take the JSON that clients know, and empty the user's undo list. The one behind
the options window can be undone, but wants the groups in another form. The translation is left to Anki: a throw-away
collection takes the JSON and gives the other form back.
"""

import math
import os
import tempfile
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence

from anki.collection import Collection
from anki.decks import DeckConfigId, DeckId, UpdateDeckConfigs

from .. import compat

DEFAULT_DECK = DeckId(1)
DEFAULT_GROUP = DeckConfigId(1)
# Anki replaces a whole section by its defaults, without a word, when a value in it cannot be read.
SECTIONS = ("new", "rev", "lapse")


@dataclass(frozen=True)
class Translated:
    """An options group as a client sent it, and in Anki's other form; that is None when Anki rejects the JSON."""

    given: Mapping[str, Any]
    group: Any


def translate(given: Mapping[str, Any]) -> Translated:
    """Needs no open profile, and takes long enough to be done outside Anki's main thread."""
    plain = with_whole_numbers(given)
    with tempfile.TemporaryDirectory() as folder:
        col = Collection(os.path.join(folder, "collection.anki2"))
        try:
            return Translated(plain, stored_anew(col, {**plain, "id": DEFAULT_GROUP}))
        finally:
            col.close()


def stored_anew(col: Collection, given: Dict[str, Any]) -> Any:
    """What an empty collection makes of the default group's JSON, or None."""
    try:
        col.decks.update_config(dict(given))
    except compat.anki_errors():
        return None
    [kept] = col.decks.all_config()
    if not all(same(given[section], kept[section]) for section in SECTIONS):
        return None
    groups = Groups(col)
    try:
        # Only here Anki looks at what FSRS is to work with. In the user's collection this would cost the undo list.
        groups.save([])
    except compat.anki_errors():
        return None
    return groups.by_id[DEFAULT_GROUP]


def with_whole_numbers(value: Any) -> Any:
    """The same value with 20 for 20.0, which Anki would not take for a count."""
    if isinstance(value, Mapping):
        return {name: with_whole_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_whole_numbers(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def same(given: Any, kept: Any) -> bool:
    """Whether Anki kept what it was given; it stores fractions with seven digits."""
    if isinstance(given, dict) and isinstance(kept, dict):
        return all(name in kept and same(value, kept[name]) for name, value in given.items())
    if isinstance(given, list) and isinstance(kept, list):
        return len(given) == len(kept) and all(map(same, given, kept))
    if isinstance(given, (int, float)) and isinstance(kept, (int, float)):
        return math.isclose(given, kept, rel_tol=1e-5)
    return bool(given == kept)


def is_complete(given: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """Whether nothing is left out that the stored group has; Anki would put its defaults there."""
    return set(stored) <= set(given) and all(
        set(stored[section]) <= set(given[section]) for section in SECTIONS
    )


class Groups:
    """The options groups of a collection as they are now."""

    def __init__(self, col: Collection) -> None:
        self.col = col
        self.state = col.decks.get_deck_configs_for_update(DEFAULT_DECK)
        self.by_id: Dict[int, Any] = {
            entry.config.id: entry.config for entry in self.state.all_config
        }

    def save(self, groups: Sequence[Any], removed: Sequence[int] = ()) -> None:
        """Adds groups without an id, replaces those with one, and removes some. One operation of Anki's."""
        request = UpdateDeckConfigs(
            target_deck_id=DEFAULT_DECK,
            # The deck that is named gets the last group of the list: the one it has.
            configs=[*groups, *self.of_default_deck(groups)],
            removed_config_ids=removed,
        )
        for field in request.DESCRIPTOR.fields:
            if field.name in self.state.DESCRIPTOR.fields_by_name:
                setattr(request, field.name, getattr(self.state, field.name))
            elif field.name == "limits":
                request.limits.CopyFrom(self.state.current_deck.limits)
        self.col.decks.update_deck_configs(request)

    def of_default_deck(self, changed: Sequence[Any]) -> List[Any]:
        wanted = self.state.current_deck.config_id
        if wanted not in self.by_id:
            wanted = DEFAULT_GROUP
        return [group for group in changed if group.id == wanted] or [self.by_id[wanted]]


def copy_of(group: Any, name: str) -> Any:
    """A group to be added, with the options of another."""
    found = type(group)()
    found.CopyFrom(group)
    found.id = 0
    found.name = name
    return found


def replacement(stored: Any, new: Any, name: str) -> Optional[Any]:
    """The stored group with other options and perhaps another name; None when it is the same."""
    found = type(stored)()
    found.CopyFrom(stored)
    found.config.CopyFrom(new.config)
    found.name = name
    return None if found == stored else found
