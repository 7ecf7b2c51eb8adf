"""Who is let in: a row for each way of knocking, at the door of a real Anki."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Optional

import pytest

from tests.anki.contents import contents
from tests.conftest import AnkiFactory
from tests.real_anki import HttpReply, RealAnki

KEY = "kT3vX9wq2LrZp8NsYb4u"
LISTED = "https://listed.example"
IGNORED = "https://ignored.example"
FOREIGN = "https://evil.example"
EXTENSION = "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn"
CONFIG = {
    "webCorsOriginList": ["http://localhost", LISTED],
    "ignoreOriginList": [IGNORED, "null", FOREIGN],
    "webHostList": ["anki.lan"],
}
NO_KEY = "valid api key must be provided"
WRITE = {"action": "createDeck", "version": 6, "params": {"deck": "Intruder"}}


@pytest.fixture(scope="module")
def open_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    """An Anki without a key."""
    yield from _anki(tmp_path_factory, CONFIG)


@pytest.fixture(scope="module")
def locked_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    """An Anki with a key."""
    yield from _anki(tmp_path_factory, {**CONFIG, "apiKey": KEY})


def _anki(tmp_path_factory: pytest.TempPathFactory, config: Dict[str, Any]) -> Iterator[RealAnki]:
    anki = RealAnki(tmp_path_factory.mktemp("door"), config=config).start()
    try:
        yield anki
        anki.close()
    finally:
        anki.kill()


@dataclass(frozen=True)
class Knock:
    """A request with its headers, and what has to come of it: a status, and words of the error."""

    name: str
    headers: Dict[str, str] = field(default_factory=dict)
    request: Any = field(default_factory=lambda: WRITE)
    status: int = 200
    words: List[str] = field(default_factory=list)
    result: Any = None


def refused(name: str, headers: Dict[str, str], *words: str, status: int = 403) -> Knock:
    return Knock(name, headers, status=status, words=list(words))


def asked(action: str, params: Optional[Dict[str, Any]] = None, **members: Any) -> Dict[str, Any]:
    return {"action": action, "version": 6, "params": params or {}, **members}


PLACE = "Tools > Add-ons > AnkiConnect > Config"
WHAT_TO_DO = ("requestPermission", "webCorsOriginList", PLACE)
GRANTED = {"permission": "granted", "requireApiKey": False, "requireApikey": False, "version": 6}
DENIED = {"permission": "denied"}

OPEN_DOOR = [
    # Host: a page may make the browser call this computer by another name.
    refused("unknown host", {"Host": "evil.example"}, "evil.example", "webHostList", PLACE),
    refused("unknown host with port", {"Host": "evil.example:8765"}, "webHostList"),
    refused("a name that begins like ours", {"Host": "localhost.evil.example"}, "webHostList"),
    refused("the address of no computer", {"Host": "0.0.0.0:8765"}, "webHostList"),
    refused("malformed host", {"Host": "a b"}, "malformed", status=400),
    refused("unknown host, good origin", {"Host": "x.example", "Origin": LISTED}, "webHostList"),
    # Origin
    refused("foreign page", {"Origin": FOREIGN}, FOREIGN, *WHAT_TO_DO),
    refused("ignored page", {"Origin": IGNORED}, IGNORED, *WHAT_TO_DO),
    refused("page that hides its origin", {"Origin": "null"}, "null", *WHAT_TO_DO),
    refused("file", {"Origin": "file://"}, "file://", *WHAT_TO_DO),
    refused("listed name, other scheme", {"Origin": "http://listed.example"}, *WHAT_TO_DO),
    refused("listed name, other port", {"Origin": LISTED + ":444"}, *WHAT_TO_DO),
    refused("sub-domain of a listed page", {"Origin": "https://a.listed.example"}, *WHAT_TO_DO),
    refused("name that begins with localhost", {"Origin": "http://localhost.evil.example"}),
    refused("text after localhost's colon", {"Origin": "http://localhost:evil"}, "malformed"),
    refused("malformed origin", {"Origin": "evil"}, "malformed", "evil"),
    refused("origin with a path", {"Origin": LISTED + "/path"}, "malformed"),
    refused("image of a foreign page", {"Sec-Fetch-Site": "cross-site"}, "web page"),
    Knock(
        "foreign page asks for several",
        {"Origin": FOREIGN},
        asked("multi", {"actions": [WRITE, asked("requestPermission")]}),
        403,
        list(WHAT_TO_DO),
    ),
    Knock("foreign page sends no JSON", {"Origin": FOREIGN}, "{", 403, list(WHAT_TO_DO)),
    Knock("foreign page sends nothing", {"Origin": FOREIGN}, "", 403, list(WHAT_TO_DO)),
    # Let in, and told what is wrong
    Knock("unknown action", request=asked("noSuchAction"), words=["unsupported action"]),
    Knock("method of the server", request=asked("__init__"), words=["unsupported action"]),
    Knock("name in other letters", request=asked("Version"), words=["unsupported action"]),
    Knock("former name in a later version", request=asked("browse"), words=["unsupported action"]),
    Knock(
        "unknown parameter",
        request=asked("createDeck", {"deck": "Intruder", "colour": 1}),
        words=["createDeck() got an unexpected keyword argument 'colour'"],
    ),
    # Let in
    Knock("program", request=asked("version"), result=6),
    Knock("listed page", {"Origin": LISTED}, asked("version"), result=6),
    Knock("page of this computer", {"Origin": "http://localhost:3000"}, asked("version"), result=6),
    Knock("its address", {"Origin": "http://127.0.0.1:5173"}, asked("version"), result=6),
    Knock("its secure page", {"Origin": "https://localhost"}, asked("version"), result=6),
    Knock("browser extension", {"Origin": EXTENSION}, asked("version"), result=6),
    Knock("name that the user listed", {"Host": "anki.lan:1"}, asked("version"), result=6),
    Knock("unknown members", request=asked("version", colour=1), result=6),
    Knock("a key although none is set", request=asked("version", key="stale"), result=6),
    # Permission
    Knock("a program asks", request=asked("requestPermission"), result=GRANTED),
    Knock("a listed page asks", {"Origin": LISTED}, asked("requestPermission"), result=GRANTED),
    Knock("an ignored page asks", {"Origin": IGNORED}, asked("requestPermission"), result=DENIED),
    Knock(
        "a page without origin asks", {"Origin": "null"}, asked("requestPermission"), result=DENIED
    ),
]

WITH_KEY = asked("version", key=KEY)
LOCKED_DOOR = [
    Knock("no key", words=[NO_KEY]),
    Knock("empty key", request={**WRITE, "key": ""}, words=[NO_KEY]),
    Knock("wrong key", request={**WRITE, "key": KEY + "x"}, words=[NO_KEY]),
    Knock("key in other letters", request={**WRITE, "key": KEY.lower()}, words=[NO_KEY]),
    Knock("key that is a number", request={**WRITE, "key": 1}, words=[NO_KEY]),
    Knock("key that is a list", request={**WRITE, "key": [KEY]}, words=[NO_KEY]),
    Knock("key beyond ASCII", request={**WRITE, "key": "ключ"}, words=[NO_KEY]),
    Knock("key that is no text", request={**WRITE, "key": "\ud800"}, words=["key holds"]),
    Knock("unknown action without key", request=asked("noSuchAction"), words=[NO_KEY]),
    Knock("wrong bearer", {"Authorization": "Bearer nope"}, words=[NO_KEY]),
    Knock("key as another scheme", {"Authorization": f"Basic {KEY}"}, words=[NO_KEY]),
    Knock(
        "wrong key, right bearer",
        {"Authorization": f"Bearer {KEY}"},
        {**WRITE, "key": "nope"},
        words=[NO_KEY],
    ),
    Knock(
        "wrong key in params",
        request=asked("createDeck", {"deck": "Intruder", "key": "nope"}),
        words=[NO_KEY],
    ),
    Knock("multi without key", request=asked("multi", {"actions": [WRITE]}), words=[NO_KEY]),
    Knock(
        "multi without key, members with",
        request=asked("multi", {"actions": [{**WRITE, "key": KEY}]}),
        words=[NO_KEY],
    ),
    refused("foreign page", {"Origin": FOREIGN}, FOREIGN, *WHAT_TO_DO),
    Knock("foreign page with the key", {"Origin": FOREIGN}, {**WRITE, "key": KEY}, 403, [FOREIGN]),
    Knock("listed page without key", {"Origin": LISTED}, words=[NO_KEY]),
    Knock("key", request=WITH_KEY, result=6),
    Knock("bearer", {"Authorization": f"Bearer {KEY}"}, asked("version"), result=6),
    Knock(
        "bearer in small letters", {"Authorization": f"bearer {KEY}"}, asked("version"), result=6
    ),
    Knock("key in params", request=asked("version", {"key": KEY}), result=6),
    Knock(
        "multi with key covers its members",
        request=asked(
            "multi",
            {
                "actions": [
                    {"action": "version"},
                    {"action": "version", "key": KEY},
                    {**WRITE, "key": "nope"},
                ]
            },
            key=KEY,
        ),
        result=[6, 6, {"result": None, "error": NO_KEY}],
    ),
    Knock(
        "permission needs no key",
        request=asked("requestPermission"),
        result={**GRANTED, "requireApiKey": True, "requireApikey": True},
    ),
]


def knock(anki: RealAnki, one: Knock) -> HttpReply:
    text = one.request if isinstance(one.request, str) else json.dumps(one.request)
    return anki.http("POST", "/", text.encode(), one.headers)


def check(anki: RealAnki, one: Knock) -> None:
    before = contents(anki, stamps=True)
    started = time.monotonic()
    reply = knock(anki, one)
    assert time.monotonic() - started < 1
    assert reply.status == one.status, reply.body
    found = reply.json()
    assert set(found) == {"result", "error"}
    if one.result is not None:
        assert found == {"result": one.result, "error": None}
        shown_to = reply.headers["access-control-allow-origin"]
        assert shown_to == one.headers.get("Origin", "http://localhost")
    else:
        assert found["result"] is None
        assert found["error"]
        for words in one.words:
            assert words in found["error"]
        shown_to = reply.headers["access-control-allow-origin"]
        assert one.status == 200 or shown_to != one.headers.get("Origin")
    assert contents(anki, stamps=True) == before
    assert anki.execute("from a_probe import windows; result = windows.dialogs()") == []
    assert "apiKey" not in json.dumps(found)
    assert KEY not in json.dumps(found)


@pytest.mark.parametrize("one", OPEN_DOOR, ids=[one.name for one in OPEN_DOOR])
def test_without_a_key(open_door: RealAnki, one: Knock) -> None:
    check(open_door, one)


@pytest.mark.parametrize("one", LOCKED_DOOR, ids=[one.name for one in LOCKED_DOOR])
def test_with_a_key(locked_door: RealAnki, one: Knock) -> None:
    check(locked_door, one)


def test_what_the_rows_send_would_be_carried_out_otherwise(
    open_door: RealAnki, locked_door: RealAnki
) -> None:
    for anki, key in ((open_door, None), (locked_door, KEY)):
        assert anki.raw({**WRITE, "key": key})["error"] is None
        assert "Intruder" in anki.request("deckNames")
        anki.execute("col.undo()")


def test_the_banner_needs_no_key(locked_door: RealAnki) -> None:
    assert locked_door.http("GET").json() == {"apiVersion": "AnkiConnect v.6"}
    assert locked_door.http("GET", headers={"Origin": FOREIGN}).status == 403


# Preflights: what a browser asks before it lets a page send its request.

ALLOW = "access-control-allow-"
PREFLIGHTS = [
    # origin, whether the page may reach a private network
    (LISTED, True),
    ("http://localhost:3000", True),
    (EXTENSION, True),
    (FOREIGN, False),
    (IGNORED, False),
    ("null", False),
]


@pytest.mark.parametrize(("origin", "let_in"), PREFLIGHTS, ids=[row[0] for row in PREFLIGHTS])
def test_preflight(locked_door: RealAnki, origin: str, let_in: bool) -> None:
    before = contents(locked_door, stamps=True)
    asked_for = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,authorization",
        "Access-Control-Request-Private-Network": "true",
    }
    reply = locked_door.http("OPTIONS", headers=asked_for)
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers[ALLOW + "origin"] == origin
    assert reply.headers[ALLOW + "methods"] == "GET, POST, OPTIONS"
    assert "*" in reply.headers[ALLOW + "headers"]
    assert "authorization" in reply.headers[ALLOW + "headers"].lower()
    assert (reply.headers.get(ALLOW + "private-network") == "true") is let_in
    assert contents(locked_door, stamps=True) == before


def test_preflight_that_does_not_ask_for_a_private_network_gets_none(open_door: RealAnki) -> None:
    reply = open_door.http("OPTIONS", headers={"Origin": LISTED})
    assert ALLOW + "private-network" not in reply.headers


def test_preflight_under_a_foreign_name(open_door: RealAnki) -> None:
    reply = open_door.http("OPTIONS", headers={"Origin": LISTED, "Host": "evil.example"})
    assert reply.status == 403


def test_the_key_is_not_in_the_log(fresh_anki: AnkiFactory, tmp_path: Any) -> None:
    log = tmp_path / "requests.log"
    anki = fresh_anki(config={"apiKey": KEY, "apiLogPath": str(log)})
    anki.request("deckNames")
    inner = asked("version", key=KEY)
    anki.raw(asked("multi", {"actions": [inner], "key": KEY}))
    anki.raw(asked("deckNames", key=KEY + "x"))
    anki.http(
        "POST", "/", json.dumps(asked("version")).encode(), {"Authorization": f"Bearer {KEY}"}
    )
    text = log.read_text(encoding="utf-8")
    assert text.count("deckNames") >= 2
    assert KEY not in text
