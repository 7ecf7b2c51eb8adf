"""The classic AnkiConnect, as far as tests meet it."""

from __future__ import annotations

from typing import Any, Dict

# The configuration that comes with it.
DEFAULTS: Dict[str, Any] = {
    "apiKey": None,
    "apiLogPath": None,
    "ignoreOriginList": [],
    "webBindAddress": "127.0.0.1",
    "webBindPort": 8765,
    "webCorsOriginList": ["http://localhost"],
}
