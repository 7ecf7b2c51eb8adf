"""What was asked of late, and who was refused: kept in memory, without contents and without keys."""

import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import Enum
from typing import Callable, Deque, List, Optional, Protocol

from .dispatch import Answered
from .errors import CollectionUnavailable, InvalidKey, NotAllowed, UnsupportedAction
from .scopes import Scope
from .web.addresses import is_here, plain_origin
from .web.guard import Caller, CallerKind, printable

REQUESTS = 200
ORIGINS = 50
NEIGHBOURS = (CallerKind.THIS_COMPUTER, CallerKind.EXTENSION)
LONGEST_NAME = 60


class Outcome(Enum):
    """How a request ended. Error texts are not kept: they repeat what the request held."""

    DONE = "done"
    FAILED = "failed"
    WRONG_KEY = "wrong key"
    UNKNOWN_ACTION = "unknown action"
    NO_COLLECTION = "no collection"
    NO_RIGHT = "no right"


OUTCOMES = {
    str(InvalidKey()): Outcome.WRONG_KEY,
    str(UnsupportedAction()): Outcome.UNKNOWN_ACTION,
    str(CollectionUnavailable()): Outcome.NO_COLLECTION,
}


@dataclass(frozen=True)
class Asked:
    """One request. `number` goes up by one from each to the next; `client` is "" if nothing is known of it."""

    number: int
    time: float
    client: str
    action: str
    outcome: Outcome
    milliseconds: float


@dataclass(frozen=True)
class Refused:
    """An origin that knocked without being allowed."""

    origin: str
    times: int
    last: float


class Watch(Protocol):
    """Told that there is news; told again only after the news was read."""

    def __call__(self) -> None: ...


class Recent:
    """The last requests and the origins refused of late. Usable on any thread."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._count = 0
        self._requests: Deque[Asked] = deque(maxlen=REQUESTS)
        self._refused: "OrderedDict[str, Refused]" = OrderedDict()
        self._neighbours: "OrderedDict[str, None]" = OrderedDict()
        self._watch: Optional[Watch] = None
        self._told = False

    def watch(self, watch: Optional[Watch]) -> None:
        """Has `watch` called, on the thread of a request, from now on. None ends that."""
        with self._lock:
            self._watch = watch
            self._told = False

    def answered(self, record: Answered) -> None:
        """For the dispatcher. Pages that are not allowed fill no rows: any page could drive out all others."""
        caller = record.caller
        if not isinstance(caller, Caller):
            return
        if not caller.trusted:
            self.refused(caller)
            return
        outcome = outcome_of(record)
        action = printable(record.action, LONGEST_NAME)
        with self._lock:
            self._count += 1
            self._requests.append(
                Asked(
                    self._count,
                    self._clock(),
                    client_of(caller),
                    action,
                    outcome,
                    record.seconds * 1000,
                )
            )
            self._note_neighbour(caller)
            tell = self._news()
        tell()

    def _note_neighbour(self, caller: Caller) -> None:
        """With the lock held: keeps who was let in without being listed by name."""
        origin = plain_origin(caller.origin) if caller.origin else None
        if origin is not None and caller.kind in NEIGHBOURS:
            self._neighbours[origin] = None
            self._neighbours.move_to_end(origin)
            if len(self._neighbours) > ORIGINS:
                self._neighbours.popitem(last=False)

    def refused(self, caller: Caller) -> None:
        """For the door: somebody was turned away."""
        origin = plain_origin(caller.origin) if caller.origin else None
        if origin is None:
            return
        with self._lock:
            before = self._refused.pop(origin, None)
            times = 1 if before is None else before.times + 1
            self._refused[origin] = Refused(origin, times, self._clock())
            if len(self._refused) > ORIGINS:
                self._refused.popitem(last=False)
            tell = self._news()
        tell()

    def requests(self) -> List[Asked]:
        """The last requests, the newest first."""
        with self._lock:
            self._told = False
            return list(reversed(self._requests))

    def refusals(self) -> List[Refused]:
        """The origins that were refused, the latest first; some may be allowed or ignored by now."""
        with self._lock:
            self._told = False
            return list(reversed(self._refused.values()))

    def neighbours(self) -> List[str]:
        """The pages of this computer and the extensions that asked for something, the latest first."""
        with self._lock:
            return list(reversed(self._neighbours))

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    def forget_origin(self, origin: str) -> None:
        with self._lock:
            self._refused.pop(origin, None)

    def _news(self) -> Callable[[], None]:
        """With the lock held: what to call once it is released."""
        if self._watch is None or self._told:
            return nothing
        self._told = True
        return self._watch


def nothing() -> None:
    """Nobody watches, or they know already."""


def outcome_of(record: Answered) -> Outcome:
    """What is kept of an error's text: its kind."""
    if record.error is None:
        return Outcome.DONE
    # Only the words of the refusal itself count, not a text that repeats them.
    if record.error in (str(NotAllowed(record.action, scope.value)) for scope in Scope):
        return Outcome.NO_RIGHT
    return OUTCOMES.get(record.error, Outcome.FAILED)


def client_of(caller: Caller) -> str:
    """Who asked, as far as they say so: the page's origin or the program's name, and where from if not from here."""
    name = printable(caller.origin, LONGEST_NAME) if caller.origin else caller.program
    if is_here(caller.peer):
        return name
    return f"{name} ({caller.peer})" if name else caller.peer
