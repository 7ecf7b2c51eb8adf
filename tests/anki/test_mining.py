"""A browser dictionary's session, in its real order, against a real Anki."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Iterator

import pytest

from tests.real_anki import RealAnki

AUDIO = b"ID3 not really a sound"
PICTURE = b"\x89PNG not really a picture"
WORD = {"Front": "日本語", "Back": "<ruby>日本語<rt>にほんご</rt></ruby>"}


class Pictures(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the standard library's name
        self.send_response(200 if self.path == "/nihon.png" else 404)
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def pictures() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def candidate(front: str, **more: Any) -> Dict[str, Any]:
    """A note as Yomitan sends it to be checked: its first field, and its duplicate options."""
    options = {
        "allowDuplicate": False,
        "duplicateScope": "collection",
        "duplicateScopeOptions": {
            "deckName": None,
            "checkChildren": False,
            "checkAllModels": False,
        },
    }
    note = {"fields": {"Front": front}, "tags": ["yomitan"], "deckName": "日本語"}
    return {**note, "modelName": "Basic", "options": options, **more}


def test_a_word_is_looked_up_added_found_and_shown(
    fresh_anki: Callable[..., RealAnki], pictures: str
) -> None:
    anki = fresh_anki()
    assert anki.request("version") == 6
    anki.request("createDeck", deck="日本語")

    known = anki.request(
        "canAddNotesWithErrorDetail", notes=[candidate("日本語"), candidate("日本")]
    )
    assert known == [{"canAdd": True}, {"canAdd": True}]

    searches = [
        {"action": "findNotes", "params": {"query": f'"Front:{word}"'}}
        for word in ("日本語", "日本")
    ]
    assert anki.raw({"action": "multi", "version": 2, "params": {"actions": searches}}) == [[], []]
    assert anki.request("notesInfo", notes=[]) == []
    assert anki.request("cardsInfo", cards=[]) == []

    audio = base64.b64encode(AUDIO).decode("ascii")
    stored = anki.request("storeMediaFile", filename="yomitan_nihongo.mp3", data=audio)
    note = candidate("日本語", fields={**WORD, "Back": WORD["Back"] + f"[sound:{stored}]"})
    note["picture"] = [
        {"url": f"{pictures}/nihon.png", "filename": "nihon.png", "fields": ["Back"]},
        {"url": f"{pictures}/nothing.png", "filename": "nothing.png", "fields": ["Back"]},
    ]
    note_id = anki.request("addNote", note=note)

    again = anki.raw({"action": "addNote", "version": 2, "params": {"note": note}})
    assert again == {"result": None, "error": "cannot create note because it is a duplicate"}
    [refusal] = anki.request("canAddNotesWithErrorDetail", notes=[candidate("日本語")])
    assert refusal["error"] == "cannot create note because it is a duplicate"

    [card_id] = anki.request("guiBrowse", query=f"nid:{note_id}")
    shown = "aqt.dialogs._dialogs['Browser'][1]"
    assert anki.evaluate(f"{shown}.isVisible()")
    assert anki.evaluate(f"{shown}.current_search()") == f"nid:{note_id}"

    anki.restart()
    [info] = anki.request("notesInfo", notes=[note_id])
    back = info["fields"]["Back"]["value"]
    assert info["fields"]["Front"]["value"] == "日本語"
    assert f"[sound:{stored}]" in back
    assert '<img src="nihon.png">' in back
    assert f"{pictures}/nothing.png download failed with return code 404" in back
    assert info["tags"] == ["yomitan"]
    assert info["cards"] == [card_id]
    [card] = anki.request("cardsInfo", cards=[card_id])
    assert card["deckName"] == "日本語"
    picture = anki.request("retrieveMediaFile", filename="nihon.png")
    assert base64.b64decode(picture) == PICTURE
    assert base64.b64decode(anki.request("retrieveMediaFile", filename=stored)) == AUDIO


def test_what_was_acknowledged_survives_a_kill(fresh_anki: Callable[..., RealAnki]) -> None:
    anki = fresh_anki()
    note_id = anki.request("addNote", note=candidate("猫", deckName="Default"))
    anki.kill()
    anki.start()
    [info] = anki.request("notesInfo", notes=[note_id])
    assert info["fields"]["Front"]["value"] == "猫"


def test_a_refused_note_leaves_no_file_behind(anki: RealAnki, pictures: str) -> None:
    picture = {"url": f"{pictures}/nihon.png", "filename": "left.png", "fields": ["Back"]}
    nowhere = candidate("x", deckName="Nope", picture=picture)
    reply = anki.raw({"action": "addNote", "version": 6, "params": {"note": nowhere}})
    assert reply == {"result": None, "error": "deck was not found: Nope"}
    assert anki.request("canAddNotes", notes=[candidate("x", deckName="Default", picture=picture)])
    assert anki.request("retrieveMediaFile", filename="left.png") is False
