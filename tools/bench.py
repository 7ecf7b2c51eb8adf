"""How long requests take, beside a bare standard-library HTTP server in the same process.

Run by `tox -e bench`. A real Anki is started with the add-on; the yardstick, a `ThreadingHTTPServer` that sends back
what it gets, runs inside that same Anki. Both are asked in turns, so that what else the machine does falls on both.
"""

import argparse
import json
import os
import pathlib
import platform
import socket
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from tests.real_anki import RealAnki

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


class Line:
    """One connection, as cheap as a client in Python can be, so that the server is what is measured."""

    def __init__(self, port: int, body: bytes) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._request = head.encode("ascii") + body

    def ask(self) -> bytes:
        self._socket.sendall(self._request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        lower = head.lower()
        at = lower.index(b"content-length:") + len(b"content-length:")
        length = int(lower[at:].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._receive()
        return body

    def _receive(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        return data

    def close(self) -> None:
        self._socket.close()


def latency(times: Sequence[float]) -> Latency:
    cuts = statistics.quantiles(times, n=100)
    return Latency(*(round(cuts[at] * 1000, 3) for at in (49, 94, 98)))


def kept(port: int, body: bytes, number: int) -> List[float]:
    line = Line(port, body)
    try:
        return [timed(line.ask) for _ in range(number)]
    finally:
        line.close()


def anew(port: int, body: bytes, number: int) -> List[float]:
    def once() -> None:
        line = Line(port, body)
        line.ask()
        line.close()

    return [timed(once) for _ in range(number)]


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def throughput(port: int, body: bytes, clients: int, seconds: float, keep: bool) -> float:
    """Requests a second, by so many clients at once."""
    counts = [0] * clients
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        line: Optional[Line] = Line(port, body) if keep else None
        while time.perf_counter() < until:
            own = line or Line(port, body)
            own.ask()
            if line is None:
                own.close()
            counts[number] += 1
        if line is not None:
            line.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    elapsed = timed(lambda: [thread.start() for thread in threads] + [t.join() for t in threads])
    return sum(counts) / elapsed


Target = Tuple[str, int, bytes]


def measure(
    targets: Sequence[Target], rounds: int, number: int, seconds: float
) -> Dict[str, object]:
    """All targets in turns, several rounds; figures are of all rounds together."""
    times: Dict[Tuple[str, bool], List[float]] = {}
    rates: Dict[Tuple[str, int, bool], List[float]] = {}
    for _ in range(rounds):
        for name, port, body in targets:
            for keep, way in ((True, kept), (False, anew)):
                amount = number if keep else number // 4
                times.setdefault((name, keep), []).extend(way(port, body, amount))
        for clients in (1, 4, 16):
            for name, port, body in targets:
                for keep in (True, False):
                    rate = throughput(port, body, clients, seconds, keep)
                    rates.setdefault((name, clients, keep), []).append(rate)
    return {
        "latency": {key: latency(values) for key, values in times.items()},
        "rates": {key: statistics.median(values) for key, values in rates.items()},
    }


def show(found: Dict[str, object], names: Sequence[str]) -> str:
    latencies: Dict[Tuple[str, bool], Latency] = found["latency"]  # type: ignore[assignment]
    rates: Dict[Tuple[str, int, bool], float] = found["rates"]  # type: ignore[assignment]
    lines = [
        "| request | connection | p50 ms | p95 ms | p99 ms | p50 / yardstick |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for keep in (True, False):
        base = latencies[(names[-1], keep)].p50
        for name in names:
            one = latencies[(name, keep)]
            lines.append(
                f"| {name} | {'kept' if keep else 'new'} | {one.p50} | {one.p95} | {one.p99} | {one.p50 / base:.2f} |"
            )
    lines += [
        "",
        "| requests a second | connection | 1 client | 4 clients | 16 clients |",
        "|---|---|--:|--:|--:|",
    ]
    for keep in (True, False):
        for name in names:
            row = " | ".join(f"{rates[(name, clients, keep)]:,.0f}" for clients in (1, 4, 16))
            lines.append(f"| {name} | {'kept' if keep else 'new'} | {row} |")
    return "\n".join(lines)


def as_json(found: Dict[str, object], names: Sequence[str]) -> str:
    latencies: Dict[Tuple[str, bool], Latency] = found["latency"]  # type: ignore[assignment]
    rates: Dict[Tuple[str, int, bool], float] = found["rates"]  # type: ignore[assignment]
    return json.dumps(
        {
            "machine": machine(),
            "latency_ms": {
                f"{name}, {'kept' if keep else 'new'}": asdict(latencies[(name, keep)])
                for name in names
                for keep in (True, False)
            },
            "requests_per_second": {
                f"{name}, {clients} clients, {'kept' if keep else 'new'}": round(rate)
                for (name, clients, keep), rate in rates.items()
            },
        },
        indent=2,
    )


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def main(words: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=2000, help="a round, on kept connections")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each throughput measurement")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there, too")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as base:
        anki = RealAnki(pathlib.Path(base))
        anki.start()
        try:
            anki.execute(YARDSTICK)
            echo = anki.evaluate("mw._yardstick.server_address[1]")
            asked = json.dumps(VERSION).encode()
            targets = [
                ("version", anki.port, asked),
                ("deckNames", anki.port, json.dumps(DECKS).encode()),
                ("stdlib echo", echo, asked),
            ]
            found = measure(targets, given.rounds, given.requests, given.seconds)
            about = f"Anki {anki.evaluate('aqt.appVersion')}, {machine()}, {given.rounds} rounds"
        finally:
            anki.close()
    names = [name for name, _, _ in targets]
    print(f"{about}\n\n{show(found, names)}")
    if given.json:
        given.json.write_text(as_json(found, names) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
