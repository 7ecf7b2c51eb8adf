"""Making, storing and comparing API keys."""

import hashlib
import hmac
import secrets
import string
import threading
import time
from dataclasses import dataclass, field
from typing import Optional, Tuple

from .scopes import Scopes

ALPHABET = string.ascii_letters + string.digits
KEY_LENGTH = 32  # 190 random bits


def new_key() -> str:
    """A key that nobody can guess. Letters and digits only: a double click selects it, no shell changes it."""
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))


def key_matches(expected: Optional[str], given: object) -> bool:
    """Whether a key of any JSON type opens the door; without an expected one everything does."""
    if not expected:
        return True
    if not isinstance(given, str):
        return False
    return hmac.compare_digest(_bytes(expected), _bytes(given))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def digest(key: str) -> str:
    """What is stored of a named key. A plain hash will do: keys that we make cannot be found by guessing."""
    return hashlib.sha256(_bytes(key)).hexdigest()


@dataclass(frozen=True)
class NamedKey:
    """A key that the user made for one program."""

    name: str
    sha256: str = field(repr=False)
    scopes: Scopes


@dataclass(frozen=True)
class Fit:
    """A key that opens the door. `scopes` are the key's own; None leaves the caller theirs."""

    scopes: Optional[Scopes] = None


@dataclass(frozen=True)
class KeyRing:
    """The keys that open the door. Without any it stands open; with one it is closed to those who show none."""

    master: Optional[str] = field(default=None, repr=False)
    named: Tuple[NamedKey, ...] = ()

    @property
    def closed(self) -> bool:
        """Whether a key is needed at all."""
        return bool(self.master or self.named)

    def fit(self, given: object) -> Optional[Fit]:
        """What a key of any JSON type is good for; None when it does not open the door."""
        if (self.master or not self.named) and key_matches(self.master, given):
            return Fit()
        shown = digest(given) if isinstance(given, str) else ""
        # Each is compared, so that the time tells nothing.
        fitting = [key for key in self.named if hmac.compare_digest(key.sha256, shown)]
        return Fit(fitting[0].scopes) if fitting else None


class WrongKeys:
    """Makes those wait who try one key after another: longer each time, but never long, and never the right one."""

    FIRST, LONGEST = 0.05, 0.5
    """Seconds."""
    FORGOTTEN_AFTER = 60.0
    PLACES = 4
    """So many wait at a time; more would take the threads that others need."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(self.PLACES)
        self._number = 0
        self._latest = 0.0

    def delay(self) -> float:
        """Counts a wrong key; the seconds that it costs."""
        now = time.monotonic()
        with self._lock:
            if now - self._latest > self.FORGOTTEN_AFTER:
                self._number = 0
            self._number += 1
            self._latest = now
            return float(min(self.LONGEST, self.FIRST * 2 ** min(self._number - 1, 10)))

    def wait(self) -> None:
        seconds = self.delay()
        if self._places.acquire(blocking=False):
            try:
                time.sleep(seconds)
            finally:
                self._places.release()
