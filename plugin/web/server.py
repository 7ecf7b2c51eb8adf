"""The web server as the rest of the add-on sees it: listen somewhere, stop, tell how it is."""

import threading
from typing import Callable, Optional

from .connection import App
from .doorkeeper import Status
from .limits import LIMITS, Limits
from .loop import Loop
from .shielded import shielded

__all__ = ["App", "Server", "Status", "ignore"]


def ignore(_status: Status) -> None:
    """For those who do not want to hear of changes."""


class Server:
    """Answers HTTP requests by asking `app`; every method may be called from any thread.

    `on_change` is called on a thread of the server when it begins to listen and when it cannot.
    """

    def __init__(
        self,
        app: App,
        on_change: Callable[[Status], None] = ignore,
        limits: Limits = LIMITS,
    ) -> None:
        self._app = app
        self._on_change = on_change
        self._limits = limits
        self._lock = threading.Lock()
        self._loop: Optional[Loop] = None
        self._status = Status()

    @property
    def status(self) -> Status:
        return self._status

    def listen(self, address: str, port: int) -> None:
        """Start, or move to another address; open connections go on. Returns at once."""
        with self._lock:
            if self._loop is None:
                self._loop = Loop(self._app, self._limits, self)
                self._loop.start()
            self._loop.listen(address, port)

    def stop(self, patience: float = 2.0) -> None:
        """Stop listening, answer what was accepted as far as `patience` goes, end everything."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.stop(patience)

    def show(self, status: Status, *, tell: bool) -> None:
        """For the loop: the status is another now; `tell` who wants to hear of it."""
        self._status = status
        if tell:
            shielded(self._on_change, status)
