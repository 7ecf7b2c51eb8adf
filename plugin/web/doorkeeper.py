"""Keeps the server listening where it should: tries again while a port is taken, says why."""

import threading
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Callable, List, Optional, Protocol, Tuple

from .limits import Limits
from .listeners import Endpoint, Failure, Listeners, endpoints, is_numeric
from .port_owner import port_owner


@dataclass(frozen=True)
class Status:
    """Where the server listens."""

    addresses: Tuple[Tuple[str, int], ...] = ()
    since: Optional[datetime] = None
    trouble: Optional[str] = None  # a sentence for people


class Surroundings(Protocol):
    """What a doorkeeper needs of the loop it runs in."""

    limits: Limits

    def post(self, order: Callable[[], None]) -> None:
        """From any thread: have something done on the loop's thread."""

    def show(self, status: Status, *, tell: bool) -> None:
        """The status is another now; `tell` those who want to hear of it."""


class Doorkeeper:
    """Used on the loop's thread only; what takes long is done on a thread of its own."""

    def __init__(self, loop: Surroundings) -> None:
        self._loop = loop
        self._goal: Optional[Tuple[str, int]] = None
        self._listeners = Listeners([], 0, loop.limits)
        self._failure: Optional[Failure] = None
        self._since: Optional[datetime] = None
        self._errand: Optional[threading.Thread] = None
        self.next_try: Optional[float] = None

    @property
    def listeners(self) -> Listeners:
        return self._listeners

    def aim(self, address: str, port: int) -> None:
        """Listen there instead of where it was; `listeners` must not be in use any more."""
        self._goal = (address, port)
        self._listeners.close()
        self._listeners = Listeners([], 0, self._loop.limits)
        self._failure = self._since = self.next_try = None
        if not 0 <= port <= 65535:
            self._fail(Failure(address, port, None, "ports go from 0 to 65535"), again=False)
        elif is_numeric(address):
            self._begin(endpoints(address))
        else:
            self._look_up_name(self._goal)

    def at(self, address: str, port: int) -> bool:
        return self._goal == (address, port)

    def attempt(self) -> None:
        """Get the listeners that are missing."""
        self.next_try = None
        if self._goal is not None and not self._listeners.wanted:
            self._look_up_name(self._goal)
            return
        failure = self._listeners.open()
        if self._since is None and self._listeners.sockets:
            self._since = datetime.now().astimezone()
        if failure is not None:
            self._fail(failure, again=True)
        else:
            self._failure = None
            self._show(None, tell=True)

    def leave(self) -> None:
        """Stop listening for good."""
        self._goal = self.next_try = None
        self._listeners.close()

    def wait(self, patience: float) -> None:
        """From any thread: wait for what still runs on a thread of its own."""
        if self._errand is not None:
            self._errand.join(patience)

    def _begin(self, wanted: List[Endpoint]) -> None:
        assert self._goal is not None
        self._listeners = Listeners(wanted, self._goal[1], self._loop.limits)
        self.attempt()

    def _fail(self, failure: Failure, *, again: bool) -> None:
        if again:
            self.next_try = monotonic() + self._loop.limits.listen_retry
        if failure == self._failure:
            return
        self._failure = failure
        self._show(failure.sentence(), tell=not failure.taken)
        if failure.taken:  # told when it is known who has it
            self._send_out(self._find_owner, failure)

    def _show(self, trouble: Optional[str], *, tell: bool) -> None:
        self._loop.show(Status(self._listeners.addresses, self._since, trouble), tell=tell)

    def _find_owner(self, failure: Failure) -> None:
        owner = port_owner(failure.host, failure.port)
        self._loop.post(lambda: self._owner_found(failure, owner))

    def _owner_found(self, failure: Failure, owner: Optional[str]) -> None:
        if failure == self._failure:
            self._show(failure.sentence(owner), tell=True)

    def _look_up_name(self, goal: Tuple[str, int]) -> None:
        self._send_out(self._resolve, goal)

    def _resolve(self, goal: Tuple[str, int]) -> None:
        try:
            found = endpoints(goal[0])
        except (OSError, UnicodeError) as error:
            words = getattr(error, "strerror", None) or str(error)
            failure = Failure(goal[0], goal[1], None, f"the name is not known ({words})")
            self._loop.post(lambda: self._resolved(goal, [], failure))
        else:
            self._loop.post(lambda: self._resolved(goal, found, None))

    def _resolved(
        self, goal: Tuple[str, int], found: List[Endpoint], failure: Optional[Failure]
    ) -> None:
        if goal != self._goal:
            return
        if failure is None:
            self._begin(found)
        else:
            self._fail(failure, again=True)

    def _send_out(self, errand: Callable[..., None], about: object) -> None:
        self._errand = threading.Thread(
            target=errand, args=(about,), name="AnkiConnect errand", daemon=True
        )
        try:
            self._errand.start()
        except RuntimeError:  # the system has no thread left: later, then
            self._errand, self._failure = None, None
            self.next_try = monotonic() + self._loop.limits.listen_retry
