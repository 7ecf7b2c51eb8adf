"""What the user gave to callers and to keys: read from the settings, and written into a configuration."""

from dataclasses import replace
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from .config import NOBODYS_KEYS, Settings
from .keys import NamedKey
from .scopes import DEFAULTS, Scope, Scopes, scopes_of
from .web.addresses import plain_origin
from .web.guard import CallerKind, group_of, kind_of

CALLERS = "callerScopes"
KEYS = "apiKeys"


def of_origin(origin: str, settings: Settings) -> Scopes:
    """What an origin may do as things stand."""
    return scopes_of(group_of_origin(origin, settings), origin, settings.caller_scopes)


def of_its_kind(origin: str, settings: Settings) -> Scopes:
    """What it may do without an entry of its own."""
    return scopes_of(group_of_origin(origin, settings), None, settings.caller_scopes)


def once_allowed(origin: str, settings: Settings) -> Scopes:
    """What an origin may do as soon as the user allows it."""
    plain = plain_origin(origin) or origin
    allowed = (*settings.cors_origins, plain)
    return of_origin(plain, replace(settings, cors_origins=allowed))


def group_of_origin(origin: str, settings: Settings) -> Optional[str]:
    return group_of(kind_of(origin, settings), origin)


def of_group(group: str, settings: Settings) -> Scopes:
    return scopes_of(group, None, settings.caller_scopes)


def is_neighbour(origin: str, settings: Settings) -> bool:
    """Whether it is let in without being listed itself, together with http://localhost."""
    kinds = (CallerKind.THIS_COMPUTER, CallerKind.EXTENSION)
    return origin not in settings.cors_origins and kind_of(origin, settings) in kinds


def granted(
    raw: Mapping[str, Any], who: str, scopes: Optional[Scopes], settings: Settings
) -> Dict[str, Any]:
    """A copy of a configuration that gives an origin or a group these scopes; None: those that are usual for it.

    Where the configuration holds no usable choices, those in force are written: they may be narrower than none.
    """
    stored = raw.get(CALLERS, {})
    if not isinstance(stored, dict):
        stored = {name: words(given) for name, given in settings.caller_scopes.items()}
    kept = {name: given for name, given in stored.items() if spelt(name) != who}
    if scopes is not None:
        kept[who] = words(scopes)
    return {**raw, CALLERS: kept}


def spelt(who: str) -> Optional[str]:
    """The spelling in which a caller of the configuration is compared."""
    return who if who in DEFAULTS else plain_origin(who)


def words(scopes: Scopes) -> List[str]:
    """Scopes as a configuration holds them."""
    return [scope.value for scope in Scope if scope in scopes]


def usable_keys(settings: Settings) -> Tuple[NamedKey, ...]:
    """The named keys that somebody may know."""
    return () if settings.named_keys == NOBODYS_KEYS else settings.named_keys


def stored_keys(keys: Iterable[NamedKey]) -> List[Dict[str, Any]]:
    """Named keys as a configuration holds them."""
    return [{"name": key.name, "sha256": key.sha256, "scopes": words(key.scopes)} for key in keys]


def name_is_taken(name: str, keys: Iterable[NamedKey]) -> bool:
    """Whether people would take the name for that of a key that there is."""
    return name.strip().casefold() in (key.name.strip().casefold() for key in keys)
