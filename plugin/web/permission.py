"""Asking the user whether a web origin may use Anki: who is asked about, when, and how often."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import Callable, Deque, Dict, List, Optional, Tuple

from ..config import LOCALHOST
from .addresses import plain_origin

IN_LINE = 4  # origins that wait while the question of another is shown
SHARERS = 5  # requests of one origin that wait for its answer; each keeps a thread
PATIENCE = 300.0  # seconds for an answer
FIRST_PAUSE = 30.0  # after a No; doubled with each further one
LONGEST_PAUSE = 3600.0
MANY_REFUSALS = 10  # of any origins, within TIRED seconds: nobody is asked about for a while
TIRED = 600.0
POLL = 1.0  # how often a waiting request looks whether its client is still there


class Decision(Enum):
    """What the user says. Closing the window is DENY."""

    ALLOW = "allow"
    DENY = "deny"
    IGNORE = "ignore"


class Question:
    """One question, as the window that shows it sees it. Usable on any thread."""

    def __init__(self, origin: str, answered: Callable[["Question", Decision], None]) -> None:
        self.origin = origin
        self._answered = answered
        self._lock = threading.Lock()
        self._withdrawn = False
        self._on_withdraw: List[Callable[[], None]] = []

    @property
    def names_nobody(self) -> bool:
        """Whether unrelated pages share this origin, so that a Yes would let all of them in."""
        return self.origin == "null" or self.origin.lower().startswith("file:")

    @property
    def lets_in_neighbours(self) -> bool:
        """Whether a Yes lets in all pages of this computer and all browser extensions too."""
        return self.origin == LOCALHOST

    @property
    def withdrawn(self) -> bool:
        return self._withdrawn

    def answer(self, decision: Decision) -> None:
        """The user's word. Only the first one counts, and none once the question is withdrawn."""
        self._answered(self, decision)
        with self._lock:
            self._on_withdraw.clear()

    def on_withdraw(self, close: Callable[[], None]) -> None:
        """Have `close` called, on any thread, when nobody waits for the answer any more.

        It is called at once when that has happened already.
        """
        with self._lock:
            if not self._withdrawn:
                self._on_withdraw.append(close)
                return
        close()

    def withdraw(self) -> None:
        with self._lock:
            self._withdrawn = True
            callbacks, self._on_withdraw = self._on_withdraw, []
        for close in callbacks:
            close()


@dataclass
class _Matter:
    """A question and those who wait for its answer."""

    question: Question
    deadline: float
    askers: int = 0
    shown: bool = False
    being_answered: bool = False
    granted: Optional[bool] = None


class _Refusals:
    """How long an origin that was refused is not asked about again."""

    def __init__(self) -> None:
        self._origins: Dict[str, Tuple[int, float]] = {}
        self._recent: Deque[float] = deque(maxlen=MANY_REFUSALS)

    def forbid(self, origin: str, now: float) -> bool:
        """Whether the user is to be left alone with this origin for now."""
        tired = len(self._recent) == MANY_REFUSALS and now - self._recent[0] < TIRED
        return tired or now < self._origins.get(origin, (0, now))[1]

    def note(self, origin: str, now: float, *, vanished: bool) -> None:
        """A refusal. The first question that its asker gave up is free: pages get reloaded."""
        self._forget_old(now)
        self._recent.append(now)
        count, _ = self._origins.get(origin, (0, now))
        doublings = count - 1 if vanished else count
        pause = FIRST_PAUSE * 2 ** min(doublings, 10) if doublings >= 0 else 0.0
        self._origins[origin] = (count + 1, now + min(pause, LONGEST_PAUSE))

    def clear(self, origin: str) -> None:
        self._origins.pop(origin, None)
        self._recent.clear()

    def _forget_old(self, now: float) -> None:
        self._origins = {
            origin: (count, until)
            for origin, (count, until) in self._origins.items()
            if now < until + LONGEST_PAUSE
        }


class PermissionDesk:
    """Lets requests wait for the user's word, one question at a time.

    `show` hands a question to the window side, from any thread, and must not block; by the time
    the window is there, the question may have been withdrawn. `remember` stores an ALLOW or IGNORE
    before any request is told of it, on the thread that answers. `standing` tells what the
    settings say of an origin (True allowed, False ignored, None neither); it sees what `remember`
    stored, and neither blocks nor calls the desk.
    """

    def __init__(
        self,
        show: Callable[[Question], None],
        remember: Callable[[str, Decision], None],
        standing: Callable[[str], Optional[bool]],
        clock: Callable[[], float] = time.monotonic,
        poll: float = POLL,
    ) -> None:
        self._show = show
        self._remember = remember
        self._standing = standing
        self._clock = clock
        self._poll = poll
        self._changed = threading.Condition()
        self._open: Dict[str, _Matter] = {}  # in the order they came
        self._on_screen: Optional[_Matter] = None
        self._refusals = _Refusals()
        self._closed = False

    def ask(self, origin: str, gone: Callable[[], bool]) -> bool:
        """Whether the user allows the origin; blocks the calling thread until that is known.

        False without a question for an origin that is ignored, was refused a short while ago, or
        comes when too many wait already: other origins, or requests of its own.
        """
        origin = plain_origin(origin) or origin
        with self._changed:
            known = self._standing(origin)
            matter = None if known is not None else self._join(origin)
        if matter is None:
            return bool(known)
        try:
            self._show_next()
            return self._wait(matter, gone)
        finally:
            self._leave(matter)

    def settings_changed(self) -> None:
        """Settles the questions that the settings answer by now, and takes them off the screen."""
        settled = []
        with self._changed:
            for origin, matter in list(self._open.items()):
                known = None if matter.being_answered else self._standing(origin)
                if known is not None:
                    self._conclude(matter, granted=known)
                    settled.append(matter)
        for matter in settled:
            self._clear_away(matter)

    def close(self) -> None:
        """Denies everyone who waits, and everyone who comes later."""
        with self._changed:
            self._closed = True
            waiting = list(self._open.values())
            for matter in waiting:
                self._conclude(matter, granted=False)
        for matter in waiting:
            self._clear_away(matter)

    def _join(self, origin: str) -> Optional[_Matter]:
        matter = self._open.get(origin)
        if self._closed or (matter is not None and matter.askers >= SHARERS):
            return None
        if matter is None:
            now = self._clock()
            if len(self._open) > IN_LINE or self._refusals.forbid(origin, now):
                return None
            matter = _Matter(Question(origin, self._answered), now + PATIENCE)
            self._open[origin] = matter
        matter.askers += 1
        return matter

    def _wait(self, matter: _Matter, gone: Callable[[], bool]) -> bool:
        while True:
            with self._changed:
                if matter.granted is None:
                    self._changed.wait(self._poll)
                if matter.granted is not None:
                    return matter.granted
                overdue = self._clock() >= matter.deadline
            if overdue:
                self._give_up(matter)
            elif gone():
                return False

    def _leave(self, matter: _Matter) -> None:
        with self._changed:
            matter.askers -= 1
            deserted = matter.askers == 0
        if deserted:
            self._give_up(matter, vanished=True)

    def _give_up(self, matter: _Matter, *, vanished: bool = False) -> None:
        """Ends a matter without an answer, unless the answer is on its way."""
        with self._changed:
            if matter.granted is not None or matter.being_answered:
                return
            if vanished and matter.askers:
                return
            if matter.shown:
                self._refusals.note(matter.question.origin, self._clock(), vanished=vanished)
            self._conclude(matter, granted=False)
        self._clear_away(matter)

    def _answered(self, question: Question, decision: Decision) -> None:
        with self._changed:
            matter = self._open.get(question.origin)
            if matter is None or matter.question is not question or matter.being_answered:
                return
            matter.being_answered = True
        granted = False
        try:
            if decision is not Decision.DENY:
                self._remember(question.origin, decision)
            granted = decision is Decision.ALLOW
        finally:
            self._settle(matter, granted)

    def _settle(self, matter: _Matter, granted: bool) -> None:
        origin = matter.question.origin
        with self._changed:
            if granted:
                self._refusals.clear(origin)
            else:
                self._refusals.note(origin, self._clock(), vanished=False)
            self._conclude(matter, granted=granted)
        self._clear_away(matter)

    def _conclude(self, matter: _Matter, *, granted: bool) -> None:
        if matter.granted is None:
            matter.granted = granted
            del self._open[matter.question.origin]
            self._changed.notify_all()

    def _clear_away(self, matter: _Matter) -> None:
        """Takes a finished question off the screen, and only then shows the next."""
        if not matter.being_answered:
            matter.question.withdraw()
        with self._changed:
            if self._on_screen is matter:
                self._on_screen = None
        self._show_next()

    def _show_next(self) -> None:
        with self._changed:
            matter = next(iter(self._open.values()), None)
            if matter is None or self._on_screen is not None:
                return
            matter.shown = True
            matter.deadline = self._clock() + PATIENCE
            self._on_screen = matter
        self._show(matter.question)
