"""Which path is which, over real sockets; and that no other path knows anything of it."""

import json
from dataclasses import replace
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from plugin import errors
from plugin.config import DEFAULTS, Settings
from plugin.web import explorer
from plugin.web.app import BANNER, App
from plugin.web.guard import Caller
from plugin.web.routes import PROBLEM_TYPE, Routes, status_of
from plugin.web.server import Server
from tests.unit.toys import Desk, toy_actions
from tests.unit.web.serving import Client, Reply, within

EVIL = "https://evil.example"
NEIGHBOUR = "http://localhost:3000"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
MARKUP = "<script>alert(1)</script>"


class Place:
    """A server with everything that has a path of its own, and the toys behind it."""

    def __init__(self) -> None:
        self.settings: Settings = replace(DEFAULTS, max_body_bytes=1000)
        self.desk = Desk()
        self.logged: List[Tuple[Any, Any]] = []
        self.refused: List[Caller] = []
        self.looks = 0
        documents = {"/openapi.json": lambda: b'{"openapi":"3.1.0"}', "/health": self.look}
        routes = Routes(self.desk.dispatcher.attempt, explorer.page, documents)
        app = App(
            self.desk.dispatcher.reply,
            lambda: self.settings,
            lambda *entry: self.logged.append(entry),
            self.refused.append,
            routes=routes,
        )
        self.server = Server(app)
        self.server.listen("127.0.0.1", 0)
        assert within(5, lambda: bool(self.server.status.addresses))

    def look(self) -> Dict[str, Any]:
        self.looks += 1
        return {"ready": True}

    def send(self, path: str, body: bytes = b"", method: str = "POST", **fields: str) -> Reply:
        sent = {"Host": "localhost", "Content-Length": str(len(body))}
        sent.update((name.replace("_", "-"), value) for name, value in fields.items())
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        client = Client(self.server.status.addresses[0][1])
        try:
            client.send(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            return client.reply(bodiless=method == "HEAD")
        finally:
            client.close()

    def get(self, path: str, **fields: str) -> Reply:
        return self.send(path, method="GET", **fields)

    def call(self, name: str, params: Any = None, **fields: str) -> Reply:
        body = b"" if params is None else json.dumps(params).encode()
        return self.send(f"/actions/{name}", body, **fields)


@pytest.fixture
def place() -> Iterator[Place]:
    with toy_actions():
        found = Place()
        try:
            yield found
        finally:
            found.server.stop()


def field(reply: Reply, name: str) -> Optional[str]:
    lines = [line.partition(": ") for line in reply.head.decode().split("\r\n")[1:]]
    return next((value for found, _, value in lines if found.lower() == name.lower()), None)


def problem(reply: Reply) -> Tuple[int, str]:
    """The status and the text of a failure, after a look at its form."""
    told = json.loads(reply.body)
    assert set(told) == {"title", "status", "detail"}
    assert told["status"] == reply.status
    assert field(reply, "Content-Type") == PROBLEM_TYPE
    return reply.status, told["detail"]


# --- What stays as it was -------------------------------------------------------------------------

EARLIER = ["/", "/x", "/health/", "/openapi", "/actions", "/actions/", "//", "/Health"]


@pytest.mark.parametrize("path", EARLIER)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_other_paths_show_the_banner(place: Place, path: str, method: str) -> None:
    got = place.send(path, method=method, Accept="*/*")
    assert (got.status, got.body) == (200, BANNER)
    assert field(got, "Content-Type") == "application/json"


@pytest.mark.parametrize("path", [*EARLIER, "/health", "/openapi.json"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_other_paths_take_request_objects(place: Place, path: str, method: str) -> None:
    body = b'{"action": "version", "version": 6}'
    got = place.send(path, body, method, Accept=BROWSER)
    assert json.loads(got.body) == {"result": 6, "error": None}


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_an_empty_post_gets_the_banner(place: Place, path: str) -> None:
    assert place.send(path).body == BANNER


# --- The page -------------------------------------------------------------------------------------


def test_a_browser_sees_the_page(place: Place) -> None:
    got = place.get("/", Accept=BROWSER)
    assert got.status == 200
    assert field(got, "Content-Type") == "text/html; charset=utf-8"
    assert b"AnkiConnect v.6" in got.body
    assert field(got, "X-Content-Type-Options") == "nosniff"
    policy = field(got, "Content-Security-Policy") or ""
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


OTHERS = ["*/*", "application/json", "application/json, text/html", "", "text/plain", "text/htmlx"]


@pytest.mark.parametrize("accept", OTHERS)
def test_everyone_else_gets_the_banner(place: Place, accept: str) -> None:
    assert place.get("/", Accept=accept).body == BANNER


def test_without_accept_it_is_the_banner(place: Place) -> None:
    assert place.get("/").body == BANNER


@pytest.mark.parametrize(
    "accept", ["text/html", "TEXT/HTML;q=1", " text/html ; charset=utf-8, */*"]
)
def test_how_browsers_say_it(place: Place, accept: str) -> None:
    assert field(place.get("/", Accept=accept), "Content-Type") == "text/html; charset=utf-8"


def test_the_pages_head(place: Place) -> None:
    whole = place.get("/", Accept=BROWSER)
    got = place.send("/", method="HEAD", Accept=BROWSER)
    assert (got.status, got.body) == (200, b"")
    assert field(got, "Content-Length") == str(len(whole.body))


def test_nothing_of_the_request_is_in_the_page(place: Place) -> None:
    plain = place.get("/", Accept=BROWSER).body
    got = place.get(f"/?q={MARKUP}", Accept=BROWSER, Referer=MARKUP, User_Agent=MARKUP)
    assert got.body == plain


def test_the_page_is_no_foreign_pages(place: Place) -> None:
    assert place.get("/", Accept=BROWSER, Origin=EVIL).status == 403
    framed = {
        "Sec_Fetch_Site": "cross-site",
        "Sec_Fetch_Mode": "navigate",
        "Sec_Fetch_Dest": "iframe",
    }
    assert place.get("/", Accept=BROWSER, **framed).status == 403
    assert place.get("/", Accept=BROWSER, Host="evil.example").status == 403


# --- Documents ------------------------------------------------------------------------------------


def test_documents_are_had_by_get(place: Place) -> None:
    place.desk.key = "secret"
    got = place.get("/openapi.json?x=1", Accept=BROWSER)
    assert (got.status, got.body) == (200, b'{"openapi":"3.1.0"}')
    assert field(got, "Content-Type") == "application/json"
    assert field(got, "Access-Control-Allow-Origin") == "http://localhost"
    assert place.send("/openapi.json", method="HEAD").status == 200


def test_health_is_looked_at_for_each_who_asks(place: Place) -> None:
    assert json.loads(place.get("/health").body) == {"ready": True}
    assert place.get("/health", Origin=NEIGHBOUR).status == 200
    assert place.looks == 2


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_documents_are_kept_from_foreign_pages(place: Place, path: str) -> None:
    assert place.get(path, Origin=EVIL).status == 403
    assert place.get(path, Sec_Fetch_Site="cross-site").status == 403
    assert [caller.origin for caller in place.refused] == [EVIL, None]
    assert place.looks == 0


# --- Actions by path ------------------------------------------------------------------------------


def test_the_result_is_the_body(place: Place) -> None:
    got = place.call("toysInfo", {"toys": [3, "4"], "limit": 1})
    assert (got.status, got.body) == (200, b"[3]")
    assert field(got, "Content-Type") == "application/json"


def test_without_parameters_the_body_may_be_empty(place: Place) -> None:
    assert place.call("version").body == b"6"
    assert place.call("version", {}).body == b"6"


FAILING = [
    ("moveToys", {}, 400, "moveToys() missing 2 required positional arguments: 'deck' and 'path'"),
    ("version", {"x": 1}, 400, "version() got an unexpected keyword argument 'x'"),
    ("version", [], 400, "[] is not of type 'object'"),
    ("nope", {}, 404, "unsupported action"),
    ("__init__", {}, 404, "unsupported action"),
    ("browse", {}, 404, "unsupported action"),
    ("fail", {"how": "not now"}, 409, "not now"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "params", "status", "text"), FAILING)
def test_statuses_are_honest(place: Place, name: str, params: Any, status: int, text: str) -> None:
    assert problem(place.call(name, params)) == (status, text)


def test_what_is_no_json_is_told(place: Place) -> None:
    status, text = problem(place.send("/actions/version", b"{"))
    assert (status, text.partition(":")[0]) == (
        400,
        "Expecting property name enclosed in double quotes",
    )


@pytest.mark.parametrize("how", ["unexpected", "panic"])
def test_faults_of_ours_are_500_and_tell_nothing(place: Place, how: str) -> None:
    got = place.call("fail", {"how": how})
    assert problem(got)[0] == 500
    assert b"secret" not in got.body


def test_the_key(place: Place) -> None:
    place.desk.key = "secret"
    got = place.call("version")
    assert problem(got) == (401, "valid api key must be provided")
    assert (field(got, "WWW-Authenticate") or "").startswith("Bearer")
    assert place.call("version", {"key": "secret"}).body == b"6"
    assert place.call("version", Authorization="Bearer secret").body == b"6"
    assert problem(place.call("version", Authorization="Bearer wrong"))[0] == 401
    assert problem(place.call("version", {"key": "wrong"}))[0] == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD"])
def test_actions_are_called_by_post(place: Place, method: str) -> None:
    got = place.send("/actions/version", method=method)
    assert (got.status, field(got, "Allow")) == (405, "POST, OPTIONS")


def test_foreign_pages_call_no_action(place: Place) -> None:
    for name in ("version", "nope", "multi"):
        got = place.call(name, Origin=EVIL)
        assert problem(got)[0] == 403
        assert field(got, "Access-Control-Allow-Origin") == "http://localhost"
    assert place.desk.told == []
    assert len(place.refused) == 3


def test_foreign_pages_may_ask_for_permission(place: Place) -> None:
    got = place.call("requestPermission", Origin=EVIL)
    assert (got.status, got.body) == (200, b"false")
    assert field(got, "Access-Control-Allow-Origin") == EVIL
    padded = b" " * 70_000
    assert place.send("/actions/requestPermission", padded, Origin=EVIL).status == 403
    assert place.send("/actions/requestPermission", method="GET", Origin=EVIL).status == 403


def test_neighbours_may_read_what_went_wrong(place: Place) -> None:
    got = place.call("nope", Origin=NEIGHBOUR)
    assert field(got, "Access-Control-Allow-Origin") == NEIGHBOUR


def test_the_doors_own_refusals_are_problems_too(place: Place) -> None:
    assert problem(place.call("version", Host="evil.example"))[0] == 403
    assert problem(place.send("/actions/version", b" " * 1001))[0] == 413


def test_calls_are_logged_as_requests_are(place: Place) -> None:
    place.call("toysInfo", {"toys": []})
    place.call("nope")
    place.call("requestPermission", Origin=EVIL)
    asked = {"version": 6}
    assert place.logged == [
        ({**asked, "action": "toysInfo", "params": {"toys": []}}, {"result": [], "error": None}),
        (
            {**asked, "action": "nope", "params": {}},
            {"result": None, "error": "unsupported action"},
        ),
    ]


def test_preflights_are_as_everywhere(place: Place) -> None:
    got = place.send("/actions/version", method="OPTIONS", Origin=NEIGHBOUR)
    assert (got.status, got.body) == (200, b"")
    assert field(got, "Access-Control-Allow-Origin") == NEIGHBOUR


# --- Statuses -------------------------------------------------------------------------------------


class Finer(errors.NotFound):
    """A child of a failure that has a status."""


STATUSES: List[Tuple[BaseException, int]] = [
    (errors.BadParams("x"), 400),
    (errors.InvalidKey(), 401),
    (errors.NotAllowed("a", "b"), 403),
    (Finer("x"), 404),
    (errors.UnsupportedAction(), 404),
    (errors.Refused("x"), 409),
    (errors.ApiError("x"), 409),
    (errors.CollectionUnavailable(), 503),
    (errors.AnkiBusy(15), 503),
    (errors.AnkiClosing(), 503),
    (KeyError("x"), 500),
    (KeyboardInterrupt(), 500),
]


@pytest.mark.parametrize(("error", "status"), STATUSES, ids=lambda one: type(one).__name__)
def test_each_failure_has_its_status(error: BaseException, status: int) -> None:
    assert status_of(error) == status
