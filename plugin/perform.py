"""Carrying out one bound action: on the request's own thread, or inside Anki."""

import os
import time
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, Optional

from aqt.main import AnkiQt

from . import compat
from .aside import Aside
from .collection.edit import Edit
from .editors import OpenEditors
from .errors import AnkiBusy, ApiError, CollectionUnavailable
from .gui.fronting import is_behind_dialog, refuse_behind_dialog
from .gui.screens import Screens
from .health import Doing, Seen
from .main_thread import Job, MainThread
from .registry import IN_ANKI, Action, Parts, Scope, never
from .turns import Turns

# How long a request waits for Anki to start on it, before it is withdrawn.
PATIENCE_SECONDS = 15.0
# How long open editors may take to hand over what was typed into them; on a busy machine a page needs seconds.
EDITORS_SECONDS = 6.0
# How often a request looks again whether Anki has finished an operation of its own.
LOOK_AGAIN_SECONDS = 0.02
# How long Anki may take to close its windows before it locks the main window and closes the collection.
LEAVING_SECONDS = 10.0
# Work beside the main thread that takes longer counts as being busy.
LONG_SECONDS = 1.0


class Later:
    """Says that Anki cannot start on an action yet."""


LATER = Later()


class AnkiSaid(ApiError):
    """A failure in Anki's own words."""


@dataclass(frozen=True)
class Task:
    """Something to be done inside Anki: an action, or a part of one.

    `era` is that in which it was accepted; `alone` says that it is done beside the main thread.
    """

    action: Action
    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    era: int
    alone: bool = False


class Performer:
    """Carries out actions in a running Anki. Made on the Qt thread."""

    def __init__(
        self, mw: AnkiQt, main_thread: MainThread, editors: OpenEditors, screens: Screens
    ) -> None:
        self.mw = mw
        self.main_thread = main_thread
        self.editors = editors
        self.screens = screens
        # Counts openings and closings of profiles: work for one never lands in another.
        self.era = 0
        self.pending: "Optional[Future[Any]]" = None
        screens.is_held = lambda: self.is_pending or self.aside is not None
        editors.late_typing.wait_for_write = self.wait_for_write
        self.background: Optional[Doing] = None
        self.running: Optional[Doing] = None
        # For whoever uses the collection. Work that goes on beside the main thread is alone with it: who wanted it too
        # would have to wait in Anki's library, and on the main thread Anki's windows would wait with them.
        self.turns = Turns()
        self.aside: Optional[Aside] = None
        # When Anki began to close the profile, as long as it may still be about it.
        self.leaving: Optional[float] = None

    def __call__(
        self, action: Action, arguments: Dict[str, Any], supplies: Mapping[str, Any]
    ) -> Any:
        """The action's result. Called on a request's own thread, and blocks only that."""
        era = self.era
        if action.prepare is not None:
            arguments = {**arguments, **action.prepare(arguments, supplies)}
        for name in action.needs:
            if name not in IN_ANKI:
                arguments[name] = supplies[name]
        try:
            outcome = (
                self.inside(action, arguments, era)
                if action.in_anki
                else action.function(**arguments)
            )
            result = outcome.result() if isinstance(outcome, Future) else outcome
            return result if action.finish is None else action.finish(result)
        except compat.anki_errors() as error:
            raise AnkiSaid(str(error) or type(error).__name__) from None

    def inside(self, action: Action, arguments: Dict[str, Any], era: int) -> Any:
        """Runs the action in Anki, in turn with all others that use the collection."""
        if not action.needs_collection:
            task = Task(action, action.function, arguments, era)
            return self.begin(task, time.monotonic() + PATIENCE_SECONDS)
        long = self.is_long(action, arguments)
        if long and action.parts is not None:
            return self.in_parts(action, action.parts, arguments, era)
        return self.in_turn(Task(action, action.function, arguments, era, long))

    def in_parts(
        self, action: Action, parts: Parts, arguments: Mapping[str, Any], era: int
    ) -> List[Any]:
        """Others have their turns between the parts."""
        located = self.in_turn(Task(action, parts.located, arguments, era, alone=True))
        whole: List[Any] = []
        for part in parts.of(located):
            long = self.is_long(action, part)
            whole += self.in_turn(Task(action, action.function, part, era, long))
        return whole

    def in_turn(self, task: Task) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.turns.turn(deadline, task.alone):
            return self.begin(task, deadline)

    def is_long(self, action: Action, arguments: Mapping[str, Any]) -> bool:
        """Whether it is better done beside the main thread: whoever writes waits for the disk."""
        if action.writes_only:
            return True
        return action.long is not never and action.long(arguments, self.collection_size)

    def collection_size(self) -> int:
        """In bytes, as far as it is on disk; 0 while none is open. On any thread."""
        col = self.mw.col
        try:
            return 0 if col is None else os.path.getsize(col.path)
        except OSError:
            return 0

    def begin(self, task: Task, deadline: float) -> Any:
        """Runs the task as soon as Anki has no operation of its own going."""
        saved = not task.action.writes
        while True:
            patience = max(0.0, deadline - time.monotonic())
            start = partial(self.start, task, editors_saved=saved)
            outcome = self.main_thread.call(start, patience)
            if isinstance(outcome, EditorsSaving):
                saved = True
                outcome.wait()
            elif isinstance(outcome, Aside):
                return self.completed(outcome)
            elif outcome is LATER:
                if time.monotonic() >= deadline:
                    raise AnkiBusy(PATIENCE_SECONDS)
                time.sleep(LOOK_AGAIN_SECONDS)
            else:
                return outcome

    def completed(self, aside: Aside) -> Any:
        """The outcome of work on Anki's background thread. What follows on the main thread comes before any other
        request's turn there, and nobody waits for it."""
        try:
            return aside.result()
        except CancelledError:
            raise CollectionUnavailable from None
        finally:
            if aside.conclusion is None:
                self.aside = self.running = None
                if self.screens.are_late:
                    self.main_thread.post(self.screens.catch_up)
            else:
                self.main_thread.post(partial(self.conclude, aside))

    def wait_for_write(self) -> None:
        """On the main thread, for a write that goes on beside it."""
        aside = self.aside
        if aside is not None and aside.conclusion is not None:
            aside.wait()

    def conclude(self, aside: Aside) -> None:
        if self.aside is aside:
            self.aside = self.running = None
        aside.conclude()
        self.screens.catch_up()

    def profile_opened(self) -> None:
        self.era += 1
        self.leaving = None

    def profile_closing(self) -> None:
        # Anki may still ask about unsaved text, and stay; what was accepted before is refused all the same.
        self.era += 1
        self.leaving = time.monotonic()
        self.screens.leave_alone()
        aside = self.aside
        if aside is not None and aside.end():
            compat.commit(self.mw.col)

    def is_leaving(self) -> bool:
        """Whether Anki may close the collection under what goes on beside the main thread. On the main thread.

        It tells when it begins to close a profile, but not when the user decides to stay.
        """
        if self.leaving is None:
            return False
        late = time.monotonic() - self.leaving > LEAVING_SECONDS
        if late and self.mw.isEnabled() and not is_behind_dialog(self.mw):
            self.leaving = None
        return self.leaving is not None

    def start(self, task: Task, editors_saved: bool) -> Any:
        """On the main thread: the result, or what has to be waited for before it can be had."""
        action = task.action
        if action.needs_collection:
            if task.era != self.era:
                raise CollectionUnavailable
            if not compat.collection_is_open(self.mw):
                return action.without_collection(task.arguments)
            if compat.is_busy(self.mw) or self.is_pending:
                return LATER
        if action.scope is Scope.GUI:
            refuse_behind_dialog(self.mw)
        if not editors_saved:
            saving = self.editors.save()
            if saving is not None:
                return EditorsSaving(saving)
        return self.run(task)

    @property
    def is_pending(self) -> bool:
        """Whether work that an earlier action started in the background, such as a sync, is still going on."""
        return self.pending is not None and not self.pending.done()

    def seen(self) -> Seen:
        """How Anki is; on the main thread."""
        return Seen(
            profile_open=self.mw.state not in ("startup", "profileManager"),
            collection_open=compat.collection_is_open(self.mw),
            dialog_open=is_behind_dialog(self.mw),
            operation=compat.is_busy(self.mw),
            background=self.background if self.is_pending else self.long_running(),
        )

    def long_running(self) -> Optional[Doing]:
        """What has been going on beside the main thread for so long that others wait in earnest."""
        doing = self.running if self.aside is not None else None
        waited = doing is not None and time.monotonic() - doing.since > LONG_SECONDS
        return doing if waited else None

    def run(self, task: Task) -> Any:
        action = task.action
        edit = Edit(self.mw.col, f"AnkiConnect: {action.undo}") if action.writes else None
        supplies = {
            "col": self.mw.col,
            "mw": self.mw,
            "edit": edit,
            "profile": self.mw.pm.name,
            "pending": self.is_pending,
        }
        needed = {name: supplies[name] for name in action.needs if name in supplies}
        work = partial(task.function, **task.arguments, **needed)
        conclusion = None
        if edit is not None:
            self.editors.before_write()
            work = partial(written, work, edit)
            conclusion = partial(self.conclude_write, edit)
        if task.alone and not self.is_leaving():
            return self.set_aside(action, work, conclusion)
        try:
            return self.run_here(action, work)
        finally:
            if conclusion is not None:
                conclusion()

    def run_here(self, action: Action, work: Callable[[], Any]) -> Any:
        outer, self.running = self.running, Doing(action.name)
        try:
            result = work()
            if isinstance(result, Future):
                self.pending, self.background = result, self.running
                # Such work ends on the main thread.
                result.add_done_callback(lambda _: self.screens.refresh_soon())
            return result
        finally:
            self.running = outer

    def set_aside(
        self, action: Action, work: Callable[[], Any], conclusion: Optional[Callable[[], None]]
    ) -> Aside:
        self.running = Doing(action.name)
        work = partial(self.in_era, self.era, work)
        self.aside = Aside(self.mw.taskman, work, conclusion)
        return self.aside

    def in_era(self, era: int, work: Callable[[], Any]) -> Any:
        """Does work unless the profile has begun to close: who hands work over to Anki's background thread may have
        Anki do first what is waiting for the main thread, and that can be its closing."""
        if era != self.era:
            raise CollectionUnavailable
        return work()

    def conclude_write(self, edit: Edit) -> None:
        self.editors.late_typing.before_telling()
        self.tell(edit)
        self.editors.late_typing.after_telling()

    def tell(self, edit: Edit) -> None:
        """Tells Anki's windows of a change, if there was any, once."""
        changes = edit.changes
        if changes is None:
            return
        # Of which Anki would colour its sync button anew with every single change.
        unsynced, changes.mtime = changes.mtime, False
        deck_list = self.screens.deck_list
        announcement = Job(lambda: compat.announce(self.mw, changes, deck_list))
        announcement.run()
        # What fails while windows redraw does not keep the others from being drawn.
        announcement.report()
        if changes.note_text:
            self.editors.reload()
        self.screens.refresh_soon(decks=changes.study_queues, sync_button=unsynced)


def written(work: Callable[[], Any], edit: Edit) -> Any:
    """Does work that changes the collection; what it changed is on disk when it returns."""
    result = work()
    if edit.changes is not None:
        compat.commit(edit.col)
    return result


class EditorsSaving:
    """Open editors are handing over what was typed into them."""

    def __init__(self, saved: "Future[None]") -> None:
        self.saved = saved

    def wait(self) -> None:
        try:
            self.saved.result(EDITORS_SECONDS)
        except FutureTimeoutError:
            # A page that never loaded holds no typing; the change goes ahead.
            return
