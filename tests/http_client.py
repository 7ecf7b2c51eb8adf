"""One HTTP request after another to the server, as the tests' clients send them."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Mapping, Optional

ANSWER_SECONDS = 40.0
IDLE_SECONDS = 2.0  # a connection unused for longer is opened anew: the server may have closed it


@dataclass(frozen=True)
class HttpReply:
    """What came back for one HTTP request; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Speaks HTTP with keep-alive; each thread has a connection of its own."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._own = threading.local()

    def send(
        self, method: str, path: str, body: Optional[bytes], headers: Mapping[str, str]
    ) -> HttpReply:
        line = self._line()
        try:
            line.request(method, path, body=body, headers=dict(headers))
            got = line.getresponse()
            found = {name.lower(): value for name, value in got.getheaders()}
            reply = HttpReply(got.status, found, got.read())
        except (OSError, http.client.HTTPException):
            line.close()
            raise
        self._own.used = time.monotonic()
        return reply

    def _line(self) -> http.client.HTTPConnection:
        line = getattr(self._own, "line", None)
        if line is None:
            line = http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_SECONDS)
            self._own.line = line
        elif time.monotonic() - self._own.used > IDLE_SECONDS:
            line.close()  # http.client connects again by itself
        return line
