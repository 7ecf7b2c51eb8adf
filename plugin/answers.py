"""What the user answers in the permission window, where an environment variable overrules the configuration."""

from dataclasses import replace
from typing import Any, Dict, List, Mapping, Tuple

from .config import SETTINGS, Settings


class Answers:
    """Origins that were added to lists since Anki started.

    They are in the configuration too, which the variable keeps out of force: without this, the page that the user has
    just allowed would be refused. They hold as long as their entry is there, and the variable alone decides again
    when Anki is started anew.
    """

    def __init__(self) -> None:
        self._added: Dict[str, List[str]] = {}

    def add(self, key: str, origin: str) -> None:
        self._added.setdefault(key, []).append(origin)

    def in_force(self, settings: Settings, raw: Mapping[str, Any]) -> Settings:
        """The settings with the answers that still stand in the configuration."""
        for setting in SETTINGS:
            listed = raw.get(setting.key)
            written = listed if isinstance(listed, (list, tuple)) else ()
            kept = [entry for entry in self._added.get(setting.key, ()) if entry in written]
            if kept:
                self._added[setting.key] = kept
                before: Tuple[str, ...] = getattr(settings, setting.attribute)
                joined: Any = tuple(dict.fromkeys((*before, *kept)))
                settings = replace(settings, **{setting.attribute: joined})
            else:
                self._added.pop(setting.key, None)
        return settings
