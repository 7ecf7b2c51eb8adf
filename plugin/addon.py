"""Connects the rooms and follows Anki's life. The only place that knows them all."""

import os
from collections import ChainMap
from typing import Any, Dict, Mapping, Optional

from aqt import gui_hooks
from aqt.main import AnkiQt
from aqt.qt import QTimer, qconnect

from . import actions, compat, config, openapi, origin_lists, rights
from .answers import Answers
from .app_nap import AppNap
from .collection import media
from .config import Settings
from .dispatch import Dispatcher
from .editors import OpenEditors
from .gui import words
from .gui.asking import Asking
from .gui.screens import Screens
from .gui.status import State, StatusLine
from .gui.window import Windows
from .health import Health
from .main_thread import MainThread
from .perform import Performer
from .recent import Recent
from .reception import Reception
from .registry import ACTIONS
from .request_log import RequestLog
from .scopes import Scopes
from .web import explorer, guard
from .web.app import App
from .web.permission import Decision, PermissionDesk
from .web.routes import HEALTH, Routes
from .web.server import Server, Status

__all__ = ["AddOn", "actions"]

CLASSIC = "2055492159"  # the folder of the classic AnkiConnect, which is its number on AnkiWeb
LIST_OF = {Decision.ALLOW: origin_lists.ALLOWED, Decision.IGNORE: origin_lists.IGNORED}


class AddOn:
    """The add-on in a running Anki. Made on the Qt thread, before a profile is open."""

    def __init__(self, mw: AnkiQt, package: str) -> None:
        self.mw = mw
        self.package = package
        self.settings: Settings = config.CAUTIOUS
        self.answers = Answers()
        self.problems: str = ""
        self.log_trouble = ""
        self.unsaved = ""
        self.taken_over = ""
        self.paused = False
        self.app_nap = AppNap(compat.app_nap_switch())
        self.anki_port: Optional[int] = None
        self.main_thread = MainThread(mw)
        self.performer = Performer(mw, self.main_thread, OpenEditors(), Screens(mw))
        self.asking = Asking(mw, self.main_thread, self.once_allowed)
        self.permissions = PermissionDesk(self.asking.show, self.remember, self.standing)
        self.log = RequestLog(self.log_failed)
        self.recent = Recent()
        self.dispatcher = Dispatcher(
            self.performer,
            lambda: self.settings.keys,
            {
                "permissions": self.permissions,
                "settings": lambda: self.settings,
                "media_folder": lambda: media.folder_of(mw.col),
            },
            self.recent.answered,
        )
        app = App(
            self.dispatcher.reply,
            lambda: self.settings,
            self.log.write,
            self.recent.refused,
            lambda: self.anki_port,
            self.routes(),
        )
        self.server = Server(app, self.on_server_change)
        self.reception = Reception(self.server, self.main_thread.post, self.show)
        self.windows = Windows(self)
        self.status_line: Optional[StatusLine] = None

    def routes(self) -> Routes:
        """What the server shows by path."""
        health = Health(
            self.performer.seen,
            self.main_thread.post,
            lambda: self.performer.running,
            compat.app_version(),
        )
        documents = {**openapi.documents(ACTIONS), HEALTH: health.report}
        return Routes(self.dispatcher.attempt, explorer.page, documents)

    def start(self) -> None:
        """Begins with Anki's event loop, whether a profile is opened or the profile chooser is shown."""
        self.status_line = StatusLine(self.mw, self.windows.open)
        self.mw.addonManager.setConfigUpdatedAction(self.package, self.apply)
        gui_hooks.profile_did_open.append(self.performer.profile_opened)
        gui_hooks.profile_will_close.append(self.performer.profile_closing)
        qconnect(self.mw.app.aboutToQuit, self.stop)
        self.anki_port = self.mw.mediaServer.getPort()
        self.apply({**self.raw(), **self.take_over()})

    def start_soon(self) -> None:
        QTimer.singleShot(0, self.start)

    def stop(self) -> None:
        """Ends everything of ours: nobody is kept waiting, no thread stays."""
        self.permissions.close()
        self.asking.end()
        self.main_thread.close()
        self.reception.end()
        self.app_nap.keep_awake(awake=False)
        self.log.close()

    # Settings

    def raw(self) -> Dict[str, Any]:
        """The configuration as it is stored."""
        return self.mw.addonManager.getConfig(self.package) or {}

    def take_over(self) -> Dict[str, Any]:
        """What was set in the classic add-on, at the very first start: a key that it asked for is still asked for."""
        manager = self.mw.addonManager
        if "config" in manager.addonMeta(self.package) or CLASSIC not in manager.allAddons():
            return {}
        told = (manager.addonMeta(CLASSIC).get("config"), manager.addonConfigDefaults(CLASSIC))
        values = config.taken_over(ChainMap(*(one for one in told if isinstance(one, dict))))
        self.save(values)
        if values:
            self.taken_over = words.TAKEN_OVER.format(settings=", ".join(values))
        return values

    def apply(self, raw: Dict[str, Any]) -> None:
        """Puts a configuration into force, at once; what is unusable in it leaves the last good value."""
        before = self.settings
        settings, problems = config.read(raw, os.environ, before)
        self.settings = self.answers.in_force(settings, raw)
        self.problems = "\n".join(problems)
        self.log_trouble = ""
        self.log.open(self.settings.api_log_path)
        moved = (before.bind_address, before.bind_port, before.keys.closed) != (
            self.settings.bind_address,
            self.settings.bind_port,
            self.settings.keys.closed,
        )
        if moved or not self.server.status.addresses:
            self.listen()
        self.permissions.settings_changed()
        self.show()

    def store(self, raw: Dict[str, Any]) -> None:
        """Stores a configuration and puts it into force."""
        self.save(raw)
        self.apply(raw)

    def save(self, raw: Dict[str, Any]) -> None:
        self.unsaved = ""
        try:
            self.mw.addonManager.writeConfig(self.package, raw)
        except OSError as error:
            self.unsaved = words.NOT_SAVED.format(reason=error.strerror or error)

    def change(self, values: Mapping[str, Any]) -> None:
        self.store({**self.raw(), **values})

    def place(self, origin: str, key: Optional[str]) -> None:
        """Puts an origin into one of the lists, and out of the others; None forgets it."""
        if key is None:
            self.recent.forget_origin(origin)
        else:
            self.answers.add(key, origin)
        self.store(origin_lists.placed(self.raw(), origin, key))

    def remember(self, origin: str, decision: Decision) -> None:
        """Stores the user's word; it is in force before anyone is told of it."""
        self.place(origin, LIST_OF[decision])

    def grant(self, who: str, scopes: Optional[Scopes]) -> None:
        """Decides what an origin or a group of callers may do; None: what is usual for it."""
        self.store(rights.granted(self.raw(), who, scopes, self.settings))

    def once_allowed(self, origin: str) -> Scopes:
        """What an origin may do as soon as the user allows it."""
        return rights.once_allowed(origin, self.settings)

    def standing(self, origin: str) -> Optional[bool]:
        """What the settings say of an origin: True allowed, False ignored, None neither."""
        return guard.standing(origin, self.settings)

    # The server

    def listen(self) -> None:
        if self.paused or self.key_missing:
            self.reception.close()
        else:
            self.reception.open(self.settings.bind_address, self.settings.bind_port)

    def pause(self, paused: bool) -> None:
        """Stops serving, or goes on with it. Anki's next start serves again."""
        self.paused = paused
        self.listen()
        self.show()

    @property
    def key_missing(self) -> bool:
        return not (self.settings.loopback_only or self.settings.keys.closed)

    def server_status(self) -> Status:
        return self.server.status

    def on_server_change(self, status: Status) -> None:
        self.main_thread.post(self.show)

    def log_failed(self, text: str) -> None:
        """From any thread."""

        def tell() -> None:
            self.log_trouble = text
            self.show()

        self.main_thread.post(tell)

    # What people see

    def state(self) -> State:
        status = self.server.status
        missing = words.KEY_MISSING.format(address=self.settings.bind_address)
        troubles = (
            missing if self.key_missing else "",
            "" if self.paused else status.trouble or "",
            *self.problems.splitlines(),
            self.log_trouble,
            self.unsaved,
        )
        notes = (self.taken_over, words.APP_NAP if self.app_nap.to_be_forbidden() else "")
        said, good_to_know = tuple(filter(None, troubles)), tuple(filter(None, notes))
        return State(status.addresses, status.since, self.paused, said, good_to_know)

    def show(self) -> None:
        self.app_nap.keep_awake(awake=bool(self.server.status.addresses))
        if self.status_line is not None:
            self.status_line.show(self.state())
        self.windows.refresh()
