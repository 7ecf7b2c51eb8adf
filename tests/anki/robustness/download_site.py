"""A web server that misbehaves in every way a download may meet."""

from __future__ import annotations

import gzip
import re
import socket
import threading
import time
from typing import Callable, Dict, List, Optional, Tuple

HELLO = b"hello"
BOMB_MEGABYTES = 600
HEX = re.compile("([0-9a-f]{2})*")
Talk = Callable[[socket.socket, str], None]


def head(status: str, *fields: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, "")).encode()


def whole(body: bytes, status: str = "200 OK", *fields: str) -> bytes:
    return head(status, f"Content-Length: {len(body)}", "Connection: close", *fields) + body


def says(data: bytes) -> Talk:
    return lambda line, rest: line.sendall(data)


def redirect(status: str) -> Talk:
    """To what the path holds in hex; another path comes from a redirect that was taken as a path of this site."""

    def talk(line: socket.socket, rest: str) -> None:
        if HEX.fullmatch(rest):
            line.sendall(whole(b"", status, f"Location: {bytes.fromhex(rest).decode()}"))
        else:
            NOT_FOUND(line, rest)

    return talk


NOT_FOUND = says(whole(b"", "404 Not Found"))


def hop(line: socket.socket, rest: str) -> None:
    left = int(rest)
    to = f"/hops/{left - 1}" if left > 1 else "/hello"
    line.sendall(whole(b"", "302 Found", f"Location: {to}"))


def endlessly(start: bytes, part: bytes, pause: float = 0.0) -> Talk:
    def talk(line: socket.socket, rest: str) -> None:
        line.sendall(start)
        while True:
            line.sendall(part)
            time.sleep(pause)

    return talk


def silence(line: socket.socket, rest: str) -> None:
    line.recv(1)


def bomb(line: socket.socket, rest: str) -> None:
    """Some hundred kilobytes that become more than a file may have."""
    packed = gzip.compress(bytes(2**20)) * BOMB_MEGABYTES
    line.sendall(whole(packed, "200 OK", "Content-Encoding: gzip"))


PAGES: Dict[str, Talk] = {
    "hello": says(whole(HELLO)),
    "gzip": says(whole(gzip.compress(HELLO), "200 OK", "Content-Encoding: gzip")),
    "until-closed": says(head("200 OK") + HELLO),
    "chunked": says(head("200 OK", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n"),
    "empty": says(whole(b"")),
    "error-page": says(whole(b"<html>no</html>", "404 Not Found")),
    "server-error": says(whole(b"no", "500 Internal Server Error")),
    "no-content": says(head("204 No Content")),
    "partial": says(whole(HELLO, "206 Partial Content")),
    "too-short": says(head("200 OK", "Content-Length: 10") + HELLO),
    "half-chunk": says(head("200 OK", "Transfer-Encoding: chunked") + b"a\r\nhello"),
    "bad-chunk": says(head("200 OK", "Transfer-Encoding: chunked") + b"zz\r\nhello\r\n0\r\n\r\n"),
    "bad-gzip": says(whole(b"no gzip", "200 OK", "Content-Encoding: gzip")),
    "nothing": says(b""),
    "no-http": says(b"\x00\x01\x02 SSH-2.0\r\n\r\n"),
    "bad-status": says(b"HTTP/1.1 abc\r\n\r\n"),
    "two-lengths": says(head("200 OK", "Content-Length: 5", "Content-Length: 50") + HELLO),
    "negative-length": says(head("200 OK", "Content-Length: -5") + HELLO),
    "silence": silence,
    "slow-head": endlessly(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.1),
    "endless-head": endlessly(b"HTTP/1.1 200 OK\r\n", b"X: 1\r\n" * 100),
    "slow-body": endlessly(head("200 OK"), b"x", 0.1),
    "slow-chunks": endlessly(head("200 OK", "Transfer-Encoding: chunked"), b"1\r\nx\r\n", 0.1),
    "endless-body": endlessly(head("200 OK"), bytes(2**20)),
    "bomb": bomb,
    "to": redirect("302 Found"),
    "to-301": redirect("301 Moved Permanently"),
    "to-307": redirect("307 Temporary Redirect"),
    "to-308": redirect("308 Permanent Redirect"),
    "hops": hop,
    "loop": says(whole(b"", "302 Found", "Location: /loop")),
    "no-location": says(whole(HELLO, "302 Found")),
}


class Site:
    """Serves PAGES, each connection on a thread of its own."""

    def __init__(self) -> None:
        self.asked: List[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: List[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def end(self) -> None:
        self._listener.close()
        for line in self._open:
            line.close()

    def _accept(self) -> None:
        while True:
            line = self._next()
            if line is None:
                return
            self._open.append(line)
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _next(self) -> Optional[socket.socket]:
        try:
            return self._listener.accept()[0]
        except OSError:  # the end
            return None

    def _talk(self, line: socket.socket) -> None:
        try:
            asked = line.recv(65536)
            self.asked.append(asked)
            name, rest = parts_of(asked)
            PAGES.get(name, NOT_FOUND)(line, rest)
        except OSError:  # the other side has had enough
            pass
        finally:
            line.close()


def parts_of(asked: bytes) -> Tuple[str, str]:
    """The page's name and the rest of its path; both empty for what is no HTTP."""
    path = b" ".join(asked.split(b" ", 2)[1:2]).decode("latin-1")
    name, _, rest = path.lstrip("/").partition("/")
    return name, rest
