"""Changing a collection: one undo step, all or nothing."""

from contextlib import contextmanager
from typing import Any, Iterator, Optional

from anki.collection import Collection, OpChanges

from .. import compat

# Anki keeps about 30 undo steps; a step that has fallen off the end cannot be merged into any more.
MERGE_EVERY = 20


class Edit:
    """What a writing action works with, in Anki and on a bare collection alike.

    An action checks first, on `edit.col`, and writes inside `with edit.step():`. An action that finds nothing to do
    never opens a step, and leaves no trace in the undo menu.
    """

    def __init__(self, col: Collection, name: str = "AnkiConnect") -> None:
        self.col = col
        self.changes: Optional[OpChanges] = None
        self._name = name
        self._target: Optional[int] = None
        self._operations = 0

    @contextmanager
    def step(self) -> Iterator[None]:
        """Everything done inside becomes one entry of Anki's undo list; an exception takes it all back."""
        self._target = self.col.add_custom_undo_entry(self._name)
        try:
            yield
        except BaseException:
            compat.take_back(self.col, self._target)
            raise
        self.merge()

    def done(self, result: Any = None) -> Any:
        """Call after each operation of a long series, so that it stays one step; returns its argument."""
        self._operations += 1
        if self._operations % MERGE_EVERY == 0:
            self.merge()
        return result

    def merge(self) -> None:
        assert self._target is not None
        self.changes = compat.merge_undo_entries(self.col, self._target)
