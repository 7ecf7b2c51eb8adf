"""Test-only add-on: carries out Python code of the tests on Anki's main thread.

It listens on a loopback port and writes the port and a secret word into `probe.json` in the
base folder. One line of JSON asks, one line answers:
    {"word", "kind": "evaluate" | "execute", "code", "values"} -> {"value"} or {"error"}
"""

from __future__ import annotations

import json
import os
import pathlib
import secrets
import socketserver
import sys
import textwrap
import threading
import time
import traceback
from typing import Any, Callable, Dict, List, Optional

import anki
import aqt
from aqt.qt import QEventLoop, QObject, Qt, QTimer, pyqtSignal

POLL_MS = 5


def wait_until(condition: Callable[[], Any], seconds: float = 15.0, what: str = "") -> Any:
    """Lets Anki's events happen until the condition holds, and returns what it gave.

    Of several snippets that wait at once, the one that began last comes back first.
    """
    watch = Watch(condition, seconds)
    if not watch.look():
        watch.timer.start(POLL_MS)
        watch.loop.exec()
        watch.timer.stop()
    if watch.failure is not None:
        raise watch.failure
    if not watch.found:
        raise TimeoutError(what or f"condition did not hold within {seconds} s")
    return watch.found


def wait(seconds: float) -> None:
    """Lets Anki's events happen for a while."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def message_boxes() -> List[str]:
    """The texts of the message boxes that Anki shows now."""
    windows = aqt.mw.app.topLevelWidgets()
    # By Qt's name: with Qt 5 shims aqt.qt's class is not that of a box which Qt made itself.
    return [box.text() for box in windows if box.inherits("QMessageBox") and box.isVisible()]


class Watch:
    """Looks again and again whether a condition holds, without keeping the main thread busy."""

    def __init__(self, condition: Callable[[], Any], seconds: float) -> None:
        self.condition = condition
        self.ends = time.monotonic() + seconds
        self.found: Any = None
        self.failure: Optional[Exception] = None
        self.loop = QEventLoop()
        self.timer = QTimer()
        self.timer.timeout.connect(self.look)

    def look(self) -> bool:
        """Whether there is nothing left to wait for."""
        try:
            self.found = self.condition()
        except Exception as failure:  # noqa: BLE001 - raised again where the condition was given
            self.failure = failure
        over = bool(self.found) or self.failure is not None or time.monotonic() > self.ends
        if over:
            self.loop.quit()
        return over


class Heartbeat:
    """Notes the longest time in which Anki's main thread did not come round to its events."""

    def __init__(self) -> None:
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self.longest = 0.0
        self.beats = 0

    def start(self, milliseconds: int = 5) -> None:
        self.longest, self.beats, self._last = 0.0, 0, time.monotonic()
        self._timer.start(milliseconds)

    def stop(self) -> Dict[str, float]:
        self._beat()
        self._timer.stop()
        return {"longest_ms": self.longest * 1000, "beats": self.beats}

    def _beat(self) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now
        self.beats += 1


class Job:
    """One snippet, and the event that says it is done."""

    def __init__(self, asked: Dict[str, Any]) -> None:
        self.asked = asked
        self.reply: Dict[str, Any] = {"error": "Anki closed before the code was run"}
        self.done = threading.Event()


class Bench(QObject):
    """Carries out jobs on the main thread, in the order in which they are handed over."""

    handed_over = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.kept: Dict[str, Any] = {}
        self.heartbeat = Heartbeat()
        self.handed_over.connect(self.carry_out, Qt.ConnectionType.QueuedConnection)

    def names(self) -> Dict[str, Any]:
        """What a snippet sees; `kept` is a dict that lives from one snippet to the next."""
        return {
            "aqt": aqt,
            "anki": anki,
            "json": json,
            "mw": aqt.mw,
            "col": getattr(aqt.mw, "col", None),
            "ankiconnect": sys.modules.get("ankiconnect"),
            "heartbeat": self.heartbeat,
            "kept": self.kept,
            "message_boxes": message_boxes,
            "wait": wait,
            "wait_until": wait_until,
        }

    def carry_out(self, job: Job) -> None:
        names = dict(self.names(), **job.asked.get("values", {}))
        code = textwrap.dedent(job.asked["code"]).strip()
        try:
            if job.asked["kind"] == "evaluate":
                value = eval(code, names)
            else:
                exec(compile(code, "<test>", "exec"), names)
                value = names.get("result")
            job.reply = {"value": json.loads(json.dumps(value))}
        except Exception:  # noqa: BLE001 - whatever it is, the test that asked wants to see it
            job.reply = {"error": traceback.format_exc()}
        finally:
            job.done.set()


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, bench: Bench, word: str) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.bench = bench
        self.word = word


class Talk(socketserver.StreamRequestHandler):
    server: Listener

    def handle(self) -> None:
        for line in self.rfile:
            asked = json.loads(line)
            if not secrets.compare_digest(asked["word"], self.server.word):
                return
            job = Job(asked)
            self.server.bench.handed_over.emit(job)
            job.done.wait()
            self.wfile.write(json.dumps(job.reply).encode() + b"\n")


def start(base: pathlib.Path) -> Listener:
    """Starts listening and tells the tests where."""
    listener = Listener(Bench(), secrets.token_hex(16))
    threading.Thread(target=listener.serve_forever, name="probe", daemon=True).start()
    told = {"port": listener.server_address[1], "word": listener.word, "pid": os.getpid()}
    half = base / "probe.json.new"
    half.write_text(json.dumps(told), encoding="utf-8")
    half.replace(base / "probe.json")
    return listener


LISTENER: Optional[Listener] = None
if aqt.mw is not None:
    LISTENER = start(pathlib.Path(aqt.mw.pm.base))
