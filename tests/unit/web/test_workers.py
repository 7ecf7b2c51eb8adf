"""The threads that serve."""

import sys
import threading
import time
from functools import partial

import pytest
from serving import within

from plugin.web.workers import Seats, Workers


def test_threads_are_reused_and_retire() -> None:
    before = threading.active_count()
    done = []
    workers = Workers(done.append, 10, 0.3)
    for number in range(50):
        workers.give(number)
        assert within(1, partial(done.__contains__, number))
        time.sleep(0.002)
    assert len(workers) <= 2
    assert within(2, lambda: threading.active_count() == before)
    workers.give(50)
    assert within(1, lambda: len(done) == 51)
    assert workers.end(1)


def test_no_more_threads_than_allowed_and_every_job_is_done() -> None:
    done, gate = [], threading.Event()

    def work(number: int) -> None:
        gate.wait(5)
        done.append(number)

    workers = Workers(work, 4, 5)
    for number in range(100):
        workers.give(number)
    assert len(workers) == 4
    gate.set()
    assert within(2, lambda: len(done) == 100)
    assert workers.end(1)


def test_jobs_do_not_wait_behind_a_busy_thread() -> None:
    gate, done = threading.Event(), []
    workers = Workers(lambda job: gate.wait(5) if job == "long" else done.append(job), 8, 5)
    for _ in range(6):
        workers.give("long")
        workers.give("short")
    assert within(1, lambda: len(done) == 6)
    gate.set()
    assert workers.end(1)


def test_threads_can_be_started_while_anki_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", None)  # as `aqt.errors.ErrorHandler.unload` leaves it
    done = []
    workers = Workers(done.append, 1, 5)
    workers.give("late")
    assert within(1, lambda: done == ["late"])
    assert workers.end(1)


def test_seats_are_bounded() -> None:
    seats = Seats(2)
    assert [seats.take(), seats.take(), seats.take()] == [True, True, False]
    seats.give()
    assert seats.take()
