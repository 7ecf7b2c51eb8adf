"""App Nap: macOS slows programs down whose windows nobody sees, until they hardly answer."""

import plistlib
import sys
from pathlib import Path
from typing import Any, Optional
from xml.parsers.expat import ExpatError

# What `defaults write net.ankiweb.dtop ...` writes to.
PREFERENCES = Path("~/Library/Preferences/net.ankiweb.dtop.plist")
FORBIDDEN = "NSAppSleepDisabled"


class AppNap:
    """Keeps Anki awake while it serves. `switch` is what turns App Nap off and on, where Anki has such a thing."""

    def __init__(self, switch: Optional[Any]) -> None:
        self._switch = switch
        self._awake = False

    def keep_awake(self, awake: bool) -> None:
        if self._switch is None or awake == self._awake:
            return
        self._awake = awake
        if awake:
            self._switch.disable_appnap()
        else:
            self._switch.enable_appnap()

    def to_be_forbidden(
        self, platform: str = sys.platform, preferences: Path = PREFERENCES
    ) -> bool:
        """Whether it is left to the user to keep Anki awake, and has not been done."""
        return platform == "darwin" and self._switch is None and not is_forbidden(preferences)


def is_forbidden(preferences: Path) -> bool:
    """Whether the user has told macOS to leave Anki alone."""
    try:
        told = plistlib.loads(preferences.expanduser().read_bytes())
    except (OSError, ValueError, ExpatError):
        return False
    return isinstance(told, dict) and bool(told.get(FORBIDDEN))
