"""Opens and closes the server while Anki runs, without holding Anki up."""

import threading
from typing import Callable, Optional, Tuple

from .web.server import Server

# At the end of Anki a server that is just closing has this long to finish.
END_SECONDS = 3.0


class Reception:
    """Lives on the Qt thread. Closing waits, on a thread of its own, for replies that are under way.

    `post` runs a function on the Qt thread; `changed` is called there when the server has closed.
    """

    def __init__(
        self,
        server: Server,
        post: Callable[[Callable[[], None]], None],
        changed: Callable[[], None],
    ) -> None:
        self._server = server
        self._post = post
        self._changed = changed
        self._goal: Optional[Tuple[str, int]] = None
        self._closing: Optional[threading.Thread] = None

    def open(self, address: str, port: int) -> None:
        """Listens there, as soon as a closing that is under way is over."""
        self._goal = (address, port)
        if self._closing is None:
            self._server.listen(address, port)

    def close(self) -> None:
        """Lets nobody in until it is opened again."""
        self._goal = None
        if self._closing is None:
            self._closing = threading.Thread(target=self._close, name="AnkiConnect closing")
            self._closing.start()

    def end(self) -> None:
        """Closes for good, and waits for it: Anki ends."""
        self._server.stop()
        if self._closing is not None:
            self._closing.join(END_SECONDS)

    def _close(self) -> None:
        self._server.stop()
        self._post(self._closed)

    def _closed(self) -> None:
        self._closing = None
        if self._goal is not None:
            self._server.listen(*self._goal)
        self._changed()
