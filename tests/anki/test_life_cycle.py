"""Starting, stopping, taken ports, profiles, settings that change."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Callable, Dict, Iterator, List

import pytest

from tests.anki.test_profiles import in_background
from tests.real_anki import RealAnki

UNAVAILABLE = {"result": None, "error": "collection is not available"}
STATUS = "ankiconnect.addon.server_status()"
APPLY = """
config = {**mw.addonManager.getConfig("ankiconnect"), **changes}
mw.addonManager.writeConfig("ankiconnect", config)
mw.addonManager.configUpdatedAction("ankiconnect")(config)
"""


def wait_for(condition: Callable[[], Any], seconds: float = 5.0) -> Any:
    until = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_a_taken_port_is_told_of_and_used_as_soon_as_it_is_free(
    fresh_anki: Callable[..., RealAnki],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        anki = fresh_anki(config={"webBindPort": port})
        trouble = wait_for(lambda: anki.evaluate(f"{STATUS}.trouble"))
        assert str(port) in trouble
        assert anki.evaluate("mw.app.activeModalWidget() is None")
        menu = "ankiconnect.addon.status_line.action.text()"
        assert wait_for(lambda: "not available" in anki.evaluate(menu))
    assert wait_for(lambda: anki.evaluate(f"len({STATUS}.addresses)"))
    assert anki.request("version") == 6


def test_without_an_open_profile_the_server_answers_what_it_can(
    fresh_anki: Callable[..., RealAnki],
) -> None:
    anki = fresh_anki(profiles=("Second", "User 1"), open_profile=None)
    assert anki.request("version") == 6
    assert anki.request("getProfiles") == ["Second", "User 1"]
    assert "version" in anki.request("apiReflect", scopes=["actions"])["actions"]
    assert anki.request("requestPermission")["permission"] == "granted"
    assert anki.raw({"action": "deckNames", "version": 6}) == UNAVAILABLE
    assert anki.raw({"action": "sync", "version": 6}) == UNAVAILABLE
    assert anki.request("findNotes") == anki.request("findCards") == []
    assert anki.request("canAddNotes", notes=[{}, {"deckName": "Default"}]) == [False, False]
    for action in ("findNotes", "findCards"):
        asked = {"action": action, "version": 6, "params": {"query": "deck:x"}}
        assert anki.raw(asked) == UNAVAILABLE


def test_changed_settings_apply_without_a_restart(fresh_anki: Callable[..., RealAnki]) -> None:
    anki = fresh_anki()
    anki.execute(APPLY, changes={"apiKey": "new"})
    refused = anki.raw({"action": "deckNames", "version": 6})
    assert refused["error"] == "valid api key must be provided"
    assert anki.raw({"action": "deckNames", "version": 6, "key": "new"})["result"] == ["Default"]
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    anki.execute(APPLY, changes={"apiKey": None, "webBindPort": port})
    moved = f"any(p == {port} for _, p in {STATUS}.addresses)"
    assert wait_for(lambda: anki.evaluate(moved))


def test_a_bad_value_leaves_the_last_good_one_in_force(fresh_anki: Callable[..., RealAnki]) -> None:
    anki = fresh_anki(config={"apiKey": "good", "webBindPort": 0})
    anki.execute(APPLY, changes={"apiKey": 5})
    assert "apiKey" in anki.evaluate("ankiconnect.addon.problems")
    assert anki.raw({"action": "deckNames", "version": 6})["error"]
    assert anki.raw({"action": "deckNames", "version": 6, "key": "good"})["result"] == ["Default"]


def test_the_network_is_not_served_without_a_key(fresh_anki: Callable[..., RealAnki]) -> None:
    anki = fresh_anki()
    anki.execute(APPLY, changes={"webBindAddress": "0.0.0.0"})
    assert wait_for(lambda: anki.evaluate(f"len({STATUS}.addresses) == 0"))
    text = "ankiconnect.addon.status_line.text"
    assert wait_for(lambda: "apiKey" in anki.evaluate(text))


def test_anki_exits_promptly_with_clients_connected(fresh_anki: Callable[..., RealAnki]) -> None:
    anki = fresh_anki()
    idle = [socket.create_connection(("127.0.0.1", anki.port)) for _ in range(20)]
    for line in idle[:10]:
        line.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    started = time.monotonic()
    anki.close()
    assert time.monotonic() - started < 5
    for line in idle:
        line.close()


def test_one_request_is_one_undo_step_and_the_menu_says_so(anki: RealAnki) -> None:
    notes = [
        {"deckName": "Default", "modelName": "Basic", "fields": {"Front": str(number)}}
        for number in range(40)
    ]
    anki.request("addNotes", notes=notes)
    assert "AnkiConnect: Add Notes" in anki.evaluate("mw.form.actionUndo.text()")
    anki.execute("col.undo()")
    assert anki.request("findNotes", query="") == []


def test_a_note_in_the_browsers_editor_shows_the_new_text_and_keeps_it(anki: RealAnki) -> None:
    note = {"deckName": "Default", "modelName": "Basic", "fields": {"Front": "old", "Back": "b"}}
    note_id = anki.request("addNote", note=note)
    anki.request("guiBrowse", query=f"nid:{note_id}")
    browser = "aqt.dialogs._dialogs['Browser'][1]"
    anki.execute(f"{browser}.table.select_all()")
    editor = f"{browser}.editor"
    assert wait_for(
        lambda: anki.evaluate(f"{editor}.note is not None and {editor}.note.id") == note_id
    )
    anki.request("updateNoteFields", note={"id": note_id, "fields": {"Front": "new"}})
    assert anki.evaluate(f"{editor}.note.fields") == ["new", "b"]
    anki.execute(f"{browser}.close()")
    assert wait_for(lambda: anki.evaluate("aqt.dialogs._dialogs['Browser'][1] is None"))
    [info] = anki.request("notesInfo", notes=[note_id])
    assert info["fields"]["Front"]["value"] == "new"


# Anki is busy from now on; who has asked is kept.
COUNT_ATTEMPTS = """
performer = ankiconnect.addon.performer
inside = performer.inside
kept["tried"] = set()
def counted(action, arguments, era):
    kept["tried"].add(arguments.get("deck"))
    return inside(action, arguments, era)
performer.inside = counted
mw.progress.start(immediate=False)
"""
SWITCH = """
kept["opened"] = False
def closed():
    mw.moveToState("profileManager")
    mw.pm.load("Second")
    mw.loadProfile(lambda *_: kept.update(opened=True))
aqt.qt.QTimer.singleShot(0, lambda: mw.unloadProfile(closed))
"""


class SlowPicture:
    """A server whose one file is kept back until `release` is set."""

    def __init__(self) -> None:
        self.asked = asked = threading.Event()
        self.release = release = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.set()
                release.wait(10)
                self.send_response(200)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"hola")

            def log_message(self, *_: Any) -> None:
                """Nothing: the tests' output is not a log."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/gato.txt"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def slow_picture() -> Iterator[SlowPicture]:
    found = SlowPicture()
    yield found
    found.release.set()
    found.server.shutdown()
    found.server.server_close()


def test_what_was_accepted_for_one_profile_never_lands_in_the_other(
    fresh_anki: Callable[..., RealAnki], slow_picture: SlowPicture
) -> None:
    anki = fresh_anki(profiles=("First", "Second"), open_profile="First")
    # Accepted, and still downloading when the profile changes
    picture = {"url": slow_picture.url, "filename": "gato.txt", "fields": ["Back"]}
    note = {
        "deckName": "Default",
        "modelName": "Basic",
        "fields": {"Front": "gato"},
        "picture": [picture],
    }
    downloading = in_background(anki, "addNote", note=note)
    assert slow_picture.asked.wait(10)
    assert anki.request("loadProfile", name="Second") is True
    slow_picture.release.set()
    # Accepted, and still waiting for its turn when the profile changes
    anki.request("loadProfile", name="First")
    waiting = accepted_before_the_switch(anki)
    for thread, found in (downloading, *waiting):
        thread.join()
        assert found == UNAVAILABLE
    for name in ("First", "Second"):
        assert anki.request("loadProfile", name=name) is True
        assert anki.request("findNotes", query="") == []
        assert anki.request("deckNames") == ["Default"]
        assert anki.request("getMediaFilesNames", pattern="*") == []


def accepted_before_the_switch(anki: RealAnki) -> List[Any]:
    """Requests for the first profile that Anki gets to when the second is open."""
    anki.execute(COUNT_ATTEMPTS)
    sent = [in_background(anki, "createDeck", deck=f"Deck {number}") for number in range(3)]
    anki.wait_for("len(kept['tried']) == 3")
    anki.execute(SWITCH)
    anki.wait_for("kept['opened']")
    anki.execute("mw.progress.finish()")
    return sent


def test_requests_while_a_profile_is_being_switched_are_answered_at_once(
    fresh_anki: Callable[..., RealAnki],
) -> None:
    anki = fresh_anki(profiles=("First", "Second"), open_profile="First")
    anki.execute("aqt.qt.QTimer.singleShot(0, mw.unloadProfileAndShowProfileManager)")
    anki.wait_for("mw.col is None and mw.profileDiag.isVisible()")
    began = time.monotonic()
    for action in ("deckNames", "createDeck", "reloadCollection", "sync", "exportPackage"):
        params: Dict[str, Any] = {"deck": "D"} if action == "createDeck" else {}
        if action == "exportPackage":
            params = {"deck": "D", "path": "d.apkg"}
        asked = {"action": action, "version": 6, "params": params}
        assert anki.raw(asked) == UNAVAILABLE
    assert anki.request("version") == 6
    assert anki.request("getProfiles") == ["First", "Second"]
    assert anki.request("getActiveProfile") is None
    assert "sync" in anki.request("apiReflect", scopes=["actions"])["actions"]
    assert anki.request("requestPermission")["permission"] == "granted"
    assert time.monotonic() - began < 2
