"""The AnkiConnect window of the Tools menu."""

from typing import Optional

import aqt

from .controls import Controls
from .frame import ControlWindow

NAME = "AnkiConnect"


class Windows:
    """Sees to it that the window is open once. Anki closes it as its own ones, when the profile closes."""

    def __init__(self, controls: Controls) -> None:
        self.controls = controls
        self.window: Optional[ControlWindow] = None

    def open(self) -> None:
        """Opens the window, or brings it to the front."""
        aqt.dialogs.register_dialog(NAME, self.make, self.window)
        aqt.dialogs.open(NAME)

    def make(self) -> ControlWindow:
        self.window = ControlWindow(self.controls, self.closed)
        self.window.show()
        self.window.activateWindow()
        return self.window

    def closed(self) -> None:
        self.window = None
        aqt.dialogs.markClosed(NAME)

    def refresh(self) -> None:
        """Brings an open window up to date."""
        if self.window is not None:
            self.window.refresh()
