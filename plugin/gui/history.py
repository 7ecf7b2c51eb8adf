"""The notes that were opened in a window, and the place among them."""

from typing import Collection, List, Optional


class History:
    """Note ids in the order in which they were opened, each once."""

    def __init__(self) -> None:
        self.ids: List[int] = []
        self.place = -1

    @property
    def current(self) -> Optional[int]:
        return self.ids[self.place] if self.ids else None

    def open(self, note_id: int) -> None:
        """Goes to a note; one that was not the current one is now the one opened last."""
        if note_id == self.current:
            return
        self.ids = [known for known in self.ids if known != note_id]
        self.ids.append(note_id)
        self.place = len(self.ids) - 1

    def can_step(self, by: int) -> bool:
        return 0 <= self.place + by < len(self.ids)

    def step(self, by: int) -> None:
        """Goes back (-1) or forth (1), if there is a note."""
        if self.can_step(by):
            self.place += by

    def keep(self, existing: Collection[int]) -> None:
        """Forgets the others. In place of a forgotten current note comes the one after it, else the one before."""
        before = sum(known in existing for known in self.ids[: self.place])
        self.ids = [known for known in self.ids if known in existing]
        self.place = min(before, len(self.ids) - 1)
