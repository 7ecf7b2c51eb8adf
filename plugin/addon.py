"""Connects the rooms and follows Anki's life. The only place that knows them all."""

import os
from typing import Any, Dict, Optional

from aqt import gui_hooks
from aqt.main import AnkiQt
from aqt.qt import QTimer, qconnect

from . import actions, config
from .config import Settings
from .dispatch import Dispatcher
from .editors import OpenEditors
from .gui import words
from .gui.asking import Asking
from .gui.status import StatusLine
from .main_thread import MainThread
from .perform import Performer
from .request_log import RequestLog
from .web import guard
from .web.app import App
from .web.permission import Decision, PermissionDesk
from .web.server import Server, Status

__all__ = ["AddOn", "actions"]

LIST_OF = {Decision.ALLOW: "webCorsOriginList", Decision.IGNORE: "ignoreOriginList"}


class AddOn:
    """The add-on in a running Anki. Made on the Qt thread, before a profile is open."""

    def __init__(self, mw: AnkiQt, package: str) -> None:
        self.mw = mw
        self.package = package
        self.settings: Settings = config.CAUTIOUS
        self.problems: str = ""
        self.main_thread = MainThread()
        self.performer = Performer(mw, self.main_thread, OpenEditors())
        self.asking = Asking(mw, self.main_thread)
        self.permissions = PermissionDesk(self.asking.show, self.remember, self.standing)
        self.log = RequestLog(self.complain)
        self.dispatcher = Dispatcher(
            self.performer,
            lambda: self.settings.api_key,
            {"permissions": self.permissions, "settings": lambda: self.settings},
        )
        app = App(self.dispatcher.reply, lambda: self.settings, self.log.write)
        self.server = Server(app, self.on_server_change)
        self.status_line: Optional[StatusLine] = None

    def start(self) -> None:
        """Begins with Anki's event loop, whether a profile is opened or the profile chooser is shown."""
        self.status_line = StatusLine(self.mw)
        self.mw.addonManager.setConfigUpdatedAction(self.package, self.apply)
        gui_hooks.profile_did_open.append(self.performer.profile_opened)
        gui_hooks.profile_will_close.append(self.performer.profile_closing)
        qconnect(self.mw.app.aboutToQuit, self.stop)
        self.apply(self.mw.addonManager.getConfig(self.package) or {})

    def start_soon(self) -> None:
        QTimer.singleShot(0, self.start)

    def stop(self) -> None:
        """Ends everything of ours: nobody is kept waiting, no thread stays."""
        self.permissions.close()
        self.main_thread.close()
        self.server.stop()
        self.log.close()

    def apply(self, raw: Dict[str, Any]) -> None:
        """Puts a configuration into force, at once; what is unusable in it leaves the last good value."""
        before = self.settings
        self.settings, problems = config.read(raw, os.environ, before)
        self.problems = "\n".join(problems)
        self.log.open(self.settings.api_log_path)
        moved = (before.bind_address, before.bind_port, bool(before.api_key)) != (
            self.settings.bind_address,
            self.settings.bind_port,
            bool(self.settings.api_key),
        )
        if moved or not self.server.status.addresses:
            self.listen()
        if self.problems:
            self.complain(self.problems)

    def listen(self) -> None:
        if self.settings.loopback_only or self.settings.api_key:
            self.server.listen(self.settings.bind_address, self.settings.bind_port)
            return
        self.server.stop(0.0)
        self.complain(words.KEY_MISSING.format(address=self.settings.bind_address))

    def complain(self, text: str) -> None:
        """Shows a problem without stopping anything. From any thread."""
        self.main_thread.post(lambda: self.show_trouble(text))

    def show_trouble(self, text: str) -> None:
        status = self.server.status
        self.show(Status(status.addresses, status.since, text))

    def on_server_change(self, status: Status) -> None:
        self.main_thread.post(lambda: self.show(status))

    def show(self, status: Status) -> None:
        if self.status_line is not None:
            self.status_line.show(status)

    def server_status(self) -> Status:
        return self.server.status

    def standing(self, origin: str) -> Optional[bool]:
        """What the settings say of an origin: True allowed, False ignored, None neither."""
        return guard.standing(origin, self.settings)

    def remember(self, origin: str, decision: Decision) -> None:
        """Stores the user's word; it is in force before anyone is told of it."""
        raw = self.mw.addonManager.getConfig(self.package) or {}
        changed = config.with_entry(raw, LIST_OF[decision], origin)
        self.mw.addonManager.writeConfig(self.package, changed)
        self.apply(changed)
