"""Byte for byte to a real Anki, and whether anything in it has changed."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager
from typing import Any, Iterator, List

from tests.anki.contents import contents
from tests.real_anki import RealAnki
from tests.unit.web.serving import Client, Reply, post

__all__ = ["Client", "Reply", "post"]

SMUGGLED = "smuggled"


def request(action: str, /, **params: Any) -> bytes:
    """The body of a request."""
    return json.dumps({"action": action, "version": 6, "params": params}).encode()


VERSION = request("version")
SMUGGLE = request("createDeck", deck=SMUGGLED)  # nothing that is refused may have this effect


@contextmanager
def connected(anki: RealAnki) -> Iterator[Client]:
    client = Client(anki.port)
    try:
        yield client
    finally:
        client.close()


def result(reply: Reply) -> Any:
    """The result in a reply with status 200."""
    assert reply.status == 200, reply
    found = json.loads(reply.body)
    assert found["error"] is None, found
    return found["result"]


def error(reply: Reply) -> str:
    """The error in a reply, which has both members and nothing else."""
    found = json.loads(reply.body)
    assert set(found) == {"result", "error"}
    assert found["result"] is None
    return str(found["error"])


def assert_serves_at_once(anki: RealAnki, seconds: float = 0.5) -> None:
    """The next client is served, whatever the one before did."""
    started = time.monotonic()
    with connected(anki) as client:
        assert result(client.ask(post(VERSION))) == 6
    assert time.monotonic() - started < seconds


def everything(anki: RealAnki) -> List[Any]:
    """All rows of the collection and all media files."""
    files = anki.execute(
        """
        import os
        with os.scandir(col.media.dir()) as entries:
            result = sorted([each.name, each.stat(follow_symlinks=False).st_mtime_ns] for each in entries)
        """
    )
    return [contents(anki, stamps=True), files]


def half_close(client: Client) -> None:
    client.socket.shutdown(socket.SHUT_WR)
