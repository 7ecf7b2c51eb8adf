"""Anki in trouble, or busy with other things: everyone gets an answer within a bound, and nothing is half done."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import threading
import time
from typing import Any, Callable, Dict, Iterator, List

import pytest

from tests.anki.robustness.crowd import note
from tests.real_anki import RealAnki, ReplyError

Starter = Callable[..., RealAnki]
BOUND = 5.0
DATA = base64.b64encode(bytes(300_000)).decode()
STATUS = "ankiconnect.addon.server_status()"
SHORT_PATIENCE = "import ankiconnect.perform; ankiconnect.perform.PATIENCE_SECONDS = 1.0"


def in_time(call: Callable[[], Any], seconds: float = BOUND) -> Any:
    started = time.monotonic()
    try:
        return call()
    finally:
        assert time.monotonic() - started < seconds


def reply_to(anki: RealAnki, action: str, /, **params: Any) -> Any:
    return in_time(lambda: anki.raw({"action": action, "version": 6, "params": params}))


def error_of(anki: RealAnki, action: str, /, **params: Any) -> str:
    reply = reply_to(anki, action, **params)
    assert reply["result"] is None
    assert "unexpected problem" not in reply["error"]
    return str(reply["error"])


def always_answered(anki: RealAnki) -> None:
    assert reply_to(anki, "version") == {"result": 6, "error": None}
    assert reply_to(anki, "requestPermission")["result"]["permission"] == "granted"


class Background:
    """A request on a thread of its own."""

    def __init__(self, anki: RealAnki, action: str, /, **params: Any) -> None:
        self.reply: Any = None
        asked = {"action": action, "version": 6, "params": params}
        self._thread = threading.Thread(target=self._ask, args=(anki, asked), daemon=True)
        self._thread.start()

    def _ask(self, anki: RealAnki, asked: Any) -> None:
        self.reply = anki.raw(asked)

    def result(self, seconds: float = BOUND) -> Any:
        self._thread.join(seconds)
        assert self.reply is not None, "no answer in time"
        return self.reply


# Windows


def test_a_modal_dialog_holds_up_nobody_but_windows(anki: RealAnki) -> None:
    anki.execute(
        """
        from aqt.qt import QMessageBox, QTimer
        box = QMessageBox(mw)
        box.setText("Really?")
        kept["box"] = box
        QTimer.singleShot(0, box.exec)
        """
    )
    anki.wait_for("kept['box'].isVisible()")
    try:
        always_answered(anki)
        made = reply_to(anki, "addNote", note=note(1, 1))
        assert made["error"] is None
        assert reply_to(anki, "findNotes", query="tag:c1")["result"] == [made["result"]]
        assert "Really?" in error_of(anki, "guiBrowse", query="x")
    finally:
        anki.execute("kept.pop('box').reject()")
    assert reply_to(anki, "guiBrowse", query="x")["error"] is None


def test_a_progress_window_is_waited_for(anki: RealAnki) -> None:
    anki.execute("mw.progress.start(immediate=True)")
    try:
        always_answered(anki)
        waiting = Background(anki, "createDeck", deck="Afterwards")
        time.sleep(0.3)
        assert waiting.reply is None
    finally:
        anki.execute("mw.progress.finish()")
    assert waiting.result()["error"] is None
    assert "Afterwards" in anki.request("deckNames")


def test_who_waited_too_long_for_it_is_refused_and_nothing_comes_later(fresh_anki: Starter) -> None:
    anki = fresh_anki()
    anki.execute(SHORT_PATIENCE)
    anki.execute("mw.progress.start(immediate=True)")
    try:
        assert "busy" in error_of(anki, "createDeck", deck="Never")
    finally:
        anki.execute("mw.progress.finish()")
    time.sleep(0.2)
    assert anki.request("deckNames") == ["Default"]


def test_a_database_check_is_waited_for(anki: RealAnki) -> None:
    anki.request("addNotes", notes=[note(2, turn) for turn in range(50)])
    anki.execute(
        """
        from aqt.dbcheck import check_db
        from aqt.qt import QTimer
        QTimer.singleShot(0, lambda: check_db(mw))
        """
    )
    replies = [reply_to(anki, "addNote", note=note(3, turn)) for turn in range(10)]
    assert [reply["error"] for reply in replies] == [None] * 10
    always_answered(anki)
    anki.wait_for("not mw.progress.busy()")
    anki.execute("from a_probe import fresh_state; fresh_state.close_windows()")
    assert len(anki.request("findNotes", query="")) == 60


# Disk and folders


def test_a_media_folder_that_is_gone_is_made_again_or_missed_in_words(anki: RealAnki) -> None:
    media = pathlib.Path(anki.request("getMediaDirPath"))
    shutil.rmtree(media)
    try:
        always_answered(anki)
        assert reply_to(anki, "retrieveMediaFile", filename="x.txt") == {
            "result": False,
            "error": None,
        }
        for action, params in (
            ("storeMediaFile", {"filename": "x.txt", "data": DATA}),
            ("getMediaFilesNames", {}),
            ("deleteMediaFile", {"filename": "x.txt"}),
        ):
            reply = reply_to(anki, action, **params)
            assert (
                reply["error"] is None or media.name in reply["error"] or "media" in reply["error"]
            )
            assert "unexpected problem" not in str(reply["error"])
        with_picture = {
            **note(4, 1),
            "picture": {"filename": "p.png", "data": DATA, "fields": ["Back"]},
        }
        reply = reply_to(anki, "addNote", note=with_picture)
        assert "unexpected problem" not in str(reply["error"])
        made = anki.request("findNotes", query="tag:c4")
        assert bool(made) is (reply["error"] is None)
    finally:
        media.mkdir(exist_ok=True)
    anki.request("storeMediaFile", filename="x.txt", data=DATA)
    anki.request("deleteMediaFile", filename="x.txt")


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A place that is soon full."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a small disk")
    if subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let a small disk be mounted")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextlib.contextmanager
def filled(place: pathlib.Path) -> Iterator[None]:
    """No byte is left there."""
    file = place / "filling"
    with file.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(bytes(4096)):
            pass
    try:
        yield
    finally:
        file.unlink()


def test_a_full_disk_is_told_of_and_leaves_nothing_half_done(
    small_disk: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    anki = RealAnki(tmp_path / "anki")
    profile = anki.base / "User 1"
    anki.start()
    anki.close()
    shutil.move(str(profile), str(small_disk / "User 1"))
    profile.symlink_to(small_disk / "User 1", target_is_directory=True)
    anki.start()
    try:
        made = anki.request("addNote", note=note(5, 0))
        with filled(small_disk):
            replies = [attempt(anki, number) for number in range(6)]
            always_answered(anki)
            assert reply_to(anki, "findNotes", query="tag:c5")["error"] is None
        acknowledged = [made, *(reply["result"] for reply in replies if reply["error"] is None)]
        assert anki.request("addNote", note=note(5, 100)) > made
        anki.kill()
        anki.forgive_log()
        anki.start()
        found = anki.request("findNotes", query="tag:c5")
        assert len(found) == len(acknowledged) + 1
        assert set(acknowledged) < set(found)
        assert anki.evaluate("col.db.scalar('pragma integrity_check')") == "ok"
        assert [name for name in anki.request("getMediaFilesNames") if name.startswith("big")] == []
    finally:
        anki.kill()


def attempt(anki: RealAnki, number: int) -> Any:
    """A note with a text and a file that the disk has no room for."""
    asked = note(5, number + 1)
    asked["fields"]["Back"] = "x" * 2_000_000
    file = {"action": "storeMediaFile", "filename": f"big{number}.bin", "data": DATA}
    stored = reply_to(anki, file.pop("action"), **file)
    assert stored["error"] is not None
    assert "unexpected problem" not in stored["error"]
    reply = reply_to(anki, "addNote", note=asked)
    assert reply["error"] is None or "unexpected problem" not in reply["error"]
    return reply


@pytest.mark.parametrize("place", ["/no/such/folder/x.apkg", "/proc/x.apkg", "/dev/full/x.apkg"])
def test_an_export_to_nowhere_says_so(anki: RealAnki, place: str) -> None:
    assert error_of(anki, "exportPackage", deck="Default", path=place)
    assert not os.path.exists(place)


def test_an_import_of_what_is_no_package_says_so(anki: RealAnki, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "x.apkg"
    before = anki.request("deckNames")
    for content in (b"", b"no package", b"PK\x03\x04" + bytes(100)):
        file.write_bytes(content)
        assert error_of(anki, "importPackage", path=str(file))
    assert error_of(anki, "importPackage", path=str(tmp_path / "none.apkg"))
    assert anki.request("deckNames") == before


# Profiles and the end


def test_nothing_lands_in_another_profile(fresh_anki: Starter) -> None:
    anki = fresh_anki(profiles=("One", "Two"), open_profile="One")
    over = threading.Event()
    kept: Dict[str, List[str]] = {"One": [], "Two": []}
    thread = threading.Thread(target=keep_writing, args=(anki, over, kept), daemon=True)
    thread.start()
    for name in ("Two", "One", "Two", "One"):
        time.sleep(0.3)
        assert reply_to(anki, "loadProfile", name=name)["result"] is True
        assert anki.request("getActiveProfile") == name
    over.set()
    thread.join(BOUND)
    found = {}
    for name in ("One", "Two"):
        anki.request("loadProfile", name=name)
        notes = anki.request("notesInfo", query="tag:c6")
        found[name] = sorted(one["fields"]["Front"]["value"] for one in notes)
    everywhere = found["One"] + found["Two"]
    assert len(everywhere) == len(set(everywhere))
    assert set(kept["One"]) <= set(found["One"])
    assert set(kept["Two"]) <= set(found["Two"])


def keep_writing(anki: RealAnki, over: threading.Event, kept: Dict[str, List[str]]) -> None:
    """Notes what was acknowledged, where the profile was the same before and after."""
    turn = 0
    while not over.is_set():
        turn += 1
        asked = note(6, turn)
        try:
            before = anki.request("getActiveProfile")
            anki.request("addNote", note=asked)
            if anki.request("getActiveProfile") == before:
                kept[before].append(asked["fields"]["Front"])
        except ReplyError as refused:
            if "unexpected problem" in str(refused):
                kept["One"].append(str(refused))  # will be missed


# The network


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7", "no-such-host.invalid"])
def test_an_address_that_does_not_exist_is_told_of(fresh_anki: Starter, address: str) -> None:
    anki = fresh_anki(config={"webBindAddress": address, "apiKey": "a key of some length"})
    trouble = anki.evaluate(f"{STATUS}.trouble")
    assert address in trouble
    assert anki.evaluate("mw.app.activeModalWidget() is None")
    anki.execute(
        """
        config = {**mw.addonManager.getConfig("ankiconnect"), "webBindAddress": "127.0.0.1", "apiKey": None}
        mw.addonManager.writeConfig("ankiconnect", config)
        mw.addonManager.configUpdatedAction("ankiconnect")(config)
        """
    )
    anki.wait_for(f"len({STATUS}.addresses)")
    anki.config["apiKey"] = None
    assert anki.request("version") == 6


NO_IPV6 = """
import socket
real = socket.socket
class WithoutSix(real):
    def __init__(self, family=-1, *words, **named):
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        super().__init__(family, *words, **named)
socket.socket = WithoutSix
"""


def test_without_ipv6_the_other_address_is_served(fresh_anki: Starter) -> None:
    anki = fresh_anki()
    port = anki.port
    anki.execute(NO_IPV6)
    anki.execute(
        """
        import socket
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config = {**mw.addonManager.getConfig("ankiconnect"), "webBindPort": port}
        mw.addonManager.writeConfig("ankiconnect", config)
        mw.addonManager.configUpdatedAction("ankiconnect")(config)
        """
    )
    anki.wait_for(f"{STATUS}.addresses and {STATUS}.addresses[0][1] != {port}")
    anki.forget_port()
    assert [host for host, _ in anki.addresses] == ["127.0.0.1"]
    assert anki.request("version") == 6
    assert json.loads(anki.http("GET").body)["apiVersion"]
