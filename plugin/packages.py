"""Package files (.apkg) in and out, off the main thread and without windows."""

import os
from concurrent.futures import Future

from anki.collection import Collection
from anki.decks import DeckId
from aqt.main import AnkiQt

from . import background, compat
from .collection.edit import Edit
from .errors import BadParams


def located(col: Collection, path: str) -> str:
    """The absolute path; a relative one begins in the media folder."""
    return os.path.join(col.media.dir(), path)


def start_export(mw: AnkiQt, deck_id: DeckId, path: str, with_scheduling: bool) -> "Future[bool]":
    """Writes a deck with its sub-decks and media; the Future holds True when the file is complete.

    A file of that name stays as it is until then.
    """
    if not path.lower().endswith(".apkg"):
        raise BadParams(f"path should end in .apkg: {path}")
    col = mw.col
    target = located(col, path)

    def work() -> None:
        compat.export_package(col, deck_id, target, with_scheduling)

    def conclude(task: "Future[None]") -> bool:
        task.result()
        return True

    return background.run(mw, work, conclude)


def start_import(mw: AnkiQt, edit: Edit, path: str) -> "Future[bool]":
    """Imports a package as one undo step; the Future holds True when Anki's windows show what was imported."""
    source = located(edit.col, path)
    compat.before_import(edit.col)

    def work() -> None:
        with edit.step():
            compat.import_package(edit.col, source)

    def conclude(task: "Future[None]") -> bool:
        same_profile = mw.col is edit.col
        if same_profile:
            compat.after_import(edit.col, task.exception() is None)
        task.result()
        if same_profile and edit.changes is not None:
            compat.announce(mw, edit.changes)
        return True

    return background.run(mw, work, conclude)
