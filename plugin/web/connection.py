"""One connection: what it is waiting for, and each step from a request to its reply.

A connection is served by a worker thread as far as its bytes reach. When it must wait, it is
parked: it keeps its place in the request and costs no thread until the socket is ready again.
"""

import logging
import socket
from dataclasses import dataclass
from enum import Enum
from time import monotonic
from typing import Callable, List, Optional, Protocol, Union

from .bodies import Refused, refuse
from .http1 import Incoming, Opening
from .limits import Limits
from .messages import Allowance, Head, Request, Response, refusal
from .replies import CONTINUE, UnsendableError, encode
from .shielded import shielded
from .workers import Seats

_log = logging.getLogger(__name__)


class App(Protocol):
    """What answers the requests."""

    def admit(self, head: Head) -> Union[Allowance, Response]:
        """Before the body is read: how large it may be, or the refusal to send."""

    def answer(self, request: Request) -> Response:
        """Runs on a worker thread; may block."""


@dataclass
class House:
    """What the connections of one server share."""

    app: App
    limits: Limits
    seats: Seats
    closing: bool = False  # no further request is accepted


class Stage(Enum):
    """Where a connection stands."""

    HEAD = "waiting for a request, or for the rest of its head"
    BODY = "waiting for the rest of a body"
    REPLY = "waiting for the client to take the reply"
    DRAIN = "waiting for the client to read a refusal and hang up"
    ENDED = "closed"


class Connection:
    """Owned by one thread at a time: a worker, or the loop while it is parked."""

    __slots__ = (
        "_drained",
        "_found",
        "_house",
        "_incoming",
        "_keep",
        "_opening",
        "_pending",
        "_ready",
        "_since",
        "_socket",
        "_unread",
        "deadline",
        "stage",
    )

    def __init__(self, sock: socket.socket, peer: str, house: House) -> None:
        self._socket = sock
        self._house = house
        self._incoming = Incoming(peer, house.limits)
        self._opening: Optional[Opening] = None
        self._found: object = None  # what the application found out from the head
        self._pending: List[memoryview] = []
        self._keep = True
        self._ready = False  # the selector saw that the socket can go on without waiting
        self._since: Optional[float] = None  # when the request being read began
        self._unread = False  # the client may be sending what nobody is going to read
        self._drained = 0
        self.stage = Stage.HEAD
        self.deadline = monotonic() + house.limits.idle_time

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def idle(self) -> bool:
        """Between two requests: nothing is lost if it ends now."""
        return self.stage is Stage.HEAD and not self._incoming.begun

    def serve(self) -> bool:
        """Go on as far as possible; True when it must be parked, False when it has ended."""
        self._ready = True
        try:
            while self._step():
                pass
        except OSError:  # the client is gone
            self.close()
        return self.stage is not Stage.ENDED

    def close(self) -> None:
        self.stage = Stage.ENDED
        self._pending.clear()
        self._socket.close()

    def hang_up(self, *, reading_only: bool) -> None:
        """From another thread: make the thread that serves this connection come to an end."""
        try:
            self._socket.shutdown(socket.SHUT_RD if reading_only else socket.SHUT_RDWR)
        except OSError:  # it is closed already
            return

    def expire(self) -> None:
        """The deadline of a parked connection is over. Called by the loop: must not block."""
        self._socket.settimeout(0)
        late = self.stage is Stage.BODY or (self.stage is Stage.HEAD and self._incoming.begun)
        if late:
            self._say_at_once(refusal(408, "The request did not arrive completely in time."))
        self.close()

    def turn_away(self) -> None:
        """Tell a new client that there are too many. Called by the loop: must not block."""
        self._socket.settimeout(0)
        text = "Too many connections are open; close some, or try again later."
        self._say_at_once(refusal(503, text, ("Retry-After", "1")))
        self._socket.settimeout(self._house.limits.linger)
        self._begin_drain()

    def gone(self) -> bool:
        """Whether the client has hung up. Does not wait."""
        return self._peek() == b""

    def has_sent(self) -> bool:
        """Whether there is something to read. Does not wait."""
        return bool(self._peek())

    def _peek(self) -> Optional[bytes]:
        """The next byte; none (b"") from who has hung up, and None when nothing has come."""
        try:
            self._socket.settimeout(0)
            try:
                return self._socket.recv(1, socket.MSG_PEEK)
            finally:
                self._socket.settimeout(self._house.limits.linger)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def _step(self) -> bool:
        """One step; False when there is nothing more to do here and now."""
        stage = self.stage
        try:
            if stage is Stage.HEAD:
                return self._read_head()
            if stage is Stage.BODY:
                return self._read_body()
            if stage is Stage.REPLY:
                return self._send()
            return stage is Stage.DRAIN and self._drain()
        except Refused as refused:
            self._refuse(refused.response)
            return True

    # -- reading ---------------------------------------------------------------------------

    def _read_head(self) -> bool:
        opening = None if self._incoming.empty else self._incoming.next_head()
        if opening is None:
            return self._receive()
        verdict = shielded(self._house.app.admit, opening.head)
        if not isinstance(verdict, Allowance):
            return self._decline(verdict or _failure(), opening)
        self._incoming.begin_body(opening, verdict)
        if opening.expects and opening.length != 0 and self._incoming.empty:
            self._socket.sendall(CONTINUE)
        self._opening, self._found = opening, verdict.found
        self.stage = Stage.BODY
        return True

    def _read_body(self) -> bool:
        body = self._incoming.next_body()
        if body is None:
            return self._receive()
        opening, self._opening = self._opening, None
        found, self._found = self._found, None
        assert opening is not None
        # Who sends a body without its length may still be at it.
        self._unread = opening.length == 0 and opening.head.method in ("POST", "PUT")
        request = Request(opening.head, body, self.gone, found)
        response = shielded(self._house.app.answer, request) or _failure()
        self._reply(response, keep=opening.keep)
        return True

    def _receive(self) -> bool:
        """Get more bytes; False when none came within the time a worker may wait."""
        return self._patiently(self._read_some) or self._park()

    def _patiently(self, act: Callable[[], bool]) -> bool:
        """`act` on the socket if it is ready, or if this request may still make a worker wait."""
        ready, self._ready = self._ready, False
        if ready:
            return act()
        if self._too_slow() or not self._house.seats.take():
            return False
        try:
            return act()
        finally:
            self._house.seats.give()

    def _read_some(self) -> bool:
        limits = self._house.limits
        large = self._incoming.missing > limits.read_size
        try:
            data = self._socket.recv(limits.body_read_size if large else limits.read_size)
        except (socket.timeout, BlockingIOError):
            return False
        if not data:
            return self._end_of_input()
        self._incoming.feed(data)
        self._mind_the_time()
        return True

    def _end_of_input(self) -> bool:
        if not self._incoming.begun:
            self.close()
            return False
        raise refuse(400, "The request ended before it was complete.")

    def _too_slow(self) -> bool:
        """The request has had its share of a worker's patience."""
        if self._since is None:
            return self._house.closing
        return monotonic() - self._since >= self._house.limits.linger

    def _mind_the_time(self) -> None:
        now = monotonic()
        if self._since is None:
            self._since = now
        elif self.stage is Stage.HEAD and now - self._since > self._house.limits.head_time:
            raise refuse(408, "The head of the request did not arrive completely in time.")

    def _park(self) -> bool:
        limits = self._house.limits
        if self.stage is Stage.BODY:
            self.deadline = monotonic() + limits.body_pause
        elif self._since is not None:
            self.deadline = self._since + limits.head_time
        else:
            self.deadline = monotonic() + limits.idle_time
        return False

    # -- replying --------------------------------------------------------------------------

    def _reply(self, response: Response, *, keep: bool) -> None:
        keep = keep and not self._house.closing
        try:
            self._write(response, keep=keep)
        except UnsendableError:
            _log.exception("The web server's application gave a response that cannot be sent")
            self._write(_failure(), keep=keep)

    def _write(self, response: Response, *, keep: bool) -> None:
        pieces = encode(
            response,
            keep=keep,
            head_only=self._incoming.head_only,
            joined=self._house.limits.joined_reply,
        )
        self._pending = [memoryview(piece) for piece in pieces]
        self._keep = keep
        self._since = monotonic()
        self._ready = True  # nothing else is on its way to the client
        self.stage = Stage.REPLY

    def _decline(self, response: Response, opening: Opening) -> bool:
        """A refusal before the body was read: without a body the connection can go on."""
        self._unread = opening.length != 0
        self._reply(response, keep=opening.keep and not self._unread)
        return True

    def _refuse(self, response: Response) -> None:
        self._opening = self._found = None
        self._unread = True
        self._reply(response, keep=False)

    def _send(self) -> bool:
        while self._pending:
            if not self._patiently(self._send_some):
                self.deadline = monotonic() + self._house.limits.reply_pause
                return False
        return self._end_reply()

    def _send_some(self) -> bool:
        piece = self._pending[0]
        try:
            sent = self._socket.send(piece)
        except (socket.timeout, BlockingIOError):
            return False
        if sent < len(piece):
            self._pending[0] = piece[sent:]
        else:
            del self._pending[0]
            self._ready = True
        return True

    def _end_reply(self) -> bool:
        self._ready = False
        self._since = None if self._incoming.empty else monotonic()
        if self._keep and not self._house.closing:
            self._incoming.head_only = False
            self.stage = Stage.HEAD
            return True
        if self._unread or not self._incoming.empty:
            self._begin_drain()
        else:
            self.close()
        return False

    def _begin_drain(self) -> None:
        """Closing with bytes unread would reset the connection and could cost the client the
        reply (RFC 9112, 9.6): stop sending, and read on for a while."""
        self._socket.shutdown(socket.SHUT_WR)
        self.deadline = monotonic() + self._house.limits.drain_time
        self.stage = Stage.DRAIN

    def _drain(self) -> bool:
        ready, self._ready = self._ready, False
        if not ready:
            return False
        size = len(self._socket.recv(self._house.limits.body_read_size))
        self._drained += size
        if not size or self._drained > self._house.limits.drain_size:
            self.close()
        return False

    def _say_at_once(self, response: Response) -> None:
        head_only = self._incoming.head_only
        try:
            for piece in encode(response, keep=False, head_only=head_only, joined=2**20):
                self._socket.send(piece)
        except OSError:  # it would not have been read anyway
            return


def _failure() -> Response:
    return refusal(500, "The request could not be carried out because of an internal error.")
