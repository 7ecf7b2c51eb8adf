"""How Anki is, told at once and to everybody: whether a request would be carried out now, and what is in its way.

Anki's main thread is asked for a sign, and not waited for: what it cannot say within `GRACE` seconds is answered from
the last time it could, and that it does not answer is part of the reply.
"""

import platform
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Optional

from .registry import API_VERSION
from .version import VERSION

GRACE = 0.2
ANKI_OPERATION = "an operation of Anki's own"
ANKI_SILENT = "something that keeps Anki from answering"


@dataclass(frozen=True)
class Doing:
    """An action that is being carried out, and since when."""

    action: str
    since: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Seen:
    """What was seen of Anki, on its main thread."""

    profile_open: bool = False
    collection_open: bool = False
    dialog_open: bool = False
    operation: bool = False
    """Whether Anki has an operation of its own going, so that requests wait."""
    background: Optional[Doing] = None
    """The action that goes on in the background, such as a sync, so that others wait."""


@dataclass(frozen=True)
class Asked:
    """A sign that Anki's main thread has been asked for."""

    since: float
    given: threading.Event = field(default_factory=threading.Event)


class Health:
    """Usable on any thread. `look` is called on Anki's main thread, by way of `post`; `running` (the action
    that has the main thread) on any."""

    def __init__(
        self,
        look: Callable[[], Seen],
        post: Callable[[Callable[[], None]], None],
        running: Callable[[], Optional[Doing]],
        anki: str,
    ) -> None:
        self._look = look
        self._post = post
        self._running = running
        self._versions = {
            "anki": anki,
            "ankiConnect": VERSION,
            "api": API_VERSION,
            "python": platform.python_version(),
        }
        self._lock = threading.Lock()
        self._seen = Seen()
        self._asked: Optional[Asked] = None

    def report(self) -> Dict[str, Any]:
        """The reply to `GET /health`."""
        asked = self._ask()
        answers = asked.given.wait(GRACE)
        seen, now = self._seen, time.monotonic()
        busy = self._busy(seen, now, None if answers else now - asked.since)
        return {
            "ready": seen.collection_open and busy is None,
            "profileOpen": seen.profile_open,
            "collectionOpen": seen.collection_open,
            "dialogOpen": seen.dialog_open,
            "busy": busy,
            "versions": self._versions,
        }

    def _busy(self, seen: Seen, now: float, silence: Optional[float]) -> Optional[Dict[str, Any]]:
        doing = seen.background if silence is None else self._running()
        if doing is not None:
            return {"with": doing.action, "seconds": round(now - doing.since, 1)}
        if silence is not None:
            return {"with": ANKI_SILENT, "seconds": round(silence, 1)}
        return {"with": ANKI_OPERATION, "seconds": None} if seen.operation else None

    def _ask(self) -> Asked:
        """One sign for all who want one at a time: a main thread that is held up gets no queue of questions."""
        with self._lock:
            asked, first = self._asked, self._asked is None
            if asked is None:
                asked = self._asked = Asked(time.monotonic())
        if first:
            self._post(lambda: self._answer(asked))
        return asked

    def _answer(self, asked: Asked) -> None:
        """On the main thread."""
        try:
            self._seen = self._look()
        finally:
            with self._lock:
                self._asked = None
            asked.given.set()
