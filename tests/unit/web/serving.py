"""Servers and clients for the tests of the web server: real sockets, nothing pretended."""

import socket
import statistics
import threading
import time
from contextlib import contextmanager
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple, Union

from plugin.web.limits import LIMITS, Limits
from plugin.web.messages import Allowance, Head, Request, Response, refusal
from plugin.web.server import Server, Status

POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


def post(body: bytes = b"", fields: bytes = b"") -> bytes:
    return POST + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body


def allowance(limit: int) -> Allowance:
    return Allowance(limit, lambda: refusal(413, f"More than {limit} bytes are too many here."))


class Echo:
    """Answers with the request's body; some paths do something else."""

    def __init__(self, limit: int = 100 * 2**20) -> None:
        self.limit = limit
        self.bodies: List[bytes] = []
        self.release = threading.Event()
        self.gone: Optional[bool] = None

    def admit(self, head: Head) -> Union[Allowance, Response]:
        if head.path == "/forbidden":
            return refusal(403, "This is not for you.")
        return allowance(self.limit)

    def answer(self, request: Request) -> Response:
        self.bodies.append(request.body[:100])
        path = request.head.path
        if path == "/fail":
            raise ValueError("secret detail")
        if path == "/bad":
            return Response(headers=(("X", "a\r\nb"),))
        if path == "/large":
            return Response(body=b"x" * 30_000_000)
        if path == "/wait":
            self.release.wait(10)
        if path == "/until-gone":
            self.gone = within(5, request.gone)
        return Response(body=request.body)


class Reply(NamedTuple):
    status: int
    head: bytes
    body: bytes


class Client:
    """One connection, byte for byte."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self, *, bodiless: bool = False) -> Reply:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._file.readline()
            if not line:
                raise ConnectionError("closed")
            head += line
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line[15:])
        return Reply(int(head[9:12]), head, b"" if bodiless else self._file.read(length))

    def ask(self, data: bytes) -> Reply:
        self.send(data)
        return self.reply()

    def closed(self) -> bool:
        """Whether the server has ended the connection (waits for it)."""
        try:
            return not self._file.read(1)
        except ConnectionError:
            return True

    def close(self) -> None:
        self._file.close()
        self.socket.close()


class Serving:
    """A running server and what it told about itself."""

    def __init__(self, app: Echo, limits: Limits) -> None:
        self.app = app
        self.told: List[Status] = []
        self._clients: List[Client] = []
        self.server = Server(app, self.told.append, limits)

    def listen(self, address: str = "127.0.0.1", port: int = 0) -> None:
        self.server.listen(address, port)
        assert within(3, lambda: bool(self.server.status.addresses))

    @property
    def port(self) -> int:
        return self.server.status.addresses[0][1]

    def client(self, host: str = "127.0.0.1") -> Client:
        client = Client(self.port, host)
        self._clients.append(client)
        return client

    def end(self) -> None:
        self.app.release.set()
        self.server.stop()
        for client in self._clients:
            client.close()

    def once(self, data: bytes) -> Reply:
        client = self.client()
        try:
            return client.ask(data)
        finally:
            client.close()


@contextmanager
def serving(limits: Limits = LIMITS, limit: int = 100 * 2**20) -> Iterator[Serving]:
    place = Serving(Echo(limit), limits)
    try:
        place.listen()
        yield place
    finally:
        place.end()


def within(seconds: float, true: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.005)
    return True


def usual(work: Callable[[], object]) -> float:
    """The median seconds of some tries: other programs of this machine get in between now and then."""
    return statistics.median(timed(work) for _ in range(9))


def timed(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def taken_port(host: str = "127.0.0.1") -> Tuple[socket.socket, int]:
    """A port that somebody else listens on."""
    holder = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    holder.bind((host, 0))
    holder.listen()
    return holder, holder.getsockname()[1]


def has_ipv6() -> bool:
    try:
        taken_port("::1")[0].close()
    except OSError:
        return False
    return True
