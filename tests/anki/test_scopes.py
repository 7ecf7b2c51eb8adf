"""Which caller may do what: every action for every kind of caller, generated from the registry, in a real Anki."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, Optional

import pytest

import plugin.actions
from plugin.keys import digest
from plugin.registry import ACTIONS, Action, Scope
from plugin.scopes import DEFAULTS
from tests.anki.contents import contents
from tests.real_anki import RealAnki

PAGE, APP = "https://listed.example", "app://obsidian.md"
READER, LOCKED_OUT = "https://reader.example", "https://nothing.example"
EXTENSION = "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn"
CONFIG = {
    "webCorsOriginList": ["http://localhost", PAGE, APP, READER, LOCKED_OUT],
    "callerScopes": {READER: ["read"], LOCKED_OUT: []},
}
# Callers, by the Origin they send; what Anki's own pages send is known only once it runs.
ORIGINS: Dict[str, Optional[str]] = {
    "programs": None,
    "apps": APP,
    "pages": PAGE,
    "localPages": "http://127.0.0.1:3000",
    "extensions": EXTENSION,
}
# A parameter that no action has: who may use the action learns that, and nothing is done.
NOTHING = {"no such parameter": 1}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    anki = RealAnki(tmp_path_factory.mktemp("scopes"), config=CONFIG).start()
    try:
        yield anki
        anki.close()
    finally:
        anki.kill()


def error(
    anki: RealAnki, origin: Optional[str], action: str, params: Dict[str, Any], **members: Any
) -> Optional[str]:
    """The error's text; None for success."""
    asked = {"action": action, "version": 6, "params": params, **members}
    headers = {} if origin is None else {"Origin": origin}
    reply = anki.http("POST", "/", json.dumps(asked).encode(), headers)
    assert reply.status == 200, reply
    found = reply.json()["error"]
    return None if found is None else str(found)


def may(anki: RealAnki, origin: Optional[str], action: Action, **members: Any) -> bool:
    """Whether the caller gets as far as the action's parameters."""
    said = error(anki, origin, action.name, NOTHING, **members)
    if said == refusal(action.name, action.scope):
        return False
    assert said == f"{action.name}() got an unexpected keyword argument 'no such parameter'"
    return True


def refusal(action: str, scope: Scope) -> str:
    return (
        f'{action} needs the scope "{scope.value}", which this caller does not have. '
        "The user can give it under Tools > AnkiConnect, to the page or to the key"
    )


@pytest.mark.parametrize("group", sorted(DEFAULTS))
def test_each_group_of_callers_by_default(guarded: RealAnki, group: str) -> None:
    port = guarded.evaluate("mw.mediaServer.getPort()")
    origin = f"http://127.0.0.1:{port}" if group == "anki" else ORIGINS[group]
    assert plugin.actions.__all__
    for action in ACTIONS.values():
        allowed = action.scope in DEFAULTS[group] or action.scope is Scope.OPEN
        assert may(guarded, origin, action) is allowed, action.name


@pytest.mark.parametrize(("origin", "scopes"), [(READER, {Scope.READ}), (LOCKED_OUT, set())])
def test_what_the_user_chose_for_an_origin_holds(
    guarded: RealAnki, origin: str, scopes: Any
) -> None:
    for action in ACTIONS.values():
        allowed = action.scope in scopes or action.scope is Scope.OPEN
        assert may(guarded, origin, action) is allowed, action.name


def test_members_of_a_multi_have_no_more_rights_than_it(guarded: RealAnki) -> None:
    members = [
        {"action": "deckNames", "version": 6},
        {"action": "createDeck", "version": 6, "params": {"deck": "Sneaked in"}},
        {"action": "multi", "version": 6, "params": {"actions": [{"action": "sync"}]}},
    ]
    asked = {"action": "multi", "version": 6, "params": {"actions": members}}
    reply = guarded.http("POST", "/", json.dumps(asked).encode(), {"Origin": READER}).json()
    names, deck, inner = reply["result"]
    assert names == {"result": ["Default"], "error": None}
    assert deck["error"] == refusal("createDeck", Scope.WRITE)
    assert inner["result"][0]["error"] == refusal("sync", Scope.NETWORK)


NOTE = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "x", "Back": "y"}}
READ_FILE = {"path": "/etc/passwd", "filename": "got.txt", "fields": ["Back"]}
WITH_FILE = {**NOTE, "picture": READ_FILE}
FILES = [
    ("storeMediaFile", {"filename": "got.txt", "path": "/etc/passwd"}),
    ("addNote", {"note": WITH_FILE}),
    ("addNotes", {"notes": [NOTE, WITH_FILE]}),
    ("canAddNote", {"note": WITH_FILE}),
    ("canAddNotes", {"notes": [WITH_FILE]}),
    ("canAddNotesWithErrorDetail", {"notes": [WITH_FILE]}),
    ("updateNoteFields", {"note": {"id": 1, "fields": {"Back": "z"}, "audio": READ_FILE}}),
    ("guiAddCards", {"note": WITH_FILE}),
    ("guiImportFile", {"path": "/etc/passwd"}),
    ("importPackage", {"path": "/etc/passwd"}),
    ("exportPackage", {"deck": "Default", "path": "/tmp/x.apkg"}),
]


@pytest.mark.parametrize(("action", "params"), FILES, ids=[action for action, _ in FILES])
def test_a_page_cannot_have_local_files_read_or_written(
    guarded: RealAnki, action: str, params: Dict[str, Any]
) -> None:
    before = contents(guarded)
    assert error(guarded, PAGE, action, params) == refusal(action, Scope.FILES)
    assert contents(guarded) == before


def test_a_page_may_have_files_downloaded_unless_the_user_forbids_it(guarded: RealAnki) -> None:
    params = {"filename": "a.txt", "url": "http://127.0.0.1:1/a.txt"}
    said = error(guarded, PAGE, "storeMediaFile", params)
    assert said is not None
    assert "scope" not in said
    assert error(guarded, READER, "storeMediaFile", params) == refusal(
        "storeMediaFile", Scope.WRITE
    )


def test_a_forced_full_sync_is_no_everyday_sync(guarded: RealAnki) -> None:
    assert error(guarded, PAGE, "sync", {}) == "sync: auth not configured"
    said = error(guarded, PAGE, "sync", {"fullSync": "upload"})
    assert said == refusal("sync", Scope.ADMIN)


KEYS = [
    {"name": "agent", "sha256": digest("agent's key"), "scopes": ["read", "gui"]},
    {"name": "editor", "sha256": digest("editor's key"), "scopes": ["read", "write", "files"]},
]


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    config = {"apiKey": "master", "apiKeys": KEYS, "webCorsOriginList": ["http://localhost", PAGE]}
    anki = RealAnki(tmp_path_factory.mktemp("keys"), config=config).start()
    try:
        yield anki
        anki.close()
    finally:
        anki.kill()


@pytest.mark.parametrize("entry", KEYS, ids=lambda entry: entry["name"])
@pytest.mark.parametrize("origin", [None, PAGE])
def test_a_key_of_its_own_decides_what_its_holder_may_do(
    locked: RealAnki, entry: Any, origin: Optional[str]
) -> None:
    for action in ACTIONS.values():
        allowed = action.scope.value in (*entry["scopes"], "open")
        assert may(locked, origin, action, key=f"{entry['name']}'s key") is allowed, action.name


def test_no_key_and_a_stored_hash_open_nothing(locked: RealAnki) -> None:
    for key in (None, "", "wrong", KEYS[0]["sha256"]):
        assert error(locked, None, "version", {}, key=key) == "valid api key must be provided"
    assert error(locked, None, "version", {}, key="master") is None


def test_a_bearer_key_is_as_good_as_a_member(locked: RealAnki) -> None:
    asked = json.dumps({"action": "createDeck", "version": 6, "params": {"deck": "By bearer"}})
    for key, expected in (
        ("agent's key", refusal("createDeck", Scope.WRITE)),
        ("editor's key", None),
    ):
        reply = locked.http("POST", "/", asked.encode(), {"Authorization": f"Bearer {key}"}).json()
        assert reply["error"] == expected
    assert "By bearer" in locked.evaluate("[deck.name for deck in col.decks.all_names_and_ids()]")


def test_a_member_of_a_multi_may_show_a_key_of_its_own(locked: RealAnki) -> None:
    member = {
        "action": "createDeck",
        "version": 6,
        "params": {"deck": "Two"},
        "key": "editor's key",
    }
    params = {"actions": [member, {"action": "createDeck", "params": {"deck": "Three"}}]}
    asked = {"action": "multi", "version": 6, "params": params, "key": "agent's key"}
    first, second = locked.raw(asked)["result"]
    assert first["error"] is None
    assert second["error"] == refusal("createDeck", Scope.WRITE)
