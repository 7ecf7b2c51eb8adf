"""The sockets that new connections come to: which addresses they mean, and getting them."""

import errno
import socket
import sys
from typing import Dict, List, NamedTuple, Optional, Tuple

from .limits import Limits

# There is no such address on this computer, or no such family at all.
_ABSENT = frozenset(
    (
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
        getattr(errno, "EPROTONOSUPPORT", None),
        getattr(errno, "ENOTSUP", None),
        10047,  # WSAEAFNOSUPPORT
        10049,  # WSAEADDRNOTAVAIL
    )
)
_TAKEN = frozenset((errno.EADDRINUSE, 10048))
_RESERVED_BY_WINDOWS = 10013

SockAddress = Tuple[object, ...]


class Endpoint(NamedTuple):
    """One address to listen on, without its port."""

    family: socket.AddressFamily
    host: str
    rest: Tuple[int, ...] = ()  # flow and scope of an IPv6 address
    optional: bool = False  # done without where the computer has no such address

    def at(self, port: int) -> SockAddress:
        return (self.host, port, *self.rest)


class Failure(NamedTuple):
    """An address that could not be had."""

    host: str
    port: int
    number: Optional[int]
    words: str

    @property
    def taken(self) -> bool:
        return self.number in _TAKEN

    def sentence(self, owner: Optional[str] = None) -> str:
        """What is wrong and what to do, for people."""
        place = f"port {self.port} on {self.host}"
        if self.taken:
            return (
                f"Cannot listen on {place}: it is in use by {owner or 'another program'}. "
                "It is tried again every second; close the other program, or choose another port."
            )
        if self.number == _RESERVED_BY_WINDOWS:
            return (
                f"Cannot listen on {place}: another program has it for itself, or Windows "
                "reserves it (see: netsh interface ipv4 show excludedportrange protocol=tcp). "
                "Choose another port."
            )
        if self.number == errno.EACCES:
            return (
                f"Cannot listen on {place}: this needs administrator rights. Choose another port."
            )
        if self.number in _ABSENT:
            return f"Cannot listen on {place}: this computer has no such address at the moment."
        return f"Cannot listen on {place}: {self.words}."


def endpoints(address: str) -> List[Endpoint]:
    """What an address of the settings stands for. A name may take a while: it is looked up.

    Loopback means both families: programs that resolve `localhost` may try either first.
    """
    if address.lower() in ("localhost", "127.0.0.1"):
        return [
            Endpoint(socket.AF_INET, "127.0.0.1"),
            Endpoint(socket.AF_INET6, "::1", (0, 0), optional=True),
        ]
    address = address.strip("[]")
    try:
        found = _look_up(address, socket.AI_NUMERICHOST)
    except socket.gaierror:
        found = _look_up(address, 0)
    return found[:1]


def is_numeric(address: str) -> bool:
    """Whether `endpoints` answers without asking a name server."""
    if address.lower() == "localhost":
        return True
    try:
        return bool(_look_up(address.strip("[]"), socket.AI_NUMERICHOST))
    except (OSError, UnicodeError):
        return False


def _look_up(address: str, flags: int) -> List[Endpoint]:
    if not address:
        raise OSError("no address is given")
    found = socket.getaddrinfo(address, 0, type=socket.SOCK_STREAM, flags=flags | socket.AI_PASSIVE)
    return [
        Endpoint(family, str(where[0]), tuple(map(int, where[2:])))
        for family, _, _, _, where in found
        if family in (socket.AF_INET, socket.AF_INET6)
    ]


class Listeners:
    """The listening sockets of one address and port. Used by one thread only."""

    def __init__(self, wanted: List[Endpoint], port: int, limits: Limits) -> None:
        self.wanted = wanted
        self._port = port
        self._limits = limits
        self._open: Dict[Endpoint, socket.socket] = {}

    @property
    def sockets(self) -> List[socket.socket]:
        return list(self._open.values())

    @property
    def addresses(self) -> Tuple[Tuple[str, int], ...]:
        return tuple(listener.getsockname()[:2] for listener in self._open.values())

    def open(self) -> Optional[Failure]:
        """Get what is missing; without the first address none of the others is used."""
        for _ in range(self._limits.port_attempts):
            failure = self._open_missing()
            if failure is None or self._port or not failure.taken:
                break
            self.close()  # the free port of one family is taken in the other: another one
        return failure

    def close(self) -> None:
        for listener in self._open.values():
            listener.close()
        self._open.clear()

    def _open_missing(self) -> Optional[Failure]:
        for endpoint in self.wanted:
            if endpoint in self._open:
                continue
            port = self.addresses[0][1] if self._open else self._port
            try:
                self._open[endpoint] = _listen(endpoint, port, self._limits.backlog)
            except OSError as error:
                if endpoint.optional and error.errno in _ABSENT:
                    continue
                return _failure(endpoint, port, error)
        return None


def _failure(endpoint: Endpoint, port: int, error: OSError) -> Failure:
    number = getattr(error, "winerror", None) or error.errno
    return Failure(endpoint.host, port, number, error.strerror or str(error))


def _listen(endpoint: Endpoint, port: int, backlog: int) -> socket.socket:
    listener = socket.socket(endpoint.family, socket.SOCK_STREAM)
    try:
        _set_options(listener)
        listener.bind(endpoint.at(port))
        listener.listen(backlog)
        listener.settimeout(0)
    except BaseException:
        listener.close()
        raise
    return listener


def _set_options(listener: socket.socket) -> None:
    """A port is to be ours alone, and to be had again at once after a restart."""
    if sys.platform == "win32":
        # There SO_REUSEADDR would let two programs share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
