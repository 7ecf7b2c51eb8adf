"""What callers are told: refusals, CORS headers, preflights; and the tokens they show."""

import json
from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

import pytest

from plugin.config import DEFAULTS, Settings
from plugin.web.guard import (
    Caller,
    CallerKind,
    cors_headers,
    examine,
    kind_of,
    origin_refused,
    preflight,
    printable,
    standing,
)
from plugin.web.messages import Head, Headers, Response

PROGRAM, ALLOWED, FOREIGN = CallerKind.PROGRAM, CallerKind.ALLOWED, CallerKind.FOREIGN
EXTENSION_ORIGIN = "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn"
DEFAULT_LIST = ("http://localhost",)
ONLY_EXAMPLE = ("https://example.com",)


def settings(**changes: Any) -> Settings:
    return replace(DEFAULTS, **changes)


def head(*sent: Tuple[str, str], method: str = "POST") -> Head:
    return Head(method, "/", (1, 1), Headers([("Host", "localhost"), *sent]), "127.0.0.1")


def caller(found: object) -> Caller:
    assert isinstance(found, Caller), found
    return found


def error(response: Response) -> str:
    return str(json.loads(response.body)["error"])


def fields(response: Response) -> Dict[str, str]:
    return dict(response.headers)


def test_refusal_names_the_origin_and_the_way_out() -> None:
    response = origin_refused(Caller(FOREIGN, "https://evil.com"))
    assert response.status == 403
    for words in ("https://evil.com", "requestPermission", "webCorsOriginList", "Tools > Add-ons"):
        assert words in error(response)
    assert fields(response)["Access-Control-Allow-Origin"] == "http://localhost"


def test_refusal_of_a_page_without_origin() -> None:
    response = origin_refused(Caller(FOREIGN))
    assert response.status == 403
    assert "None" not in error(response)


PRINTED = [
    ("https://example.com", "https://example.com"),
    ("a\r\nSet-Cookie: b", "a\\r\\nSet-Cookie: b"),
    ("\x00\x1b\x7f", "\\x00\\x1b\\x7f"),
    ("\u202eevil", "\\u202eevil"),
    ("\ud800", "\\ud800"),
]


@pytest.mark.parametrize(("text", "expected"), PRINTED, ids=[ascii(text) for text, _ in PRINTED])
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_printable_is_bounded() -> None:
    assert len(printable("a" * 10_000)) == 200
    assert len(printable("\U0001f600" * 10_000)) == 200
    assert printable("a" * 200) == "a" * 200


READERS = [
    ("program", Caller(PROGRAM), DEFAULT_LIST, "http://localhost"),
    ("program-all", Caller(PROGRAM), ("*",), "http://localhost"),
    ("allowed", Caller(ALLOWED, "https://a.com"), ("https://a.com",), "https://a.com"),
    ("as-sent", Caller(ALLOWED, "HTTPS://A.com"), ("https://a.com",), "HTTPS://A.com"),
    ("all", Caller(ALLOWED, "https://a.com"), ("*",), "*"),
    ("asking", Caller(FOREIGN, "https://b.com"), DEFAULT_LIST, "https://b.com"),
]


@pytest.mark.parametrize(
    ("who", "listed", "reader"), [row[1:] for row in READERS], ids=[row[0] for row in READERS]
)
def test_cors_headers(who: Caller, listed: Tuple[str, ...], reader: str) -> None:
    found = dict(cors_headers(who, settings(cors_origins=listed)))
    assert found["Access-Control-Allow-Origin"] == reader
    assert found["Access-Control-Allow-Headers"] == "*"
    assert found["Vary"] == "Origin"


ASKS_PRIVATE = ("Access-Control-Request-Private-Network", "true")
PREFLIGHTS = [
    ("allowed", "http://localhost:3000", [], None),
    ("allowed-private", "http://localhost:3000", [ASKS_PRIVATE], "true"),
    ("extension-private", EXTENSION_ORIGIN, [ASKS_PRIVATE], "true"),
    ("foreign", "https://evil.com", [], None),
    ("foreign-private", "https://evil.com", [ASKS_PRIVATE], None),
    ("null-private", "null", [ASKS_PRIVATE], None),
    ("private-false", "http://localhost", [(ASKS_PRIVATE[0], "false")], None),
]


@pytest.mark.parametrize(
    ("origin", "asked", "private"),
    [row[1:] for row in PREFLIGHTS],
    ids=[row[0] for row in PREFLIGHTS],
)
def test_preflight(origin: str, asked: List[Tuple[str, str]], private: Optional[str]) -> None:
    request = head(("Origin", origin), *asked, method="OPTIONS")
    response = preflight(request, caller(examine(request, DEFAULTS)), DEFAULTS)
    found = fields(response)
    assert (response.status, response.body) == (200, b"")
    assert found["Access-Control-Allow-Origin"] == origin
    assert found["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert found["Access-Control-Allow-Headers"] == "*"
    assert found.get("Access-Control-Allow-Private-Network") == private
    assert "Origin" in found["Vary"]
    assert ASKS_PRIVATE[0] in found["Vary"]


def test_preflight_names_authorization_because_the_star_does_not_cover_it() -> None:
    wanted = ("Access-Control-Request-Headers", "content-type, Authorization")
    request = head(("Origin", "http://localhost"), wanted, method="OPTIONS")
    response = preflight(request, caller(examine(request, DEFAULTS)), DEFAULTS)
    assert fields(response)["Access-Control-Allow-Headers"] == "*, Authorization"


def test_options_from_a_program() -> None:
    request = head(ASKS_PRIVATE, method="OPTIONS")
    response = preflight(request, caller(examine(request, DEFAULTS)), DEFAULTS)
    assert fields(response)["Access-Control-Allow-Origin"] == "http://localhost"
    assert "Access-Control-Allow-Private-Network" not in fields(response)


# --- Tokens ---------------------------------------------------------------------------------------

BEARERS = [
    (["Bearer abc"], "abc"),
    (["bearer  abc "], "abc"),
    (["BEARER abc"], "abc"),
    (["Bearer"], None),
    (["Bearer "], None),
    (["Basic abc"], None),
    (["abc"], None),
    ([""], None),
    ([], None),
    (["Bearer abc", "Bearer def"], None),
]


@pytest.mark.parametrize(("sent", "expected"), BEARERS, ids=[str(sent) for sent, _ in BEARERS])
def test_bearer(sent: List[str], expected: Optional[str]) -> None:
    found = caller(examine(head(*(("Authorization", value) for value in sent)), DEFAULTS))
    assert found.bearer == expected
    assert "abc" not in repr(found)


def test_kind_of_spells_origins_plainly() -> None:
    assert kind_of("HTTPS://EXAMPLE.com:443", settings(cors_origins=ONLY_EXAMPLE)) is ALLOWED


STANDINGS = [
    ("https://example.com", ONLY_EXAMPLE, (), True),
    ("https://evil.com", ONLY_EXAMPLE, (), None),
    ("https://evil.com", ONLY_EXAMPLE, ("https://evil.com",), False),
    ("HTTPS://EVIL.com:443", ONLY_EXAMPLE, ("https://evil.com",), False),
    ("https://evil.com:444", ONLY_EXAMPLE, ("https://evil.com",), None),
    ("https://evil.com", ONLY_EXAMPLE, ("*",), False),
    ("https://example.com", ONLY_EXAMPLE, ("*",), True),
    ("null", ONLY_EXAMPLE, ("null",), False),
]


@pytest.mark.parametrize(("origin", "allowed", "ignored", "expected"), STANDINGS)
def test_standing(
    origin: str, allowed: Tuple[str, ...], ignored: Tuple[str, ...], expected: Optional[bool]
) -> None:
    known = settings(cors_origins=allowed, ignored_origins=ignored)
    assert standing(origin, known) is expected
