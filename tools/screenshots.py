"""Makes the pictures of our windows in docs/images, with the Python that has Anki.

.tox/anki2609/bin/python -m tools.screenshots
"""

from __future__ import annotations

import argparse
import pathlib
import tempfile
import textwrap
from typing import Any, Dict, Optional, Sequence

from tests.real_anki import RealAnki
from tools.launch import ROOT

IMAGES = ROOT / "docs" / "images"
USUAL_PORT = 8765
THEMES = ("light", "dark")
WIDTH, HEIGHT = 680, 600
CURL = {"User-Agent": "curl/8.9.1"}
YOMITAN = {"Origin": "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn", "User-Agent": "Mozilla"}
EDITOR = {"Origin": "app://obsidian.md", "User-Agent": "Mozilla/5.0"}
STRANGER = "https://flashcards-for-everyone.with-a-very-long-name.learning.example.com"
CONFIG = {
    "webCorsOriginList": ["http://localhost", "https://reader.example", "app://obsidian.md"],
    "ignoreOriginList": ["https://tracker.example"],
    "callerScopes": {"https://reader.example": ["read", "gui"]},
}
KEYS = [
    {"name": "my agent", "sha256": "a" * 64, "scopes": ["read"]},
    {"name": "notes script", "sha256": "b" * 64, "scopes": ["read", "write", "files"]},
]
ASKED = (
    (CURL, "version", {}),
    (CURL, "deckNames", {}),
    (YOMITAN, "canAddNotes", {"notes": []}),
    (YOMITAN, "createDeck", {"deck": "Spanish"}),
    (YOMITAN, "addNote", {"note": {}}),
    (EDITOR, "findNotes", {"query": "tag:verbs"}),
    (EDITOR, "notesInfo", {"notes": []}),
    (YOMITAN, "exportPackage", {"deck": "Spanish", "path": "spanish.apkg"}),
    (CURL, "deckNamesAndId", {}),
    (CURL, "findCards", {"query": "is:due"}),
)

BEGIN = """
from array import array
from collections import Counter
from aqt.qt import QApplication, QFont, QImage
from aqt.theme import Theme

def save(window, path):
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = array("I", bytes(image.constBits().asarray(image.sizeInBytes())))
    # The most common colours stay as they are; of others that hardly differ, the most common one.
    ranked = [colour for colour, _ in Counter(pixels).most_common()]
    plain = set(ranked[:24])
    bucket = lambda colour: colour if colour in plain else colour & 0xF0F0F0
    colours = {}
    for colour in ranked:
        colours.setdefault(bucket(colour), colour)
    assert len(colours) <= 256, len(colours)
    places = {name: place for place, name in enumerate(colours)}
    indexed = bytes(places[bucket(colour)] for colour in pixels)
    width, height = image.width(), image.height()
    small = QImage(indexed, width, height, width, QImage.Format.Format_Indexed8)
    small.setColorTable(list(colours.values()))
    assert small.save(path)

kept["save"] = save
font = QFont(QApplication.font())
font.setPointSizeF(points)
QApplication.setFont(font)
mw.set_theme(Theme.DARK if theme == "dark" else Theme.LIGHT)
ankiconnect.addon.windows.open()
window = ankiconnect.addon.windows.window
window.resize(int(width), int(height))
wait(0.4)
"""
GRAB = """
window = ankiconnect.addon.windows.window
window.tabs.setCurrentIndex(page)
{code}
wait(0.5)
kept["save"](window, path)
"""
# Name, page, and what is done there first.
PAGES = (
    ("requests", 0, ""),
    ("web-pages", 1, ""),
    ("kinds", 1, "bar = window.origins.area.verticalScrollBar(); bar.setValue(bar.maximum())"),
    ("rights", 1, "window.origins.decide('app://obsidian.md')"),
    ("key", 2, ""),
    ("keys", 2, "ankiconnect.addon.change({'apiKeys': keys})"),
    ("key-form", 2, "window.key.standing.add.click(); window.key.form.name.setText('my editor')"),
    ("key-new", 2, "window.key.form.save.click()"),
    ("address", 3, "window.address.everywhere.setFocus(); window.address.everywhere.click()"),
    (
        "trouble",
        2,
        "ankiconnect.addon.change({'apiKeys': [], 'webBindAddress': '0.0.0.0'}); wait(0.5)",
    ),
)
# The button that allows can be pressed only when the question has been there for a moment.
PERMISSION = """
from ankiconnect.gui.permission import PermissionWindow
from ankiconnect.web.permission import Question
window = PermissionWindow(Question(origin, lambda question, decision: None), mw.windowIcon())
window.show()
wait(1)
kept["save"](window, path)
window.close()
"""
EDIT = """
note = col.new_note(col.models.by_name("Basic"))
note["Front"], note["Back"] = "el gato", "the cat"
note.tags = ["animals"]
col.add_note(note, 1)
kept["note"] = note.id
"""
EDIT_GRAB = """
[window] = [w for w in mw.app.topLevelWidgets() if type(w).__name__ == "EditWindow" and w.isVisible()]
window.resize(int(width), int(height))
wait(2)
kept["save"](window, path)
window.close()
"""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="Make the pictures of our windows.")
    parser.add_argument("--to", type=pathlib.Path, default=IMAGES, help="folder for the pictures")
    parser.add_argument("--points", type=float, default=10, help="size of the font")
    chosen = parser.parse_args(arguments)
    chosen.to.mkdir(parents=True, exist_ok=True)
    for theme in THEMES:
        with tempfile.TemporaryDirectory() as base:
            anki = RealAnki(
                pathlib.Path(base) / "anki", config={**CONFIG, "webBindPort": USUAL_PORT}
            )
            anki.start()
            try:
                if anki.port != USUAL_PORT:
                    raise SystemExit(f"Port {USUAL_PORT}, which the pictures show, is taken.")
                take_all(anki, theme, chosen.to, chosen.points)
                anki.close()
            finally:
                anki.kill()
    return 0


def take_all(anki: RealAnki, theme: str, folder: pathlib.Path, points: float) -> None:
    width, height = WIDTH * points / 10, HEIGHT * points / 10
    anki.execute(BEGIN, theme=theme, points=points, width=width, height=height)
    busy(anki)
    anki.execute(EDIT)
    anki.request("guiEditNote", note=anki.evaluate("kept['note']"))
    picture = str(folder / f"edit-{theme}.png")
    anki.execute(EDIT_GRAB, width=width, height=height * 0.75, path=picture)
    for name, page, code in PAGES:
        picture = str(folder / f"window-{name}-{theme}.png")
        anki.execute(GRAB.format(code=textwrap.dedent(code)), page=page, path=picture, keys=KEYS)
    picture = str(folder / f"permission-{theme}.png")
    anki.execute(PERMISSION, origin="https://reader.example", path=picture)


def busy(anki: RealAnki) -> None:
    """Some traffic, so that there is something to see."""
    for headers, action, params in ASKED:
        ask(anki, headers, action, params)
    for origin, times in ((STRANGER, 3), ("null", 1), ("https://words.example", 1)):
        for _ in range(times):
            ask(anki, {"Origin": origin}, "deckNames", {})


def ask(anki: RealAnki, headers: Dict[str, str], action: str, params: Dict[str, Any]) -> None:
    import json

    body = json.dumps({"action": action, "version": 6, "params": params}).encode()
    anki.http("POST", "/", body, headers)


if __name__ == "__main__":
    raise SystemExit(main())
