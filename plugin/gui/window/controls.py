"""What the window shows and does, as the rest of the add-on offers it."""

import os
from typing import Any, Mapping, Optional, Protocol

from aqt.main import AnkiQt

from ... import config
from ...config import Settings
from ...main_thread import MainThread
from ...recent import Recent
from ...scopes import Scopes
from ..status import State


class Controls(Protocol):
    """The add-on, for the window. Everything takes effect at once, and the window is told."""

    mw: AnkiQt
    package: str
    settings: Settings
    main_thread: MainThread
    recent: Recent

    def state(self) -> State:
        """How the server is."""

    def pause(self, paused: bool) -> None:
        """Stop serving for now, or go on."""

    def change(self, values: Mapping[str, Any]) -> None:
        """Store settings by their keys in the configuration."""

    def place(self, origin: str, key: Optional[str]) -> None:
        """Put an origin into the list `key` alone, or into none."""

    def grant(self, who: str, scopes: Optional[Scopes]) -> None:
        """Decide what an origin or a group of callers may do; None: what is usual for it."""

    def standing(self, origin: str) -> Optional[bool]:
        """Whether an origin is allowed (True) or ignored (False)."""


def from_environment(key: str) -> Optional[str]:
    """The environment variable that sets this, if one does."""
    variable = config.setting_of(key).variable
    return variable if os.environ.get(variable) else None
