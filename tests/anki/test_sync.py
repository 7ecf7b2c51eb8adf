"""sync in a real Anki, against Anki's own sync server."""

from __future__ import annotations

import http.server
import pathlib
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest

from tests.anki.contents import contents
from tests.anki.test_packages import wait_for_page
from tests.anki.test_profiles import BOX, CLOSE_ADD_WINDOW, HALF_A_NOTE, in_background
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki, ReplyError
from tests.sync_server import PASSWORD, USER, SyncServer

UP = "Sync status 4 not one of [0, 1]"
DOWN = "Sync status 3 not one of [0, 1]"
DIVERGED = "Sync status 2 not one of [0, 1]"
BUSY = "sync: another sync operation is currently in progress"

SIGN_IN = """
if hasattr(mw.pm, "set_custom_sync_url"):
    mw.pm.set_custom_sync_url(url)
    key = col.sync_login(user, password, url).hkey
else:
    key = col.sync_login(user, password).hkey
mw.pm.set_sync_key(key)
mw.pm.set_sync_username(user)
"""
MEDIA_IS_DONE = "not mw.media_syncer.is_syncing()"
WINDOWS = """
sorted(type(w).__name__ for w in mw.app.topLevelWidgets() if w.isVisible() and w.isWindow())
"""


@pytest.fixture
def server(tmp_path: pathlib.Path) -> Iterator[SyncServer]:
    started = SyncServer(tmp_path / "server").start()
    yield started
    started.stop()


Signed = Callable[[SyncServer], RealAnki]


@pytest.fixture
def signed_in(fresh_anki: AnkiFactory) -> Signed:
    """Starts an Anki that is signed in; each knows the server by the means of its version."""

    def start(server: SyncServer) -> RealAnki:
        # 2.1.50 has no setting for it, and no media on its server.
        places = {
            "SYNC_ENDPOINT": f"{server.url}sync/",
            "SYNC_ENDPOINT_MEDIA": f"{server.url}msync/",
        }
        anki = fresh_anki(environ=places, profiles=("User 1", "Other"))
        anki.execute(SIGN_IN, url=server.url, user=USER, password=PASSWORD)
        return anki

    return start


@pytest.fixture
def two(signed_in: Signed, server: SyncServer) -> Tuple[RealAnki, RealAnki]:
    """Two Ankis that hold the same, one note."""
    first, second = signed_in(server), signed_in(server)
    add(first, "gato")
    assert first.request("sync", fullSync="upload") is None
    assert second.request("sync", fullSync="download") is None
    return first, second


def add(anki: RealAnki, front: str) -> int:
    fields = {"Front": front, "Back": "b"}
    note = {"deckName": "Default", "modelName": "Basic", "fields": fields}
    return int(anki.request("addNote", note=note))


def fronts(anki: RealAnki) -> List[str]:
    found = anki.request("notesInfo", query="deck:*")
    return sorted(note["fields"]["Front"]["value"] for note in found)


def failure(anki: RealAnki, **params: Any) -> str:
    """The error of a sync, which shows no window and leaves Anki as usable as before."""
    stamps = params.get("fullSync") != "upload"
    before = everything(anki, stamps)
    windows = anki.evaluate(WINDOWS)
    with pytest.raises(ReplyError) as caught:
        anki.request("sync", **params)
    anki.wait_for(MEDIA_IS_DONE)
    assert anki.evaluate(WINDOWS) == windows
    assert anki.evaluate("mw.isEnabled()")
    assert everything(anki, stamps) == before
    return str(caught.value)


def everything(anki: RealAnki, stamps: bool) -> Dict[str, List[Any]]:
    """Anki marks a collection as uploaded, and its schema as new, before it begins to upload it."""
    found = contents(anki, stamps)
    # 2.1.50 writes some of it again, as it is, when it draws the deck list.
    found["config"] = contents(anki)["config"]
    if not stamps:
        del found["col"], found["graves"]
    return found


def test_without_an_account(anki: RealAnki) -> None:
    assert failure(anki) == "sync: auth not configured"
    assert failure(anki, fullSync="upload") == "sync: auth not configured"


def test_a_full_sync_goes_only_one_of_two_ways(anki: RealAnki) -> None:
    assert "fullSync" in failure(anki, fullSync="both")


def test_the_first_upload_has_to_be_asked_for(signed_in: Signed, server: SyncServer) -> None:
    anki = signed_in(server)
    add(anki, "gato")
    assert failure(anki).startswith(f"{UP}: a full upload is needed")
    assert anki.request("sync", fullSync="upload") is None
    assert anki.request("sync") is None
    assert fronts(anki) == ["gato"]
    assert anki.restart().request("sync") is None


def test_the_first_download_has_to_be_asked_for(signed_in: Signed, server: SyncServer) -> None:
    first, second = signed_in(server), signed_in(server)
    add(first, "gato")
    assert first.request("sync", fullSync="upload") is None
    assert failure(second).startswith(f"{DOWN}: a full download is needed")
    assert second.request("sync", fullSync="download") is None
    assert fronts(second) == ["gato"]
    assert second.request("sync") is None


def test_changes_on_both_sides(two: Tuple[RealAnki, RealAnki]) -> None:
    first, second = two
    add(first, "perro")
    add(second, "pez")
    # Yomitan's form, with its needless parameter
    assert first.request("sync", version=6) is None
    assert second.request("sync") is None
    assert first.request("sync") is None
    assert fronts(first) == fronts(second) == ["gato", "perro", "pez"]


def test_windows_show_what_came(two: Tuple[RealAnki, RealAnki]) -> None:
    first, second = two
    shown = second.evaluate(WINDOWS)
    first.request("createDeck", deck="From the first")
    first.request("sync")
    second.request("sync")
    wait_for_page(second, "From the first")
    assert second.evaluate(WINDOWS) == shown


def test_what_was_typed_is_saved_first(two: Tuple[RealAnki, RealAnki]) -> None:
    first, second = two
    first.execute(
        "from a_probe import windows\n"
        "windows.open_browser('gato', ['gato', 'b'])\n"
        "windows.type_into('Browser', 0, ' negro')"
    )
    assert first.request("sync") is None
    first.execute(
        "from a_probe import windows; windows.wait_for_fields('Browser', ['gato negro', 'b'])"
    )
    assert second.request("sync") is None
    assert fronts(first) == fronts(second) == ["gato negro"]


def test_a_deletion_reaches_an_open_browser(two: Tuple[RealAnki, RealAnki]) -> None:
    first, second = two
    [note] = first.request("findNotes", query="gato")
    second.execute("from a_probe import windows; windows.open_browser('gato', ['gato', 'b'])")
    first.request("deleteNotes", notes=[note])
    first.request("sync")
    second.request("sync")
    assert second.request("findNotes", query="") == []
    assert second.evaluate("message_boxes()") == []
    second.execute("from a_probe import windows; windows.close('Browser')")


def test_media_follow(two: Tuple[RealAnki, RealAnki]) -> None:
    first, second = two
    if not first.evaluate("hasattr(mw.pm, 'set_custom_sync_url')"):
        return check_that_failing_media_stay_quiet(first)
    first.request("storeMediaFile", filename="_gato.txt", data="aG9sYQ==")
    for anki in two:
        anki.request("sync")
        anki.wait_for(MEDIA_IS_DONE)
    assert second.request("retrieveMediaFile", filename="_gato.txt") == "aG9sYQ=="
    return None


def check_that_failing_media_stay_quiet(anki: RealAnki) -> None:
    """The server of 2.1.50 takes none."""
    anki.request("storeMediaFile", filename="_gato.txt", data="aG9sYQ==")
    assert anki.request("sync") is None
    anki.wait_for(MEDIA_IS_DONE)
    assert anki.evaluate("message_boxes()") == []
    assert anki.evaluate(WINDOWS) == ["AnkiQt"]


@pytest.mark.parametrize(("keep", "kept"), [("upload", ["pez"]), ("download", ["perro"])])
def test_sides_that_have_diverged(
    two: Tuple[RealAnki, RealAnki], keep: str, kept: List[str]
) -> None:
    first, second = two
    for anki, front in ((first, "perro"), (second, "pez")):
        anki.request("deleteNotes", notes=anki.request("findNotes", query=""))
        add(anki, front)
        anki.execute("col.set_schema_modified()" if anki is first else "wait(0.01)")
    first.request("sync", fullSync="upload")
    assert failure(second).startswith(f"{DIVERGED}: this computer and the server have diverged")
    assert second.request("sync", fullSync=keep) is None
    assert fronts(second) == kept
    assert second.request("sync") is None
    assert first.request("sync", fullSync="download") is None
    assert fronts(first) == kept


def test_a_download_makes_a_backup_first(two: Tuple[RealAnki, RealAnki]) -> None:
    _, second = two
    add(second, "only here")
    backups = second.base / "User 1" / "backups"
    for older in backups.glob("*.colpkg"):
        older.unlink()
    second.request("sync", fullSync="download")
    assert fronts(second) == ["gato"]
    assert len(list(backups.glob("*.colpkg"))) == 1


def test_a_download_replaces_a_note_that_the_browser_shows(two: Tuple[RealAnki, RealAnki]) -> None:
    _, second = two
    add(second, "pez")
    second.execute("from a_probe import windows; windows.open_browser('pez', ['pez', 'b'])")
    assert second.request("sync", fullSync="download") is None
    assert fronts(second) == ["gato"]
    assert second.evaluate("message_boxes()") == []
    assert second.evaluate("aqt.dialogs.allClosed()")


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers as a server does that knows no such key."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests' output is not a log."""


@pytest.fixture
def refusing() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_key_that_the_server_refuses(two: Tuple[RealAnki, RealAnki]) -> None:
    anki, _ = two
    if not anki.evaluate("hasattr(mw.pm, 'set_custom_sync_url')"):
        pytest.skip("the server of 2.1.50 has no users; see test_a_server_that_refuses_everyone")
    anki.execute("mw.pm.set_sync_key('wrong')")
    for params in ({}, {"fullSync": "upload"}, {"fullSync": "download"}):
        assert "password was incorrect" in failure(anki, **params)
    # Nobody is signed out behind the user's back.
    assert anki.evaluate("mw.pm.sync_auth().hkey") == "wrong"


def test_a_server_that_refuses_everyone(fresh_anki: AnkiFactory, refusing: str) -> None:
    anki = fresh_anki(environ={"SYNC_ENDPOINT": f"{refusing}sync/"})
    sign_in_blindly(anki, refusing)
    assert "password was incorrect" in failure(anki)


@pytest.mark.parametrize("params", [{}, {"fullSync": "download"}])
def test_no_server(
    two: Tuple[RealAnki, RealAnki], server: SyncServer, params: Dict[str, str]
) -> None:
    anki, _ = two
    server.stop()
    assert "network error" in failure(anki, **params)
    add(anki, "perro")
    server.start()
    assert anki.request("sync") is None
    assert fronts(anki) == ["gato", "perro"]


def test_an_upload_that_failed_has_to_be_done_again(
    two: Tuple[RealAnki, RealAnki], server: SyncServer
) -> None:
    anki, _ = two
    add(anki, "perro")
    server.stop()
    assert "network error" in failure(anki, fullSync="upload")
    server.start()
    assert failure(anki).startswith(DIVERGED)
    assert anki.request("sync", fullSync="upload") is None
    assert anki.request("sync") is None
    assert fronts(anki) == ["gato", "perro"]


def sign_in_blindly(anki: RealAnki, url: str) -> None:
    anki.execute(
        "if hasattr(mw.pm, 'set_custom_sync_url'): mw.pm.set_custom_sync_url(url)\n"
        "mw.pm.set_sync_key('key')",
        url=url,
    )


def test_a_server_that_does_not_answer_keeps_nobody(
    two: Tuple[RealAnki, RealAnki], server: SyncServer
) -> None:
    anki, _ = two
    server.pause()
    thread, found = in_background(anki, "sync")
    anki.wait_for("ankiconnect.addon.performer.is_pending")
    anki.execute("heartbeat.start()")
    assert anki.request("version") == 6
    assert anki.request("getActiveProfile") == "User 1"
    with pytest.raises(ReplyError, match=f"^{BUSY}$"):
        anki.request("sync")
    # A click that needs the collection would freeze Anki now.
    anki.wait_for("not mw.isEnabled()")
    assert anki.execute("result = heartbeat.stop()")["longest_ms"] < 1000
    began = time.monotonic()
    anki.close()
    thread.join()
    assert time.monotonic() - began < 5
    assert found["error"] == "sync: stopped, because the profile is being closed"


def test_the_profile_can_be_closed_while_the_server_does_not_answer(
    two: Tuple[RealAnki, RealAnki], server: SyncServer
) -> None:
    anki, _ = two
    server.pause()
    thread, found = in_background(anki, "sync")
    anki.wait_for("ankiconnect.addon.performer.is_pending")
    anki.execute("aqt.qt.QTimer.singleShot(0, mw.unloadProfileAndShowProfileManager)")
    thread.join()
    assert found["error"] == "sync: stopped, because the profile is being closed"
    anki.wait_for("mw.col is None and mw.profileDiag.isVisible()")
    assert anki.evaluate("message_boxes()") == []
    assert anki.request("loadProfile", name="User 1") is True
    assert anki.evaluate("mw.isEnabled()")
    server.go_on()
    assert anki.request("sync") is None
    assert fronts(anki) == ["gato"]


def test_the_windows_wait_during_a_full_sync(
    two: Tuple[RealAnki, RealAnki], server: SyncServer
) -> None:
    anki, _ = two
    server.pause()
    thread, found = in_background(anki, "sync", fullSync="upload")
    anki.wait_for("col.db is None")
    assert anki.evaluate("mw.close(), mw.isEnabled(), mw.isVisible()") == [False, False, True]
    for action in ("deckNames", "reloadCollection"):
        with pytest.raises(ReplyError, match=r"^collection is not available$"):
            anki.request(action)
    with pytest.raises(ReplyError, match=f"^{BUSY}$"):
        anki.request("sync")
    with pytest.raises(ReplyError, match=r"^loadProfile: Anki is busy with another operation$"):
        anki.request("loadProfile", name="Other")
    server.go_on()
    thread.join()
    assert found == {"result": None, "error": None}
    assert anki.evaluate("mw.isEnabled()")
    assert fronts(anki) == ["gato"]


def test_a_half_written_note_is_in_the_way_of_a_full_sync(two: Tuple[RealAnki, RealAnki]) -> None:
    anki, _ = two
    anki.execute("import ankiconnect.syncing; ankiconnect.syncing.WINDOWS_SECONDS = 3.0")
    anki.execute(HALF_A_NOTE)
    before = contents(anki)
    with pytest.raises(ReplyError, match=r"^sync: nothing was done, this has to be answered"):
        anki.request("sync", fullSync="download")
    assert contents(anki) == before
    anki.execute(f"{BOX}.close()")
    anki.wait_for("not message_boxes()")
    assert anki.request("sync") is None
    anki.execute(CLOSE_ADD_WINDOW)
