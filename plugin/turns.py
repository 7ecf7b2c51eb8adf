"""Taking turns, in the order of coming: the many who need a moment together, whoever needs long alone."""

import threading
import time
from collections import deque
from typing import Deque

from .errors import AnkiBusy


class Waiting:
    """Someone in the line."""

    def __init__(self, alone: bool) -> None:
        self.alone = alone
        self.called = threading.Event()


class Turn:
    """One turn. A class of its own, as every request has one and a generator costs twice as much."""

    __slots__ = ("_alone", "_deadline", "_turns")

    def __init__(self, turns: "Turns", deadline: float, alone: bool) -> None:
        self._turns = turns
        self._deadline = deadline
        self._alone = alone

    def __enter__(self) -> None:
        self._turns.take(self._deadline, self._alone)

    def __exit__(self, *_: object) -> None:
        self._turns.give_back(self._alone)


class Turns:
    """A fair lock with room for several, or for one alone.

    Nobody overtakes: who wants to be alone is not kept waiting by those who come later, and who wants it again goes to
    the end of the line.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._together = 0
        self._alone = False
        self._line: Deque[Waiting] = deque()

    def turn(self, deadline: float, alone: bool) -> "Turn":
        """For a `with`: waits for its turn and holds it; raises AnkiBusy at `deadline` (of `time.monotonic`)."""
        return Turn(self, deadline, alone)

    def take(self, deadline: float, alone: bool) -> None:
        started = time.monotonic()
        with self._lock:
            if not self._line and self._has_room(alone):
                self._enter(alone)
                return
            mine = Waiting(alone)
            self._line.append(mine)
        if mine.called.wait(max(0.0, deadline - started)):
            return
        with self._lock:
            given_up = mine in self._line
            if given_up:
                self._line.remove(mine)
                self._call()
        if given_up:
            raise AnkiBusy(deadline - started)

    def give_back(self, alone: bool) -> None:
        with self._lock:
            if alone:
                self._alone = False
            else:
                self._together -= 1
            self._call()

    def _has_room(self, alone: bool) -> bool:
        return not self._alone and not (alone and self._together)

    def _enter(self, alone: bool) -> None:
        if alone:
            self._alone = True
        else:
            self._together += 1

    def _call(self) -> None:
        while self._line and self._has_room(self._line[0].alone):
            first = self._line.popleft()
            self._enter(first.alone)
            first.called.set()
