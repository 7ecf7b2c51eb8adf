"""The doors without the house: a server with the real application and dispatcher, and nobody behind them who acts."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import socket
from typing import Any, Dict, Iterator, List, Mapping, Tuple

import anki.collection  # noqa: F401  # first: Anki's modules import each other in a ring
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugin import actions
from plugin.config import DEFAULTS
from plugin.dispatch import Dispatcher
from plugin.keys import KeyRing
from plugin.registry import ACTIONS, Action
from plugin.scopes import EVERYTHING
from plugin.web.app import App
from plugin.web.guard import Caller, CallerKind
from plugin.web.messages import Head, Headers, Request
from plugin.web.server import Server
from tests.fuzz.effort import tried
from tests.fuzz.wild_bytes import CUTS, STREAMS, pieces
from tests.fuzz.wild_json import EXAMPLES, bodies
from tests.unit.web.serving import within

assert actions is not None  # importing them fills the registry

SECONDS = 5.0  # nobody waits longer for the end of a connection whose sender has finished
STATUSES = {100, 200, 400, 403, 405, 411, 413, 414, 415, 417, 431, 501, 505}
LENGTH = re.compile(rb"\r\nContent-Length: ([0-9]+)\r\n")
PROGRAM = Caller(CallerKind.PROGRAM, scopes=EVERYTHING)
NAMES = sorted(set(EXAMPLES) & set(ACTIONS))


class House:
    """Real rooms in front; behind them the arguments are looked at, and nothing is done."""

    def __init__(self) -> None:
        dispatcher = Dispatcher(self.perform, KeyRing, {}, lambda record: None)
        self.app = App(dispatcher.reply, lambda: DEFAULTS)

    def perform(
        self, action: Action, arguments: Dict[str, Any], supplies: Mapping[str, Any]
    ) -> Any:
        if action.name == "multi":
            return action.function(**arguments, reply_to=supplies["reply_to"])
        return 6 if action.name == "version" else None


class Faults(logging.Handler):
    """Keeps what the rooms log as a failure of theirs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()} {record.exc_info}")


@pytest.fixture(scope="module")
def faults() -> Iterator[Faults]:
    found = Faults()
    logger = logging.getLogger("plugin")
    logger.addHandler(found)
    yield found
    logger.removeHandler(found)


@pytest.fixture(scope="module")
def house() -> House:
    return House()


@pytest.fixture(scope="module")
def port(house: House) -> Iterator[int]:
    server = Server(house.app)
    server.listen("127.0.0.1", 0)
    assert within(3, lambda: bool(server.status.addresses))
    yield server.status.addresses[0][1]
    server.stop()


def exchange(port: int, sent: List[bytes]) -> bytes:
    """All that comes back until the server hangs up. Fails if it does not."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before its end
            for piece in sent:
                line.sendall(piece)
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_WR)
        came = bytearray()
        while True:
            part = line.recv(65536)
            if not part:
                return bytes(came)
            came += part


def replies(came: bytes) -> List[Tuple[int, bytes, bytes]]:
    """(status, head, what follows) for each reply; replies to HEAD have a length and no body."""
    found = []
    while came:
        head, separator, came = came.partition(b"\r\n\r\n")
        assert separator
        assert head.startswith(b"HTTP/1.1 ")
        status = int(head[9:12])
        length = LENGTH.search(head + b"\r\n")
        body = b""
        if length and not came.startswith(b"HTTP/1.1 ") and came:
            size = int(length.group(1))
            assert len(came) >= size
            body, came = came[:size], came[size:]
        found.append((status, head, body))
    return found


@tried(0.6)
@given(STREAMS, CUTS)
@example(b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\n{}", [])
def test_whatever_bytes_come_each_request_has_a_reply_and_the_connection_an_end(
    port: int, faults: Faults, stream: bytes, cuts: List[int]
) -> None:
    found = replies(exchange(port, pieces(stream, cuts)))
    assert {status for status, _, _ in found} <= STATUSES
    for status, head, body in found:
        if body:
            json.loads(body)
        assert status == 100 or b"\r\nConnection: " in head
    closing = [b"Connection: close" in head for _, head, _ in found]
    assert not any(closing[:-1]), "something came after a reply that closes"
    assert faults.found == []


@tried(0.4)
@given(bodies(NAMES))
def test_whatever_body_comes_there_is_a_reply_in_words(
    house: House, faults: Faults, body: bytes
) -> None:
    head = Head("POST", "/", (1, 1), Headers([("Host", "localhost")]), "127.0.0.1")
    response = house.app.answer(Request(head, body))
    assert response.status == 200
    reply = json.loads(response.body.decode("utf-8"))
    if isinstance(reply, dict) and reply.get("error") is not None:
        assert set(reply) == {"result", "error"}
        assert reply["result"] is None
        assert reply["error"].strip()
        assert len(reply["error"]) < 20_000
        assert "unexpected problem" not in reply["error"]
    assert faults.found == []


@tried(0.01)
@given(st.lists(bodies(NAMES), min_size=2, max_size=4))
def test_multi_answers_as_many_as_it_was_asked(house: House, faults: Faults, asked: Any) -> None:
    readable = [one for one in asked if is_json(one)]
    whole = b'{"action": "multi", "version": 6, "params": {"actions": [%s]}}' % b",".join(readable)
    head = Head("POST", "/", (1, 1), Headers([("Host", "localhost")]), "127.0.0.1")
    reply = json.loads(house.app.answer(Request(head, whole)).body)
    assert reply["error"] is not None or len(reply["result"]) == len(readable)
    assert faults.found == []


def is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
