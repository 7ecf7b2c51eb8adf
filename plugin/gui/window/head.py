"""Whether the server is up, where, and what is wrong if it is not."""

from datetime import datetime
from typing import List, Optional, Tuple

from aqt.qt import QApplication, QGridLayout, QLabel, Qt, QWidget
from aqt.utils import tooltip

from .. import words
from ..status import State, url
from .controls import Controls
from .parts import ToneLabel, button, heading, label

COPIED_MILLISECONDS = 1500
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Head(QWidget):  # type: ignore[misc]  # Qt's classes are not typed here
    """Stays in sight whatever page is open."""

    def __init__(self, controls: Controls) -> None:
        super().__init__()
        self.controls = controls
        self.dot = ToneLabel("dim", "●")
        self.dot.setAccessibleName(" ")
        self.title = heading(larger=1.35)
        self.detail = label()
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = button(words.COPY_ADDRESS, self.copy_address)
        self.pause = button(words.PAUSE, self.toggle)
        self.trouble = ToneLabel("trouble")
        self.trouble.setAccessibleName(words.TROUBLE_NAME)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = ToneLabel("dim")
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.arrange()

    def arrange(self) -> None:
        font = self.title.font()
        self.dot.setFont(font)
        self.dot.setWordWrap(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.addWidget(self.dot, 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.copy, 0, 2)
        grid.addWidget(self.pause, 0, 3)
        grid.addWidget(self.detail, 1, 1, 1, 3)
        grid.setRowMinimumHeight(2, 6)
        grid.addWidget(self.trouble, 3, 0, 1, 4)
        grid.addWidget(self.note, 4, 0, 1, 4)
        grid.setColumnStretch(1, 1)

    def refresh(self) -> None:
        state = self.controls.state()
        title, tone, detail = said(state)
        self.title.setText(title)
        self.dot.set_tone(tone)
        self.detail.setText(detail)
        self.pause.setText(words.RESUME if state.paused else words.PAUSE)
        self.copy.setEnabled(bool(state.addresses))
        self.trouble.setText("\n\n".join(state.troubles))
        self.trouble.setVisible(bool(state.troubles))
        self.note.setText("\n\n".join(state.notes))
        self.note.setVisible(bool(state.notes))

    def toggle(self) -> None:
        self.controls.pause(not self.controls.state().paused)

    def copy_address(self) -> None:
        """The address that programs on this computer use."""
        addresses = self.controls.state().addresses
        if addresses:
            host, port = addresses[0]
            QApplication.clipboard().setText(url(WILDCARDS.get(host, host), port))
            tooltip(words.COPIED, period=COPIED_MILLISECONDS, parent=self.window())


def said(state: State) -> Tuple[str, str, str]:
    """Title, tone and detail."""
    if state.paused:
        return words.PAUSED, "dim", words.PAUSED_MEANING
    if state.addresses:
        where = words.AND.join(spelt(state.addresses))
        return words.ON, "good", words.ADDRESSES.format(addresses=where, since=when(state.since))
    if state.troubles:
        return words.OFF, "bad", words.OFF_MEANING
    return words.STARTING, "dim", words.OFF_MEANING


def spelt(addresses: Tuple[Tuple[str, int], ...]) -> List[str]:
    return [
        words.EVERY_ADDRESS.format(port=port) if host in WILDCARDS else url(host, port)
        for host, port in addresses
    ]


def when(moment: Optional[datetime]) -> str:
    """A time of today as its hour and minute; else with its day."""
    if moment is None:
        return ""
    today = moment.date() == datetime.now().astimezone().date()
    return moment.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def caption(text: str, field: QWidget) -> QLabel:
    """The name of a field, whose mnemonic leads to it."""
    found = QLabel(text)
    found.setBuddy(field)
    return found
