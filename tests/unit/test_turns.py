from __future__ import annotations

import threading
import time
from typing import List

import pytest

from plugin.errors import AnkiBusy
from plugin.turns import Turns


def soon() -> float:
    return time.monotonic() + 5


def until_waiting(turns: Turns, count: int) -> None:
    ends = soon()
    while len(turns._waiting) < count:
        assert time.monotonic() < ends
        time.sleep(0.001)


def test_turns_are_given_in_the_order_of_coming() -> None:
    turns = Turns()
    order: List[int] = []

    def take(number: int) -> None:
        with turns.turn(soon()):
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(20)]
    with turns.turn(soon()):
        for number, thread in enumerate(threads):
            thread.start()
            until_waiting(turns, number + 1)
    for thread in threads:
        thread.join()
    assert order == list(range(20))


def test_who_comes_again_goes_to_the_end_of_the_line() -> None:
    turns = Turns()
    order: List[str] = []

    def light() -> None:
        with turns.turn(soon()):
            order.append("light")

    other = threading.Thread(target=light)
    with turns.turn(soon()):
        other.start()
        until_waiting(turns, 1)
        order.append("heavy")
    with turns.turn(soon()):
        order.append("heavy again")
    other.join()
    assert order == ["heavy", "light", "heavy again"]


def test_one_at_a_time() -> None:
    turns = Turns()
    inside: List[int] = []
    most: List[int] = []

    def work() -> None:
        for _ in range(50):
            with turns.turn(soon()):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 400
    assert set(most) == {1}


def test_who_waits_too_long_is_told_so_and_does_not_hold_up_those_behind() -> None:
    turns = Turns()
    with (
        turns.turn(soon()),
        pytest.raises(AnkiBusy, match=r"within 0\.05 seconds"),
        turns.turn(time.monotonic() + 0.05),
    ):
        raise AssertionError("it was not free")
    with turns.turn(time.monotonic()):
        pass


def test_a_failure_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(soon()):
        _ = 1 / 0
    with turns.turn(time.monotonic()):
        pass
