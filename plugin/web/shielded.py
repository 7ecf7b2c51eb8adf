"""Calls into code of others, whose failures must not take the server with them."""

import logging
from typing import Callable, Optional, TypeVar

_log = logging.getLogger(__name__)

Given = TypeVar("Given")
Got = TypeVar("Got")


def shielded(call: Callable[[Given], Got], given: Given) -> Optional[Got]:
    """What `call` returns; None, and the traceback in the log, when it raises."""
    try:
        return call(given)
    # Whatever goes wrong in there, the client is owed a reply and the thread goes on serving.
    except Exception:  # noqa: BLE001
        _log.exception("The web server's application failed")
        return None
