"""What an Anki takes that nobody asks anything: one with the add-on beside one without, at the same time."""

from __future__ import annotations

import os
import pathlib
import time
from dataclasses import asdict, dataclass
from typing import Any, Dict, List

from tests.real_anki import RealAnki

# After its start Anki still has something to do for a while.
SETTLING_SECONDS = 10.0


@dataclass
class Use:
    """Of one process with all its threads, for each second."""

    cpu_ms: float
    wakeups: float


@dataclass
class Reading:
    """What a process has used since its start."""

    at: float
    cpu_seconds: float
    wakeups: int

    def until(self, later: Reading) -> Use:
        seconds = later.at - self.at
        cpu = (later.cpu_seconds - self.cpu_seconds) * 1000 / seconds
        return Use(round(cpu, 2), round((later.wakeups - self.wakeups) / seconds, 2))


def measure(folder: pathlib.Path, seconds: float) -> Dict[str, Any]:
    """Both over that time. Nothing where the system does not tell (it is asked as Linux is), and in no time."""
    if not seconds or not os.path.isdir("/proc/self/task"):
        return {}
    ankis = {
        name: RealAnki(folder / name, addon=name == "with").start() for name in ("with", "without")
    }
    try:
        for anki in ankis.values():
            anki.evaluate("mw.state")
        time.sleep(SETTLING_SECONDS)
        before = {name: reading(anki.pid) for name, anki in ankis.items()}
        time.sleep(seconds)
        used = {name: asdict(before[name].until(reading(ankis[name].pid))) for name in ankis}
    finally:
        for anki in ankis.values():
            anki.kill()
    return {"seconds": seconds, **used}


def reading(pid: int) -> Reading:
    tasks = [pathlib.Path(f"/proc/{pid}/task/{task}") for task in os.listdir(f"/proc/{pid}/task")]
    # Nanoseconds on the processor come first; in clock ticks little would round to nothing.
    cpu = sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)
    return Reading(time.monotonic(), cpu / 1e9, sum(map(switches, tasks)))


def switches(task: pathlib.Path) -> int:
    """How often a thread has waited for something, and so has woken up again."""
    [line] = [
        line
        for line in (task / "status").read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    ]
    return int(line.split()[1])


def table(found: Dict[str, Any]) -> str:
    rows: List[str] = [
        "| Anki, nobody asks | processor ms a second | wake-ups a second |",
        "|---|--:|--:|",
    ]
    for name in ("with", "without"):
        rows.append(f"| {name} the add-on | {found[name]['cpu_ms']} | {found[name]['wakeups']} |")
    return "\n".join(rows)
