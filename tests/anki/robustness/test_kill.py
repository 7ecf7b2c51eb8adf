"""Acknowledged means stored: Anki is killed right behind the reply, and everything is there when it starts again.

The normal run kills it a few times, each time behind another kind of write with all the other kinds before; the
environment "fuzz" does it fifty times.
"""

from __future__ import annotations

import os
import pathlib
import signal
import socket
import time
from typing import Any, Dict, List, Tuple

from tests.anki.robustness.acknowledged import WRITES, Write, furnish, note
from tests.anki.robustness.wire import Client, post, request, result
from tests.real_anki import RealAnki

KILLS = int(os.environ.get("ANKICONNECT_KILLS", "4"))
STEP = 7  # from one last kind of write to the next
MILLISECOND = 0.001

Done = Tuple[Write, int, Any]


def write_all(client: Client, ids: Dict[str, Any], last: int) -> Tuple[List[Done], float]:
    """All kinds of write in a row, `last` at the end; and when its reply came."""
    done: List[Done] = []
    came = 0.0
    for number, kind in enumerate(range(last + 1, last + 1 + len(WRITES))):
        write = WRITES[kind % len(WRITES)]
        asked = post(request(write.action, **write.ask(ids, number)))
        reply = client.ask(asked)
        came = time.perf_counter()
        done.append((write, number, reply))
    return done, came


def kill_behind_the_reply(
    anki: RealAnki, ids: Dict[str, Any], last: int
) -> Tuple[List[Done], bool]:
    """What was acknowledged, and whether the kill came within a millisecond of the last reply."""
    pid = anki.pid
    client = Client(anki.port)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    done, came = write_all(client, ids, last)
    os.kill(pid, signal.SIGKILL)
    late = time.perf_counter() - came
    anki.kill()
    client.close()
    return [(write, number, result(reply)) for write, number, reply in done], late < MILLISECOND


def missing(anki: RealAnki, ids: Dict[str, Any], done: List[Done]) -> List[str]:
    """The writes whose effect is not there."""
    return [
        f"{write.action} {number}"
        for write, number, made in done
        if not write.seen(anki, ids, number, made)
    ]


def test_what_was_acknowledged_is_there_after_a_crash(tmp_path: pathlib.Path) -> None:
    anki = RealAnki(tmp_path / "anki").start()
    try:
        kills = tries = 0
        while kills < KILLS:
            tries += 1
            assert tries < 2 * KILLS + 5, "this machine is too busy to kill anything in time"
            ids = furnish(anki, tries)
            done, in_time = kill_behind_the_reply(anki, ids, kills * STEP)
            kills += in_time
            anki.forgive_log()
            anki.start()
            assert missing(anki, ids, done) == []
            assert anki.evaluate("col.db.scalar('pragma integrity_check')") == "ok"
        anki.close()
    finally:
        anki.kill()


def test_every_kind_of_write_is_the_last_one_in_fifty_kills() -> None:
    assert {kill * STEP % len(WRITES) for kill in range(50)} == set(range(len(WRITES)))


def test_what_got_no_reply_leaves_the_collection_sound(tmp_path: pathlib.Path) -> None:
    anki = RealAnki(tmp_path / "anki").start()
    try:
        client = Client(anki.port)
        asked = [request("addNote", note=note(number)) for number in range(50)]
        client.send(b"".join(map(post, asked)))
        client.reply()
        os.kill(anki.pid, signal.SIGKILL)
        anki.kill()
        client.close()
        anki.forgive_log()
        anki.start()
        assert anki.evaluate("col.db.scalar('pragma integrity_check')") == "ok"
        left = anki.request("findNotes", query="tag:new")
        assert len(left) == len(anki.request("findCards", query="tag:new"))
        anki.close()
    finally:
        anki.kill()
