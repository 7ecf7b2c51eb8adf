"""Work handed to Anki's main thread: room for Anki's own events, patience, closing, memory."""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterator, List

import pytest

from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki

HOLD = "import time; time.sleep(seconds)"
PATIENCE = "ankiconnect.perform.PATIENCE_SECONDS = seconds"
BUSY = "Anki is busy and did not start this request within"
NOTHING_CHANGED = "it was withdrawn and nothing was changed"
UNAVAILABLE = "collection is not available"
CLOSING = "Anki is closing; this request was not carried out"


def asked(action: str, **params: Any) -> Dict[str, Any]:
    return {"action": action, "version": 6, "params": params}


def held(anki: RealAnki, seconds: float) -> threading.Thread:
    """Keeps Anki's main thread busy; returns when it is."""
    thread = threading.Thread(target=lambda: anki.execute(HOLD, seconds=seconds))
    thread.start()
    time.sleep(0.1)  # the line of code is the next that the main thread runs
    return thread


@pytest.fixture
def impatient(anki: RealAnki) -> Iterator[RealAnki]:
    """An Anki whose requests give up waiting for it soon."""
    usual = anki.evaluate("ankiconnect.perform.PATIENCE_SECONDS")
    anki.execute(PATIENCE, seconds=0.3)
    anki.http("GET")
    yield anki
    anki.execute(PATIENCE, seconds=usual)


# Room for Anki's own events


def test_a_long_line_of_work_leaves_room_for_ankis_events(anki: RealAnki) -> None:
    found = anki.execute(
        """
import time
done = []
def work():
    time.sleep(0.003)
    done.append(time.monotonic())
for _ in range(300):
    ankiconnect.addon.main_thread.post(work)
began = time.monotonic()
heartbeat.start()
wait_until(lambda: len(done) == 300, 30)
result = [heartbeat.stop(), time.monotonic() - began]
"""
    )
    [beat, seconds] = found
    assert seconds > 0.9  # the work itself
    # A beat every two turns or so, where without the pauses there would be none at all.
    assert beat["beats"] > 40
    assert beat["longest_ms"] < 250


def test_sixteen_busy_clients_leave_room_for_ankis_events(anki: RealAnki) -> None:
    anki.http("GET")
    until = time.monotonic() + 2.0

    def hammer(_: int) -> int:
        number = 0
        while time.monotonic() < until:
            assert anki.request("deckNames") == ["Default"]
            number += 1
        return number

    anki.execute("heartbeat.start()")
    with ThreadPoolExecutor(16) as clients:
        served = list(clients.map(hammer, range(16)))
    beat = anki.execute("result = heartbeat.stop()")
    assert min(served) > 0
    assert beat["longest_ms"] < 400
    assert beat["beats"] > 40


def test_what_is_posted_fails_alone(anki: RealAnki) -> None:
    """An exception of one job goes to Anki's own error handling, and the next job runs."""
    seen = anki.execute(
        """
import sys
caught, done = [], []
usual, sys.excepthook = sys.excepthook, lambda *error: caught.append(str(error[1]))
try:
    def fail():
        raise ValueError("the first")
    ankiconnect.addon.main_thread.post(fail)
    ankiconnect.addon.main_thread.post(lambda: done.append("the second"))
    wait_until(lambda: done)
finally:
    sys.excepthook = usual
result = [caught, done]
"""
    )
    assert seen == [["the first"], ["the second"]]


# Patience


def test_a_request_that_could_not_start_is_withdrawn_and_says_so(impatient: RealAnki) -> None:
    thread = held(impatient, 1.5)
    started = time.monotonic()
    reply = impatient.raw(asked("createDeck", deck="Too late"))
    taken = time.monotonic() - started
    thread.join()
    assert reply["result"] is None
    assert BUSY in reply["error"]
    assert NOTHING_CHANGED in reply["error"]
    assert 0.2 < taken < 1.2
    time.sleep(0.1)
    assert impatient.request("deckNames") == ["Default"]
    assert impatient.evaluate("len(ankiconnect.addon.main_thread._jobs)") == 0


def test_a_request_that_could_start_in_time_is_carried_out(impatient: RealAnki) -> None:
    impatient.execute(PATIENCE, seconds=10)
    thread = held(impatient, 0.7)
    assert impatient.raw(asked("createDeck", deck="In time"))["error"] is None
    thread.join()
    assert "In time" in impatient.request("deckNames")


def test_a_request_that_has_started_is_waited_for(impatient: RealAnki) -> None:
    """Patience is for the start: what runs longer is not called withdrawn."""
    outcome = impatient.execute(
        """
import threading, time
from ankiconnect.main_thread import MainThread
found = []
def ask():
    found.append(ankiconnect.addon.main_thread.call(lambda: time.sleep(0.6) or "done", 0.2))
thread = threading.Thread(target=ask)
thread.start()
wait_until(lambda: found)
thread.join()
result = found
"""
    )
    assert outcome == ["done"]


def test_what_needs_no_main_thread_is_answered_while_it_is_busy(impatient: RealAnki) -> None:
    thread = held(impatient, 1.0)
    for action in ("version", "requestPermission", "apiReflect"):
        params = {"scopes": ["actions"]} if action == "apiReflect" else {}
        started = time.monotonic()
        assert impatient.raw(asked(action, **params))["error"] is None
        assert time.monotonic() - started < 0.3
    assert thread.is_alive()
    thread.join()


def test_many_who_give_up_leave_nothing_behind(impatient: RealAnki) -> None:
    thread = held(impatient, 1.5)
    with ThreadPoolExecutor(16) as clients:
        replies = list(
            clients.map(
                lambda number: impatient.raw(asked("createDeck", deck=f"Late {number}")), range(32)
            )
        )
    thread.join()
    assert all(NOTHING_CHANGED in reply["error"] for reply in replies)
    impatient.wait_for("not ankiconnect.addon.main_thread._jobs")
    assert impatient.request("deckNames") == ["Default"]


# Closing

CLOSE_WHILE_BUSY = """
from aqt.qt import QTimer
import time
def close():
    time.sleep(0.8)
    mw.close()
QTimer.singleShot(1, close)
"""


def test_who_waits_while_anki_closes_gets_an_answer(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    port = anki.port
    anki.execute(CLOSE_WHILE_BUSY)
    with ThreadPoolExecutor(16) as clients:
        waiting = [clients.submit(lone_request, port, "deckNames") for _ in range(16)]
        replies = [one.result(10) for one in waiting]
    assert len(replies) == 16
    for reply in replies:
        assert reply["result"] == ["Default"] or reply["error"] in (UNAVAILABLE, CLOSING)
    assert anki._process is not None
    assert anki._process.wait(10) == 0
    anki.check_log()
    anki.kill()


def lone_request(port: int, action: str) -> Any:
    """A request over a connection of its own."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("POST", "/", json.dumps(asked(action)))
        return json.loads(line.getresponse().read())
    finally:
        line.close()


def test_after_closing_the_hop_refuses_at_once(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    texts = anki.execute(
        """
import threading
from ankiconnect.errors import AnkiClosing
from ankiconnect.main_thread import MainThread
hop, found = MainThread(mw), []
def ask():
    try:
        hop.call(lambda: found.append("carried out"), 30)
    except AnkiClosing as error:
        found.append(str(error))
waiting = threading.Thread(target=ask)
waiting.start()
while not hop._jobs:
    pass
hop.close()
waiting.join()
late = threading.Thread(target=ask)
late.start()
late.join()
hop.post(lambda: found.append("carried out"))
wait(0.1)
result = found
"""
    )
    assert texts == [CLOSING, CLOSING]


# Memory

MIXED: List[Dict[str, Any]] = [
    asked("version"),
    asked("deckNames"),
    asked("noSuchAction"),
    asked("createDeck"),
    asked("findNotes", query="deck:"),
    asked("findNotes", query="(("),
    asked("cardsInfo", cards=[1, 2]),
    asked("notesInfo", notes=[0]),
    asked("addNote", note={"deckName": "Nowhere", "modelName": "Basic", "fields": {}}),
    asked("createDeck", deck="Default"),
    asked("multi", actions=[asked("deckNames"), asked("noSuchAction"), {"action": 1}]),
]
COLLECT = """
import gc
gc.disable()
gc.collect()
result = len(gc.get_objects())
"""


# Older Ankis turn the message about a bad search into HTML, with a library that leaves cycles behind.
ANKIS_OWN = """
import gc
gc.collect()
for _ in range(10):
    try:
        col.find_notes("((")
    except Exception as error:
        error.__traceback__ = None
result = gc.collect() / 10
"""


def send_mixed(anki: RealAnki, rounds: int) -> None:
    for _ in range(rounds):
        for one in MIXED:
            anki.raw(one)


def test_thousands_of_requests_leave_no_cycles_and_nothing_else(anki: RealAnki) -> None:
    send_mixed(anki, 20)
    was_on = anki.evaluate("__import__('gc').isenabled()")
    ankis_own = anki.execute(ANKIS_OWN)
    before = anki.execute(COLLECT)
    rounds = 300
    send_mixed(anki, rounds)
    [grown, cycles] = anki.execute(
        """
import gc
grown = len(gc.get_objects())
result = [grown, gc.collect()]
"""
    )
    anki.execute("import gc; gc.enable() if was_on else gc.disable()", was_on=was_on)
    requests = rounds * len(MIXED)
    cycles -= rounds * ankis_own
    grown -= rounds * ankis_own
    # Less than one object in ten requests: what Anki itself keeps now and then.
    assert cycles < requests / 10, (cycles, requests)
    assert grown - before < requests / 10, (grown - before, requests)


def test_withdrawn_work_is_let_go_of(impatient: RealAnki) -> None:
    """Who gave up is not kept until the main thread is free again."""
    code = """
import threading, time, weakref
from ankiconnect.errors import AnkiBusy
class Load:
    pass
dropped, done = [], []
def ask():
    load = Load()
    weakref.finalize(load, dropped.append, time.monotonic())
    def function(load=load):
        return load
    del load
    try:
        ankiconnect.addon.main_thread.call(function, 0.1)
    except AnkiBusy:
        pass
    del function
    done.append(len(dropped))
thread = threading.Thread(target=ask)
thread.start()
thread.join()
result = done
"""
    assert impatient.execute(code) == [1]
