"""The log of requests and replies that the setting `apiLogPath` switches on. Keys are left out."""

import json
import os
import re
import threading
import time
from typing import Any, Callable, Optional

LARGEST_FILE = 10 * 1024 * 1024
LONGEST_ENTRY = 64 * 1024

LEFT_OUT = "(left out)"
# Spellings that clients try. Members of these names lose their values, wherever they stand.
KEY_NAMES = ("key", "apikey", "api_key")
# A request that was put into a text, or that an error repeats: all that follows may be the key.
KEY_IN_TEXT = re.compile(r"""key\\*["']\s*:.*""", re.DOTALL | re.IGNORECASE)
# A pipe that nobody reads would make every request wait.
NO_WAITING = getattr(os, "O_NONBLOCK", 0)


class RequestLog:
    """Writes one line of JSON a request. A log that cannot be written is switched off and complained about once."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        self._complain = complain
        self._path: Optional[str] = None
        self._lock = threading.Lock()

    def open(self, path: Optional[str]) -> None:
        with self._lock:
            self._path = path

    def close(self) -> None:
        self.open(None)

    def write(self, request: Any, reply: Any) -> None:
        if self._path is None:
            return
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "request": without_keys(request),
            "reply": without_keys(reply),
        }
        line = json.dumps(entry)  # ASCII in one line: no request can forge an entry
        if len(line) > LONGEST_ENTRY:
            line = json.dumps({"time": entry["time"], "shortened": line[:LONGEST_ENTRY]})
        with self._lock:
            self._append(line + "\n")

    def _append(self, line: str) -> None:
        path = self._path
        if path is None:
            return
        try:
            if os.path.exists(path) and os.path.getsize(path) > LARGEST_FILE:
                os.replace(path, path + ".1")
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_WAITING
            with open(os.open(path, flags, 0o600), "w", encoding="ascii") as file:
                file.write(line)
        except (OSError, ValueError) as error:
            self._path = None
            self._complain(f"apiLogPath: the log cannot be written and is switched off: {error}")


def without_keys(value: Any) -> Any:
    """A JSON value in which nothing is left that is, or may be, an API key."""
    if isinstance(value, dict):
        return {
            name: LEFT_OUT if name.lower() in KEY_NAMES else without_keys(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [without_keys(entry) for entry in value]
    if isinstance(value, str):
        # No entry shows more of it, and looking through a large file in base64 would take long.
        return KEY_IN_TEXT.sub(f"key: {LEFT_OUT}", value[:LONGEST_ENTRY])
    return value
