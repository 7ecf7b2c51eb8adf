"""Which door a request knocks at: banner, preflight, API, permission, or none; over real sockets."""

import json
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import pytest

from plugin.config import DEFAULTS, Settings
from plugin.web.app import FOREIGN_BODY, App
from plugin.web.guard import Caller
from plugin.web.server import Server
from tests.unit.toys import Desk, toy_actions
from tests.unit.web.serving import Client, within

BANNER = b'{"apiVersion": "AnkiConnect v.6"}'
EVIL = "https://evil.example"
FRIEND = "https://friend.example"
VERSION = b'{"action": "version", "version": 6}'
PERMISSION = b'{"action": "requestPermission", "version": 6}'
SIX = {"result": 6, "error": None}


class Reply(NamedTuple):
    status: int
    fields: Dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Place:
    """A server with the app, the toys behind it, and what was written to the log."""

    def __init__(self) -> None:
        self.settings: Settings = replace(
            DEFAULTS, cors_origins=(*DEFAULTS.cors_origins, FRIEND), max_body_bytes=100_000
        )
        self.desk = Desk()
        self.callers: List[Caller] = []
        self.logged: List[Tuple[Any, Any]] = []
        app = App(self.reply, lambda: self.settings, lambda *entry: self.logged.append(entry))
        self.server = Server(app)
        self.server.listen("127.0.0.1", 0)
        assert within(5, lambda: bool(self.server.status.addresses))

    def reply(self, request: Any, caller: Caller) -> Any:
        self.callers.append(caller)
        return self.desk.ask(request, caller)

    def send(
        self,
        body: bytes = b"",
        origin: Optional[str] = None,
        method: str = "POST",
        **more: str,
    ) -> Reply:
        fields = {"Host": "localhost", "Content-Length": str(len(body))}
        if origin is not None:
            fields["Origin"] = origin
        fields.update((name.replace("_", "-"), value) for name, value in more.items())
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        client = Client(self.server.status.addresses[0][1])
        try:
            client.send(f"{method} / HTTP/1.1\r\n{head}\r\n".encode() + body)
            got = client.reply(bodiless=method == "HEAD")
        finally:
            client.close()
        lines = [line.partition(": ") for line in got.head.decode().split("\r\n")[1:] if line]
        return Reply(got.status, {name.lower(): value for name, _, value in lines}, got.body)


@contextmanager
def opened() -> Iterator[Place]:
    with toy_actions():
        place = Place()
        try:
            yield place
        finally:
            place.server.stop()


@pytest.fixture
def place() -> Iterator[Place]:
    with opened() as found:
        yield found


# --- The banner -----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_an_empty_body_gets_the_banner(place: Place, method: str, body: bytes) -> None:
    got = place.send(body, method=method)
    assert (got.status, got.body) == (200, BANNER)
    assert got.fields["content-type"] == "application/json"
    assert got.fields["content-length"] == str(len(BANNER))
    assert got.fields["access-control-allow-origin"] == "http://localhost"
    assert got.fields["access-control-allow-headers"] == "*"


def test_head_gets_the_banners_head(place: Place) -> None:
    got = place.send(method="HEAD")
    assert (got.status, got.body) == (200, b"")
    assert got.fields["content-length"] == str(len(BANNER))


def test_the_banner_needs_no_key(place: Place) -> None:
    place.desk.key = "secret"
    assert place.send(method="GET").body == BANNER


def test_somebody_who_follows_a_link_sees_the_banner_and_no_more(place: Place) -> None:
    came = {
        "Sec_Fetch_Site": "cross-site",
        "Sec_Fetch_Mode": "navigate",
        "Sec_Fetch_Dest": "document",
    }
    assert place.send(method="GET", **came).body == BANNER
    assert place.send(VERSION, method="GET", **came).status == 403
    assert place.callers == []


# --- The API --------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "GET", "PUT"])
def test_a_body_is_a_request_whatever_the_method(place: Place, method: str) -> None:
    assert place.send(VERSION, method=method).json() == SIX


TYPES = [
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
]


@pytest.mark.parametrize("content_type", TYPES)
def test_the_content_type_does_not_matter(place: Place, content_type: str) -> None:
    assert place.send(VERSION, Content_Type=content_type).json() == SIX


ORIGINS = [
    (None, "http://localhost"),
    (FRIEND, FRIEND),
    ("http://localhost:3000", "http://localhost:3000"),
    ("chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn",) * 2,
]


@pytest.mark.parametrize(("origin", "reader"), ORIGINS)
def test_who_is_trusted_is_served(place: Place, origin: Optional[str], reader: str) -> None:
    got = place.send(VERSION, origin)
    assert (got.status, got.json()) == (200, SIX)
    assert got.fields["access-control-allow-origin"] == reader
    assert got.fields["content-type"] == "application/json"


def test_replies_are_compact_utf_8(place: Place) -> None:
    got = place.send('{"action": "echo", "params": {"value": ["あ", "\U0001f600"]}}'.encode())
    assert got.body == '["あ","\U0001f600"]'.encode()
    assert got.fields["content-length"] == str(len(got.body))


UNREADABLE = [
    (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    (b"NaN", "NaN is not JSON"),
    (b"5", "5 is not of type 'object'"),
    (b"{}", "'action' is a required property"),
]


@pytest.mark.parametrize(("body", "error"), UNREADABLE)
def test_what_cannot_be_read_is_told_with_status_200(place: Place, body: bytes, error: str) -> None:
    got = place.send(body)
    assert (got.status, got.json()) == (200, {"result": None, "error": error})


def test_the_callers_token_is_handed_on(place: Place) -> None:
    place.desk.key = "secret"
    assert place.send(VERSION, Authorization="Bearer secret").json() == SIX
    assert place.send(VERSION, Authorization="Bearer wrong").json()["error"].startswith("valid api")


def test_requests_are_logged_with_their_replies(place: Place) -> None:
    place.send(VERSION)
    place.send(b"{")
    place.send(VERSION, EVIL)
    assert place.logged == [({"action": "version", "version": 6}, SIX)]


def test_changed_settings_apply_at_once(place: Place) -> None:
    assert place.send(VERSION, EVIL).status == 403
    place.settings = replace(place.settings, cors_origins=(EVIL,))
    assert place.send(VERSION, EVIL).json() == SIX
    assert place.send(VERSION, FRIEND).status == 403


def test_the_largest_body(place: Place) -> None:
    fits = VERSION + b" " * (100_000 - len(VERSION))
    assert place.send(fits).json() == SIX
    got = place.send(fits + b" ")
    assert got.status == 413
    assert "100000 bytes" in got.json()["error"]
    assert "raise webMaxBodyMB in Tools > Add-ons > AnkiConnect > Config" in got.json()["error"]


def test_the_page_that_sent_too_much_may_read_so(place: Place) -> None:
    too_much = VERSION + b" " * 100_000
    assert place.send(too_much).fields["access-control-allow-origin"] == "http://localhost"
    assert place.send(too_much, FRIEND).fields["access-control-allow-origin"] == FRIEND


# --- Preflights -----------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [None, FRIEND, EVIL, "null"])
def test_preflights_are_answered_for_everybody(place: Place, origin: Optional[str]) -> None:
    got = place.send(origin=origin, method="OPTIONS")
    assert (got.status, got.body) == (200, b"")
    assert got.fields["access-control-allow-origin"] == origin or "http://localhost"
    assert got.fields["access-control-allow-methods"] == "GET, POST, OPTIONS"


def test_a_preflight_is_no_request(place: Place) -> None:
    assert place.send(VERSION, FRIEND, "OPTIONS").body == b""
    assert place.callers == []


# --- Who is not allowed ---------------------------------------------------------------------------

SHUT = [
    b"",
    b" ",
    VERSION,
    b"{",
    b"\xff",
    b"[]",
    b'"requestPermission"',
    b'{"action": "requestpermission"}',
    b'{"action": ["requestPermission"]}',
    b'[{"action": "requestPermission"}]',
    b'{"action": "requestPermission", "action": "version"}',
    b'{"action": "multi", "params": {"actions": [{"action": "requestPermission"}]}}',
]


@pytest.mark.parametrize("origin", [EVIL, "null", "file://", "https://localhost.evil.example"])
@pytest.mark.parametrize("body", SHUT)
def test_untrusted_origins_get_403(place: Place, body: bytes, origin: str) -> None:
    for method in ("POST", "GET", "PUT"):
        got = place.send(body, origin, method)
        assert got.status == 403
        assert set(got.json()) == {"result", "error"}
        assert got.json()["result"] is None
        assert origin in got.json()["error"]
        assert "webCorsOriginList" in got.json()["error"]
        assert got.fields["access-control-allow-origin"] == "http://localhost"
    assert place.callers == place.logged == []


def test_a_page_that_hides_its_origin_gets_403(place: Place) -> None:
    for body in (b"", VERSION):
        got = place.send(body, Sec_Fetch_Site="cross-site")
        assert got.status == 403
        assert set(got.json()) == {"result", "error"}
    assert place.callers == []


def test_an_untrusted_head_is_refused_without_body(place: Place) -> None:
    got = place.send(origin=EVIL, method="HEAD")
    assert (got.status, got.body) == (403, b"")


def test_a_foreign_host_is_refused(place: Place) -> None:
    for body in (b"", VERSION, PERMISSION):
        got = place.send(body, Host="evil.example")
        assert got.status == 403
        assert "webHostList" in got.json()["error"]
    assert place.callers == []


def test_untrusted_origins_may_ask_for_permission(place: Place) -> None:
    got = place.send(PERMISSION, EVIL)
    assert (got.status, got.json()) == (200, {"result": False, "error": None})
    assert got.fields["access-control-allow-origin"] == EVIL
    [asking] = place.callers
    assert (asking.origin, asking.trusted) == (EVIL, False)


def test_permission_is_asked_for_without_key(place: Place) -> None:
    place.desk.key = "secret"
    assert place.send(PERMISSION, EVIL).json() == {"result": False, "error": None}


def test_untrusted_origins_cannot_send_much(place: Place) -> None:
    padded = PERMISSION + b" " * (FOREIGN_BODY + 1 - len(PERMISSION))
    got = place.send(padded, EVIL)
    assert got.status == 403
    assert "requestPermission" in got.json()["error"]
    assert got.fields["access-control-allow-origin"] != EVIL
    assert place.send(padded[:-1], EVIL).status == 200
    assert len(place.callers) == 1


MARKUP = "<script>alert(1)</script>"


def test_nothing_of_a_request_comes_back_as_anything_but_json(place: Place) -> None:
    sent = json.dumps({"action": MARKUP, "version": MARKUP, "params": {MARKUP: 1}}).encode()
    for origin in (None, FRIEND, EVIL):
        got = place.send(sent, origin)
        assert got.fields["content-type"] == "application/json"
        json.loads(got.body)
    got = place.send(sent, EVIL)
    assert MARKUP.encode() not in got.body


def test_headers_hold_nothing_of_a_malformed_origin(place: Place) -> None:
    got = place.send(VERSION, f"https://a.example/{MARKUP}")
    assert got.status == 403
    assert got.fields["access-control-allow-origin"] == "http://localhost"
    assert MARKUP not in str(got.fields)
