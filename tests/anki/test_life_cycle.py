"""Starting, stopping, taken ports, profiles, settings that change."""

import socket
import time
from typing import Any, Callable

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
