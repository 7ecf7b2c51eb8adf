"""A deck from a stranger: what the scripts in its cards can do through the API, in Anki's own reviewer.

The package is made with Anki's library, imported, and its card is shown as a user would see it.
"""

from __future__ import annotations

import http.server
import json
import pathlib
import threading
import time
from typing import Any, Dict, Iterator, List

import pytest

from plugin.registry import Scope
from tests.anki.contents import contents
from tests.anki.test_scopes import refusal
from tests.given import prepare_in
from tests.real_anki import RealAnki
from tools.launch import ADDON_FOLDER

HERE = pathlib.Path(__file__).parent
SCRIPTS = (HERE.parent / "ways_to_send.js", HERE / "hostile_card.js")
DECK, FRONT = "Free words", "what the stranger's card shows"
SECRET = "what no stranger may see"
PAGE = "__import__('a_probe.windows').windows.run(mw.web, script)"
REVIEWING = "mw.state == 'review' and mw.reviewer.card is not None"

# What the ways of sending a request make, each under its own name.
CARRIED = json.dumps({"action": "createDeck", "version": 6, "params": {"deck": "Made by CARRIER"}})
READ_BY_THE_CARD = ("fetch", "json", "keepalive", "localhost", "xhr", "worker", "blob frame")
UNREAD = ("no-cors", "no-cors without referrer", "beacon", "form")
FROM_ANKI = ("request by path", *READ_BY_THE_CARD, *UNREAD)
"""What comes with the origin of Anki's web server, whether the card gets to see the reply or not."""
# What a file of this computer's or one from the network needs.
IN_FILES, IN_LINKS = "write files", "write network"
NOTE = {"deckName": DECK, "modelName": "Basic", "fields": {"Front": "mine", "Back": "x"}}
NAMELESS = ("sandboxed frame", "data frame", "form without referrer")


class Listener(http.server.ThreadingHTTPServer):
    """Somebody's server, to which the card would like Anki to talk."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Greeter)
        self.contacts: List[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}/stolen.txt"


class Greeter(http.server.BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.contacts.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def secret(tmp_path: pathlib.Path) -> pathlib.Path:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET, encoding="utf-8")
    return file


# The package


def make_package(folder: pathlib.Path, script: str) -> pathlib.Path:
    """A deck of one card, with the script in its template."""
    import anki.lang
    from anki.collection import Collection
    from anki.exporting import AnkiPackageExporter

    anki.lang.set_lang("en_US")
    col = Collection(str(folder / "stranger.anki2"))
    deck = col.decks.id(DECK)
    note = col.new_note(note_type(col, f"{{{{Front}}}}<script>{script}</script>"))
    note["Front"] = FRONT
    col.add_note(note, deck)
    exporter = AnkiPackageExporter(col)
    exporter.did = deck
    exporter.includeSched = False
    path = folder / "free.apkg"
    exporter.exportInto(str(path))
    col.close()
    return path


def note_type(col: Any, question: str) -> Any:
    found = col.models.by_name("Basic")
    found["name"], found["id"] = "Free words", 0
    found["tmpls"][0]["qfmt"] = question
    col.models.add_dict(found)
    return col.models.by_name("Free words")


def card_script(anki: RealAnki, requests: Dict[str, Any], carried: str = CARRIED) -> str:
    told = {
        "api": anki.port,
        "requests": {name: json.dumps(request) for name, request in requests.items()},
        "carried": carried,
    }
    source = "".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    told_as_script = json.dumps(told).replace("</", "<\\/")
    return f"{{\nconst told = {told_as_script};\n{source}}}"


def review(anki: RealAnki) -> None:
    """Shows the card, as whoever got the package does."""
    anki.request("guiDeckReview", name=DECK)
    anki.wait_for(REVIEWING)


def imported(anki: RealAnki, package: pathlib.Path) -> None:
    """Imports the package and goes to its deck: from here on the card alone could change something."""
    assert anki.request("importPackage", path=str(package)) is True
    anki.request("guiDeckOverview", name=DECK)


def told_by_card(anki: RealAnki) -> Dict[str, Any]:
    """What the card's script noted down, once it is through."""
    found: Dict[str, Any] = {}
    ends = time.monotonic() + 60
    while not found.get("done"):
        assert time.monotonic() < ends, found
        time.sleep(0.2)
        found = json.loads(anki.evaluate(PAGE, script="JSON.stringify(window.hostile || {})"))
    # Anki 2.1.50 may crash when it is closed while it shows a page full of frames.
    anki.request("guiDeckBrowser")
    return found


# What it tries


def tries(ids: Dict[str, int], listener: Listener, secret: pathlib.Path) -> Dict[str, Any]:
    """Requests that must be refused, by name: action, the scopes that it needs, parameters."""
    file = {"path": str(secret), "filename": "got.txt", "fields": ["Back"]}
    link = {"url": listener.url, "filename": "got.txt", "fields": ["Back"]}
    package = str(secret.with_name("all.apkg"))
    return {
        "read a file": ("storeMediaFile", IN_FILES, {"filename": "got.txt", "path": str(secret)}),
        "read a file into a note": ("addNote", IN_FILES, {"note": {**NOTE, "audio": file}}),
        "read a file into a window": (
            "guiAddCards",
            IN_FILES,
            {"note": {**NOTE, "picture": [file]}},
        ),
        "phone out": ("storeMediaFile", IN_LINKS, {"filename": "got.txt", "url": listener.url}),
        "phone out by a note": ("addNote", IN_LINKS, {"note": {**NOTE, "video": link}}),
        "phone out by a window": ("guiAddCards", IN_LINKS, {"note": {**NOTE, "audio": link}}),
        "import a file": ("guiImportFile", "files", {"path": str(secret)}),
        "import a package": ("importPackage", "files", {"path": package}),
        "export the collection": ("exportPackage", "files", {"deck": "Spanish", "path": package}),
        "sync": ("sync", "network", {}),
        "overwrite the server": ("sync", "network admin", {"fullSync": "upload"}),
        "exit": ("guiExitAnki", "admin", {}),
        "go to another profile": ("loadProfile", "admin", {"name": "User 1"}),
        "delete a deck": ("deleteDecks", "delete", {"decks": ["Spanish"], "cardsToo": True}),
        "delete notes": ("deleteNotes", "delete", {"notes": [ids["note.gato"]]}),
        "delete a file": ("deleteMediaFile", "delete", {"filename": "_gato.txt"}),
        **changes(ids),
    }


def changes(ids: Dict[str, int]) -> Dict[str, Any]:
    front = {"Front": "<script>1</script>"}
    model = {"name": "Basic", "templates": {"Card 1": front}}
    return {
        "store a file": ("storeMediaFile", "write", {"filename": "_x.js", "data": "eA=="}),
        "add a note": ("addNote", "write", {"note": NOTE}),
        "change a note": (
            "updateNoteFields",
            "write",
            {"note": {"id": ids["note.gato"], "fields": front}},
        ),
        "change a template": ("updateModelTemplates", "write", {"model": model}),
    }


def as_requests(tried: Dict[str, Any]) -> Dict[str, Any]:
    return {name: asking(action, **params) for name, (action, _, params) in tried.items()}


def asking(action: str, **params: Any) -> Dict[str, Any]:
    return {"action": action, "version": 6, "params": params}


def harmless(ids: Dict[str, int]) -> Dict[str, Any]:
    """What a card does that shows its own history."""
    names = ("getReviewsOfCards", "cardsInfo")
    return {name: asking(name, cards=[ids["card.gato"]]) for name in names}


def sly(secret: pathlib.Path) -> Dict[str, Any]:
    """Attempts to look like somebody else, or to get at a forbidden action by another."""
    deletion = asking("deleteDecks", decks=["Spanish"], cardsToo=True)
    claims = {"origin": "app://obsidian.md", "allowed": True, "scopes": ["delete"], "key": "none"}
    inner = asking("multi", actions=[deletion])
    return {
        "claims beside": {**deletion, **claims},
        "within several": asking("multi", actions=[deletion, inner]),
        "old version": {**deletion, "version": 4},
        "permission": asking("requestPermission"),
        "permission for another": asking("requestPermission", origin="https://x.example"),
        "file by a name": asking("retrieveMediaFile", filename=f"../../../{secret.name}"),
        "file by a path": asking("retrieveMediaFile", filename=str(secret)),
    }


def state(anki: RealAnki) -> Any:
    """All that the card might have changed."""
    return {
        "rows": contents(anki),
        "media": anki.evaluate("sorted(__import__('os').listdir(col.media.dir()))"),
        "config": json.loads(
            (anki.base / "addons21" / ADDON_FOLDER / "meta.json").read_text(encoding="utf-8")
        )["config"],
        "profiles": anki.evaluate("mw.pm.profiles()"),
        "windows": anki.execute("from a_probe import windows; result = windows.dialogs()"),
    }


def test_a_hostile_card_gets_nowhere(
    anki: RealAnki, tmp_path: pathlib.Path, listener: Listener, secret: pathlib.Path
) -> None:
    ids = prepare_in(anki)
    forbidden = tries(ids, listener, secret)
    requests = {**as_requests(forbidden), **harmless(ids), **sly(secret)}
    imported(anki, make_package(tmp_path, card_script(anki, requests)))
    before = state(anki)
    # This Anki remembers what tests before have asked.
    anki.execute(
        "recent = ankiconnect.addon.recent; recent._requests.clear(); recent._refused.clear()"
    )
    review(anki)
    told = told_by_card(anki)

    assert state(anki) == before
    assert listener.contacts == []
    assert sorted(file.name for file in tmp_path.glob("*.apkg")) == ["free.apkg"]
    asked = {name: json.loads(reply) for name, reply in told["asked"].items()}
    for name, (action, scopes, _) in forbidden.items():
        missing = Scope(scopes.split()[0])
        assert asked[name] == {"result": None, "error": refusal(action, missing)}, name
    check_harmless(anki, ids, asked)
    check_sly(asked)
    check_carried(anki, told["carried"])
    # What the card tried to make somebody contact would have been contacted.
    anki.request("storeMediaFile", filename="got.txt", url=listener.url)
    assert listener.contacts == ["/stolen.txt"]


def check_harmless(anki: RealAnki, ids: Dict[str, int], asked: Dict[str, Any]) -> None:
    card = ids["card.gato"]
    reviews = asked["getReviewsOfCards"]
    assert reviews == {"result": anki.request("getReviewsOfCards", cards=[card]), "error": None}
    assert [review["id"] for review in reviews["result"][str(card)]] == [
        ids["review.gato1"],
        ids["review.gato2"],
    ]
    [info] = asked["cardsInfo"]["result"]
    assert (info["cardId"], info["deckName"], info["interval"]) == (card, "Spanish", 4)
    assert info["fields"]["Front"]["value"] == "gato"


def check_sly(asked: Dict[str, Any]) -> None:
    refused = refusal("deleteDecks", Scope.DELETE)
    assert refused in asked["claims beside"]["error"]
    first, second = asked["within several"]["result"]
    assert first["error"] == second["result"][0]["error"] == refused
    assert refused in json.dumps(asked["old version"], ensure_ascii=False).replace('\\"', '"')
    assert asked["permission"]["result"]["permission"] == "granted"
    assert asked["permission for another"]["result"] is None
    for name in ("file by a name", "file by a path"):
        assert asked[name]["result"] in (None, False), asked[name]


def check_carried(anki: RealAnki, carried: Dict[str, str]) -> None:
    """The request arrived by each of the ways that lead to the API, and was refused."""
    refused = refusal("createDeck", Scope.WRITE)
    for way in READ_BY_THE_CARD:
        assert json.loads(carried[way])["error"] == refused, way
    assert json.loads(carried["request by path"])["detail"] == refused
    for way in (*NAMELESS[:2], "other name"):
        assert carried[way].startswith("failed: TypeError"), way
    assert carried["web socket"] == carried["event source"] == "refused"
    asked = [each for each in log(anki) if each[0] == "createDeck"]
    assert len(asked) == len(FROM_ANKI)
    assert "done" not in {outcome for _, _, outcome in asked}
    port = anki.evaluate("mw.mediaServer.getPort()")
    assert {client for _, client, _ in asked} == {f"http://127.0.0.1:{port}"}
    refusals = "[[each.origin, each.times] for each in ankiconnect.addon.recent.refusals()]"
    assert dict(anki.evaluate(refusals)).get("null") == len(NAMELESS)


def log(anki: RealAnki) -> List[List[str]]:
    return list(
        anki.evaluate(
            "[[each.action, each.client, each.outcome.value] for each in ankiconnect.addon.recent.requests()]"
        )
    )


def anki_that_lets_cards(folder: pathlib.Path, scopes: List[str]) -> Iterator[RealAnki]:
    anki = RealAnki(folder, config={"callerScopes": {"anki": scopes}}).start()
    try:
        yield anki
        anki.close()
    finally:
        anki.kill()


@pytest.fixture
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    """An Anki whose user lets cards write."""
    folder = tmp_path_factory.mktemp("lenient")
    yield from anki_that_lets_cards(folder, ["read", "write", "gui"])


def test_a_card_that_may_write_gets_at_no_file_and_no_network(
    lenient: RealAnki, tmp_path: pathlib.Path, listener: Listener, secret: pathlib.Path
) -> None:
    found = tries(prepare_in(lenient), listener, secret)
    forbidden = {name: tried for name, tried in found.items() if tried[1] != "write"}
    imported(lenient, make_package(tmp_path, card_script(lenient, as_requests(forbidden), "")))
    before = state(lenient)
    review(lenient)
    asked = told_by_card(lenient)["asked"]
    assert state(lenient) == before
    assert listener.contacts == []
    assert not secret.with_name("all.apkg").exists()
    for name, (action, scopes, _) in forbidden.items():
        missing = Scope(scopes.replace("write ", "").split()[0])
        assert json.loads(asked[name])["error"] == refusal(action, missing), name


@pytest.fixture
def generous(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    """An Anki whose user lets cards do everything."""
    everything = [scope.value for scope in Scope if scope is not Scope.OPEN]
    yield from anki_that_lets_cards(tmp_path_factory.mktemp("generous"), everything)


def test_what_the_card_sends_is_carried_out_for_a_user_who_wants_it(
    generous: RealAnki, tmp_path: pathlib.Path, listener: Listener, secret: pathlib.Path
) -> None:
    """So the refusals above are not for a fault in what is sent."""
    ids = prepare_in(generous)
    kept = ("read a file", "phone out", "export the collection", "add a note", "delete a deck")
    found = tries(ids, listener, secret)
    requests = as_requests({name: found[name] for name in kept})
    imported(generous, make_package(tmp_path, card_script(generous, requests)))
    review(generous)
    told = told_by_card(generous)
    errors = [json.loads(told["asked"][name])["error"] for name in requests]
    assert errors == [None] * len(kept)
    assert set(listener.contacts) == {"/stolen.txt"}  # Qt 5 shows a card twice
    assert secret.with_name("all.apkg").exists()
    decks = generous.request("deckNames")
    assert "Spanish" not in decks
    made = {name[len("Made by ") :] for name in decks if name.startswith("Made by ")}
    # Not even then for who hides the origin.
    assert made == set(FROM_ANKI)
