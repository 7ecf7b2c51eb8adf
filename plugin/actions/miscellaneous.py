"""The server itself, profiles, synchronisation, packages, and the collection as a whole."""

from concurrent.futures import Future
from typing import (
    Annotated,
    Any,
    Callable,
    Dict,
    List,
    Literal,
    Mapping,
    Optional,
    Set,
    TypedDict,
    cast,
)

from anki.collection import Collection
from anki.decks import DeckId
from aqt.main import AnkiQt

from .. import background, compat, lacking, packages, profiles, syncing
from ..collection.edit import Edit
from ..collection.lookups import Lookups
from ..errors import BadParams, Refused
from ..registry import ACTIONS, API_VERSION, Action, Scope, action
from ..shapes import Documented
from ..version import VERSION

TEXTS = {"type": "array", "items": {"type": "string"}}


@action(Scope.OPEN)
def version() -> int:
    """Returns the API version. Works without an open profile, and while Anki is busy.

    Returns: 6.
    """
    return API_VERSION


class PermissionReplyBase(TypedDict):
    permission: Literal["granted", "denied"]


class PermissionReply(PermissionReplyBase, total=False):
    """Whether an origin may use the API; the other members are there if it may."""

    requireApiKey: bool
    requireApikey: bool
    version: int


@action(Scope.OPEN)
def request_permission(caller: Any, permissions: Any, settings: Any) -> PermissionReply:
    """Asks whether this origin may use the API.

    A web page or extension that is not allowed yet makes Anki ask the user; the reply waits for the answer. Programs
    that send no `Origin` and origins that are allowed already are granted at once. It needs no key and is the only
    action open to every origin.

    Returns: `{permission: "granted", requireApiKey, requireApikey, version}` or `{permission: "denied"}`.
    """
    if not (caller.trusted or (caller.origin and permissions.ask(caller.origin, caller.gone))):
        return {"permission": "denied"}
    needs_key = settings().keys.closed
    return {
        "permission": "granted",
        "requireApiKey": needs_key,
        "requireApikey": needs_key,
        "version": API_VERSION,
    }


class ActionSchemas(TypedDict):
    """The JSON Schemas of what an action takes and gives."""

    params: Dict[str, Any]
    result: Dict[str, Any]


class ReflectionBase(TypedDict):
    scopes: List[str]


class Reflection(ReflectionBase, total=False):
    """What was asked for about the actions."""

    actions: List[str]
    schemas: Dict[str, ActionSchemas]
    since: Dict[str, str]
    categories: Dict[str, str]
    permissions: Dict[str, str]
    unavailable: Dict[str, str]


# What can be told of each action, by the scope that asks for it.
REFLECTED: Mapping[str, Callable[[Action], Any]] = {
    "schemas": lambda found: {"params": found.input_schema, "result": found.result},
    "since": lambda found: found.doc.since,
    "categories": lambda found: found.category,
    "permissions": lambda found: found.scope.value,
}


@action(Scope.OPEN)
def api_reflect(
    scopes: Annotated[Any, Documented(TEXTS)],
    actions: Annotated[Any, Documented({"anyOf": [TEXTS, {"type": "null"}]})] = None,
) -> Reflection:
    """Lists the actions of this server, or those of a given list that exist, and tells about them.

    Args:
        scopes: what to tell about: "actions" gives their names, and by name "schemas" gives the JSON Schemas of their
            parameters and results, "since" the version that brought them, "categories" their category and
            "permissions" the scope that a key needs for them; "unavailable" tells of actions that do not work in this
            version of Anki, and why; others are skipped
        actions: names to look for, in this order; null or absent takes all, in alphabetical order

    Returns: `{scopes, actions, schemas, since, categories, permissions, unavailable}`: `scopes` holds those that are
        known, and each of the others is there only when it was asked for. Actions that do not work in this version of
        Anki are in `unavailable` only.

    Errors:
        scopes has invalid value
        actions has invalid value

    Since: classic AnkiConnect, 2023 or earlier
    """
    if not isinstance(scopes, list):
        raise BadParams("scopes has invalid value")
    if actions is not None and not isinstance(actions, list):
        raise BadParams("actions has invalid value")
    names = sorted(ACTIONS) if actions is None else actions
    known = [name for name in names if isinstance(name, str) and name in ACTIONS]
    told: Dict[str, Any] = {"actions": known}
    for scope, tell in REFLECTED.items():
        if scope in scopes:
            told[scope] = {name: tell(ACTIONS[name]) for name in known}
    wanted = sorted(lacking.MISSING) if actions is None else filter(is_text, actions)
    told["unavailable"] = {
        name: lacking.MISSING[name] for name in wanted if name in lacking.MISSING
    }
    asked = [scope for scope in dict.fromkeys(filter(is_text, scopes)) if scope in told]
    return cast(Reflection, {"scopes": asked, **{scope: told[scope] for scope in asked}})


def is_text(value: Any) -> bool:
    return isinstance(value, str)


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


def refuse_second_sync(*_: Any) -> Mapping[str, Any]:
    """At the door: once in Anki, a request waits for what is going on there."""
    syncing.refuse_second()
    return {}


def scopes_of_sync(arguments: Mapping[str, Any]) -> Set[Scope]:
    """Replacing one side by the other is no everyday matter."""
    return {Scope.ADMIN} if arguments.get("full_sync") else set()


@action(
    Scope.NETWORK,
    undo="Sync",
    prepare=refuse_second_sync,
    further_scopes=scopes_of_sync,
)
def sync(
    edit: Edit,
    mw: AnkiQt,
    version: Any = None,
    full_sync: Optional[Literal["upload", "download"]] = None,
) -> "Future[None]":
    """Synchronises the collection with AnkiWeb or the server that is set up in Anki, without questions or windows.

    Text that is being typed is saved first. The reply comes when the collection is synchronised; media continue in
    the background. When one side would have to replace the other, nothing is done and the error says so; `fullSync`
    asks for it explicitly. Anki's other windows are closed then. After an upload that failed, Anki wants another full
    sync.

    Args:
        version: ignored; Yomitan sends it by mistake
        fullSync: "upload" replaces the collection on the server by this one, "download" this one by that on the
            server, after a backup; what the other side has and this one lacks is lost

    Returns: null.

    Errors:
        sync: auth not configured
        sync: another sync operation is currently in progress
        Sync status <n> not one of [0, 1]: <what to do>
        sync: stopped, because the profile is being closed
        sync: nothing was done, this has to be answered first in Anki: <what Anki asks>
        Anki's own message when the server cannot be reached or refuses the login
    """
    auth = mw.pm.sync_auth()
    if auth is None:
        raise Refused("sync: auth not configured")
    if full_sync is not None:
        return syncing.start_full(mw, auth, upload=full_sync == "upload")
    return syncing.start(mw, auth)


@action(Scope.READ)
def get_active_profile(mw: AnkiQt) -> Optional[str]:
    """Tells which profile is open. Works without one.

    Returns: name of the open profile, null when none is open.

    Since: classic AnkiConnect, 2024-07
    """
    return mw.pm.name if mw.col is not None else None


@action(Scope.ADMIN)
def load_profile(mw: AnkiQt, pending: bool, name: str) -> "Future[bool]":
    """Closes the open profile and opens another one. Works without an open profile.

    The reply comes when the new profile can be used; until then other actions answer
    "collection is not available". If Anki asks something on the way, such as whether to discard a half-written note,
    the reply waits 30 seconds for the user; the switch goes on whenever the user agrees.

    Args:
        name: profile name, exact

    Returns: true when the profile is open, false for an unknown name.

    Errors:
        the profile <name> was not opened within 30 seconds: <what is in the way>
        loadProfile: Anki is busy with another operation
    """
    if name not in mw.pm.profiles():
        return background.known(result=False)
    if profiles.is_open(mw, name):
        return background.known(result=True)
    if pending:
        raise Refused("loadProfile: Anki is busy with another operation")
    return profiles.start_switch(mw, name)


@action(Scope.FILES)
def export_package(
    col: Collection, mw: AnkiQt, deck: str, path: str, include_sched: bool = False
) -> "Future[bool]":
    """Writes a deck with its sub-decks and media to a package file that every version of Anki can read.

    An existing file is replaced when the new one is complete.

    Args:
        deck: deck name; case is ignored
        path: the file, ending in .apkg; a relative path begins in the media folder
        includeSched: include scheduling, review log and deck options; otherwise cards are written as new ones

    Returns: true when the file is there, false when the deck does not exist.

    Errors:
        path should end in .apkg: <path>
        Anki's own message when the file cannot be written
    """
    deck_id = Lookups(col).deck_id(deck)
    if deck_id is None:
        return background.known(result=False)
    return packages.start_export(mw, deck_id, path, include_sched)


@action(Scope.FILES, undo="Import")
def import_package(edit: Edit, mw: AnkiQt, path: str) -> "Future[bool]":
    """Imports a package file (.apkg) by the rules that Anki's import window is set to.

    Scheduling and deck options in the file are imported too. Importing the same file again adds no second copy.
    Anki 2.1.50 cannot undo an import.

    Args:
        path: the file; a relative path begins in the media folder

    Returns: true when everything is imported.

    Errors:
        Failed to open '<path>': No such file or directory (os error 2)
        invalid Zip archive: <detail>
    """
    return packages.start_import(mw, edit, path)


@action(Scope.READ, undo="Reload")
def reload_collection(edit: Edit) -> None:
    """Makes Anki read its state anew and refresh all its windows. Text that is being typed is saved first.

    Returns: null.

    Errors:
        collection is not available
    """
    edit.col.models._clear_cache()
    edit.changes = compat.all_changes()


class Versions(TypedDict):
    anki: str
    ankiConnect: str
    ankiConnectPlus: str


@action(Scope.READ)
def get_version() -> Versions:
    """Tells which Anki and which add-on answer. Works without an open profile.

    Returns: `{anki, ankiConnect, ankiConnectPlus}`; the last two are both this add-on's version.

    Since: Anki Connect Plus 1.2
    """
    return {
        "anki": compat.app_version(),
        "ankiConnect": VERSION,
        "ankiConnectPlus": VERSION,
    }


@action(Scope.READ)
def is_fsrs_active(col: Collection) -> Optional[bool]:
    """Tells whether the FSRS scheduler is switched on.

    Returns: true, false, or null when the collection has no such setting.

    Since: Anki Connect Plus 1
    """
    setting = col.all_config().get("fsrs")
    return None if setting is None else bool(setting)


@action(Scope.READ)
def get_collection_config(col: Collection) -> Dict[str, Any]:
    """Returns the raw collection configuration. The keys belong to Anki and change between versions.

    Returns: object with Anki's collection settings as stored.

    Since: Anki Connect Plus 1
    """
    return dict(col.all_config())


class DeckSummary(TypedDict):
    id: DeckId
    mod: int
    name: str
    desc: str
    dyn: int
    conf: Optional[int]


class CollectionSummary(TypedDict):
    created: int
    modified: int
    lastSync: int
    noteCount: int
    cardCount: int
    config: Dict[str, Any]
    models: List[Dict[str, Any]]
    decks: List[DeckSummary]
    dconf: List[Dict[str, Any]]
    tags: List[str]


@action(Scope.READ)
def get_collection(col: Collection) -> CollectionSummary:
    """Describes the whole collection in one reply. `models` and `dconf` are objects in Anki's own form.

    Returns: `{created (s), modified (ms), lastSync (ms), noteCount, cardCount, config, models, decks [{id, mod, name,
        desc, dyn, conf}], dconf, tags}`; a filtered deck has null as `conf`.

    Since: Anki Connect Plus 1.3
    """
    created, modified, last_sync = col.db.first("select crt, mod, ls from col")
    return {
        "created": created,
        "modified": modified,
        "lastSync": last_sync,
        "noteCount": col.note_count(),
        "cardCount": col.card_count(),
        "config": col.all_config(),
        "models": col.models.all(),
        "decks": [deck_summary(deck) for deck in col.decks.all()],
        "dconf": col.decks.all_config(),
        "tags": col.tags.all(),
    }


def deck_summary(deck: Mapping[str, Any]) -> DeckSummary:
    return {
        "id": deck["id"],
        "mod": deck["mod"],
        "name": deck["name"],
        "desc": deck["desc"],
        "dyn": deck["dyn"],
        "conf": deck.get("conf"),
    }
