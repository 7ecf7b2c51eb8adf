"""Anki's own sync server, the one that the installed Anki comes with, for one user."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from typing import Optional

USER = "gato"
PASSWORD = "perro"
START_SECONDS = 20.0
LISTENS = re.compile(r"127\.0\.0\.1:(\d+)")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class SyncServer:
    """A server process with data in a folder of its own; `stop` ends it, whatever happened."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.port = 0
        self._process: Optional[subprocess.Popen[bytes]] = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> SyncServer:
        """Starts the server on the port that it had before, or on a free one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / "server.log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-u", "-m", "anki.syncserver"],
                env={**os.environ, **self._settings()},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self.port = self._wait_for_port(log)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends the server at once; what was uploaded stays in its folder."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Makes it take connections and never answer."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _settings(self) -> dict[str, str]:
        """Those of the server that came with 2.1.57, and of the one in Python before it."""
        data, port = str(self.folder / "data"), str(self.port)
        return {
            "SYNC_USER1": f"{USER}:{PASSWORD}",
            "SYNC_BASE": data,
            "SYNC_HOST": "127.0.0.1",
            "SYNC_PORT": port,
            "FOLDER": data,
            "HOST": "127.0.0.1",
            "PORT": port,
        }

    def _wait_for_port(self, log: pathlib.Path) -> int:
        ends = time.monotonic() + START_SECONDS
        while True:
            said = COLOURS.sub("", log.read_text(encoding="utf-8", errors="replace"))
            found = LISTENS.search(said)
            if found:
                return int(found.group(1))
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"the sync server did not come up\n{said}")
            time.sleep(0.02)
