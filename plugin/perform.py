"""Carrying out one bound action: on the request's own thread, or inside Anki."""

import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import partial
from typing import Any, Dict, Mapping, Optional

from aqt.main import AnkiQt

from . import compat
from .collection.edit import Edit
from .editors import OpenEditors
from .errors import AnkiBusy, ApiError, CollectionUnavailable
from .gui.fronting import is_behind_dialog, refuse_behind_dialog
from .gui.screens import Screens
from .health import Doing, Seen
from .main_thread import Job, MainThread
from .registry import IN_ANKI, Action, Scope

# How long a request waits for Anki to start on it, before it is withdrawn.
PATIENCE_SECONDS = 15.0
# How long open editors may take to hand over what was typed into them.
EDITORS_SECONDS = 2.0
# How often a request looks again whether Anki has finished an operation of its own.
LOOK_AGAIN_SECONDS = 0.02


class Later:
    """Says that Anki cannot start on an action yet."""


LATER = Later()


class AnkiSaid(ApiError):
    """A failure in Anki's own words."""


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
        self.background: Optional[Doing] = None
        self.running: Optional[Doing] = None

    def __call__(
        self, action: Action, arguments: Dict[str, Any], supplies: Mapping[str, Any]
    ) -> Any:
        """The action's result. Called on a request's own thread, and blocks only that."""
        era = self.era
        if action.prepare is not None:
            arguments = {**arguments, **action.prepare(arguments, supplies)}
        arguments.update((name, supplies[name]) for name in action.needs if name not in IN_ANKI)
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
        """Runs the action on Anki's main thread, as soon as Anki has no operation of its own going.

        `era` is that in which the request was accepted.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        saved = not action.writes
        while True:
            patience = max(0.0, deadline - time.monotonic())
            start = partial(self.start, action, arguments, era, editors_saved=saved)
            outcome = self.main_thread.call(start, patience)
            if isinstance(outcome, EditorsSaving):
                saved = True
                outcome.wait()
            elif outcome is LATER:
                if time.monotonic() >= deadline:
                    raise AnkiBusy(PATIENCE_SECONDS)
                time.sleep(LOOK_AGAIN_SECONDS)
            else:
                return outcome

    def profile_opened(self) -> None:
        self.era += 1

    def profile_closing(self) -> None:
        # Anki may still ask about unsaved text, and stay; what was accepted before is refused all the same.
        self.era += 1

    def start(
        self, action: Action, arguments: Dict[str, Any], era: int, editors_saved: bool
    ) -> Any:
        """On the main thread: the result, or what has to be waited for before it can be had."""
        if action.needs_collection:
            if era != self.era:
                raise CollectionUnavailable
            if not compat.collection_is_open(self.mw):
                return action.without_collection(arguments)
            if compat.is_busy(self.mw) or self.is_pending:
                return LATER
        if action.scope is Scope.GUI:
            refuse_behind_dialog(self.mw)
        if not editors_saved:
            saving = self.editors.save()
            if saving is not None:
                return EditorsSaving(saving)
        return self.run(action, arguments)

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
            background=self.background if self.is_pending else None,
        )

    def run(self, action: Action, arguments: Dict[str, Any]) -> Any:
        edit = Edit(self.mw.col, f"AnkiConnect: {action.undo}") if action.writes else None
        supplies = {
            "col": self.mw.col,
            "mw": self.mw,
            "edit": edit,
            "profile": self.mw.pm.name,
            "pending": self.is_pending,
        }
        needed = {name: supplies[name] for name in action.needs if name in supplies}
        outer, self.running = self.running, Doing(action.name)
        try:
            result = action.function(**arguments, **needed)
            if isinstance(result, Future):
                self.pending, self.background = result, self.running
                # Such work ends on the main thread.
                result.add_done_callback(lambda _: self.screens.refresh_soon())
        finally:
            self.running = outer
        if edit is not None and edit.changes is not None:
            self.finish(edit)
        return result

    def finish(self, edit: Edit) -> None:
        """Puts a change on disk and tells Anki's windows, once."""
        compat.commit(edit.col)
        changes = edit.changes
        announcement = Job(lambda: compat.announce(self.mw, changes))
        announcement.run()
        # What fails while windows redraw is not the request's failure: it has been carried out.
        announcement.report()
        if changes is not None and changes.note_text:
            self.editors.reload()
        self.screens.refresh_soon()


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
