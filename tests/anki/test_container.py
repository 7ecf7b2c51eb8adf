"""The container recipe of docs/containers.md, as far as it can be tried without a container."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.request
from typing import Any, Callable, Dict, Iterator

import pytest

from tools.launch import ROOT, free_port

PAGE = (ROOT / "docs" / "containers.md").read_text(encoding="utf-8")
[DOCKERFILE] = re.findall(r"^```dockerfile\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
[START] = re.findall(r"^<!-- sample: container -->\n```sh\n(.*?)^```$", PAGE, re.M | re.S)
[CHECK] = re.findall(r'CMD python -c "(.*)"$', DOCKERFILE, re.MULTILINE)
KEY = "kT3vX9wq2LrZp8NsYb4u"
START_SECONDS = 60
STOP_SECONDS = 20


def variables() -> Dict[str, str]:
    """What the Dockerfile sets."""
    lines = re.findall(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
    words = [word for line in lines for word in shlex.split(line.replace("\\\n", " "))]
    return dict(word.split("=", 1) for word in words)


class Container:
    """What runs start.sh: its folders and port are others than in a container."""

    def __init__(self, data: pathlib.Path, **more: str) -> None:
        self.port = free_port()
        script = START.replace("/data", str(data)).replace("/app", str(ROOT))
        script = script.replace("\npython ", f"\n{shlex.quote(sys.executable)} ")
        # One Anki for each; the same test may run in another environment at the same time.
        unique = f"{data.parent.name}-{os.getpid()}"
        own = {"LOGNAME": unique, "ANKI_SINGLE_INSTANCE_KEY": unique}
        environ = {**os.environ, **variables(), **own, **more}
        self.process = subprocess.Popen(
            ["sh", "-c", script],
            env={**environ, "ANKICONNECT_BIND_PORT": str(self.port)},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def healthy(self) -> bool:
        """What the health check of the Dockerfile says."""
        code = CHECK.replace("8765", str(self.port))
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        return run.returncode == 0

    def request(self, **request: Any) -> Any:
        body = json.dumps({"version": 6, **request}).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}", body, timeout=10) as reply:
            return json.load(reply)

    def wait_until_healthy(self) -> None:
        ends = time.monotonic() + START_SECONDS
        while not self.healthy():
            assert self.process.poll() is None, "start.sh ended"
            assert time.monotonic() < ends, "not healthy"
            time.sleep(0.2)

    def stop(self) -> int:
        """As `docker stop` does: only the first process is told."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)

    def end(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[Callable[..., Container]]:
    started = []

    def begin(**more: str) -> Container:
        started.append(Container(tmp_path / "data", **more))
        return started[-1]

    yield begin
    for each in started:
        each.end()


def test_it_starts_serves_and_ends_in_an_orderly_way(
    start: Callable[..., Container], tmp_path: pathlib.Path
) -> None:
    container = start(ANKICONNECT_API_KEY=KEY)
    container.wait_until_healthy()
    assert container.request(action="deckNames")["error"] == "valid api key must be provided"
    assert container.request(action="deckNames", key=KEY)["result"] == ["Default"]
    assert container.request(action="createDeck", params={"deck": "Kept"}, key=KEY)["error"] is None
    assert container.stop() == 0
    again = start(ANKICONNECT_API_KEY=KEY, ANKICONNECT_HOST_LIST="anki")
    again.wait_until_healthy()
    assert again.request(action="deckNames", key=KEY)["result"] == ["Default", "Kept"]
    assert again.stop() == 0
    assert not (tmp_path / "data" / "addons21" / "ankiconnect").is_symlink(), (
        "settings stay in /data"
    )


def test_it_copies_what_is_there() -> None:
    copied = re.findall(r"^COPY (.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert [name for name in copied if name != "start.sh" and not (ROOT / name).exists()] == []
