"""What somebody may do, in words."""

from typing import List, Sequence, Tuple

from ..scopes import EVERYTHING, Scope, Scopes
from . import words

# Of more than this, what is there is told rather than what is missing.
FEW = 2


def ordered(scopes: Scopes) -> List[Scope]:
    return [scope for scope in Scope if scope in scopes]


def joined(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return words.AND.join((", ".join(parts[:-1]), parts[-1]))


def in_short(scopes: Scopes) -> str:
    """In a few words: "everything but files and administration"."""
    have, lack = ordered(scopes), ordered(EVERYTHING - scopes)
    if not have:
        return words.MAY_NOTHING
    if not lack:
        return words.MAY_EVERYTHING
    if len(lack) <= FEW:
        return words.MAY_ALL_BUT.format(rights=joined(names(lack)))
    if len(have) == 1:
        return words.MAY_ONLY.format(right=names(have)[0])
    return joined(names(have))


def names(scopes: Sequence[Scope]) -> List[str]:
    return [words.RIGHTS[scope.value] for scope in scopes]


def powers_of(scopes: Scopes) -> Tuple[str, ...]:
    """What it means for the user, one line each, for the question whether to allow it."""
    editing = {Scope.WRITE, Scope.DELETE}
    found = [] if Scope.READ not in scopes else [words.POWER_READ]
    if editing <= scopes:
        found.append(words.POWER_WRITE_AND_DELETE)
    rest = [scope for scope in ordered(scopes) if scope is not Scope.READ]
    found += [words.POWERS[scope.value] for scope in rest if not (scope in editing <= scopes)]
    return tuple(found) or (words.POWER_NONE,)
