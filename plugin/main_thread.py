"""One hop onto the Qt thread.

A queued signal of our own rather than `taskman.run_on_main`: up to Anki 25.02 an exception in somebody else's
closure drops the rest of its batch, and ours with it.
"""

import sys
import threading
import time
from collections import deque
from typing import Any, Callable, Deque, Optional

from aqt.qt import QObject, Qt, QTimer, pyqtSignal

from .errors import AnkiBusy, AnkiClosing

# Work is taken in turns of this length; between turns Anki's own events have their chance.
TURN_SECONDS = 0.008
PAUSE_MILLISECONDS = 1
FOREVER = -1.0


class Job:
    """A call that waits for its turn on the Qt thread, and then for whoever asked."""

    __slots__ = ("_error", "_function", "_lock", "_result", "_taken", "_unfinished")

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function: Optional[Callable[[], Any]] = function
        # Held until the job is done. Cheaper than an Event, and every request has one.
        self._unfinished = threading.Lock()
        self._unfinished.acquire()
        self._lock = threading.Lock()
        self._taken = False
        self._result: Any = None
        self._error: Optional[BaseException] = None

    def take(self) -> bool:
        """Claims the job, to run it or to withdraw it; True for the first who comes."""
        with self._lock:
            first, self._taken = not self._taken, True
        return first

    def run(self) -> None:
        """Runs the function unless the job was withdrawn."""
        if not self.take() or self._function is None:
            return
        try:
            self._result = self._function()
        # Carried over to the asking thread and raised there.
        except BaseException as error:  # noqa: BLE001
            self._error = error
        finally:
            self._function = None
            self._unfinished.release()

    def cancel(self, error: BaseException) -> None:
        """Fails a job that nobody has taken yet."""
        if self.take():
            self._error = error
            self._function = None
            self._unfinished.release()

    def withdraw(self) -> bool:
        """Sees to it that a job that has not started never runs; False if it has."""
        first = self.take()
        if first:
            self._function = None  # what it holds is not kept until its turn would have come
        return first

    def wait(self, seconds: Optional[float]) -> bool:
        """Whether the job is done, at the latest after so many seconds."""
        done = self._unfinished.acquire(timeout=FOREVER if seconds is None else seconds)
        if done:
            self._unfinished.release()
        return done

    def outcome(self) -> Any:
        """The result; raises what the function raised."""
        error, self._error = self._error, None
        if error is None:
            return self._result
        try:
            raise error
        finally:
            del error  # no cycle between the error and this frame

    def report(self) -> None:
        """Hands a failure that nobody waits for to Anki's own error window."""
        error, self._error = self._error, None
        if error is not None:
            # Anki leaves none behind while it closes.
            hook = sys.__excepthook__ if sys.excepthook is None else sys.excepthook
            hook(type(error), error, error.__traceback__)


class MainThread(QObject):  # type: ignore[misc]  # Qt's classes are not typed here
    """Runs functions on the Qt thread for other threads. Made on the Qt thread.

    Qt owns it, through `parent`: of what Python owns PyQt cleans up at the end, and may crash over what goes with it.
    """

    _wake = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: Deque[Job] = deque()
        self._lock = threading.Lock()
        self._awake = False
        self._closed = False
        self._home = threading.get_ident()
        self._wake.connect(self._work, Qt.ConnectionType.QueuedConnection)

    def call(self, function: Callable[[], Any], patience: Optional[float]) -> Any:
        """Runs `function` on the Qt thread and returns its result, or raises what it raised.

        Raises AnkiBusy when the function was not started within `patience` seconds: it is withdrawn then and will
        not run. A function that has started is waited for. With None, so is one that has not.
        """
        if threading.get_ident() == self._home:
            return function()
        job = Job(function)
        self._post(job)
        if not job.wait(patience) and patience is not None and job.withdraw():
            raise AnkiBusy(patience)
        job.wait(None)
        return job.outcome()

    def post(self, function: Callable[[], Any]) -> None:
        """Runs `function` on the Qt thread some time soon; nobody waits for it."""

        def run() -> None:
            job = Job(function)
            job.run()
            job.report()

        self._post(Job(run))

    def close(self) -> None:
        """Fails what waits and what comes later: Anki's event loop is about to end."""
        with self._lock:
            self._closed = True
            waiting, self._jobs = self._jobs, deque()
        for job in waiting:
            job.cancel(AnkiClosing())

    def _post(self, job: Job) -> None:
        with self._lock:
            closed = self._closed
            if not closed:
                self._jobs.append(job)
            wake = not (closed or self._awake)
            self._awake = self._awake or wake
        if closed:
            job.cancel(AnkiClosing())
        elif wake:
            try:
                self._wake.emit()
            except RuntimeError:  # Anki has ended in between, and Qt taken this object with it
                job.cancel(AnkiClosing())

    def _work(self) -> None:
        until = time.monotonic() + TURN_SECONDS
        while time.monotonic() < until:
            with self._lock:
                if not self._jobs:
                    self._awake = False
                    return
                job = self._jobs.popleft()
            job.run()
        QTimer.singleShot(PAUSE_MILLISECONDS, self._work)
