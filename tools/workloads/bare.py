"""The bare socket: what it takes to bring a request into Anki and a reply out of it, and nothing else.

The server's half runs inside Anki, on a thread of its own. A line with two numbers, then so many bytes; it sends back
as many as the second number says.
"""

from __future__ import annotations

import socket
import threading

PIECE = 1 << 20


def serve() -> int:
    """Starts the server's half; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=answer_all, args=(listener,), name="bare socket", daemon=True).start()
    return int(listener.getsockname()[1])


def answer_all(listener: socket.socket) -> None:
    while True:
        line, _ = listener.accept()
        with line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answer(line)


def answer(line: socket.socket) -> None:
    data = bytearray()
    while b"\n" not in data:
        data += line.recv(PIECE)
    head = bytes(data[: data.index(b"\n")])
    asked, reply = map(int, head.split())
    whole = len(head) + 1 + asked
    while len(data) < whole:
        data += line.recv(PIECE)
    line.sendall(bytes(reply))


def exchange(port: int, body: bytes, reply: int) -> None:
    """The client's half: one request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(f"{len(body)} {reply}\n".encode("ascii") + body)
        data = bytearray()
        while len(data) < reply:
            data += line.recv(PIECE)
