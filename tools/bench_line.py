"""A client as cheap as one in Python can be, so that the server is what is measured."""

from __future__ import annotations

import socket
import time
from typing import Callable

PIECE = 1 << 20


class Line:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, body: bytes) -> bytes:
        """The body of the reply."""
        head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Length: {len(body)}\r\n"
        self._socket.sendall(head.encode("ascii") + b"\r\n" + body)
        data = bytearray()
        while b"\r\n\r\n" not in data:
            data += self._receive()
        begin = data.index(b"\r\n\r\n") + 4
        whole = begin + content_length(bytes(data[:begin]))
        while len(data) < whole:
            data += self._receive()
        return bytes(data[begin:])

    def _receive(self) -> bytes:
        data = self._socket.recv(PIECE)
        if not data:
            raise ConnectionError("the server hung up")
        return data

    def close(self) -> None:
        self._socket.close()


def content_length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(b"content-length:") + len(b"content-length:")
    return int(lower[at:].split(b"\r\n", 1)[0])


def ask_once(port: int, body: bytes) -> bytes:
    """One request on a connection of its own."""
    line = Line(port)
    try:
        return line.ask(body)
    finally:
        line.close()


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
