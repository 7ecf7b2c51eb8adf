"""Starts a real Anki with the add-on in a throw-away profile and shows a first request.

This is what ./run.sh runs, with the Python that has Anki.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any, Iterator, Optional, Sequence

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from tools.launch import (
    ADDON_FOLDER,
    ADDON_SOURCE,
    ROOT,
    Addon,
    command,
    environment,
    free_port,
    prepare_base,
    start,
)

USUAL_PORT = 8765
START_SECONDS = 90.0
CLOSE_SECONDS = 10.0
FIRST_REQUESTS = ({"action": "version", "version": 6}, {"action": "deckNames", "version": 6})


class StoppedError(Exception):
    """The user asked for the end."""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Try the add-on in a real Anki.")
    parser.add_argument("--once", action="store_true", help="end after the first request")
    parser.add_argument("--headless", action="store_true", help="show no window")
    parser.add_argument("--port", type=int, default=USUAL_PORT, help="the port to prefer")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        return run(chosen.port, chosen.headless or not has_screen(), chosen.once)
    except StoppedError:
        return 0


def run(preferred_port: int, offscreen: bool, once: bool) -> int:
    runs = ROOT / ".run"
    runs.mkdir(exist_ok=True)
    base = pathlib.Path(tempfile.mkdtemp(prefix="anki-", dir=runs))
    process = None
    try:
        with one_start_at_a_time(runs):
            port = choose_port(preferred_port)
            process = start_anki(base, port, offscreen)
            show_first_requests(process, port)
        print(f"\nAnki with AnkiConnect is at http://127.0.0.1:{port}", flush=True)
        if not once:
            print(
                "Stop it with Ctrl-C, or by closing Anki. Its profile is thrown away.", flush=True
            )
            process.wait()
        return end(process)
    except StartError as failure:
        print(f"{failure}\n{(base / 'anki.log').read_text(errors='replace')}", file=sys.stderr)
        return 1
    finally:
        if process is not None:
            end(process)
        shutil.rmtree(base, ignore_errors=True)


class StartError(Exception):
    """Anki or the server in it did not come up."""


def has_screen() -> bool:
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def one_start_at_a_time(runs: pathlib.Path) -> Iterator[None]:
    """Two starts at the same moment must not choose the same port."""
    with (runs / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def choose_port(preferred: int) -> int:
    port = free_port(preferred)
    if port != preferred:
        print(
            f"Port {preferred} is in use (by another Anki?), so this one gets port {port}.",
            flush=True,
        )
    return port


def start_anki(base: pathlib.Path, port: int, offscreen: bool) -> subprocess.Popen[bytes]:
    prepare_base(base, [Addon(ADDON_FOLDER, ADDON_SOURCE, {"webBindPort": port})])
    print("Starting Anki " + ("without a window ..." if offscreen else "..."), flush=True)
    with (base / "anki.log").open("ab") as output:
        return start(command(base), environment(offscreen), output)


def show_first_requests(process: subprocess.Popen[bytes], port: int) -> None:
    for asked in FIRST_REQUESTS:
        text = json.dumps(asked)
        reply = wait_for_reply(process, port, text)
        print(f"\n$ curl http://127.0.0.1:{port} -d '{text}'\n{reply}", flush=True)


def wait_for_reply(process: subprocess.Popen[bytes], port: int, text: str) -> str:
    """The first reply without an error: the server answers before Anki has opened the profile."""
    ends = time.monotonic() + START_SECONDS
    last = "nothing listens there"
    while time.monotonic() < ends:
        if process.poll() is not None:
            raise StartError(f"Anki ended with code {process.returncode}.")
        with contextlib.suppress(OSError, http.client.HTTPException):
            last = send(port, text)
            if json.loads(last)["error"] is None:
                return last
        time.sleep(0.1)
    raise StartError(f"No good answer on port {port} within {START_SECONDS:g} s: {last}")


def send(port: int, text: str) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("POST", "/", body=text.encode())
        return line.getresponse().read().decode()
    finally:
        line.close()


def end(process: subprocess.Popen[bytes]) -> int:
    """Closes Anki as a user would, and by force if that does not help."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        return process.wait(CLOSE_SECONDS)
    except subprocess.TimeoutExpired:
        print("Anki did not close by itself and was ended.", file=sys.stderr)
        process.kill()
        process.wait()
        return 1


def _stop(number: int, frame: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise StoppedError


if __name__ == "__main__":
    sys.exit(main())
