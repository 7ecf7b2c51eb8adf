"""The log of requests: private, one line a record, without keys, and never in the way."""

import errno
import json
import os
import stat
import sys
import threading
from pathlib import Path
from typing import Any, Dict, List

import pytest

from plugin import request_log
from plugin.request_log import RequestLog, without_keys

REPLY = {"result": 6, "error": None}
KEY = "kT3vX9wq2LrZp8NsYb4u"


class Logging:
    """A log that is open, what it wrote, and what it complained about."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.complaints: List[str] = []
        self.log = RequestLog(self.complaints.append)
        self.log.open(str(path))

    def lines(self) -> List[Dict[str, Any]]:
        text = self.path.read_text(encoding="ascii")
        assert text.endswith("\n")
        return [json.loads(line) for line in text[:-1].split("\n")]

    def written(self, request: Any, reply: Any = REPLY) -> str:
        self.log.write(request, reply)
        return self.path.read_text(encoding="ascii")


@pytest.fixture
def logging(tmp_path: Path) -> Logging:
    return Logging(tmp_path / "requests.log")


def test_a_record_holds_time_request_and_reply(logging: Logging) -> None:
    logging.log.write({"action": "version", "params": {"ä": "\u3042"}}, REPLY)
    logging.log.write({"action": "deckNames"}, ["Default"])
    first, second = logging.lines()
    assert first["request"] == {"action": "version", "params": {"ä": "\u3042"}}
    assert first["reply"] == REPLY
    assert first["time"][:2] == "20"
    assert second["reply"] == ["Default"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_nobody_else_may_read_it(logging: Logging) -> None:
    before = os.umask(0)
    try:
        logging.log.write({"action": "version"}, REPLY)
    finally:
        os.umask(before)
    assert stat.S_IMODE(logging.path.stat().st_mode) == 0o600


WITH_KEY: List[Any] = [
    {"action": "version", "key": KEY},
    {"action": "version", "params": {"key": KEY}},
    {"action": "multi", "params": {"actions": [{"action": "version", "key": KEY}]}},
    {"action": "version", "Key": KEY, "apiKey": [KEY], "api_key": {"x": KEY}},
    [{"action": "version", "key": KEY}],
    {"action": {"key": KEY}},
    json.dumps({"action": "version", "key": KEY}),
    {"action": "multi", "params": {"actions": [json.dumps({"key": KEY})]}},
    {"action": "multi", "params": {"actions": json.dumps(json.dumps({"key": KEY}))}},
]
REPEATED = [
    {"result": None, "error": f"[{{'key': '{KEY}'}}] is not of type 'object'"},
    {"result": None, "error": f"[{{'key': '{KEY[:9]}"},
    {"result": None, "error": f'actions should be a list: {{"action": 1, "key": "{KEY}"}}'},
    [{"result": None, "error": f"'{{\"key\": \"{KEY}\"}}' is not of type 'object'"}],
]


@pytest.mark.parametrize("request_object", WITH_KEY)
@pytest.mark.parametrize("reply", [REPLY, *REPEATED])
def test_no_key_is_written(logging: Logging, request_object: Any, reply: Any) -> None:
    found = logging.written(request_object, reply)
    assert KEY[:9] not in found
    assert len(logging.lines()) == 1


def test_that_there_was_a_key_is_seen(logging: Logging) -> None:
    logging.log.write({"action": "version", "key": KEY}, REPLY)
    assert logging.lines()[0]["request"] == {"action": "version", "key": "(left out)"}


def test_nothing_else_is_left_out() -> None:
    request = {"action": "a", "params": {"keyboard": "key", "text": 'the key: "5"', "n": [1, None]}}
    assert without_keys(request) == request


HOSTILE = [
    'a\n{"time": "2026", "request": {}, "reply": {}}',
    "a\r\nb\x0bc\x0cd\x1ce\x85f\u2028g\u2029h",
    "\x00\x1b[2J\x7f",
    "\ud800 \udfff",
    "\u202e\u2066",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text)[:20] for text in HOSTILE])
def test_one_record_is_one_line(logging: Logging, text: str) -> None:
    found = logging.written({"action": text, text: [text]}, text)
    assert found.isascii()
    assert len(found.splitlines()) == 1
    assert logging.lines()[0]["reply"] == text


def test_deep_requests_are_written(logging: Logging) -> None:
    deep: Any = []
    for _ in range(100):
        deep = [{"a": deep}]
    assert logging.written(deep).count("[") == 101


def test_large_records_are_shortened(logging: Logging) -> None:
    found = logging.written({"action": "a", "key": KEY, "params": {"data": '"' * 1_000_000}})
    assert len(found) < 4 * request_log.LONGEST_ENTRY
    assert KEY not in found
    [line] = logging.lines()
    assert line["shortened"].startswith('{"time"')


def test_only_the_beginning_of_a_large_text_is_looked_at(logging: Logging) -> None:
    text = "a" * request_log.LONGEST_ENTRY + f'{{"key": "{KEY}"}}'
    assert KEY not in logging.written({"action": "a", "params": {"data": text}})
    assert without_keys(text) == "a" * request_log.LONGEST_ENTRY
    [line] = logging.lines()
    assert len(line["shortened"]) == request_log.LONGEST_ENTRY


def test_a_full_file_is_set_aside(logging: Logging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_log, "LARGEST_FILE", 2_000)
    for number in range(200):
        logging.log.write({"action": "a", "number": number}, REPLY)
    kept = logging.path.with_name("requests.log.1")
    assert sorted(logging.path.parent.iterdir()) == [logging.path, kept]
    assert max(logging.path.stat().st_size, kept.stat().st_size) < 2_200
    assert logging.lines()[-1]["request"]["number"] == 199


def test_closed_it_writes_nothing(logging: Logging) -> None:
    logging.log.close()
    logging.log.write({"action": "version"}, REPLY)
    assert not logging.path.exists()


def test_many_threads_write_whole_lines(logging: Logging) -> None:
    def write() -> None:
        for _ in range(50):
            logging.log.write({"action": "x" * 5_000}, REPLY)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(logging.lines()) == 400


UNWRITABLE = ["missing/requests.log", ".", "a\0b", "x" * 5_000]


@pytest.mark.parametrize("name", UNWRITABLE, ids=["folder-missing", "folder", "nul", "too-long"])
def test_a_log_that_cannot_be_written_is_complained_about_once(tmp_path: Path, name: str) -> None:
    complaints: List[str] = []
    log = RequestLog(complaints.append)
    log.open(os.path.join(str(tmp_path), name))
    for _ in range(3):
        log.write({"action": "version"}, REPLY)
    assert len(complaints) == 1
    assert complaints[0].startswith("apiLogPath: the log cannot be written and is switched off:")


def test_switched_on_again_it_writes_again(tmp_path: Path, logging: Logging) -> None:
    logging.log.open(str(tmp_path / "missing" / "log"))
    logging.log.write({"action": "version"}, REPLY)
    logging.log.open(str(logging.path))
    logging.log.write({"action": "version"}, REPLY)
    assert len(logging.lines()) == len(logging.complaints) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_nobody_reads_holds_nobody_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    logging = Logging(pipe)
    writer = threading.Thread(target=logging.log.write, args=({"action": "a"}, REPLY), daemon=True)
    writer.start()
    writer.join(5)
    assert not writer.is_alive()
    assert os.strerror(errno.ENXIO) in logging.complaints[0]
