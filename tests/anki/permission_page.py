"""Pages that ask for permission, and what a user sees and does then."""

from __future__ import annotations

import json
import pathlib
import threading
import time
from typing import Any, Iterator, List

from tests.real_anki import HttpReply, RealAnki

SITE = "https://jisho.example.org"
ASK = json.dumps({"action": "requestPermission", "version": 6}).encode()
VERSION = json.dumps({"action": "version", "version": 6}).encode()
DENIED = {"permission": "denied"}
WINDOWS = """
from ankiconnect.gui.permission import PermissionWindow
windows = [w for w in mw.app.topLevelWidgets() if isinstance(w, PermissionWindow) and w.isVisible()]
"""
SEEN = WINDOWS + "result = [w.question.origin for w in windows]"
PRESS = (
    WINDOWS
    + """
from ankiconnect.web.permission import Decision
[window] = windows
button = window.choices.by_decision[Decision(decision)]
wait_until(button.isEnabled)
button.click()
"""
)
TYPE = (
    WINDOWS
    + """
from aqt.qt import QEvent, QKeyEvent, Qt
[window] = windows
target = window.focusWidget() or window
modifiers = getattr(Qt.KeyboardModifier, modifier)
for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
    pressed = getattr(Qt.Key, key)
    event = QKeyEvent(kind, getattr(pressed, "value", pressed), modifiers)  # a number in Qt 5
    mw.app.sendEvent(target, event)
"""
)
READ = (
    WINDOWS
    + """
from aqt.qt import QLabel, QTextEdit, Qt
[window] = windows
labels = window.findChildren(QLabel)
result = {
    "texts": [found.text() for found in labels],
    "plain": all(found.textFormat() == Qt.TextFormat.PlainText for found in labels if found.text()),
    "origin": window.findChild(QTextEdit).toPlainText(),
}
"""
)
STORED = "[mw.addonManager.getConfig('ankiconnect')[name] for name in names]"
LISTS = ("webCorsOriginList", "ignoreOriginList")
APPLY = """
config = {**mw.addonManager.getConfig("ankiconnect"), **changes}
mw.addonManager.writeConfig("ankiconnect", config)
mw.addonManager.configUpdatedAction("ankiconnect")(config)
"""
FRESH_DESK = """
addon = ankiconnect.addon
from ankiconnect.web.permission import _Refusals
addon.permissions._refusals = _Refusals()
"""


class Page:
    """A page that has asked for permission and waits for the reply."""

    def __init__(self, anki: RealAnki, origin: str = SITE) -> None:
        self.anki = anki
        self.origin = origin
        self.replies: List[HttpReply] = []
        self.thread = threading.Thread(target=self.ask, daemon=True)
        self.thread.start()

    def ask(self) -> None:
        self.replies.append(self.anki.http("POST", "/", ASK, {"Origin": self.origin}))

    def is_answered(self) -> bool:
        return bool(self.replies)

    def answer(self) -> Any:
        self.thread.join(10)
        return self.replies[0].json()["result"]


def asks(anki: RealAnki, origin: str = SITE) -> Page:
    """A page whose question is on the screen."""
    anki.http("GET")  # the client is made here, not by two threads at a time
    page = Page(anki, origin)
    until(lambda: seen(anki) == [origin])
    return page


def seen(anki: RealAnki) -> List[str]:
    return list(anki.execute(SEEN))


def until(condition: Any, seconds: float = 10.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)


def use(anki: RealAnki, origin: str) -> int:
    """The status of a page's ordinary request."""
    return anki.http("POST", "/", VERSION, {"Origin": origin}).status


def own_anki(base: pathlib.Path) -> Iterator[RealAnki]:
    """An Anki for the tests of one file."""
    found = RealAnki(base).start()
    try:
        yield found
        found.close()
    finally:
        found.kill()


def asking_anki(anki: RealAnki) -> Iterator[RealAnki]:
    """The Anki as one that asks about everybody, as if for the first time."""
    anki.execute(APPLY, changes={LISTS[0]: ["http://localhost"], LISTS[1]: []})
    anki.execute(FRESH_DESK)
    assert seen(anki) == []
    yield anki
    anki.execute(WINDOWS + "[window.close() for window in windows]")
    anki.check_log()
