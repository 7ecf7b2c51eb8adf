"""Who is refused before anything is done, and what they are told."""

import json
from typing import Any, Callable, Dict, Optional

import pytest

from tests.real_anki import RealAnki

CREATE = {"action": "createDeck", "version": 6, "params": {"deck": "Intruder"}}
KEY = "kept-secret"


def send(anki: RealAnki, headers: Dict[str, str], asked: Any, method: str = "POST") -> Any:
    body = json.dumps(asked).encode("utf-8")
    return anki.http(method, "/", body, headers)


@pytest.mark.parametrize(
    ("headers", "status", "advice"),
    [
        pytest.param({"Host": "evil.example"}, 403, "webHostList", id="another host name"),
        pytest.param({"Host": "0.0.0.0"}, 403, "webHostList", id="the unspecified address"),
        pytest.param({"Origin": "https://evil.example"}, 403, "evil.example", id="a foreign page"),
        pytest.param({"Origin": "null"}, 403, "null", id="a sandboxed frame"),
        pytest.param(
            {"Origin": "http://localhost.evil.com"}, 403, "localhost.evil", id="a look-alike"
        ),
        pytest.param({"Origin": "http://localhost:evil"}, 403, "malformed", id="a port in letters"),
    ],
)
def test_a_stranger_is_refused_and_told_why(
    anki: RealAnki, headers: Dict[str, str], status: int, advice: str
) -> None:
    reply = send(anki, headers, CREATE)
    assert reply.status == status
    assert set(reply.json()) == {"result", "error"}
    assert advice in reply.json()["error"]
    assert reply.headers.get("access-control-allow-origin") != headers.get("Origin")
    assert "Intruder" not in anki.request("deckNames")


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "http://127.0.0.1:5173", "https://localhost", "chrome-extension://abcdef"],
)
def test_a_trusted_origin_is_served_and_named(anki: RealAnki, origin: str) -> None:
    reply = send(anki, {"Origin": origin}, {"action": "version", "version": 6})
    assert reply.json() == {"result": 6, "error": None}
    assert reply.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    ("origin", "allowed"), [("http://localhost:3000", "true"), ("https://evil.example", None)]
)
def test_private_network_access_is_granted_to_allowed_origins_only(
    anki: RealAnki, origin: str, allowed: Optional[str]
) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Private-Network": "true"}
    reply = anki.http("OPTIONS", "/", b"", headers)
    assert reply.status == 200
    assert reply.headers.get("access-control-allow-private-network") == allowed


def test_a_program_is_granted_permission_at_once(anki: RealAnki) -> None:
    assert anki.request("requestPermission") == {
        "permission": "granted",
        "requireApiKey": False,
        "requireApikey": False,
        "version": 6,
    }


def test_a_key_is_asked_of_everything_but_the_request_for_permission(
    fresh_anki: Callable[..., RealAnki],
) -> None:
    anki = fresh_anki(config={"apiKey": KEY, "webBindPort": 0})
    refused = {"result": None, "error": "valid api key must be provided"}
    for wrong in ({}, {"key": "wrong"}, {"key": None}, {"key": 5}, {"key": [KEY]}):
        assert anki.raw({**CREATE, **wrong}) == refused
    assert anki.raw({"action": "nope", "version": 6}) == refused
    assert anki.request("requestPermission")["requireApiKey"] is True

    decks = {"action": "deckNames", "version": 6}
    served = {"result": ["Default"], "error": None}
    assert anki.raw({**decks, "key": KEY}) == served
    assert anki.raw({**decks, "params": {"key": KEY}}) == served
    assert send(anki, {"Authorization": f"Bearer {KEY}"}, decks).json() == served
    both = {"actions": [decks, {**decks, "key": "wrong"}]}
    reply = anki.raw({"action": "multi", "version": 6, "key": KEY, "params": both})
    assert reply == {"result": [served, refused], "error": None}
