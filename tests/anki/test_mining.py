"""A browser dictionary at work: looking words up, adding a card, finding it again; and nothing of it is lost."""

from __future__ import annotations

import base64
import contextlib
import http.client
import http.server
import json
import threading
from typing import Any, Dict, Iterator, List

import pytest

from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki

YOMITAN = "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn"
DECK = "日本語::語彙"
WORD, READING = "食べる", "食[た]べる"
MEANING = "to eat 🍣"
TAGS = ["yomitan", "日本語"]
SOUND = b"ID3\x03\x00\x00\x00\x00\x00\x00" + bytes(range(256)) * 20
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DUPLICATE = "cannot create note because it is a duplicate"


class Yomitan:
    """Speaks as Yomitan does: API version 2, its origin, one connection that is kept."""

    def __init__(self, anki: RealAnki) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", anki.port, timeout=10)
        self.line.connect()
        self.first_socket = self.line.sock

    def ask(self, action: str, **params: Any) -> Any:
        """The bare result; an error comes as an object with the member `error`."""
        body = json.dumps({"action": action, "params": params, "version": 2}).encode()
        headers = {"Content-Type": "application/json", "Origin": YOMITAN}
        self.line.request("POST", "/", body, headers)
        reply = self.line.getresponse()
        assert reply.status == 200
        assert reply.getheader("Access-Control-Allow-Origin") == YOMITAN
        found = json.loads(reply.read())
        assert self.line.sock is self.first_socket, "the connection was not kept"
        return found


class Pictures(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # http.server's name
        self.send_response(200 if self.path == "/sushi" else 404)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *words: Any) -> None:
        """Says nothing."""


@pytest.fixture
def pictures() -> Iterator[str]:
    """The address of a picture on a local web server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/sushi"
    server.shutdown()
    thread.join()
    server.server_close()


def note(front: str, **more: Any) -> Dict[str, Any]:
    return {
        "deckName": DECK,
        "modelName": "Basic",
        "fields": {"Front": front, "Back": f"{READING}<br>{MEANING}"},
        "tags": TAGS,
        "options": {
            "allowDuplicate": False,
            "duplicateScope": "collection",
            "duplicateScopeOptions": {
                "deckName": None,
                "checkChildren": False,
                "checkAllModels": False,
            },
        },
        **more,
    }


def prepare(anki: RealAnki) -> None:
    anki.request("createDeck", deck=DECK)
    known = note("飲む")
    assert isinstance(anki.request("addNote", note=known), int)


def look_up(client: Yomitan) -> None:
    """What happens before anything is added."""
    assert client.ask("version") == 6
    candidates = [note(WORD), note("飲む"), note(""), note("x", modelName="None such")]
    assert client.ask("canAddNotesWithErrorDetail", notes=candidates) == [
        {"canAdd": True},
        {"canAdd": False, "error": DUPLICATE},
        {"canAdd": False, "error": "cannot create note because it is empty"},
        {"canAdd": False, "error": "model was not found: None such"},
    ]
    queries = [f'"deck:{DECK}" "front:{word}"' for word in (WORD, "飲む")]
    entries = [{"action": "findNotes", "params": {"query": query}} for query in queries]
    assert [len(found) for found in client.ask("multi", actions=entries)] == [0, 1]
    known = client.ask("findNotes", query=queries[1])
    [info] = client.ask("notesInfo", notes=known)
    assert info["fields"]["Front"] == {"value": "飲む", "order": 0}
    [card] = client.ask("cardsInfo", cards=info["cards"])
    assert (card["deckName"], card["note"], card["queue"]) == (DECK, known[0], 0)


def mine(client: Yomitan, picture: str) -> int:
    """Adds the word with its sound and picture; returns the note's id."""
    sound = client.ask(
        "storeMediaFile",
        filename="yomitan_audio_食べる.mp3",
        data=base64.b64encode(SOUND).decode(),
    )
    assert sound == "yomitan_audio_食べる.mp3"
    pictures = [
        {"url": picture, "filename": "sushi.png", "fields": ["Back"]},
        {"url": f"{picture}/none", "filename": "none.png", "fields": ["Back"]},
    ]
    wanted = note(WORD, picture=pictures)
    wanted["fields"]["Back"] += f"[sound:{sound}]"
    added = client.ask("addNote", note=wanted)
    assert isinstance(added, int), added
    assert client.ask("addNote", note=note(WORD)) == {"result": None, "error": DUPLICATE}
    return added


def check(anki: RealAnki, added: int, picture: str) -> None:
    """Everything is there, in Anki's own eyes and in those of a client."""
    back = f'{READING}<br>{MEANING}[sound:yomitan_audio_食べる.mp3]<img src="sushi.png">'
    back += f"{picture}/none download failed with return code 404"
    assert anki.evaluate("col.get_note(note).fields", note=added) == [WORD, back]
    assert sorted(anki.evaluate("col.get_note(note).tags", note=added)) == sorted(TAGS)
    deck = "col.decks.name(col.get_note(note).cards()[0].did)"
    assert anki.evaluate(deck, note=added) == DECK
    for name, content in (("yomitan_audio_食べる.mp3", SOUND), ("sushi.png", PICTURE)):
        stored = anki.request("retrieveMediaFile", filename=name)
        assert base64.b64decode(stored) == content
    assert anki.request("findNotes", query=f'"deck:{DECK}"')[-1] == added
    assert anki.evaluate("col.db.scalar('pragma integrity_check')") == "ok"


def browser_state(anki: RealAnki) -> List[Any]:
    return list(
        anki.execute(
            """
            browser = aqt.dialogs._dialogs["Browser"][1]
            text = browser.form.searchEdit.lineEdit().text()
            shown = [col.get_card(id).nid for id in browser.table._model._items]
            result = [browser.isVisible(), text, shown]
            """
        )
    )


def test_a_session_from_look_up_to_browser_outlives_anki(
    fresh_anki: AnkiFactory, pictures: str
) -> None:
    anki = fresh_anki()
    prepare(anki)
    client = Yomitan(anki)
    with contextlib.closing(client.line):
        look_up(client)
        added = mine(client, pictures)
        query = f"nid:{added}"
        assert client.ask("guiBrowse", query=query) == client.ask("findCards", query=query)
        anki.wait_for("aqt.dialogs._dialogs['Browser'][1].table.len() == 1")
        assert browser_state(anki) == [True, query, [added]]
    check(anki, added, pictures)
    anki.restart()
    check(anki, added, pictures)


def test_what_was_answered_survives_a_crash(fresh_anki: AnkiFactory, pictures: str) -> None:
    anki = fresh_anki()
    prepare(anki)
    client = Yomitan(anki)
    added = mine(client, pictures)
    last = client.ask("addNote", note=note("最後"))
    anki.kill()  # right after the reply
    client.line.close()
    anki.start()
    check_there = anki.request("notesInfo", notes=[added, last])
    assert [one["fields"]["Front"]["value"] for one in check_there] == [WORD, "最後"]
    assert anki.request("findNotes", query='"front:最後"') == [last]
    assert base64.b64decode(anki.request("retrieveMediaFile", filename="sushi.png")) == PICTURE
    assert anki.evaluate("col.db.scalar('pragma integrity_check')") == "ok"


def test_each_kind_of_write_survives_a_crash(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    prepare(anki)
    [known] = anki.request("findNotes", query="")
    for write in (
        lambda: anki.request("createDeck", deck="Made::Last"),
        lambda: anki.request("updateNoteFields", note={"id": known, "fields": {"Back": "neu"}}),
        lambda: anki.request("addNotes", notes=[note("一"), note("二")]),
    ):
        write()
        anki.kill()
        anki.start()
    assert "Made::Last" in anki.request("deckNames")
    fields = anki.request("notesInfo", notes=[known])[0]["fields"]
    assert fields["Back"]["value"] == "neu"
    assert len(anki.request("findNotes", query="")) == 3


def test_a_refused_note_leaves_no_file_behind(anki: RealAnki, pictures: str) -> None:
    picture = {"url": pictures, "filename": "left.png", "fields": ["Back"]}
    reply = anki.raw(
        {"action": "addNote", "version": 6, "params": {"note": note("x", picture=picture)}}
    )
    assert reply == {"result": None, "error": f"deck was not found: {DECK}"}
    good = note("x", picture=picture, deckName="Default")
    assert anki.request("canAddNotes", notes=[good]) == [True]
    assert anki.evaluate("__import__('os').listdir(col.media.dir())") == []
