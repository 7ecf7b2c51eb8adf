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
    while len(turns._line) < count:
        assert time.monotonic() < ends
        time.sleep(0.001)


def test_turns_are_given_in_the_order_of_coming() -> None:
    turns = Turns()
    order: List[int] = []

    def take(number: int) -> None:
        with turns.turn(soon(), alone=True):
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(20)]
    with turns.turn(soon(), alone=True):
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
        with turns.turn(soon(), alone=True):
            order.append("light")

    other = threading.Thread(target=light)
    with turns.turn(soon(), alone=True):
        other.start()
        until_waiting(turns, 1)
        order.append("heavy")
    with turns.turn(soon(), alone=True):
        order.append("heavy again")
    other.join()
    assert order == ["heavy", "light", "heavy again"]


def test_one_at_a_time() -> None:
    turns = Turns()
    inside: List[int] = []
    most: List[int] = []

    def work() -> None:
        for _ in range(50):
            with turns.turn(soon(), alone=True):
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
        turns.turn(soon(), alone=True),
        pytest.raises(AnkiBusy, match=r"within 0\.05 seconds"),
        turns.turn(time.monotonic() + 0.05, alone=True),
    ):
        raise AssertionError("it was not free")
    with turns.turn(time.monotonic(), alone=True):
        pass


def test_a_failure_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(soon(), alone=True):
        _ = 1 / 0
    with turns.turn(time.monotonic(), alone=True):
        pass


def test_many_are_in_together() -> None:
    turns = Turns()
    now = time.monotonic()
    with (
        turns.turn(now, alone=False),
        turns.turn(now, alone=False),
        pytest.raises(AnkiBusy),
        turns.turn(now, alone=True),
    ):
        raise AssertionError("it was not free")
    with turns.turn(time.monotonic(), alone=True):
        pass


def test_nobody_overtakes_who_wants_to_be_alone() -> None:
    turns = Turns()
    order: List[str] = []

    def take(name: str, alone: bool) -> None:
        with turns.turn(soon(), alone):
            order.append(name)
            time.sleep(0.01)

    coming = [("heavy", True), ("light", False), ("heavy too", True), ("light too", False)]
    threads = [threading.Thread(target=take, args=one) for one in coming]
    with turns.turn(soon(), alone=False):
        for number, thread in enumerate(threads):
            thread.start()
            until_waiting(turns, number + 1)
    for thread in threads:
        thread.join()
    assert order == [name for name, _ in coming]


def test_who_gives_up_at_the_head_of_the_line_lets_the_others_in() -> None:
    turns = Turns()
    entered = threading.Event()

    def light() -> None:
        with turns.turn(soon(), alone=False):
            entered.set()

    def heavy() -> None:
        with pytest.raises(AnkiBusy), turns.turn(time.monotonic() + 0.2, alone=True):
            raise AssertionError("it was not free")

    threads = [threading.Thread(target=heavy), threading.Thread(target=light)]
    with turns.turn(soon(), alone=False):
        for number, thread in enumerate(threads):
            thread.start()
            until_waiting(turns, number + 1)
        assert entered.wait(5)
    for thread in threads:
        thread.join()


def test_lights_and_heavies_are_never_in_together() -> None:
    turns = Turns()
    inside: List[bool] = []
    wrong: List[List[bool]] = []

    def work(alone: bool) -> None:
        for _ in range(100):
            with turns.turn(soon(), alone):
                inside.append(alone)
                seen = list(inside)
                if True in seen and len(seen) > 1:
                    wrong.append(seen)
                inside.remove(alone)

    threads = [threading.Thread(target=work, args=(number % 3 == 0,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
