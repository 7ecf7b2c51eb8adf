"""The question what an origin, or callers of one kind, may do."""

from typing import Callable, Optional

from ...scopes import Scopes
from .. import words
from .panel import Panel
from .parts import button
from .rights_box import RightsBox, Set


class RightsPanel(Panel):
    """Stays until it is saved or left."""

    def __init__(
        self, save: Callable[[str, Optional[Scopes]], None], leave: Callable[[], None]
    ) -> None:
        self.who = ""
        self.began: Optional[Scopes] = None
        self.box = RightsBox()
        self.save = button(words.RIGHTS_SAVE, lambda: save(self.who, self.box.chosen()))
        self.cancel = button(words.CANCEL, leave)
        buttons = (self.save, self.cancel)
        super().__init__("", words.RIGHTS_MEANING, buttons, (self.box,), leave)

    def begin(self, who: str, name: str, scopes: Optional[Scopes], usual: Set) -> None:
        """Asks about an origin or a group. `scopes` were chosen before; None if nothing was."""
        self.who, self.began = who, scopes
        self.title.say(words.RIGHTS_TITLE.format(who=name))
        self.box.begin(scopes, usual)
