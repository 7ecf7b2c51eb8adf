"""loadProfile and what can be asked without an open profile, in a real Anki."""

from __future__ import annotations

import threading
import time
from typing import Any, Dict, List

import pytest

from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki, ReplyError

TWO = ("First", "Second")
# Half a note in the add window, so that Anki asks before it closes it.
HALF_A_NOTE = """
from a_probe import windows
kind = windows.open_add(2)
windows.window(kind).editor.note.fields[0] = "half"
windows.window(kind).editor.loadNoteKeepingFocus()
windows.wait_for_fields(kind, ["half", ""])
"""
BOX = (
    "next(box for box in mw.app.topLevelWidgets()"
    " if box.inherits('QMessageBox') and box.isVisible())"
)
CLOSE_ADD_WINDOW = """
add = next(w for w in mw.app.topLevelWidgets() if w.isVisible() and hasattr(w, "_close"))
add._close()
"""
AGREE = f"""
box = {BOX}
roles = aqt.qt.QMessageBox.ButtonRole
yes = [b for b in box.buttons() if box.buttonRole(b) in (roles.DestructiveRole, roles.YesRole)]
aqt.qt.QTimer.singleShot(0, yes[0].click)
"""
SHORT_PATIENCE = "import ankiconnect.profiles; ankiconnect.profiles.SWITCH_SECONDS = 3.0"


def in_background(anki: RealAnki, action: str, **params: Any) -> Any:
    """Sends a request from a thread of its own; the reply is in the dict when the thread is done."""
    found: Dict[str, Any] = {}

    def send() -> None:
        found.update(anki.raw({"action": action, "version": 6, "params": params}))

    thread = threading.Thread(target=send)
    thread.start()
    return thread, found


@pytest.fixture
def first(fresh_anki: AnkiFactory) -> RealAnki:
    return fresh_anki(profiles=TWO, open_profile="First")


def test_switching_there_and_back(first: RealAnki) -> None:
    deck = first.request("createDeck", deck="Only in the first")
    first.request("guiBrowse", query="")
    assert first.request("loadProfile", name="Second") is True
    assert first.request("getActiveProfile") == "Second"
    assert first.request("deckNames") == ["Default"]
    first.request("createDeck", deck="Only in the second")
    assert first.request("loadProfile", name="First") is True
    assert first.request("deckNamesAndIds") == {"Default": 1, "Only in the first": deck}
    assert first.evaluate("mw.isVisible() and mw.isEnabled() and mw.state") == "deckBrowser"
    # Anki's window that told of its work may still be on its way out.
    open_windows = "[w.objectName() for w in mw.app.topLevelWidgets() if w.isVisible()]"
    first.wait_for(f"{open_windows} == ['MainWindow']")


def test_the_open_profile_stays_open(first: RealAnki) -> None:
    collection = first.evaluate("id(col)")
    assert first.request("loadProfile", name="First") is True
    assert first.evaluate("id(col)") == collection


@pytest.mark.parametrize("name", ["first", "missing", "", "Second "])
def test_an_unknown_profile(first: RealAnki, name: str) -> None:
    assert first.request("loadProfile", name=name) is False
    assert first.request("getActiveProfile") == "First"


def test_from_the_window_that_asks_for_a_profile(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(profiles=TWO, open_profile=None)
    assert anki.request("getActiveProfile") is None
    assert anki.request("getProfiles") == ["First", "Second"]
    assert set(anki.request("getVersion")) == {"anki", "ankiConnect", "ankiConnectPlus"}
    for action in ("getMediaDirPath", "reloadCollection", "getCollection", "sync"):
        with pytest.raises(ReplyError, match=r"^collection is not available$"):
            anki.request(action)
    assert anki.request("loadProfile", name="Second") is True
    assert anki.request("getActiveProfile") == "Second"
    assert anki.request("deckNames") == ["Default"]
    assert not anki.evaluate("mw.profileDiag.isVisible()")


def test_several_switches_one_after_the_other(first: RealAnki) -> None:
    for _ in range(2):
        for name in ("Second", "First"):
            assert first.request("loadProfile", name=name) is True
            assert first.request("getActiveProfile") == name
            assert first.request("findNotes", query="") == []


def test_two_switches_at_once(first: RealAnki) -> None:
    replies: List[Any] = []
    sent = [in_background(first, "loadProfile", name="Second") for _ in range(2)]
    for thread, found in sent:
        thread.join()
        replies.append(found)
    assert {"result": True, "error": None} in replies
    other = [reply for reply in replies if reply != {"result": True, "error": None}]
    busy = {"result": None, "error": "loadProfile: Anki is busy with another operation"}
    assert other in ([], [busy])
    assert first.request("getActiveProfile") == "Second"


def test_a_half_written_note_is_in_the_way(first: RealAnki) -> None:
    first.execute(SHORT_PATIENCE)
    first.execute(HALF_A_NOTE)
    with pytest.raises(
        ReplyError,
        match=r"^the profile Second was not opened within 3 seconds: "
        "Anki shows a message that has to be answered first: .+",
    ):
        first.request("loadProfile", name="Second")
    assert first.request("getActiveProfile") == "First"
    assert first.request("findNotes", query="") == []
    assert first.request("version") == 6
    first.execute(f"{BOX}.close()")
    first.wait_for("not message_boxes()")
    assert first.request("getActiveProfile") == "First"
    first.execute(CLOSE_ADD_WINDOW)


def test_the_switch_goes_on_when_the_user_agrees(first: RealAnki) -> None:
    first.execute(HALF_A_NOTE)
    thread, found = in_background(first, "loadProfile", name="Second")
    first.wait_for("message_boxes()")
    began = time.monotonic()
    first.execute(AGREE)
    thread.join()
    assert found == {"result": True, "error": None}
    assert time.monotonic() - began < 10
    assert first.request("getActiveProfile") == "Second"


def test_anki_stays_responsive_while_it_waits(first: RealAnki) -> None:
    first.execute(SHORT_PATIENCE)
    first.execute(HALF_A_NOTE)
    thread, found = in_background(first, "loadProfile", name="Second")
    first.wait_for("message_boxes()")
    began = time.monotonic()
    assert first.request("version") == 6
    assert first.request("getProfiles") == ["First", "Second"]
    assert time.monotonic() - began < 2
    thread.join()
    assert found["result"] is None
    first.execute(f"{BOX}.close()")
    first.wait_for("not message_boxes()")
    first.execute(CLOSE_ADD_WINDOW)


def test_a_second_switch_does_not_ask_again(first: RealAnki) -> None:
    first.execute(SHORT_PATIENCE)
    first.execute(HALF_A_NOTE)
    for words in ("within 3 seconds: Anki shows", "opened: Anki shows"):
        with pytest.raises(ReplyError, match=words):
            first.request("loadProfile", name="Second")
    assert len(first.evaluate("message_boxes()")) == 1
    first.execute(f"{BOX}.close()")
    first.wait_for("not message_boxes()")
    first.execute(CLOSE_ADD_WINDOW)
    assert first.request("loadProfile", name="Second") is True


def test_a_switch_waits_for_what_anki_is_doing(first: RealAnki) -> None:
    first.execute("mw.progress.start(immediate=False)")
    thread, found = in_background(first, "loadProfile", name="Second")
    time.sleep(0.3)
    assert first.request("getActiveProfile") == "First"
    assert not found
    first.execute("mw.progress.finish()")
    thread.join()
    assert found == {"result": True, "error": None}
    assert first.request("getActiveProfile") == "Second"


def test_a_profile_that_anki_cannot_open(first: RealAnki) -> None:
    for name in ("Second", "First"):
        first.request("loadProfile", name=name)
    (first.base / "Second" / "collection.anki2").write_bytes(b"no collection" * 100)
    first.execute(SHORT_PATIENCE)
    with pytest.raises(ReplyError, match="Anki shows a message that has to be answered first: "):
        first.request("loadProfile", name="Second")
    assert first.request("getActiveProfile") is None
    for _ in range(2):  # Anki may say it twice
        if first.evaluate("message_boxes()"):
            first.execute(f"aqt.qt.QTimer.singleShot(0, {BOX}.close)")
        time.sleep(0.3)
    first.wait_for("not message_boxes()")
    assert first.request("loadProfile", name="First") is True
    assert first.request("deckNames") == ["Default"]
    first.forgive_log()
