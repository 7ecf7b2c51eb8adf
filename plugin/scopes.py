"""What callers may do: the scopes, and who has which of them unless the user says otherwise.

The table of defaults is explained in docs/security.md; a test keeps the two together.
"""

from enum import Enum
from typing import Dict, FrozenSet, Iterable, Mapping, Optional


class Scope(str, Enum):
    """What a caller must be allowed to do to use an action."""

    OPEN = "open"
    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    FILES = "files"
    NETWORK = "network"
    GUI = "gui"
    ADMIN = "admin"


Scopes = FrozenSet[Scope]

# The place of each in the table.
ORDER: Dict[Scope, int] = {scope: place for place, scope in enumerate(Scope)}

# OPEN is no scope that anybody has to be given.
EVERYTHING: Scopes = frozenset(Scope) - {Scope.OPEN}
AS_A_PAGE: Scopes = EVERYTHING - {Scope.FILES, Scope.ADMIN}
LOOKING: Scopes = frozenset({Scope.READ, Scope.GUI})
NOTHING: Scopes = frozenset()

# The groups of callers as the configuration names them.
PROGRAMS, APPS, PAGES = "programs", "apps", "pages"
LOCAL_PAGES, EXTENSIONS, ANKI = "localPages", "extensions", "anki"

DEFAULTS: Mapping[str, Scopes] = {
    PROGRAMS: EVERYTHING,
    APPS: EVERYTHING,
    PAGES: AS_A_PAGE,
    LOCAL_PAGES: AS_A_PAGE,
    EXTENSIONS: AS_A_PAGE,
    ANKI: LOOKING,
}


def scopes_of(group: Optional[str], origin: Optional[str], chosen: Mapping[str, Scopes]) -> Scopes:
    """What a caller may do. Of the user's choices one for the origin itself comes before one for its group."""
    if group is None:
        return NOTHING
    if origin is not None and origin in chosen:
        return chosen[origin]
    return chosen.get(group, DEFAULTS[group])


def named(words: Iterable[str]) -> Scopes:
    """The scopes of these names; ValueError for a name that is none."""
    found = frozenset(Scope(word) for word in words)
    if Scope.OPEN in found:
        raise ValueError(Scope.OPEN.value)
    return found


def in_words(scopes: Iterable[Scope]) -> str:
    """The scopes' names in the order of the table, for people's eyes."""
    return ", ".join(scope.value for scope in sorted(scopes, key=ORDER.__getitem__))
