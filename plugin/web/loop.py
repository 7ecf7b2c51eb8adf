"""The one thread that watches: listeners, and connections that wait for their client."""

import selectors
import socket
import threading
from collections import deque
from time import monotonic
from typing import Callable, Deque, List, Optional, Protocol, Set

from .connection import App, Connection, House, Stage
from .doorkeeper import Doorkeeper, Status
from .limits import Limits, affordable_connections
from .workers import Seats, Workers

_SWEEP = 1.0  # deadlines are kept to within this
_ENDING = 0.5  # for threads to notice that their connection was cut


class NoticeBoard(Protocol):
    """Where the loop puts up its status."""

    def show(self, status: Status, *, tell: bool) -> None:
        """The status is another now; `tell` those who want to hear of it."""


class Loop:
    """From its start to its stop. With nothing to do it sleeps without a timer."""

    def __init__(self, app: App, limits: Limits, notice_board: NoticeBoard) -> None:
        self.limits = limits
        self._notice_board = notice_board
        self._house = House(app, limits, Seats(limits.lingerers))
        self._workers: Workers[Connection] = Workers(
            self._attend, limits.workers, limits.worker_idle
        )
        self._most = affordable_connections(limits)
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        self._orders: Deque[Callable[[], None]] = deque()
        self._returned: Deque[Connection] = deque()
        self._lock = threading.Lock()
        self._connections: Set[Connection] = set()  # all that are open; under the lock
        self._parked: Set[Connection] = set()
        self._listening: List[socket.socket] = []
        self._door = Doorkeeper(self)
        self._next_sweep: Optional[float] = None
        self._accept_again: Optional[float] = None
        self._stop_at: Optional[float] = None
        self._over = False
        self._thread = threading.Thread(target=self._run, name="AnkiConnect server", daemon=True)

    # -- from any thread -------------------------------------------------------------------

    def start(self) -> None:
        for end in (self._bell, self._ear):
            end.settimeout(0)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._thread.start()

    def listen(self, address: str, port: int) -> None:
        self.post(lambda: self._aim(address, port))

    def stop(self, patience: float) -> None:
        """End everything; whoever got a request through before gets its reply, in time."""
        until = monotonic() + patience
        self.post(lambda: self._begin_stop(until))
        if threading.current_thread() is self._thread:
            return
        self._thread.join(patience + _ENDING)
        self._workers.end(max(0.0, until - monotonic()) + _ENDING)
        self._door.wait(_ENDING)

    def post(self, order: Callable[[], None]) -> None:
        self._orders.append(order)
        self._ring()

    def show(self, status: Status, *, tell: bool) -> None:
        self._notice_board.show(status, tell=tell)

    def _ring(self) -> None:
        try:
            self._bell.send(b"\0")
        except OSError:  # it rings already, or the loop has ended
            return

    # -- on worker threads -----------------------------------------------------------------

    def _attend(self, connection: Connection) -> None:
        waits = False
        try:
            waits = connection.serve()
        finally:
            if waits:
                self._give_back(connection)
            else:
                self._forget(connection)

    def _give_back(self, connection: Connection) -> None:
        self._returned.append(connection)
        if self._over:
            self._drop_returned()
        else:
            self._ring()

    def _forget(self, connection: Connection) -> None:
        connection.close()
        with self._lock:
            self._connections.discard(connection)
        if self._house.closing:
            self._ring()

    # -- on the loop's own thread ----------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._done():
                for key, _ in self._selector.select(self._pause()):
                    self._attend_to(key.fileobj)
                self._carry_out_orders()
                self._take_back()
                self._keep_times()
        finally:
            self._end()

    def _attend_to(self, what: object) -> None:
        if isinstance(what, Connection):
            self._unpark(what)
            self._workers.give(what)
        elif what is self._ear:
            self._ear.recv(4096)
        elif isinstance(what, socket.socket):
            self._accept(what)

    def _carry_out_orders(self) -> None:
        while self._orders:
            self._orders.popleft()()
            self._watch_listeners()

    def _pause(self) -> Optional[float]:
        times = (self._next_sweep, self._accept_again, self._door.next_try, self._stop_at)
        due = [time for time in times if time is not None]
        return max(0.0, min(due) - monotonic()) if due else None

    def _keep_times(self) -> None:
        now = monotonic()
        if self._next_sweep is not None and now >= self._next_sweep:
            self._sweep(now)
        if self._door.next_try is not None and now >= self._door.next_try:
            self._door.attempt()
            self._watch_listeners()
        if self._accept_again is not None and now >= self._accept_again:
            self._accept_again = None
            self._watch_listeners()

    # listening

    def _aim(self, address: str, port: int) -> None:
        if self._house.closing or self._door.at(address, port):
            return
        self._accept_waiting()
        self._unwatch_listeners()
        self._door.aim(address, port)

    def _watch_listeners(self) -> None:
        """The selector watches exactly the listeners that are open, unless accepting rests."""
        listeners = self._door.listeners.sockets if self._accept_again is None else []
        if listeners != self._listening:
            self._unwatch_listeners()
            for listener in listeners:
                self._selector.register(listener, selectors.EVENT_READ)
            self._listening = listeners

    def _unwatch_listeners(self) -> None:
        for listener in self._listening:
            self._selector.unregister(listener)
        self._listening = []

    def _accept_waiting(self) -> None:
        """Before a listener closes: who is in its queue believes to be connected."""
        for listener in self._listening:
            for _ in range(self.limits.backlog):
                if not self._accept(listener):
                    break

    def _accept(self, listener: socket.socket) -> bool:
        try:
            sock, peer = listener.accept()
        except (BlockingIOError, ConnectionError):  # taken back meanwhile
            return False
        except OSError:  # no descriptor left: the waiting ones would wake us without end
            self._accept_again = monotonic() + self.limits.accept_pause
            self._unwatch_listeners()
            return False
        self._welcome(sock, str(peer[0]))
        return True

    def _welcome(self, sock: socket.socket, peer: str) -> None:
        sock.settimeout(self.limits.linger)
        connection = Connection(sock, peer, self._house)
        with self._lock:
            self._connections.add(connection)
            number = len(self._connections)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if number > self._most + self.limits.refusing:
                self._forget(connection)
            else:
                self._seat(connection, too_many=number > self._most)
        except OSError:  # it was reset already
            self._forget(connection)

    def _seat(self, connection: Connection, *, too_many: bool) -> None:
        if too_many:
            connection.turn_away()
            self._park(connection)
        elif connection.has_sent():
            self._workers.give(connection)
        else:
            self._park(connection)

    # parking

    def _park(self, connection: Connection) -> None:
        writes = connection.stage is Stage.REPLY
        self._selector.register(
            connection, selectors.EVENT_WRITE if writes else selectors.EVENT_READ
        )
        self._parked.add(connection)
        self._sweep_by(connection.deadline)

    def _unpark(self, connection: Connection) -> None:
        self._selector.unregister(connection)
        self._parked.discard(connection)

    def _take_back(self) -> None:
        while self._returned:
            connection = self._returned.popleft()
            if self._house.closing and connection.stage is not Stage.REPLY:
                self._forget(connection)
            else:
                self._park(connection)

    def _sweep_by(self, deadline: float) -> None:
        if self._next_sweep is None or deadline + _SWEEP < self._next_sweep:
            self._next_sweep = deadline + _SWEEP

    def _sweep(self, now: float) -> None:
        """End who is late. One look at all serves every deadline of the same second."""
        for connection in [one for one in self._parked if one.deadline <= now]:
            self._unpark(connection)
            connection.expire()
            self._forget(connection)
        self._next_sweep = None
        if self._parked:
            self._sweep_by(min(connection.deadline for connection in self._parked))

    # stopping

    def _begin_stop(self, until: float) -> None:
        if self._house.closing:
            return
        self._stop_at = until
        self._accept_waiting()
        self._unwatch_listeners()
        self._door.leave()
        self.show(Status(), tell=False)
        self._house.closing = True
        self._let_go_of_waiting()

    def _let_go_of_waiting(self) -> None:
        """Serve whose bytes are here; end who only waits, parked or with a lingering worker."""
        for key, _ in self._selector.select(0):
            self._attend_to(key.fileobj)
        for connection in [one for one in self._parked if one.stage is not Stage.REPLY]:
            self._unpark(connection)
            self._forget(connection)
        with self._lock:
            served = [one for one in self._connections if one not in self._parked]
        for connection in served:
            if connection.idle:
                connection.hang_up(reading_only=True)

    def _done(self) -> bool:
        if self._stop_at is None:
            return False
        with self._lock:
            return not self._connections or monotonic() >= self._stop_at

    def _end(self) -> None:
        for connection in list(self._parked):
            self._unpark(connection)
            self._forget(connection)
        self._over = True
        self._drop_returned()
        with self._lock:
            left = list(self._connections)
        for connection in left:
            connection.hang_up(reading_only=False)
        self._door.leave()
        self._selector.close()
        self._bell.close()
        self._ear.close()

    def _drop_returned(self) -> None:
        """After the end nobody takes them back. Several threads may come here at a time."""
        while True:
            try:
                connection = self._returned.popleft()
            except IndexError:
                return
            self._forget(connection)
