"""Who gets in from a real Chromium: pages, frames, extensions, forms, and a name server that lies."""

from __future__ import annotations

import json
import pathlib
from typing import Any, Dict, Iterator, List, Set

import pytest
from playwright.sync_api import BrowserContext, Page

from plugin.registry import Scope
from tests.anki.contents import contents
from tests.anki.permission_page import APPLY, FRESH_DESK, LISTS, PRESS, SEEN, STORED
from tests.anki.test_scopes import refusal
from tests.browser.conftest import MakeExtension, Sites
from tests.real_anki import RealAnki

WAYS = (pathlib.Path(__file__).parents[1] / "ways_to_send.js").read_text(encoding="utf-8")
LISTED, EVIL, IGNORED = "listed.example", "evil.example", "ignored.example"
MADE_BY = "Made by "
MAKE = json.dumps({"action": "createDeck", "version": 6, "params": {"deck": MADE_BY + "CARRIER"}})
# The ways that lead in for a page that may: those whose reply it gets to see, and those that just arrive.
READ = ("fetch", "json", "keepalive", "localhost", "request by path", "xhr", "worker", "blob frame")
UNREAD = ("no-cors", "no-cors without referrer", "beacon", "form")
POST = """
async ([url, request, more]) => {
    const body = JSON.stringify(request);
    try {
        const reply = await fetch(url, { method: "POST", body, ...more });
        return await reply.json();
    } catch (problem) {
        return String(problem);
    }
}
"""
REFUSALS = "[[each.origin, each.times] for each in ankiconnect.addon.recent.refusals()]"
FORGET = """
recent = ankiconnect.addon.recent
for each in recent.refusals():
    recent.forget_origin(each.origin)
recent.forget_requests()
"""
NO_REPLY = "TypeError: Failed to fetch"


@pytest.fixture(scope="module")
def own_anki(tmp_path_factory: pytest.TempPathFactory, sites: Sites) -> Iterator[RealAnki]:
    config = {
        "webCorsOriginList": ["http://localhost", sites.origin(LISTED)],
        "ignoreOriginList": [sites.origin(IGNORED), "null"],
    }
    anki = RealAnki(tmp_path_factory.mktemp("doors"), config=config).start()
    try:
        yield anki
        anki.close()
    finally:
        anki.kill()


@pytest.fixture
def anki(own_anki: RealAnki) -> Iterator[RealAnki]:
    """An Anki that has nothing from the test before, and shows no window after."""
    own_anki.execute(FORGET)
    yield own_anki
    assert own_anki.execute("from a_probe import windows; result = windows.dialogs()") == []
    own_anki.request("deleteDecks", decks=sorted(made(own_anki)), cardsToo=True)
    own_anki.check_log()


def made(anki: RealAnki) -> Set[str]:
    return {name for name in anki.request("deckNames") if name != "Default"}


def ways(found: Set[str]) -> Set[str]:
    return {name[len(MADE_BY) :] for name in found}


def visit(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def asking(action: str, **params: Any) -> Dict[str, Any]:
    return {"action": action, "version": 6, "params": params}


def post(page: Any, anki: RealAnki, request: Any, **more: Any) -> Any:
    """The reply to a fetch from a page, or the browser's word for there being none to see."""
    return page.evaluate(POST, [anki.url, request, more])


def send_every_way(page: Page, anki: RealAnki) -> Dict[str, str]:
    source = f"async ([port, body]) => {{ {WAYS}\nreturn await sendEveryWay(port, body); }}"
    return dict(page.evaluate(source, [anki.port, MAKE]))


# Pages


@pytest.mark.parametrize("name", [LISTED, "localhost", "127.0.0.1"])
def test_a_page_that_may_gets_in_by_every_way_that_names_it(
    anki: RealAnki, context: BrowserContext, sites: Sites, name: str
) -> None:
    found = send_every_way(visit(context, sites.origin(name)), anki)
    assert ways(made(anki)) == {*READ, *UNREAD}
    for way in READ:
        assert "error" not in found[way] or json.loads(found[way])["error"] is None, way
    for way in ("sandboxed frame", "data frame", "other name"):
        assert found[way] == f"failed: {NO_REPLY}", way


def test_a_page_that_may_has_no_files(
    anki: RealAnki, context: BrowserContext, sites: Sites
) -> None:
    page = visit(context, sites.origin(LISTED))
    params = {"filename": "got.txt", "path": "/etc/passwd"}
    reply = post(page, anki, asking("storeMediaFile", **params))
    assert reply == {"result": None, "error": refusal("storeMediaFile", Scope.FILES)}


@pytest.mark.parametrize("name", [EVIL, IGNORED, "a." + LISTED, "localhost.example"])
def test_a_foreign_page_gets_in_by_no_way(
    anki: RealAnki, context: BrowserContext, sites: Sites, name: str
) -> None:
    before = contents(anki, stamps=True)
    found = send_every_way(visit(context, sites.origin(name)), anki)
    assert contents(anki, stamps=True) == before
    for way in ("query of a fetch", "path of a fetch", *READ):
        assert found[way].startswith("failed: "), way
    refused = dict(anki.evaluate(REFUSALS))
    # So many arrived; some of those with a query are counted too.
    assert refused[sites.origin(name)] >= len(READ) + len(UNREAD)
    assert refused["null"] >= 3


@pytest.mark.parametrize("name", [LISTED, EVIL])
def test_what_a_page_does_to_the_whole_window(
    anki: RealAnki, context: BrowserContext, sites: Sites, name: str
) -> None:
    """Links and redirects with a query lead to a greeting; a form counts as its page."""
    before = contents(anki, stamps=True)
    page = visit(context, sites.origin(name))
    for way in ("location.href = url", "open(url)"):
        with context.expect_event("response", lambda reply: reply.url.startswith(anki.url)) as got:
            page.evaluate(f"url => {{ {way} }}", f"{anki.url}/?{MAKE}")
        assert got.value.status == 200
        page = visit(context, sites.origin(name))
    assert contents(anki, stamps=True) == before
    form = """([action, name]) => {
        const form = Object.assign(document.createElement("form"), { method: "POST", action, enctype: "text/plain" });
        form.append(Object.assign(document.createElement("input"), { name, value: '"}' }));
        document.body.append(form);
        form.submit();
    }"""
    with page.expect_navigation():
        page.evaluate(form, [anki.url, MAKE[:-1] + ', "x": "'])
    shown = json.loads(page.inner_text("body"))
    assert (shown["error"] is None) is (name == LISTED)
    assert len(made(anki)) == (name == LISTED)


def test_a_page_from_a_file_is_nobody(
    anki: RealAnki, context: BrowserContext, tmp_path: pathlib.Path
) -> None:
    before = contents(anki, stamps=True)
    file = tmp_path / "page.html"
    file.write_text("<!DOCTYPE html><title>x</title><body></body>", encoding="utf-8")
    page = visit(context, file.as_uri())
    assert post(page, anki, asking("deckNames")) == NO_REPLY
    assert post(page, anki, asking("requestPermission"))["result"] == {"permission": "denied"}
    send_every_way(page, anki)
    assert contents(anki, stamps=True) == before


# A name server that lies


def test_a_name_that_was_turned_to_this_computer(anki: RealAnki, context: BrowserContext) -> None:
    """The page comes from its own server; then its name leads to ours, under the same origin."""
    before = contents(anki, stamps=True)
    origin = f"http://{EVIL}:{anki.port}"
    page = context.new_page()
    page.route(
        origin + "/attack", lambda route: route.fulfill(body="<p>", content_type="text/html")
    )
    page.goto(origin + "/attack")
    ask = "async more => { const reply = await fetch('/', more); return [reply.status, await reply.text()]; }"
    for more in ({"method": "POST", "body": MAKE}, {"method": "GET"}, {"method": "OPTIONS"}):
        status, text = page.evaluate(ask, more)
        assert status == 403, more
        assert "webHostList" in text
    for path in ("/openapi.json", "/health", "/actions/deckNames"):
        assert page.evaluate("async path => (await fetch(path)).status", path) == 403, path
    assert contents(anki, stamps=True) == before
    reply = page.goto(origin + "/")
    assert reply is not None
    assert reply.status == 403


# Preflights


@pytest.mark.parametrize("name", [LISTED, EVIL])
def test_preflights(anki: RealAnki, context: BrowserContext, sites: Sites, name: str) -> None:
    page = visit(context, sites.origin(name))
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    preflights: Set[str] = set()
    replies: Dict[str, Dict[str, str]] = {}

    def sent(event: Any) -> None:
        if event["request"]["method"] == "OPTIONS":
            preflights.add(event["requestId"])

    def received(event: Any) -> None:
        names = {name.lower(): value for name, value in event["headers"].items()}
        replies[event["requestId"]] = names

    line.on("Network.requestWillBeSent", sent)
    line.on("Network.responseReceivedExtraInfo", received)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer none"}
    reply = post(page, anki, asking("deckNames"), headers=headers)
    assert reply == ({"result": ["Default"], "error": None} if name == LISTED else NO_REPLY)
    page.wait_for_timeout(200)
    [told] = [replies[one] for one in preflights]
    assert told["access-control-allow-origin"] == sites.origin(name)
    assert "authorization" in told["access-control-allow-headers"].lower()
    assert told["access-control-allow-methods"] == "GET, POST, OPTIONS"
    assert ("access-control-max-age" in told) is (name == LISTED)
    assert "access-control-allow-private-network" not in told


# Extensions

WORKER = {"background": {"service_worker": "worker.js"}}
EMPTY_PAGE = "<!DOCTYPE html><title>x</title><body></body>"
CONTENT_SCRIPT = """
fetch("%s", { method: "POST", body: JSON.stringify(%s) })
    .then((reply) => reply.text(), (problem) => String(problem))
    .then((text) => document.body.setAttribute("told", text));
"""


@pytest.mark.parametrize(
    "granted", [[], ["http://127.0.0.1/*"]], ids=["by CORS", "by its manifest"]
)
def test_an_extension_gets_in(
    anki: RealAnki, with_extension: MakeExtension, granted: List[str]
) -> None:
    files = {"worker.js": "", "page.html": EMPTY_PAGE}
    context = with_extension({**WORKER, "host_permissions": granted}, files)
    workers = context.service_workers
    worker = workers[0] if workers else context.wait_for_event("serviceworker")
    page = visit(context, worker.url.replace("worker.js", "page.html"))
    for number, place in enumerate((worker, page)):
        json_type = {"headers": {"Content-Type": "application/json"}}
        for more in ({}, json_type):
            assert post(place, anki, asking("deckNames"), **more)["error"] is None
        deck = f"{MADE_BY}{number}"
        assert post(place, anki, asking("createDeck", deck=deck))["error"] is None
        path = {"filename": "got.txt", "path": "/etc/passwd"}
        said = post(place, anki, asking("storeMediaFile", **path))["error"]
        assert said == refusal("storeMediaFile", Scope.FILES)
    assert ways(made(anki)) == {"0", "1"}
    clients = set(anki.evaluate("[each.client for each in ankiconnect.addon.recent.requests()]"))
    assert worker.url.rpartition("/")[0] in clients


def test_what_an_extension_puts_into_a_foreign_page_is_that_page(
    anki: RealAnki, with_extension: MakeExtension, sites: Sites
) -> None:
    script = CONTENT_SCRIPT % (anki.url, json.dumps(asking("createDeck", deck="Put in")))
    manifest = {
        "content_scripts": [{"matches": ["http://*/*"], "js": ["in.js"]}],
        "host_permissions": ["http://127.0.0.1/*"],
    }
    page = visit(with_extension(manifest, {"in.js": script}), sites.origin(EVIL))
    page.wait_for_selector("body[told]", state="attached")
    assert page.get_attribute("body", "told") == NO_REPLY
    assert made(anki) == set()


# Permission

ASK = """
([url, request]) => {
    const sent = fetch(url, { method: "POST", body: JSON.stringify(request) });
    window.asked = sent.then((reply) => reply.json());
}
"""


@pytest.fixture
def asked(anki: RealAnki) -> Iterator[RealAnki]:
    """An Anki that asks about everybody, as if for the first time."""
    lists = anki.evaluate(STORED, names=LISTS)
    anki.execute(APPLY, changes={LISTS[0]: ["http://localhost"], LISTS[1]: []})
    anki.execute(FRESH_DESK)
    yield anki
    anki.execute(APPLY, changes=dict(zip(LISTS, lists)))


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_page_asks_the_user(
    asked: RealAnki, context: BrowserContext, sites: Sites, decision: str
) -> None:
    page = visit(context, sites.origin("asks.example"))
    create = asking("createDeck", deck="Allowed")
    assert post(page, asked, create) == NO_REPLY
    page.evaluate(ASK, [asked.url, asking("requestPermission")])
    ends = 100
    while asked.execute(SEEN) != [sites.origin("asks.example")] and ends:
        page.wait_for_timeout(50)
        ends -= 1
    asked.execute(PRESS, decision=decision)
    answer = page.evaluate("window.asked")["result"]
    if decision == "allow":
        assert answer["permission"] == "granted"
        assert post(page, asked, create)["error"] is None
        assert made(asked) == {"Allowed"}
    else:
        assert answer == {"permission": "denied"}
        assert post(page, asked, create) == NO_REPLY
        assert made(asked) == set()
    assert asked.execute(SEEN) == []
