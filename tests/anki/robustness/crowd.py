"""A crowd of clients, each with an order of its own, and hundreds that only stand in the door."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, List, NamedTuple

from tests.anki.robustness.wire import SMUGGLE, Client, post, request, result

DUE = 600.0  # seconds between the days' work and what no test waits for
HALVES = (b"P", b"POST / HTTP/1.1\r\nHost: local", post(SMUGGLE)[:-1], post(SMUGGLE)[:-20])


class Outcome(NamedTuple):
    """What one client found."""

    asked: int
    seconds: List[float]
    failures: List[str]


class Crowd:
    """Threads that work until they are told to stop."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.over = threading.Event()
        self.outcomes: List[Outcome] = []
        self._lock = threading.Lock()
        self._threads: List[threading.Thread] = []
        self._waiting: List[Client] = []

    def add(self, number: int, work: Callable[[Client, int, int], None], pause: float) -> None:
        thread = threading.Thread(target=self._run, args=(number, work, pause), daemon=True)
        self._threads.append(thread)
        thread.start()

    def stand(self, idle: int, half_open: int) -> None:
        """Connections that send nothing, or half a request."""
        for number in range(idle + half_open):
            client = Client(self.port)
            if number < half_open:
                client.send(HALVES[number % len(HALVES)])
            self._waiting.append(client)

    def end(self, seconds: float = 15) -> None:
        self.over.set()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.1, until - time.monotonic()))
        for client in self._waiting:
            client.close()

    def _run(self, number: int, work: Callable[[Client, int, int], None], pause: float) -> None:
        seconds: List[float] = []
        failures: List[str] = []
        asked = 0
        client = Client(self.port)
        while not self.over.is_set():
            started = time.perf_counter()
            try:
                work(client, number, asked)
            except (OSError, AssertionError, ValueError) as failure:
                failures.append(f"{number}.{asked}: {failure!r}"[:300])
                break
            seconds.append(time.perf_counter() - started)
            asked += 1
            self.over.wait(pause)
        client.close()
        with self._lock:
            self.outcomes.append(Outcome(asked, seconds, failures))


def ask(client: Client, action: str, **params: Any) -> Any:
    return result(client.ask(post(request(action, **params))))


def light(client: Client, number: int, turn: int) -> None:
    """A program that looks now and then."""
    assert ask(client, "findNotes", query="nid:1") == []


def reader(client: Client, number: int, turn: int) -> None:
    kind = turn % 4
    if kind == 0:
        assert "Default" in ask(client, "deckNames")
    elif kind == 1:
        ask(client, "notesInfo", notes=ask(client, "findNotes", query=f"tag:c{number}"))
    elif kind == 2:
        assert ask(client, "canAddNotes", notes=[note(number, -turn)]) == [True]
    else:
        asked = [{"action": "version"}, {"action": "modelNames"}]
        assert len(ask(client, "multi", actions=asked)) == 2


def writer(client: Client, number: int, turn: int) -> None:
    """Two requests at once; the second sees what the first did, and all before it."""
    query = f"tag:c{number}"
    adding = post(request("addNote", note=note(number, turn)))
    client.send(adding + post(request("findNotes", query=query)))
    made = result(client.reply())
    found = result(client.reply())
    assert made in found, "a write that its own client does not see"
    assert len(found) == turn + 1, f"{len(found)} notes instead of {turn + 1}"
    ask(client, "updateNoteFields", note={"id": made, "fields": {"Back": f"turn {turn}"}})


def note(number: int, turn: int) -> Any:
    fields = {"Front": f"client {number} turn {turn}", "Back": "new"}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields, "tags": [f"c{number}"]}
