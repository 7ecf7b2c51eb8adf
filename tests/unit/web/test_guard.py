"""Who may talk: every trick with Host, Origin and Sec-Fetch headers, a row each."""

import json
from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

import pytest

from plugin.config import DEFAULTS, Settings
from plugin.scopes import ANKI, APPS, EXTENSIONS, LOCAL_PAGES, PAGES, PROGRAMS
from plugin.scopes import DEFAULTS as DEFAULT_SCOPES
from plugin.web.guard import Caller, CallerKind, examine, group_of
from plugin.web.messages import Head, Headers, Response

PROGRAM, ALLOWED, EXTENSION = CallerKind.PROGRAM, CallerKind.ALLOWED, CallerKind.EXTENSION
THIS_COMPUTER, FOREIGN = CallerKind.THIS_COMPUTER, CallerKind.FOREIGN
VISITOR = CallerKind.VISITOR
REFUSED = "refused"

EXTENSION_ID = "likgccmbimhjbgkjambclfkhldnlhbnn"
UUID = "4f8a1c2e-0d6b-4c8e-9a55-9e3f1b7c2d10"


def settings(**changes: Any) -> Settings:
    return replace(DEFAULTS, **changes)


def head(
    *fields: Tuple[str, str],
    method: str = "POST",
    target: str = "/",
    version: Tuple[int, int] = (1, 1),
    host: Optional[str] = "127.0.0.1:8765",
) -> Head:
    own = [] if host is None else [("Host", host)]
    return Head(method, target, version, Headers([*own, *fields]), "127.0.0.1")


def caller(found: object) -> Caller:
    assert isinstance(found, Caller), found
    return found


def refused(found: object) -> Response:
    assert isinstance(found, Response), found
    return found


def error(response: Response) -> str:
    reply = json.loads(response.body)
    assert list(reply) == ["result", "error"]
    assert reply["result"] is None
    return str(reply["error"])


def fields(response: Response) -> Dict[str, str]:
    return dict(response.headers)


# --- Host -----------------------------------------------------------------------------------------

OPEN_TO_NETWORK = {"bind_address": "0.0.0.0"}
HOSTS: List[Tuple[str, int, Dict[str, Any]]] = [
    ("localhost", 200, {}),
    ("localhost:8765", 200, {}),
    ("LOCALHOST:8765", 200, {}),
    ("localhost:", 200, {}),
    ("localhost:1", 200, {}),
    ("127.0.0.1", 200, {}),
    ("127.0.0.1:9999", 200, {}),
    ("127.8.9.10:8765", 200, {}),
    ("[::1]", 200, {}),
    ("[::1]:8765", 200, {}),
    ("[0:0:0:0:0:0:0:1]:8765", 200, {}),
    ("192.168.1.5:8765", 200, {}),
    ("[fe80::1%eth0]:8765", 200, {}),
    ("[::ffff:127.0.0.1]", 200, {}),
    ("0.0.0.0", 403, {}),
    ("0.0.0.0:8765", 403, {}),
    ("[::]:8765", 403, {}),
    ("[::ffff:0.0.0.0]:8765", 403, {}),
    ("evil.com", 403, {}),
    ("evil.com:8765", 403, {}),
    ("localhost.evil.com", 403, {}),
    ("127.0.0.1.nip.io:8765", 403, {}),
    ("127.0.0.1.evil.com", 403, {}),
    ("localhost.", 403, {}),
    ("evil.localhost", 403, {}),
    ("localhosts", 403, {}),
    ("host.docker.internal:8765", 403, {}),
    ("host.docker.internal:8765", 200, {"allowed_hosts": ("host.docker.internal",)}),
    ("Host.Docker.Internal", 200, {"allowed_hosts": ("host.docker.internal",)}),
    ("evil.host.docker.internal", 403, {"allowed_hosts": ("host.docker.internal",)}),
    ("0.0.0.0:8765", 200, {"allowed_hosts": ("0.0.0.0",)}),
    ("192.168.1.20:8765", 200, {"bind_address": "192.168.1.20"}),
    ("127.0.0.1:8765", 200, {"bind_address": "192.168.1.20"}),
    ("evil.com", 403, {"bind_address": "192.168.1.20"}),
    ("0.0.0.0", 403, {"bind_address": "192.168.1.20"}),
    ("anki.lan", 200, {"bind_address": "anki.lan"}),
    ("other.lan", 403, {"bind_address": "anki.lan"}),
    ("0.0.0.0", 200, OPEN_TO_NETWORK),
    ("10.0.0.7:8765", 200, OPEN_TO_NETWORK),
    ("anki.lan", 403, OPEN_TO_NETWORK),
    ("anki.lan", 200, {**OPEN_TO_NETWORK, "allowed_hosts": ("anki.lan",)}),
    ("", 400, {}),
    (" ", 400, {}),
    ("localhost:evil", 400, {}),
    ("localhost:99999", 400, {}),
    ("localhost:8765:1", 400, {}),
    ("localhost:-1", 400, {}),
    ("localhost@evil.com", 400, {}),
    ("evil.com@localhost", 400, {}),
    ("localhost/evil.com", 400, {}),
    ("localhost, evil.com", 400, {}),
    ("localhost evil.com", 400, {}),
    ("localhost\x00", 400, {}),
    ("localhost\n", 400, {}),
    ("[::1", 400, {}),
    ("::1", 400, {}),
    ("[localhost]", 400, {}),
    ("127.1", 400, {}),
    ("2130706433", 400, {}),
    ("0x7f000001", 400, {}),
    ("0177.0.0.1", 400, {}),
    ("127.0.0.1.", 400, {}),
    ("0", 400, {}),
    ("lócalhost", 400, {}),
    ("a." * 300, 400, {}),
    ("１２７.0.0.1", 400, {}),
]


@pytest.mark.parametrize(
    ("host", "status", "changes"),
    HOSTS,
    ids=[
        f"{host[:40]!a}-{'-'.join(map(str, sum(c.items(), ()))) or 'default'}"
        for host, _, c in HOSTS
    ],
)
def test_host(host: str, status: int, changes: Dict[str, Any]) -> None:
    found = examine(head(host=host), settings(**changes))
    assert (found.status if isinstance(found, Response) else 200) == status
    if status == 403:
        assert host in error(refused(found))
        assert "webHostList" in error(refused(found))


def test_host_is_checked_whatever_the_origin_and_method() -> None:
    for method in ("GET", "POST", "OPTIONS", "HEAD"):
        request = head(("Origin", "http://localhost"), method=method, host="evil.com")
        assert refused(examine(request, settings(cors_origins=("*",)))).status == 403


def test_old_clients_may_leave_host_out() -> None:
    assert caller(examine(head(host=None, version=(1, 0)), DEFAULTS)).kind is PROGRAM
    assert refused(examine(head(host=None), DEFAULTS)).status == 400


def test_two_hosts_are_refused() -> None:
    assert refused(examine(head(("host", "127.0.0.1")), DEFAULTS)).status == 400
    assert refused(examine(head(("Host", "evil.com"), version=(1, 0)), DEFAULTS)).status == 400


TARGETS = [
    ("/", 200),
    ("*", 200),
    ("/?next=http://evil.com/", 200),
    ("/http://evil.com/", 200),
    ("http://localhost:8765/", 200),
    ("HTTP://127.0.0.1", 200),
    ("http://[::1]:8765?x=1", 200),
    ("http://evil.com/", 403),
    ("http://evil.com?localhost", 403),
    ("http://evil.com#localhost/", 403),
    ("https://localhost.evil.com:8765/x", 403),
    ("http://0.0.0.0:8765/", 403),
    ("http://localhost@evil.com/", 400),
    ("http://evil.com\\@localhost/", 400),
    ("http:///", 400),
]


@pytest.mark.parametrize(("target", "status"), TARGETS, ids=[target for target, _ in TARGETS])
def test_host_in_the_target(target: str, status: int) -> None:
    found = examine(head(target=target), DEFAULTS)
    assert (found.status if isinstance(found, Response) else 200) == status


def test_a_good_target_does_not_excuse_a_bad_host() -> None:
    found = examine(head(target="http://localhost/", host="evil.com"), DEFAULTS)
    assert refused(found).status == 403


# --- Origin ---------------------------------------------------------------------------------------

DEFAULT_LIST = ("http://localhost",)
ONLY_EXAMPLE = ("https://example.com",)
ORIGINS = [
    ("http://localhost", THIS_COMPUTER, DEFAULT_LIST),
    ("https://localhost", THIS_COMPUTER, DEFAULT_LIST),
    ("http://localhost:3000", THIS_COMPUTER, DEFAULT_LIST),
    ("http://localhost:1", THIS_COMPUTER, DEFAULT_LIST),
    ("http://localhost:65535", THIS_COMPUTER, DEFAULT_LIST),
    ("HTTP://LOCALHOST:3000", THIS_COMPUTER, DEFAULT_LIST),
    ("http://127.0.0.1", THIS_COMPUTER, DEFAULT_LIST),
    ("https://127.0.0.1:8443", THIS_COMPUTER, DEFAULT_LIST),
    ("http://[::1]", THIS_COMPUTER, DEFAULT_LIST),
    ("http://[::1]:8080", THIS_COMPUTER, DEFAULT_LIST),
    ("http://localhost.evil.com", FOREIGN, DEFAULT_LIST),
    ("http://localhost.evil.com:80", FOREIGN, DEFAULT_LIST),
    ("http://evil-localhost", FOREIGN, DEFAULT_LIST),
    ("http://evil.localhost", FOREIGN, DEFAULT_LIST),
    ("http://localhost.", FOREIGN, DEFAULT_LIST),
    ("http://127.0.0.1.nip.io", FOREIGN, DEFAULT_LIST),
    ("http://127.0.0.1.evil.com:8765", FOREIGN, DEFAULT_LIST),
    ("http://127.0.0.2", FOREIGN, DEFAULT_LIST),
    ("http://0.0.0.0:8765", FOREIGN, DEFAULT_LIST),
    ("http://192.168.1.5", FOREIGN, DEFAULT_LIST),
    ("http://[::]", FOREIGN, DEFAULT_LIST),
    ("http://[::ffff:127.0.0.1]", FOREIGN, DEFAULT_LIST),
    ("ftp://localhost", FOREIGN, DEFAULT_LIST),
    ("capacitor://localhost", FOREIGN, DEFAULT_LIST),
    ("https://example.com", FOREIGN, DEFAULT_LIST),
    ("app://obsidian.md", FOREIGN, DEFAULT_LIST),
    ("null", FOREIGN, DEFAULT_LIST),
    ("file://", FOREIGN, DEFAULT_LIST),
    ("", REFUSED, DEFAULT_LIST),
    ("http://localhost:", REFUSED, DEFAULT_LIST),
    ("http://localhost:evil", REFUSED, DEFAULT_LIST),
    ("http://localhost:evil.com", REFUSED, DEFAULT_LIST),
    ("http://localhost:99999", REFUSED, DEFAULT_LIST),
    ("http://localhost:0", REFUSED, DEFAULT_LIST),
    ("http://localhost:080", REFUSED, DEFAULT_LIST),
    ("http://localhost:80:80", REFUSED, DEFAULT_LIST),
    ("http://localhost:８０", REFUSED, DEFAULT_LIST),
    ("http://localhost/", REFUSED, DEFAULT_LIST),
    ("http://localhost/evil", REFUSED, DEFAULT_LIST),
    ("http://localhost?evil", REFUSED, DEFAULT_LIST),
    ("http://localhost#evil", REFUSED, DEFAULT_LIST),
    ("http://localhost\\evil.com", REFUSED, DEFAULT_LIST),
    ("http://127.0.0.1@evil.com", REFUSED, DEFAULT_LIST),
    ("http://evil@localhost", REFUSED, DEFAULT_LIST),
    ("http://localhost http://evil.com", REFUSED, DEFAULT_LIST),
    ("http://localhost, http://evil.com", REFUSED, DEFAULT_LIST),
    (" http://localhost", REFUSED, DEFAULT_LIST),
    ("http://localhost\n", REFUSED, DEFAULT_LIST),
    ("http://localhost\x00.evil.com", REFUSED, DEFAULT_LIST),
    ("http:localhost", REFUSED, DEFAULT_LIST),
    ("http:/localhost", REFUSED, DEFAULT_LIST),
    ("//localhost", REFUSED, DEFAULT_LIST),
    ("localhost", REFUSED, DEFAULT_LIST),
    ("http://", REFUSED, DEFAULT_LIST),
    ("://localhost", REFUSED, DEFAULT_LIST),
    ("http://127.1", REFUSED, DEFAULT_LIST),
    ("http://2130706433", REFUSED, DEFAULT_LIST),
    ("http://0x7f.0.0.1", REFUSED, DEFAULT_LIST),
    ("http://ⓛocalhost", REFUSED, DEFAULT_LIST),
    ("http://::1", REFUSED, DEFAULT_LIST),
    ("http://[::1", REFUSED, DEFAULT_LIST),
    ("Null", REFUSED, DEFAULT_LIST),
    ("undefined", REFUSED, DEFAULT_LIST),
    ("http://" + "a" * 600, REFUSED, DEFAULT_LIST),
    (f"chrome-extension://{EXTENSION_ID}", EXTENSION, DEFAULT_LIST),
    (f"Chrome-Extension://{EXTENSION_ID}", EXTENSION, DEFAULT_LIST),
    (f"moz-extension://{UUID}", EXTENSION, DEFAULT_LIST),
    (f"safari-web-extension://{UUID.upper()}", EXTENSION, DEFAULT_LIST),
    ("chrome-extension://", FOREIGN, DEFAULT_LIST),
    ("chrome-extension://evil.com", FOREIGN, DEFAULT_LIST),
    (f"chrome-extension://{EXTENSION_ID}:80", FOREIGN, DEFAULT_LIST),
    ("chrome-extension://" + "a" * 65, FOREIGN, DEFAULT_LIST),
    (f"chrome-extension://{EXTENSION_ID}/page.html", REFUSED, DEFAULT_LIST),
    (f"chrome-extension://{EXTENSION_ID}@evil.com", REFUSED, DEFAULT_LIST),
    ("chrome-extension://id with blanks", REFUSED, DEFAULT_LIST),
    (f"chrome-extensions://{EXTENSION_ID}", FOREIGN, DEFAULT_LIST),
    (f"xmoz-extension://{UUID}", FOREIGN, DEFAULT_LIST),
    ("https://example.com", ALLOWED, ONLY_EXAMPLE),
    ("HTTPS://Example.COM", ALLOWED, ONLY_EXAMPLE),
    ("https://example.com:443", ALLOWED, ONLY_EXAMPLE),
    ("https://example.com:8443", FOREIGN, ONLY_EXAMPLE),
    ("http://example.com", FOREIGN, ONLY_EXAMPLE),
    ("https://example.com.evil.org", FOREIGN, ONLY_EXAMPLE),
    ("https://evilexample.com", FOREIGN, ONLY_EXAMPLE),
    ("https://www.example.com", FOREIGN, ONLY_EXAMPLE),
    ("https://example.co", FOREIGN, ONLY_EXAMPLE),
    ("https://example.com/", REFUSED, ONLY_EXAMPLE),
    ("http://localhost", FOREIGN, ONLY_EXAMPLE),
    ("http://127.0.0.1:3000", FOREIGN, ONLY_EXAMPLE),
    (f"moz-extension://{UUID}", FOREIGN, ONLY_EXAMPLE),
    (f"moz-extension://{UUID}", ALLOWED, (f"moz-extension://{UUID}",)),
    (f"moz-extension://{UUID[:-1]}1", FOREIGN, (f"moz-extension://{UUID}",)),
    ("http://localhost:3000", ALLOWED, ("http://localhost:3000",)),
    ("http://localhost:3001", FOREIGN, ("http://localhost:3000",)),
    ("http://localhost", FOREIGN, ("https://localhost",)),
    ("app://obsidian.md", ALLOWED, ("app://obsidian.md",)),
    ("app://obsidian.md.evil", FOREIGN, ("app://obsidian.md",)),
    ("null", ALLOWED, ("null",)),
    ("file://", ALLOWED, ("file://",)),
    ("null", ALLOWED, ("*",)),
    ("https://evil.com", ALLOWED, ("*",)),
    ("https://evil.com", ALLOWED, ("http://localhost", "*")),
    ("http://localhost:3000", THIS_COMPUTER, ("http://localhost", "*")),
    ("http://localhost:evil", REFUSED, ("*",)),
    ("https://evil.com", FOREIGN, ()),
    ("http://localhost", FOREIGN, ()),
]


@pytest.mark.parametrize(
    ("origin", "expected", "listed"),
    ORIGINS,
    ids=[f"{origin[:60]!a}-{'+'.join(listed) or 'nothing'}" for origin, _, listed in ORIGINS],
)
def test_origin(origin: str, expected: object, listed: Tuple[str, ...]) -> None:
    found = examine(head(("Origin", origin)), settings(cors_origins=listed))
    if expected is REFUSED:
        assert refused(found).status == 403
        assert fields(refused(found))["Access-Control-Allow-Origin"] == "http://localhost"
        assert "Origin" in error(refused(found))
        return
    assert caller(found).kind is expected
    assert caller(found).origin == origin
    assert caller(found).trusted is (expected is not FOREIGN)


@pytest.mark.parametrize("second", ["http://localhost", "https://evil.com", ""])
@pytest.mark.parametrize("listed", [DEFAULT_LIST, ("*",)], ids=["default", "all"])
def test_two_origins_are_refused(second: str, listed: Tuple[str, ...]) -> None:
    request = head(("Origin", "http://localhost"), ("origin", second))
    assert refused(examine(request, settings(cors_origins=listed))).status == 403


FETCHES = [
    ("program", "POST", {}, PROGRAM),
    ("typed-address", "GET", {"Site": "none", "Mode": "navigate", "Dest": "document"}, PROGRAM),
    ("own-page", "GET", {"Site": "same-origin", "Mode": "cors", "Dest": "empty"}, PROGRAM),
    ("node-fetch", "POST", {"Mode": "cors"}, PROGRAM),
    ("link", "GET", {"Site": "cross-site", "Mode": "navigate", "Dest": "document"}, VISITOR),
    (
        "link-same-site",
        "GET",
        {"Site": "same-site", "Mode": "navigate", "Dest": "document"},
        VISITOR,
    ),
    ("form", "POST", {"Site": "cross-site", "Mode": "navigate", "Dest": "document"}, FOREIGN),
    ("frame", "GET", {"Site": "cross-site", "Mode": "navigate", "Dest": "iframe"}, FOREIGN),
    ("image", "GET", {"Site": "cross-site", "Mode": "no-cors", "Dest": "image"}, FOREIGN),
    ("script", "GET", {"Site": "same-site", "Mode": "no-cors", "Dest": "script"}, FOREIGN),
    ("beacon", "POST", {"Site": "cross-site", "Mode": "no-cors", "Dest": "empty"}, FOREIGN),
    ("capitals", "GET", {"Site": "Cross-Site"}, FOREIGN),
    ("unknown-word", "GET", {"Site": "galaxy"}, FOREIGN),
    ("empty-word", "GET", {"Site": ""}, FOREIGN),
]


@pytest.mark.parametrize(
    ("method", "sent", "kind"), [row[1:] for row in FETCHES], ids=[row[0] for row in FETCHES]
)
def test_requests_without_origin(method: str, sent: Dict[str, str], kind: CallerKind) -> None:
    said = [(f"Sec-Fetch-{name}", value) for name, value in sent.items()]
    found = caller(examine(head(*said, method=method), DEFAULTS))
    assert (found.kind, found.origin) == (kind, None)
    assert found.trusted is (kind is PROGRAM)
    assert found.may_look is (kind is not FOREIGN)


def test_one_good_word_does_not_hide_a_bad_one() -> None:
    request = head(("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site"))
    assert caller(examine(request, DEFAULTS)).kind is FOREIGN


def test_a_caller_knows_whether_it_has_gone() -> None:
    found = caller(examine(head(), DEFAULTS))
    assert found.heard_by(lambda: True).gone()
    assert not found.gone()


# --- What callers may do --------------------------------------------------------------------------

ANKI_PORT = 40123
ANKIS_OWN = f"http://127.0.0.1:{ANKI_PORT}"
GROUPED = [
    (None, (), PROGRAMS),
    ("app://obsidian.md", ("app://obsidian.md",), APPS),
    ("https://a.com", ("https://a.com",), PAGES),
    ("http://localhost", DEFAULT_LIST, LOCAL_PAGES),
    ("http://127.0.0.1:3000", DEFAULT_LIST, LOCAL_PAGES),
    (f"moz-extension://{UUID}", DEFAULT_LIST, EXTENSIONS),
    (ANKIS_OWN, DEFAULT_LIST, ANKI),
    (f"http://localhost:{ANKI_PORT}", DEFAULT_LIST, ANKI),
    # All pages are let in: a card's script is still one, and what has no name is no app.
    (ANKIS_OWN, ("*",), ANKI),
    ("null", ("*",), PAGES),
    ("file://", ("file://",), PAGES),
    # The user's own word for that very origin.
    (ANKIS_OWN, (ANKIS_OWN,), PAGES),
]


@pytest.mark.parametrize(
    ("origin", "listed", "group"), GROUPED, ids=[f"{row[0]}-{row[1]}" for row in GROUPED]
)
def test_callers_may_do_what_their_group_may(
    origin: Optional[str], listed: Tuple[str, ...], group: str
) -> None:
    request = head() if origin is None else head(("Origin", origin))
    found = caller(examine(request, settings(cors_origins=listed), anki_port=ANKI_PORT))
    assert group_of(found.kind, origin) == group
    assert found.scopes == DEFAULT_SCOPES[group]


@pytest.mark.parametrize("listed", [(), ("https://a.com",)])
def test_ankis_own_pages_are_refused_where_local_pages_are(listed: Tuple[str, ...]) -> None:
    request = head(("Origin", ANKIS_OWN))
    found = caller(examine(request, settings(cors_origins=listed), anki_port=ANKI_PORT))
    assert found.kind is FOREIGN
    assert found.scopes == frozenset()


@pytest.mark.parametrize("origin", [f"moz-extension://{UUID}", "http://127.0.0.1:3000"])
def test_who_is_let_in_with_localhost_can_be_ignored_all_the_same(origin: str) -> None:
    chosen = settings(cors_origins=DEFAULT_LIST, ignored_origins=(origin,))
    assert caller(examine(head(("Origin", origin)), chosen)).kind is FOREIGN
    assert caller(examine(head(("Origin", f"{origin}1")), chosen)).kind is not FOREIGN


def test_a_choice_for_an_origin_holds_in_each_of_its_spellings() -> None:
    chosen = settings(caller_scopes={"https://a.com": frozenset()}, cors_origins=("https://a.com",))
    assert caller(examine(head(("Origin", "HTTPS://A.com:443")), chosen)).scopes == frozenset()
