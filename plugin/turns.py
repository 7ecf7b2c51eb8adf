"""Taking turns: one at a time, in the order in which they came."""

import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import Deque, Iterator

from .errors import AnkiBusy


class Turns:
    """A fair lock. Who gives it back and wants it again goes to the end of the line, unlike with Python's own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._waiting: Deque[threading.Event] = deque()

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Waits for its turn and holds it; raises AnkiBusy at `deadline` (of `time.monotonic`)."""
        self._take(deadline)
        try:
            yield
        finally:
            self._pass_on()

    def _take(self, deadline: float) -> None:
        started = time.monotonic()
        mine = threading.Event()
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            self._waiting.append(mine)
        if mine.wait(max(0.0, deadline - started)):
            return
        with self._lock:
            given_up = mine in self._waiting
            if given_up:
                self._waiting.remove(mine)
        if given_up:
            raise AnkiBusy(deadline - started)

    def _pass_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
