"""Days of use: nothing grows while Python's cycle collection is off, and nothing stirs while nobody asks."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, List

from tests.real_anki import RealAnki
from tools.bench import ELSEWHERE

REQUESTS = int(os.environ.get("ANKICONNECT_REQUESTS", "3000"))
MEGABYTES = 20.0
IDLE_SECONDS = 3
# What a client of each kind sends, over and over.
NOTE = {
    "deckName": "Default",
    "modelName": "Basic",
    "fields": {"Front": "a", "Back": "b"},
    "options": {"allowDuplicate": True},
}
OURS = """
import gc
gc.set_debug(gc.DEBUG_SAVEALL)
gc.collect()
names = {f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.garbage}
result = sorted(name for name in names if name.startswith("ankiconnect"))
gc.set_debug(0)
gc.garbage.clear()
"""
# How often each of our threads has given up the processor by itself: it does so once for every time it woke.
WAKE_UPS = """
import pathlib, threading
result = {}
for thread in threading.enumerate():
    if thread.name.startswith("AnkiConnect"):
        status = pathlib.Path(f"/proc/self/task/{thread.native_id}/status").read_text()
        found = [line for line in status.splitlines() if line.startswith("voluntary_ctxt_switches")]
        result[f"{thread.name} {thread.native_id}"] = int(found[0].split()[1])
"""
OUR_TIMERS = """
screens = ankiconnect.addon.performer.screens
ours = [screens.windows.timer, screens.decks.timer]
result = [timer.isActive() for timer in mw.findChildren(aqt.qt.QTimer) if timer in ours]
"""


def memory(anki: RealAnki) -> float:
    """What Anki has in main memory, in megabytes."""
    with open(f"/proc/{anki.pid}/status", encoding="ascii") as status:
        [line] = [line for line in status if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def asked(action: str, **params: Any) -> Dict[str, Any]:
    return {"action": action, "version": 6, "params": params}


def mixture(anki: RealAnki, note: int) -> List[Callable[[], Any]]:
    """Reads, writes, failures and bad requests."""
    several = [asked("findNotes", query="deck:Default"), asked("notesInfo", notes=[note])]
    return [
        lambda: anki.request("version"),
        lambda: anki.request("deckNames"),
        lambda: anki.request("multi", actions=several),
        lambda: anki.request("canAddNotesWithErrorDetail", notes=[NOTE] * 10),
        lambda: anki.request("updateNoteFields", note={"id": note, "fields": {"Back": "c"}}),
        lambda: anki.request("deleteNotes", notes=[anki.request("addNote", note=NOTE)]),
        lambda: anki.request("storeMediaFile", filename="_a.bin", data="QUJD" * 5000),
        lambda: anki.raw(asked("findNotes", query='"')),
        lambda: anki.raw(asked("deckNames", wrong=1)),
        lambda: anki.http(body=b"{"),
        lambda: anki.http(path="/actions/deckNames", body=b"{}"),
    ]


def send(work: List[Callable[[], Any]], count: int) -> None:
    for number in range(count):
        work[number % len(work)]()


def test_nothing_grows(
    fresh_anki: Callable[..., RealAnki], record_property: Callable[[str, Any], None]
) -> None:
    anki = fresh_anki()
    # As for somebody who uses a client. Each drawing of Anki's deck list takes some 10 kB, without the add-on too.
    anki.execute(ELSEWHERE)
    work = mixture(anki, anki.request("addNote", note=NOTE))
    anki.execute("import gc; gc.disable()")
    # Caches, of Anki's library and of SQLite, fill first.
    send(work, max(1000, REQUESTS // 10))
    anki.execute("import gc; gc.collect()")
    before = memory(anki)
    threads = anki.evaluate("__import__('threading').active_count()")
    send(work, REQUESTS)
    grown = memory(anki) - before
    record_property("grown MB", round(grown, 1))
    print(f"{REQUESTS} requests: {grown:.1f} MB more")
    assert grown <= MEGABYTES
    assert anki.execute(OURS) == []
    assert anki.evaluate("__import__('threading').active_count()") <= threads + 2


def test_nothing_stirs_while_nobody_asks(fresh_anki: Callable[..., RealAnki]) -> None:
    anki = fresh_anki()
    send(mixture(anki, anki.request("addNote", note=NOTE)), 50)
    anki.execute(f"wait({IDLE_SECONDS})")
    before = anki.execute(WAKE_UPS)
    assert any(name.startswith("AnkiConnect server") for name in before)
    anki.execute(f"wait({IDLE_SECONDS})")
    after = anki.execute(WAKE_UPS)
    assert {name: after[name] - count for name, count in before.items() if name in after} == (
        dict.fromkeys((name for name in before if name in after), 0)
    )
    assert anki.execute(OUR_TIMERS) == [False, False]
