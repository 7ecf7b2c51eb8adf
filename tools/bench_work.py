"""Measures the workloads in a real Anki: ours over HTTP and the floor in turns, and how long the GUI stood still."""

from __future__ import annotations

import json
import pathlib
import statistics
import time
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from tests.real_anki import RealAnki
from tools.bench_line import ask_once, timed
from tools.launch import ROOT
from tools.workloads import Workload, bare

FLOORS = """
import sys
sys.path.append(root)
from tools.workloads import bare, floors
kept["floors"] = floors
result = bare.serve()
"""
START = """
import time
kept["used"] = time.process_time()
heartbeat.start()
"""
USED = "(__import__('time').process_time() - kept['used']) * 1000"
# What Anki draws after a change is drawn by then. It belongs to the stall, and not to whoever has the next turn.
DRAWN_SECONDS = 0.7
# Within a round ours and the floor take several turns, until they have taken that long. The best turn of each counts:
# what else the machine does can only add.
ROUND_SECONDS = 0.3
MOST_A_ROUND = 15
MOST_WITH_DRAWING = 4
SORTED = ("findNotes", "findCards", "getTags")
NEW_IDS = ("addNote", "addNotes", "createDeck")


class WrongAnswer(AssertionError):
    """Ours and the floor differ: there is nothing to measure then."""


@dataclass
class Round:
    """Milliseconds for one request of a workload, or for all of them, in the best turn; the stall is the longest.

    `ours_cpu` and `floor_cpu` are processor time of the whole Anki, which other programs cannot lengthen.
    """

    ours: float
    floor: float
    stall: float
    ours_cpu: float
    floor_cpu: float


@dataclass
class Figures:
    """What was found for one workload."""

    workload: Workload
    refresh: float = 0.0
    rounds: List[Round] = field(default_factory=list)

    def median(self, name: str) -> float:
        return statistics.median(getattr(one, name) for one in self.rounds)

    @property
    def ratio(self) -> float:
        return statistics.median(one.ours / one.floor for one in self.rounds)

    @property
    def cpu_ratio(self) -> float:
        return statistics.median(one.ours_cpu / one.floor_cpu for one in self.rounds)

    @property
    def stall(self) -> float:
        return max(one.stall for one in self.rounds)

    def of_target(self, beside: Dict[str, Figures]) -> float:
        """Our time as a part of what is allowed: at most 1 where the target is met."""
        base = beside[self.workload.beside].rounds if self.workload.beside else self.rounds
        return statistics.median(
            mine.ours
            / self.workload.target(
                other.ours if self.workload.beside else other.floor, self.refresh
            )
            for mine, other in zip(self.rounds, base)
        )


class Bench:
    """One running Anki with the collection that is measured."""

    def __init__(self, anki: RealAnki, folder: pathlib.Path) -> None:
        self.anki = anki
        self.port = anki.port
        self._requests = folder / "requests"
        self.bare_port = int(anki.execute(FLOORS, root=str(ROOT)))

    def sample(self) -> Dict[str, Any]:
        return dict(self.anki.evaluate("kept['floors'].sample()"))

    def measure(self, workloads: Sequence[Workload], rounds: int) -> List[Figures]:
        """All workloads in turns, several rounds; answers are compared before anything is measured."""
        for workload in workloads:
            self.compare(workload)
        refresh = float(self.anki.evaluate("kept['floors'].refresh()"))
        found = [Figures(workload, refresh) for workload in workloads]
        for _ in range(rounds):
            for figures in found:
                figures.rounds.append(self.round(figures.workload))
        return found

    def idle_stall(self, seconds: float) -> float:
        """The longest gap of the heartbeat while nobody asks."""
        self.anki.execute("heartbeat.start()")
        time.sleep(seconds)
        return float(self.anki.evaluate("heartbeat.stop()['longest_ms']"))

    def compare(self, workload: Workload) -> None:
        """Raises WrongAnswer unless ours gives the floor's answers and leaves the collection in the same state."""
        self.prepare(workload)
        ours = [json.loads(ask_once(self.port, body)) for body in encoded(workload.requests)]
        ours_left = self.state(workload)
        self.restore(workload)
        self.prepare(workload)
        floor = self.run_floor(workload.requests, answers=True)["replies"]
        floor_left = self.state(workload)
        self.restore(workload)
        for mine, other in ((ours, floor), (ours_left, floor_left)):
            if comparable(workload.requests, mine) != comparable(workload.requests, other):
                raise WrongAnswer(f"{workload.name}\n{mine!s:.2000}\nthe floor:\n{other!s:.2000}")

    def round(self, workload: Workload) -> Round:
        turns = list(self.turns(workload))

        def best(name: str) -> float:
            return min(float(getattr(turn, name)) for turn in turns) / workload.parts

        return Round(
            best("ours"),
            best("floor"),
            max(turn.stall for turn in turns),
            best("ours_cpu"),
            best("floor_cpu"),
        )

    def turns(self, workload: Workload) -> Iterator[Round]:
        """Ours and the floor, once or several times."""
        left = ROUND_SECONDS * 1000
        for _ in range(MOST_WITH_DRAWING if workload.writes else MOST_A_ROUND):
            self.prepare(workload)
            ours, stall, ours_cpu = self.ours(workload)
            self.restore(workload)
            self.prepare(workload)
            floor = self.run_floor(workload.requests)
            self.restore(workload)
            socket_ms = self.bare_socket(workload, floor["sizes"])
            yield Round(ours, floor["ms"] + socket_ms, stall, ours_cpu, floor["cpu_ms"])
            left -= ours + floor["ms"]
            if left < 0:
                return

    def ours(self, workload: Workload) -> Tuple[float, float, float]:
        """Milliseconds: from before the connection to the last byte, the longest stall, the processor's."""
        bodies = encoded(workload.requests)
        self.anki.execute(START)
        taken = timed(lambda: [ask_once(self.port, body) for body in bodies])
        used = self.anki.evaluate(USED)
        if workload.writes:
            time.sleep(DRAWN_SECONDS)
        stall = self.anki.evaluate("heartbeat.stop()['longest_ms']")
        return taken * 1000, float(stall), float(used)

    def bare_socket(self, workload: Workload, sizes: Sequence[int]) -> float:
        """Milliseconds that a bare socket takes to bring the same bytes in and out."""
        pairs = list(zip(encoded(workload.requests), sizes))
        return 1000 * timed(
            lambda: [bare.exchange(self.bare_port, body, size) for body, size in pairs]
        )

    def run_floor(
        self, requests: Sequence[Dict[str, Any]], *, answers: bool = False
    ) -> Dict[str, Any]:
        self._requests.write_bytes(b"\n".join(encoded(requests)))
        self.anki.execute("kept['floors'].load(path)", path=str(self._requests))
        return dict(self.anki.evaluate("kept['floors'].run(answers=answers)", answers=answers))

    def prepare(self, workload: Workload) -> None:
        if workload.writes:
            self.anki.execute("kept['floors'].mark()")
        if workload.before:
            self.run_floor(workload.before)

    def restore(self, workload: Workload) -> None:
        """Makes the collection what it was before `prepare`."""
        if workload.writes:
            names = stored_names(workload)
            self.anki.execute("kept['floors'].undo_to_mark()")
            self.anki.execute("kept['floors'].remove_files(names)", names=names)

    def state(self, workload: Workload) -> Any:
        return self.anki.evaluate("kept['floors'].state()") if workload.writes else None


def stored_names(workload: Workload) -> List[str]:
    return [
        asked["params"]["filename"]
        for asked in workload.requests
        if asked["action"] == "storeMediaFile"
    ]


def encoded(requests: Sequence[Dict[str, Any]]) -> List[bytes]:
    return [json.dumps(one, ensure_ascii=False).encode("utf-8") for one in requests]


def comparable(requests: Sequence[Dict[str, Any]], replies: Any) -> Any:
    """Replies without what may differ: the order in which a search finds, and the ids of what is new."""
    if not isinstance(replies, list) or len(replies) != len(requests):
        return replies
    return [one_comparable(asked, got) for asked, got in zip(requests, replies)]


def one_comparable(asked: Dict[str, Any], reply: Any) -> Any:
    if not isinstance(reply, dict) or reply["error"] is not None:
        return reply
    action, result = asked["action"], reply["result"]
    if action in SORTED:
        result = sorted(result)
    elif action in NEW_IDS:
        result = [one is not None for one in (result if isinstance(result, list) else [result])]
    elif action == "multi":
        result = comparable(asked["params"]["actions"], result)
    return {"result": result, "error": None}
