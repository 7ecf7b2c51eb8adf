"""Eight clients of different kinds at the same time: how long each waits, and whether Anki's windows stand still."""

from __future__ import annotations

import itertools
import json
import statistics
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List

from tests.real_anki import RealAnki
from tools.bench_line import Line, timed
from tools.workloads import request
from tools.workloads.popup import popup

LOOK_UP = "look-up"
# What a person, or a program that has something else to do as well, takes between two requests.
PAUSE_SECONDS = 0.05


@dataclass
class Client:
    """Sends its requests in turn until it is told to stop. `seconds` holds how long each took."""

    name: str
    requests: List[Dict[str, Any]]
    seconds: List[float] = field(default_factory=list)
    errors: List[str] = field(default_factory=list)

    def run(self, port: int, ended: threading.Event) -> None:
        bodies = itertools.cycle([json.dumps(one).encode() for one in self.requests])
        line = Line(port)
        try:
            while not ended.wait(PAUSE_SECONDS):
                self.seconds.append(timed(lambda: self.ask(line, next(bodies))))
        finally:
            line.close()

    def ask(self, line: Line, body: bytes) -> None:
        error = json.loads(line.ask(body))["error"]
        if error is not None:
            self.errors.append(str(error))


def clients(sample: Dict[str, Any]) -> List[Client]:
    [look_up] = [one for one in popup(sample) if one.name.startswith(LOOK_UP)]
    notes, cards, deck = sample["notes"], sample["cards"], sample["deck"]
    return [
        Client("dictionary: look-up", list(look_up.requests)),
        Client("dictionary: another", list(look_up.requests)),
        Client("miner: addNote", list(mining(deck))),
        Client("vault: notesInfo 1,000", [request("notesInfo", notes=notes[:1000])]),
        Client("cards: cardsInfo 100", [request("cardsInfo", cards=cards[:100])]),
        Client("searcher: findNotes", [request("findNotes", query=f'"deck:{deck}"')]),
        Client(
            "tagger: addTags, removeTags 500",
            [
                request(action, notes=notes[:500], tags="bench::together")
                for action in ("addTags", "removeTags")
            ],
        ),
        Client("board: getDeckStats", [request("getDeckStats", decks=sample["decks"])]),
    ]


def mining(deck: str) -> Iterator[Dict[str, Any]]:
    for number in range(2000):
        fields = {"Front": f"同時{number}", "Back": "new", "Sentence": "", "Definition": ""}
        yield request("addNote", note={"deckName": deck, "modelName": "Word", "fields": fields})


def measure(anki: RealAnki, sample: Dict[str, Any], seconds: float) -> Dict[str, Any]:
    """What the clients saw in that time, and the longest stall of Anki's GUI thread in milliseconds."""
    ended = threading.Event()
    all_of_them = clients(sample)
    threads = [
        threading.Thread(target=client.run, args=(anki.port, ended)) for client in all_of_them
    ]
    anki.execute("heartbeat.start()")
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    ended.set()
    for thread in threads:
        thread.join()
    stall = float(anki.evaluate("heartbeat.stop()['longest_ms']"))
    errors = [error for client in all_of_them for error in client.errors]
    if errors:
        raise RuntimeError(f"{len(errors)} requests failed, first with: {errors[0]}")
    return {
        "seconds": seconds,
        "longest_stall_ms": round(stall, 1),
        "clients": [figures(client) for client in all_of_them],
    }


def figures(client: Client) -> Dict[str, Any]:
    ordered = sorted(client.seconds)
    return {
        "name": client.name,
        "requests": len(ordered),
        "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
        "slowest_ms": round(ordered[-1] * 1000, 1),
    }


def table(found: Dict[str, Any]) -> str:
    rows = [
        f"| {one['name']} | {one['requests']:,} | {one['p50_ms']} | {one['p99_ms']} | {one['slowest_ms']} |"
        for one in found["clients"]
    ]
    head = ["| client | requests | p50 ms | p99 ms | slowest ms |", "|---|--:|--:|--:|--:|"]
    stall = f"{found['seconds']:.0f} seconds together; longest stall: {found['longest_stall_ms']} ms (100 allowed)"
    return "\n".join([stall, "", *head, *rows])
