"""How long the smallest requests take, beside a bare standard-library HTTP server in the same process.

The yardstick, a `ThreadingHTTPServer` that sends back what it gets, runs inside the same Anki. Both are asked in
turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Tuple

from tests.real_anki import RealAnki
from tools.bench_line import Line, ask_once, timed

YARDSTICK = """
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        pass

class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

mw._yardstick = Server(("127.0.0.1", 0), Echo)
threading.Thread(target=mw._yardstick.serve_forever, daemon=True).start()
"""

VERSION = {"action": "version", "version": 6}
DECKS = {"action": "deckNames", "version": 6}


@dataclass(frozen=True)
class Latency:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float


def latency(times: Sequence[float]) -> Latency:
    cuts = statistics.quantiles(times, n=100)
    return Latency(*(round(cuts[at] * 1000, 3) for at in (49, 94, 98)))


def kept(port: int, body: bytes, number: int) -> List[float]:
    line = Line(port)
    try:
        return [timed(lambda: line.ask(body)) for _ in range(number)]
    finally:
        line.close()


def anew(port: int, body: bytes, number: int) -> List[float]:
    return [timed(lambda: ask_once(port, body)) for _ in range(number)]


def throughput(port: int, body: bytes, clients: int, seconds: float, *, keep: bool) -> float:
    """Requests a second, by so many clients at once."""
    counts = [0] * clients
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        line: Optional[Line] = Line(port) if keep else None
        while time.perf_counter() < until:
            if line is None:
                ask_once(port, body)
            else:
                line.ask(body)
            counts[number] += 1
        if line is not None:
            line.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    elapsed = timed(lambda: [thread.start() for thread in threads] + [t.join() for t in threads])
    return sum(counts) / elapsed


VERSION = {"action": "version", "version": 6}
DECKS = {"action": "deckNames", "version": 6}
YARDSTICK_NAME = "stdlib echo"
CLIENTS = (1, 4, 16)

Target = Tuple[str, int, bytes]


@dataclass
class Found:
    """All figures; a key ends with whether the connection was kept."""

    times: Dict[Tuple[str, bool], List[float]] = field(default_factory=dict)
    rates: Dict[Tuple[str, int, bool], List[float]] = field(default_factory=dict)


def targets(anki: RealAnki) -> List[Target]:
    """What is asked: ours, and the yardstick last."""
    anki.execute(YARDSTICK)
    echo = anki.evaluate("mw._yardstick.server_address[1]")
    asked = [("version", anki.port, VERSION), ("deckNames", anki.port, DECKS)]
    return [
        (name, port, json.dumps(body).encode())
        for name, port, body in [*asked, (YARDSTICK_NAME, echo, VERSION)]
    ]


def measure(anki: RealAnki, rounds: int, number: int, seconds: float) -> Found:
    """All targets in turns, several rounds: `number` requests on kept connections, `seconds` of each throughput."""
    found = Found()
    asked = targets(anki)
    for _ in range(rounds):
        for name, port, body in asked:
            for keep, way in ((True, kept), (False, anew)):
                amount = number if keep else number // 4
                found.times.setdefault((name, keep), []).extend(way(port, body, amount))
        for clients in CLIENTS:
            for name, port, body in asked:
                for keep in (True, False):
                    rate = throughput(port, body, clients, seconds, keep=keep)
                    found.rates.setdefault((name, clients, keep), []).append(rate)
    return found


def table(found: Found) -> str:
    lines = [
        "| request | connection | p50 ms | p95 ms | p99 ms | p50 / yardstick |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for (name, keep), times in sorted(found.times.items(), key=lambda one: not one[0][1]):
        one = latency(times)
        base = latency(found.times[YARDSTICK_NAME, keep]).p50
        lines.append(
            f"| {name} | {word(keep)} | {one.p50} | {one.p95} | {one.p99} | {one.p50 / base:.2f} |"
        )
    return "\n".join([*lines, "", *rate_lines(found)])


def rate_lines(found: Found) -> List[str]:
    lines = [
        "| requests a second | connection | 1 client | 4 clients | 16 clients |",
        "|---|---|--:|--:|--:|",
    ]
    for name, keep in sorted(found.times, key=lambda one: not one[1]):
        rates = [statistics.median(found.rates[name, clients, keep]) for clients in CLIENTS]
        row = " | ".join(f"{rate:,.0f}" for rate in rates)
        lines.append(f"| {name} | {word(keep)} | {row} |")
    return lines


def word(keep: object) -> str:
    return "kept" if keep else "new"


def as_json(found: Found) -> Dict[str, Any]:
    return {
        "latency_ms": {
            f"{name}, {word(keep)}": asdict(latency(times))
            for (name, keep), times in found.times.items()
        },
        "requests_per_second": {
            f"{name}, {clients} clients, {word(keep)}": round(statistics.median(rates))
            for (name, clients, keep), rates in found.rates.items()
        },
    }
