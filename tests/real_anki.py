"""A real Anki with our add-on in it, for tests: start, ask, restart, close.

Anki runs in a process of its own with a throw-away base folder. Beside our add-on it loads
tests/probe_addon, through which tests run code on Anki's main thread.
"""

from __future__ import annotations

import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from tests.http_client import ANSWER_SECONDS, Client, HttpReply
from tools.launch import (
    ADDON_FOLDER,
    ADDON_SOURCE,
    ENDED,
    FIRST_PROFILE,
    Addon,
    command,
    environment,
    prepare_base,
    start,
)

PROBE_SOURCE = pathlib.Path(__file__).parent / "probe_addon"
PROBE_FOLDER = "a_probe"  # Anki loads add-ons by name: this one before ours

START_SECONDS = 60.0
CLOSE_SECONDS = 10.0

# A traceback with what led to it; the lines of its frames are indented.
TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n((?:[ \t].*\n)*)(.*)")
FRAME = re.compile(r'^ +File "(.*?)"', re.MULTILINE)
# Anki's own web server is at times still answering while Anki closes it.
NOT_OURS = "/waitress/"
# Faults of Anki's own that come and go. Its bars ask their page for its height, and get none when the page is just
# being replaced; a browser that is closed at once is asked, 10 to 100 ms later, to fill its sidebar and to stay on the
# screen.
ANKIS_OWN = (
    "in animate_height",
    "of type SidebarTreeView has been deleted",
    "of type Browser has been deleted",
)
# A view of Anki's that fetches its numbers when Anki closes: soon there is no collection any more, and then no window
# in which Anki could say so.
CAME_TOO_LATE = (
    "AttributeError: 'NoneType' object has no attribute",
    "RuntimeError: wrapped C/C++ object of type AnkiQt has been deleted",
)
ANKIS_FILES = "/aqt/"
ADDONS = "/addons21/"

# After everything else has ended, Qt, PyQt and (in a measured run) coverage clean up, and that crashes now and then:
# in 1 of 50 exits from the profile chooser on 23.10, in 2 of 150 measured exits on 26.09. No code of ours runs then.
CRASH_AT_THE_VERY_END = -signal.SIGSEGV

ADDRESSES = "[list(a[:2]) for a in ankiconnect.addon.server_status().addresses]"
TROUBLE = "ankiconnect.addon.server_status().trouble"
PROFILE_IS_OPEN = "mw.col is not None and mw.state == 'deckBrowser'"
PROFILE_IS_ASKED = "bool(getattr(mw, 'profileDiag', None) and mw.profileDiag.isVisible())"


class ReplyError(Exception):
    """The text that the add-on gave as `error`."""


class AnkisOwnFault(AssertionError):
    """Anki wrote a traceback in which no file of ours occurs: most likely one of its own races.

    The environments of tox.ini try such a test once more, and say so; what comes twice is a failure.
    """


class ProbeError(Exception):
    """The traceback of code that failed inside Anki."""


class AnkiCrashed(ProbeError):
    """Anki was gone before it answered. Tried once more as well: Qt crashes now and then, without our add-on too."""


class Probe:
    """The line to tests/probe_addon; each thread talks through a connection of its own."""

    def __init__(self, port: int, word: str) -> None:
        self._port = port
        self._word = word
        self._own = threading.local()

    def ask(self, kind: str, code: str, values: Mapping[str, Any]) -> Any:
        line = json.dumps({"word": self._word, "kind": kind, "code": code, "values": dict(values)})
        try:
            answer = self._answer(line.encode() + b"\n")
        except ConnectionError:
            answer = b""
        if not answer:
            raise AnkiCrashed("Anki ended while it was asked")
        reply = json.loads(answer)
        if "error" in reply:
            raise ProbeError(reply["error"])
        return reply["value"]

    def _answer(self, line: bytes) -> bytes:
        stream = self._stream()
        stream.write(line)
        stream.flush()
        return bytes(stream.readline())

    def _stream(self) -> Any:
        if not hasattr(self._own, "stream"):
            caller = socket.create_connection(("127.0.0.1", self._port), timeout=ANSWER_SECONDS)
            self._own.stream = caller.makefile("rwb")
        return self._own.stream


def tracebacks(log: str, closing: bool = False) -> List[str]:
    """The Python tracebacks in a log, but those that come from nothing but Anki itself.

    `closing` says that the log is that of Anki's end.
    """
    return [
        match.group(0)
        for match in TRACEBACK.finditer(log)
        if not is_ankis_own(FRAME.findall(match.group(1)), match.group(0), closing)
    ]


def is_ankis_own(files: Sequence[str], text: str, closing: bool) -> bool:
    """Whether a traceback through these files is a fault of Anki's that tests can do nothing about."""
    if any(fault in text for fault in ANKIS_OWN):
        return True
    if not files:
        return False
    is_late = any(said in text for said in CAME_TOO_LATE)
    late = closing and is_late and any(ANKIS_FILES in file for file in files)
    return (late or NOT_OURS in files[0]) and not any(ADDONS in file for file in files)


class RealAnki:
    """One Anki process after another on the same base folder."""

    def __init__(
        self,
        base: pathlib.Path,
        config: Optional[Mapping[str, Any]] = None,
        profiles: Sequence[str] = (FIRST_PROFILE,),
        open_profile: Optional[str] = FIRST_PROFILE,
        addon: bool = True,
        environ: Optional[Mapping[str, str]] = None,
        python: str = sys.executable,
    ) -> None:
        """Without `open_profile` Anki waits at its question which profile to open;
        without `addon` only the probe is there."""
        self.base = base
        self.config: Dict[str, Any] = {"webBindPort": 0, **(config or {})}
        self.has_addon = addon
        self.open_profile = open_profile
        self._profiles = tuple(profiles)
        self._environ = dict(environ or {})
        self._python = python
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._probe: Optional[Probe] = None
        self._client: Optional[Client] = None
        self._log_seen = self._log_begun = 0

    # Life

    def start(self) -> RealAnki:
        """Starts Anki and waits until it can be used."""
        if self.is_running():
            raise AssertionError("this Anki runs already")
        addons = [Addon(PROBE_FOLDER, PROBE_SOURCE)]
        if self.has_addon:
            addons.append(Addon(ADDON_FOLDER, ADDON_SOURCE, self.config))
        prepare_base(self.base, addons)
        self._told.unlink(missing_ok=True)
        self._probe = self._client = None
        self._log_begun = len(self.log)
        words = command(self.base, self._profiles, self.open_profile, self._python)
        with self._log_file.open("ab") as output:
            self._process = start(words, environment(offscreen=True, more=self._environ), output)
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def restart(self) -> RealAnki:
        """Closes Anki in an orderly way and starts it again on the same data."""
        self.close()
        return self.start()

    def kill(self) -> None:
        """Ends Anki as a crash or a power cut would."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()
            self._forget()

    def close(self) -> None:
        """Closes Anki as a user would; it has to end in time, without error or traceback."""
        process = self._running()
        assert process.stdin is not None
        process.stdin.close()
        try:
            code = process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"Anki did not close within {CLOSE_SECONDS:g} s\n{self._abort()}"
            ) from None
        self._forget()
        has_ended = ENDED in self.log[self._log_begun :]
        if code != 0 and not (code == CRASH_AT_THE_VERY_END and has_ended):
            raise AssertionError(f"Anki ended with code {code}\n{self.log}")
        self.check_log(closing=True)

    def terminate(self) -> int:
        """Sends SIGTERM, as a session manager does, and returns the exit code."""
        process = self._running()
        process.send_signal(signal.SIGTERM)
        code = process.wait(CLOSE_SECONDS)
        self._forget()
        return code

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ends_within(self, seconds: float) -> bool:
        """Whether Anki has ended, or does so by itself in that time."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def pid(self) -> int:
        return self._running().pid

    # Questions

    @property
    def address(self) -> Sequence[Any]:
        """Host and port of the first address that our server listens on."""
        return self.addresses[0]

    @property
    def addresses(self) -> List[List[Any]]:
        """Host and port of every address that our server listens on now."""
        return list(self.evaluate(ADDRESSES))

    @property
    def port(self) -> int:
        return int(self.address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(self, action: str, /, **params: Any) -> Any:
        """The result of an action (API version 6, with the key if one is configured)."""
        asked: Dict[str, Any] = {"action": action, "version": 6, "params": params}
        if self.config.get("apiKey"):
            asked["key"] = self.config["apiKey"]
        reply = self.raw(asked)
        if set(reply) != {"result", "error"}:
            raise AssertionError(f"not the two members of a reply: {reply!r}")
        if reply["error"] is not None:
            raise ReplyError(reply["error"])
        return reply["result"]

    def raw(self, asked: Any) -> Any:
        """The reply to a JSON value that is sent as it is."""
        return self.http("POST", "/", json.dumps(asked).encode()).json()

    def http(
        self,
        method: str = "POST",
        path: str = "/",
        body: Optional[bytes] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> HttpReply:
        """One HTTP request to the server, over this thread's kept connection."""
        if self._client is None:
            self._client = Client("127.0.0.1", self.port)
        return self._client.send(method, path, body, headers or {})

    def forget_port(self) -> None:
        """Asks Anki for the port again before the next request: the server has moved."""
        self._client = None

    def evaluate(self, expression: str, **values: Any) -> Any:
        """The value of an expression on Anki's main thread; see the probe for the names it has."""
        return self._ask("evaluate", expression, values)

    def execute(self, code: str, **values: Any) -> Any:
        """Runs code on Anki's main thread, and returns what it leaves in the name `result`."""
        return self._ask("execute", code, values)

    def wait_for(self, expression: str, seconds: float = 20.0, **values: Any) -> Any:
        """Asks again and again until the expression holds, and returns its value.

        Other than `wait_until` inside Anki this leaves nothing on the main thread's stack.
        """
        ends = time.monotonic() + seconds
        while True:
            found = self.evaluate(expression, **values)
            if found:
                return found
            if time.monotonic() > ends:
                raise AssertionError(f"not so within {seconds:g} s: {expression}")
            time.sleep(0.01)

    # The log

    @property
    def log(self) -> str:
        """Everything that Anki wrote to its standard output and error so far."""
        if not self._log_file.exists():
            return ""
        return self._log_file.read_text(encoding="utf-8", errors="replace")

    def check_log(self, closing: bool = False) -> None:
        """Fails if Anki wrote a Python traceback since it was last asked."""
        new = self.log[self._log_seen :]
        self.forgive_log()
        found = tracebacks(new, closing)
        if found:
            said = f"Anki wrote a traceback:\n{new}"
            if any(ADDONS in text for text in found):
                raise AssertionError(said)
            # Where it does not come again, this is all that is seen of it.
            warnings.warn(said, stacklevel=2)
            raise AnkisOwnFault(said)

    def forgive_log(self) -> None:
        """Says that the tracebacks so far were expected."""
        self._log_seen = len(self.log)

    # Inside

    @property
    def _told(self) -> pathlib.Path:
        return self.base / "probe.json"

    @property
    def _log_file(self) -> pathlib.Path:
        return self.base / "anki.log"

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise AssertionError("this Anki does not run")
        return self._process

    def _ask(self, kind: str, code: str, values: Mapping[str, Any]) -> Any:
        try:
            return self._line().ask(kind, code, values)
        except socket.timeout:
            raise AssertionError(f"Anki's main thread is stuck\n{self._abort()}") from None

    def _abort(self) -> str:
        """Ends a stuck Anki so that it writes what its threads were doing; returns the log."""
        process = self._running()
        process.send_signal(signal.SIGABRT)
        process.wait()
        self._forget()
        return self.log

    def _line(self) -> Probe:
        self._running()
        if self._probe is None:
            raise AssertionError("this Anki is not ready")
        return self._probe

    def _forget(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        self._process = self._probe = self._client = None

    def _wait_until_ready(self) -> None:
        ends = time.monotonic() + START_SECONDS
        self._until(self._told.exists, ends, "the probe add-on was not loaded")
        told = json.loads(self._told.read_text(encoding="utf-8"))
        self._probe = Probe(told["port"], told["word"])
        opened = PROFILE_IS_ASKED if self.open_profile is None else PROFILE_IS_OPEN
        self._until(lambda: self.evaluate(opened), ends, "Anki did not come up")
        if self.has_addon:
            # A server whose port is taken is up as far as it can be.
            there = f"bool(ankiconnect) and bool({ADDRESSES} or {TROUBLE})"
            self._until(lambda: self.evaluate(there), ends, "our server did not come up")

    def _until(self, holds: Callable[[], Any], ends: float, otherwise: str) -> None:
        while not holds():
            boxes = self._probe.ask("evaluate", "message_boxes()", {}) if self._probe else []
            if boxes:
                raise AssertionError(f"Anki shows a message: {boxes}\n{self.log}")
            if self._running().poll() is not None:
                raise AssertionError(f"Anki ended while it started\n{self.log}")
            if time.monotonic() > ends:
                raise AssertionError(f"{otherwise}\n{self.log}")
            time.sleep(0.02)
