"""Moving an origin between the lists of a configuration: allowed, ignored, or neither."""

from typing import Any, Dict, Mapping, Optional

from . import config
from .setting_kinds import ORIGIN_OR_NULL, UnusableError

ALLOWED = "webCorsOriginList"
IGNORED = "ignoreOriginList"
EXTRA = "webCorsOrigin"
RIGHTS = "callerScopes"


def plain(entry: Any) -> Optional[str]:
    """The spelling in which an entry is compared; None for what is no origin."""
    try:
        found: Optional[str] = ORIGIN_OR_NULL.check(entry, lambda _: None)
    except UnusableError:
        return None
    return found


def placed(raw: Mapping[str, Any], origin: str, key: Optional[str]) -> Dict[str, Any]:
    """A copy of a configuration that holds the origin in the list `key`, and in no other; None: in none at all.

    Who is forgotten loses what was decided about their rights. Entries that are no origins stay
    where they are, for their writer to mend.
    """
    found = dict(raw)
    for name in (ALLOWED, IGNORED):
        if name != key:
            found = without(found, name, origin)
    if key != ALLOWED and EXTRA in found and plain(found[EXTRA]) == origin:
        found[EXTRA] = None
    return without_rights(found, origin) if key is None else config.with_entry(found, key, origin)


def without(raw: Mapping[str, Any], key: str, origin: str) -> Dict[str, Any]:
    """A copy of a configuration whose list `key` does not hold the origin, however it was spelt."""
    listed = raw.get(key, config.default_of(key))
    if not isinstance(listed, (list, tuple)):
        return dict(raw)
    kept = [entry for entry in listed if plain(entry) != origin]
    return dict(raw) if len(kept) == len(listed) else {**raw, key: kept}


def without_rights(raw: Mapping[str, Any], origin: str) -> Dict[str, Any]:
    """A copy of a configuration in which nothing is decided about the origin's rights."""
    chosen = raw.get(RIGHTS)
    if not isinstance(chosen, dict):
        return dict(raw)
    return {**raw, RIGHTS: {who: words for who, words in chosen.items() if plain(who) != origin}}
