"""What Anki's own window says about the server: a line in the Tools menu, and a short notice when there is trouble."""

from typing import Optional

from aqt.main import AnkiQt
from aqt.qt import QAction, qconnect
from aqt.utils import showInfo, tooltip

from ..web.server import Status
from . import words

NOTICE_MILLISECONDS = 8000


class StatusLine:
    """The line in the Tools menu. Lives on the Qt thread."""

    def __init__(self, mw: AnkiQt) -> None:
        self.mw = mw
        self.text = words.STATUS_STARTING
        self.noticed: Optional[str] = None
        self.action = QAction(words.MENU_STARTING, mw)
        qconnect(self.action.triggered, self.explain)
        mw.form.menuTools.addAction(self.action)

    def show(self, status: Status) -> None:
        """Takes over a new status; each trouble is noticed once, and never in a way that has to be clicked away."""
        addresses = [url(host, port) for host, port in status.addresses]
        listening = words.STATUS_LISTENING.format(addresses=", ".join(addresses))
        parts = [listening if addresses else "", status.trouble or ""]
        self.text = "\n\n".join(part for part in parts if part) or words.STATUS_STARTING
        if addresses:
            self.action.setText(words.MENU_LISTENING.format(address=addresses[0]))
        else:
            self.action.setText(words.MENU_TROUBLE if status.trouble else words.MENU_STARTING)
        self.notice(status.trouble)

    def notice(self, trouble: Optional[str]) -> None:
        if trouble and trouble != self.noticed:
            tooltip(trouble, period=NOTICE_MILLISECONDS, parent=self.mw)
        self.noticed = trouble

    def explain(self) -> None:
        showInfo(self.text, parent=self.mw, title=words.STATUS_TITLE, textFormat="plain")


def url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
