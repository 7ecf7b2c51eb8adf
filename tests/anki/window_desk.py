"""What the tests of the AnkiConnect window share."""

from __future__ import annotations

import json
from typing import Any, Dict

from tests.real_anki import RealAnki
from tools.launch import ADDON_FOLDER

MODULE = "__import__('a_probe.hands').hands"
PAGE = "https://reader.example"
LONG = "https://" + "a" * 60 + ".example.com"
CONFIG: Dict[str, Any] = {"webBindPort": 0}
RESET = """
from a_probe import hands
addon = ankiconnect.addon
hands.close()
for origin in [each.origin for each in addon.recent.refusals()]:
    addon.recent.forget_origin(origin)
addon.recent.forget_requests()
if addon.paused:
    addon.pause(False)
addon.store(config)
wait_until(lambda: addon.server_status().addresses)
"""
EDIT_JSON = """
from aqt.addons import AddonsDialog, ConfigEditor
from aqt.qt import QApplication
dialog = AddonsDialog(mw.addonManager)
editor = ConfigEditor(dialog, "ankiconnect", mw.addonManager.getConfig("ankiconnect"))
editor.form.editor.setPlainText(json.dumps({**mw.addonManager.getConfig("ankiconnect"), **changes}))
editor.accept()
dialog.reject()
"""


def hands(anki: RealAnki, call: str, **values: Any) -> Any:
    return anki.execute(f"from a_probe import hands; result = hands.{call}", **values)


def see(anki: RealAnki, text: str) -> None:
    anki.wait_for(f"text in {MODULE}.texts()", seconds=5, text=text)


def saved(anki: RealAnki) -> Dict[str, Any]:
    """The configuration on disk."""
    meta = anki.base / "addons21" / ADDON_FOLDER / "meta.json"
    return dict(json.loads(meta.read_text(encoding="utf-8"))["config"])


def knock(anki: RealAnki, origin: str, key: str = "") -> int:
    body = json.dumps({"action": "deckNames", "version": 6, **({"key": key} if key else {})})
    return anki.http("POST", "/", body.encode(), {"Origin": origin}).status


def ask(anki: RealAnki, **members: Any) -> Any:
    return anki.raw({"action": "deckNames", "version": 6, **members})["error"]
