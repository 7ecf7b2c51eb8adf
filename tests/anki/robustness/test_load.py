"""64 clients that read and write, with hundreds of others in the door: nothing lost, nobody late, Anki still smooth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List

import pytest

from tests.anki.robustness.crowd import Crowd, reader, writer
from tests.real_anki import RealAnki
from tools.launch import ROOT

SECONDS = float(os.environ.get("ANKICONNECT_LOAD_SECONDS", "10"))
WRITERS, READERS, LIGHT = 24, 36, 4
IDLE, HALF_OPEN = 500, 200
# On a machine of its own the bars are 0.1; ours is often shared, so what fails here is what is broken.
LATE = float(os.environ.get("ANKICONNECT_LATE_SECONDS", "1"))


def percentile(seconds: List[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def crowd_of(anki: RealAnki) -> Crowd:
    crowd = Crowd(anki.port)
    crowd.stand(IDLE, HALF_OPEN)
    for number in range(WRITERS):
        crowd.add(number, writer, 0.2)
    for number in range(WRITERS, WRITERS + READERS):
        crowd.add(number, reader, 0.2)
    return crowd


def light_clients(port: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "tests.anki.robustness.light_clients", str(port), str(LIGHT)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)


def figures(seconds: List[float], crowd: Crowd, stall: Dict[str, float]) -> Dict[str, Any]:
    return {
        "requests": sum(one.asked for one in crowd.outcomes),
        "light": len(seconds),
        "p50": round(percentile(seconds, 0.5), 4),
        "p99": round(percentile(seconds, 0.99), 4),
        "slowest": round(max(seconds), 4),
        "stall": round(stall["longest_ms"] / 1000, 4),
    }


def failures(crowd: Crowd) -> List[str]:
    return [text for one in crowd.outcomes for text in one.failures]


def test_a_crowd_is_served(
    fresh_anki: Callable[..., RealAnki], record_property: Callable[[str, Any], None]
) -> None:
    anki = fresh_anki()
    before = open_things(anki)
    crowd = crowd_of(anki)
    lights = light_clients(anki.port)
    anki.execute("heartbeat.start()")
    time.sleep(SECONDS)
    stall = anki.execute("result = heartbeat.stop()")
    seen = json.loads(lights.communicate()[0])
    crowd.end()
    assert failures(crowd) + seen["failures"] == []
    found = figures(seen["seconds"], crowd, stall)
    record_property("load", found)
    print(found)
    check_notes(anki, crowd)
    assert found["p99"] < LATE
    assert found["stall"] < LATE
    assert_let_go(anki, before)


def check_notes(anki: RealAnki, crowd: Crowd) -> None:
    """Every write is there, once, with the text of its last change."""
    written = 0
    for number in range(WRITERS):
        notes = anki.request("notesInfo", query=f"tag:c{number}")
        in_order = [one["fields"]["Back"]["value"] for one in sorted(notes, key=by_id)]
        assert in_order == [f"turn {turn}" for turn in range(len(notes))]
        written += len(notes)
    assert written > 0
    assert anki.evaluate("col.note_count()") == written


def by_id(note: Dict[str, Any]) -> int:
    return int(note["noteId"])


def open_things(anki: RealAnki) -> int:
    return int(anki.evaluate("len(__import__('os').listdir('/proc/self/fd'))"))


def assert_let_go(anki: RealAnki, before: int) -> None:
    """What the crowd took is given back; Chromium keeps some for itself."""
    until = time.monotonic() + 5
    while open_things(anki) > before + 100:
        assert time.monotonic() < until, "descriptors stay open"
        time.sleep(0.1)


@pytest.mark.parametrize("seconds", [1.0])
def test_anki_closes_in_the_middle_of_it(tmp_path: Any, seconds: float) -> None:
    anki = RealAnki(tmp_path / "anki").start()
    try:
        crowd = crowd_of(anki)
        time.sleep(seconds)
        started = time.monotonic()
        anki.close()
        took = time.monotonic() - started
        crowd.end()
        anki.start()
        added = sum(one.asked for one in crowd.outcomes[:])
        print({"closed after": round(took, 2), "asked": added})
        assert took < 5
        assert anki.evaluate("col.db.scalar('pragma integrity_check')") == "ok"
        for one in range(WRITERS):
            check_order(anki, one)
        anki.close()
    finally:
        anki.kill()


def check_order(anki: RealAnki, number: int) -> None:
    """No hole in what a client has written; of its last turn nothing or a part may be there."""
    notes = sorted(anki.request("notesInfo", query=f"tag:c{number}"), key=by_id)
    fronts = [one["fields"]["Front"]["value"] for one in notes]
    assert fronts == [f"client {number} turn {turn}" for turn in range(len(notes))]
