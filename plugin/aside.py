"""Work on the collection that would hold Anki's main thread for long, done on the thread that Anki has for it."""

from concurrent import futures
from typing import Any, Callable, Optional

from aqt.taskman import TaskManager


class Aside:
    """Work that has been handed from the main thread to Anki's background thread. Made on the main thread.

    What has to follow on the main thread, such as telling Anki's windows, is `conclusion`.
    """

    def __init__(
        self,
        taskman: TaskManager,
        work: Callable[[], Any],
        conclusion: Optional[Callable[[], None]] = None,
    ) -> None:
        self.conclusion = conclusion
        self.future = taskman.run_in_background(work)

    def result(self) -> Any:
        """What the work returned; raises what it raised, and CancelledError if it never began. On any thread."""
        return self.future.result()

    def wait(self) -> None:
        """Until it has ended, well or not. On any thread: it needs no main thread."""
        futures.wait([self.future])

    def conclude(self) -> None:
        """On the main thread; only the first call does anything."""
        conclusion, self.conclusion = self.conclusion, None
        if conclusion is not None:
            conclusion()

    def end(self) -> bool:
        """On the main thread: nothing of it goes on after this. Tells whether it was carried out.

        What has not begun never does. What has is waited for.
        """
        if self.future.cancel():
            return False
        self.wait()
        self.conclusion = None
        return True
