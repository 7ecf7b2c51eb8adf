"""Every number the web server keeps to, in one table."""

import sys
from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB

MAX_BODY = 256 * MIB
"""The largest body an application should admit unless it has reasons of its own."""


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    # What one request may look like.
    request_line: int = 8 * KIB  # beyond: 414
    header_line: int = 16 * KIB  # beyond: 431
    headers: int = 64 * KIB  # all header lines together; beyond: 431
    fields: int = 100  # number of header lines; beyond: 431
    empty_lines: int = 8  # tolerated before a request line (RFC 9112, 2.2)
    length_digits: int = 18  # of a Content-Length: fits 64 bits everywhere
    chunk_line: int = 4 * KIB  # a chunk's size and extensions
    chunk_extensions: int = 64 * KIB  # extensions of one body together
    trailers: int = 16 * KIB  # all trailer lines together

    # How long a client may take.
    head_time: float = 15.0  # from the first byte of a head to its last
    body_pause: float = 30.0  # without one further byte of the body
    reply_pause: float = 30.0  # without the client taking one further byte
    idle_time: float = 120.0  # between requests
    drain_time: float = 3.0  # for the client to read a refusal before the connection closes
    drain_size: int = 64 * MIB  # of an unwanted body read and dropped meanwhile

    # What the server spends.
    linger: float = 0.5  # a worker waits for more bytes before it parks the connection
    lingerers: int = 64  # workers that may wait so at a time
    workers: int = 128  # threads that answer
    worker_idle: float = 30.0  # a thread without work ends
    connections: int = 1000  # open at a time; beyond: 503
    refusing: int = 64  # connections being told 503 at a time; beyond: closed at once
    backlog: int = 128  # connections the system queues for us
    read_size: int = 64 * KIB  # of one read
    body_read_size: int = 256 * KIB  # of one read inside a large body
    joined_reply: int = 64 * KIB  # bodies up to this leave in one piece with their head

    # When things go wrong.
    listen_retry: float = 1.0  # between attempts to get a taken port
    port_attempts: int = 20  # to find a port that is free in both families
    accept_pause: float = 0.2  # after the system had no descriptor left


LIMITS = Limits()


def affordable_connections(limits: Limits) -> int:
    """How many connections this process can hold without starving the rest of it.

    The descriptors are shared with the program around us (a desktop program on macOS starts
    with 256), and Windows' select() takes 512 sockets, listeners and wake-up included.
    """
    if sys.platform == "win32":
        return min(limits.connections, 512 - 32 - limits.refusing)
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return limits.connections
    return max(1, min(limits.connections, soft // 2 - limits.refusing))
