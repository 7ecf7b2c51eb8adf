"""The server itself: version, permission, reflection, several requests in one, profiles, synchronisation."""

from concurrent.futures import Future
from typing import Annotated, Any, Callable, Dict, List

from aqt.main import AnkiQt

from .. import compat, syncing
from ..errors import BadParams, CollectionUnavailable, Refused
from ..registry import ACTIONS, API_VERSION, Scope, action
from ..shapes import Documented

TEXTS = {"type": "array", "items": {"type": "string"}}


@action(Scope.OPEN)
def version() -> int:
    """Returns the API version. Works without an open profile, and while Anki is busy.

    Returns: 6.
    """
    return API_VERSION


@action(Scope.OPEN)
def request_permission(caller: Any, permissions: Any, settings: Any) -> Dict[str, Any]:
    """Asks whether this origin may use the API.

    A web page or extension that is not allowed yet makes Anki ask the user; the reply waits for the answer. Programs
    that send no `Origin` and origins that are allowed already are granted at once. It needs no key and is the only
    action open to every origin.

    Returns: `{permission: "granted", requireApiKey, requireApikey, version}` or `{permission: "denied"}`.
    """
    if not (caller.trusted or (caller.origin and permissions.ask(caller.origin, caller.gone))):
        return {"permission": "denied"}
    needs_key = bool(settings().api_key)
    return {
        "permission": "granted",
        "requireApiKey": needs_key,
        "requireApikey": needs_key,
        "version": API_VERSION,
    }


@action(Scope.OPEN)
def api_reflect(
    scopes: Annotated[Any, Documented(TEXTS)],
    actions: Annotated[Any, Documented({"anyOf": [TEXTS, {"type": "null"}]})] = None,
) -> Dict[str, List[str]]:
    """Lists the actions of this server, or those of a given list that exist.

    Args:
        scopes: what to tell about; only "actions" is known, others are skipped
        actions: names to look for, in this order; null or absent lists all, in alphabetical order

    Returns: `{scopes, actions}`; `actions` only when that scope was asked for.

    Errors:
        scopes has invalid value
        actions has invalid value
    """
    if not isinstance(scopes, list):
        raise BadParams("scopes has invalid value")
    if actions is not None and not isinstance(actions, list):
        raise BadParams("actions has invalid value")
    if "actions" not in scopes:
        return {"scopes": []}
    names = sorted(ACTIONS) if actions is None else actions
    known = [name for name in names if isinstance(name, str) and name in ACTIONS]
    return {"scopes": ["actions"], "actions": known}


@action(Scope.OPEN)
def multi(reply_to: Callable[[Any], Any], actions: List[Any]) -> List[Any]:
    """Runs several requests in one call, in order.

    Each entry is a request object of its own; its reply stands at the same place of the result. An entry without
    `version` is version 4, so its reply is the bare result. An entry without `key` inherits that of the call. A
    failing entry does not stop the others.

    Args:
        actions: requests, each with `action` and optionally `version`, `params`, `key`

    Returns: replies in request order.

    Errors:
        actions should be a list: <value>
    """
    return [reply_to(entry) for entry in actions]


@action(Scope.READ)
def get_profiles(mw: AnkiQt) -> List[str]:
    """Lists the profiles. Works without an open profile.

    Returns: profile names, sorted.
    """
    return sorted(mw.pm.profiles())


@action(Scope.ADMIN)
def sync(mw: AnkiQt, pending: bool, version: Any = None) -> "Future[None]":
    """Synchronises the collection with AnkiWeb or the server that is set up in Anki, without questions or windows.

    The reply comes when the collection is synchronised; media continue in the background.

    Args:
        version: ignored; Yomitan sends it by mistake

    Returns: null.

    Errors:
        sync: auth not configured
        sync: another sync operation is currently in progress
        Sync status <n> not one of [0, 1]: <what to do>
    """
    if not compat.collection_is_open(mw):
        raise CollectionUnavailable
    auth = mw.pm.sync_auth()
    if auth is None:
        raise Refused("sync: auth not configured")
    if pending or mw.progress.busy():
        raise Refused("sync: another sync operation is currently in progress")
    return syncing.start(mw, auth)
