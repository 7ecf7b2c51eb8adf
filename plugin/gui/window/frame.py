"""The window itself: the server's state above, pages below."""

import html
from typing import Callable, List, Protocol

from aqt import gui_hooks
from aqt.qt import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    Qt,
    QTabWidget,
    QTimer,
    QVBoxLayout,
    QWidget,
    qconnect,
)
from aqt.utils import disable_help_button, restoreGeom, saveGeom, tooltip

from .. import words
from ..manual import open_manual
from .address_page import AddressPage
from .controls import Controls
from .head import Head
from .key_page import KeyPage
from .origins_page import OriginsPage
from .parts import ToneLabel, button, ems
from .requests_page import RequestsPage

GEOMETRY = "ankiConnectWindow"
# Requests that come close together are drawn together.
TOGETHER_MILLISECONDS = 150


class Page(Protocol):
    """A part of the window that can be brought up to date."""

    def refresh(self) -> None: ...


class ControlWindow(QDialog):  # type: ignore[misc]  # Qt's classes are not typed here
    """Shows and changes everything that a user decides about the server. Blocks nothing."""

    silentlyClose = True  # noqa: N815  # Anki's name: it may be closed without asking

    def __init__(self, controls: Controls, closed: Callable[[], None]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.controls = controls
        self.closed = closed
        self.over = False
        self.setObjectName("ankiConnectWindow")
        self.setWindowTitle(words.WINDOW_TITLE)
        self.setWindowIcon(controls.mw.windowIcon())
        disable_help_button(self)
        self.head = Head(controls)
        self.requests = RequestsPage(controls)
        self.origins = OriginsPage(controls)
        self.key = KeyPage(controls)
        self.address = AddressPage(controls)
        self.pages: List[Page] = [self.head, self.requests, self.origins, self.key, self.address]
        self.tabs = self.make_tabs()
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(self.head)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self.make_feet())
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(TOGETHER_MILLISECONDS)
        qconnect(self.timer.timeout, self.refresh_recent)
        controls.recent.watch(self.told)
        gui_hooks.theme_did_change.append(self.retone)
        controls.mw.garbage_collect_on_dialog_finish(self)
        self.refresh()
        self.tabs.tabBar().setFocus()
        self.resize(ems(self, 104), ems(self, 88))
        restoreGeom(self, GEOMETRY)

    def make_tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.addTab(self.requests, words.PAGE_REQUESTS)
        tabs.addTab(self.origins, words.PAGE_ORIGINS)
        tabs.addTab(self.key, words.PAGE_KEY)
        tabs.addTab(self.address, words.PAGE_ADDRESS)
        return tabs

    def make_feet(self) -> QHBoxLayout:
        documentation = button(words.DOCUMENTATION, self.open_documentation)
        box = QDialogButtonBox()
        close = box.addButton(words.CLOSE, QDialogButtonBox.ButtonRole.RejectRole)
        close.setAutoDefault(False)
        qconnect(box.rejected, self.reject)
        feet = QHBoxLayout()
        feet.addWidget(documentation)
        feet.addStretch(1)
        feet.addWidget(box)
        return feet

    def open_documentation(self) -> None:
        try:
            open_manual(self.controls.mw, self.controls.package)
        except OSError as error:
            reason = html.escape(error.strerror or str(error))
            tooltip(words.NO_MANUAL.format(reason=reason), parent=self)

    def told(self) -> None:
        """On the thread of a request: there is news."""
        self.controls.main_thread.post(self.refresh_soon)

    def refresh_soon(self) -> None:
        if not self.over and not self.timer.isActive():
            self.timer.start()

    def refresh_recent(self) -> None:
        self.requests.refresh()
        self.origins.refresh()

    def refresh(self) -> None:
        for page in self.pages:
            page.refresh()

    def retone(self) -> None:
        for found in self.findChildren(QWidget):
            if isinstance(found, ToneLabel):
                found.retone()
        self.refresh()

    def done(self, code: int) -> None:
        """However it is closed: by a button, Escape, the title bar, or Anki."""
        self.over = True
        self.timer.stop()
        self.controls.recent.watch(None)
        gui_hooks.theme_did_change.remove(self.retone)
        saveGeom(self, GEOMETRY)
        self.closed()
        super().done(code)
