"""The threads that serve connections: started when needed, kept for a while, then let go."""

import sys
import threading
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Callable, Generic, Optional, Set, TypeVar

Job = TypeVar("Job")


class Workers(Generic[Job]):
    """Hands each job to a free thread, or to a new one while there are fewer than `most`."""

    def __init__(self, work: Callable[[Job], None], most: int, idle: float) -> None:
        self._work = work
        self._most = most
        self._idle = idle
        self._jobs: SimpleQueue[Optional[Job]] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads: Set[threading.Thread] = set()
        self._free = 0  # threads waiting for a job that nobody was promised
        self._backlog = 0  # jobs in the queue that no thread was promised to

    def __len__(self) -> int:
        return len(self._threads)

    def give(self, job: Optional[Job]) -> None:
        """Have a job done. None ends one thread."""
        with self._lock:
            if self._free:
                self._free -= 1
            elif len(self._threads) >= self._most or not self._hire():
                self._backlog += 1
            self._jobs.put(job)

    def end(self, patience: float) -> bool:
        """End every thread as soon as it is free; whether all ended in time."""
        until = monotonic() + patience
        with self._lock:
            threads = list(self._threads)
            self._most = 0
        for _ in threads:
            self.give(None)
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - monotonic()))
        return not self._threads

    def _hire(self) -> bool:
        if sys.excepthook is None:  # Anki leaves it so while it closes; no thread can be made then
            sys.excepthook = sys.__excepthook__
        thread = threading.Thread(target=self._serve, name="AnkiConnect worker", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system has no thread left: those we have must do
            return False
        self._threads.add(thread)
        return True

    def _serve(self) -> None:
        try:
            while self._next_job():
                pass
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _next_job(self) -> bool:
        """Do one job; False when this thread should end."""
        try:
            job = self._jobs.get(timeout=self._idle)
        except Empty:
            return not self._retire()
        if job is None:
            return False
        self._work(job)
        # `job` must not stay alive while this thread waits for the next.
        del job
        with self._lock:
            if self._backlog:
                self._backlog -= 1
            else:
                self._free += 1
        return True

    def _retire(self) -> bool:
        """Leave for want of work, unless a job is on its way to one of the waiting threads."""
        with self._lock:
            if not self._free:
                return False
            self._free -= 1
            return True


class Seats:
    """A bounded number of places that are taken without waiting, or not at all."""

    def __init__(self, number: int) -> None:
        self._left = number
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            if not self._left:
                return False
            self._left -= 1
            return True

    def give(self) -> None:
        with self._lock:
            self._left += 1
