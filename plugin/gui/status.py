"""What Anki's own window says about the server: an entry in the Tools menu, and a short notice of trouble."""

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Callable, FrozenSet, Optional, Tuple

from aqt import gui_hooks
from aqt.main import AnkiQt
from aqt.qt import QAction, qconnect
from aqt.utils import tooltip

from . import words

NOTICE_MILLISECONDS = 8000


@dataclass(frozen=True)
class State:
    """How the server is, for people. Each trouble is a sentence, and so is each note: good to know, and no trouble."""

    addresses: Tuple[Tuple[str, int], ...] = ()
    since: Optional[datetime] = None
    paused: bool = False
    troubles: Tuple[str, ...] = ()
    notes: Tuple[str, ...] = ()


class StatusLine:
    """The entry in the Tools menu, and the notices. Lives on the Qt thread."""

    def __init__(self, mw: AnkiQt, open_window: Callable[[], object]) -> None:
        self.mw = mw
        self.text = ""
        self.noticed: FrozenSet[str] = frozenset()
        self.state = State()
        self.action = QAction(words.MENU_STARTING, mw)
        qconnect(self.action.triggered, lambda _=False: open_window())
        mw.form.menuTools.addAction(self.action)
        gui_hooks.profile_did_open.append(self.notice)

    def show(self, state: State) -> None:
        """Takes over a new state."""
        self.state = state
        self.text = "\n\n".join(state.troubles)
        self.action.setText(menu_text(state))
        self.notice()

    def notice(self) -> None:
        """Shows each trouble once, in a way that goes by itself; not before there is a window to show it in."""
        if not self.mw.isVisible():
            return
        troubles = self.state.troubles
        new = [html.escape(text) for text in troubles if text not in self.noticed]
        self.noticed = frozenset(troubles)
        if new:
            text = words.NOTICE.format(troubles="<br><br>".join(new))
            tooltip(text, period=NOTICE_MILLISECONDS, parent=self.mw)


def menu_text(state: State) -> str:
    if state.paused:
        return words.MENU_PAUSED
    if not state.addresses:
        return words.MENU_TROUBLE if state.troubles else words.MENU_STARTING
    return words.MENU_ATTENTION if state.troubles else words.MENU


def url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
