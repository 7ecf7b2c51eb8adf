"""What the tests of the graphical actions look at: windows, their order, and what they hold."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Dict, Iterator, List

import pytest

from tests.real_anki import RealAnki, ReplyError

EDIT = "AnkiConnectEditNote"
PROBE = "__import__('a_probe.windows').windows"
IN_THE_WAY = "Anki shows a window that has to be answered first: "


def seen(anki: RealAnki, call: str, **values: Any) -> Any:
    """What a function of the probe's `windows` gives."""
    return anki.execute(f"from a_probe import windows; result = windows.{call}", **values)


def is_open(anki: RealAnki, kind: str) -> bool:
    return bool(
        anki.evaluate("aqt.dialogs._dialogs.get(kind, (0, None))[1] is not None", kind=kind)
    )


def wait_for_front(anki: RealAnki, kind: str) -> None:
    anki.wait_for(f"{PROBE}.has_focus(kind)", seconds=5, kind=kind)


def wait_for_page(anki: RealAnki, text: str) -> None:
    """Waits until the page of the main window shows a text."""
    page = f"{PROBE}.run(mw.web, 'document.body.innerText')"
    anki.wait_for(f"text in ({page} or '')", seconds=8, text=text)


def page_shows(anki: RealAnki, text: str) -> bool:
    return text in (seen(anki, "run(aqt.mw.web, 'document.body.innerText')") or "")


def to_main_window(anki: RealAnki) -> None:
    """Puts the main window in front, as a click on it does."""
    anki.execute("mw.activateWindow(); mw.raise_(); mw.web.setFocus(); wait(0.1)")
    assert anki.evaluate("mw.app.activeWindow() is mw")


def note(front: str, back: str = "", **more: Any) -> Dict[str, Any]:
    fields = {"Front": front, "Back": back}
    return {"deckName": "Default", "modelName": "Basic", "fields": fields, **more}


def stored(anki: RealAnki, note_id: int) -> List[str]:
    return list(anki.evaluate("col.get_note(note_id).fields", note_id=note_id))


def undo_name(anki: RealAnki) -> str:
    return str(anki.evaluate("col.undo_status().undo"))


def refused(anki: RealAnki, action: str, text: str, **params: Any) -> None:
    """The action fails with exactly that text, and soon."""
    began = time.monotonic()
    with pytest.raises(ReplyError) as caught:
        anki.request(action, **params)
    assert str(caught.value) == text
    assert time.monotonic() - began < 5


@contextlib.contextmanager
def modal_box(anki: RealAnki, text: str) -> Iterator[None]:
    """Anki shows a box that has to be answered before anything else."""
    anki.execute(
        """
        box = aqt.qt.QMessageBox(mw)
        box.setText(text)
        box.setModal(True)
        box.show()
        kept["box"] = box
        wait_until(lambda: mw.app.activeModalWidget() is box)
        """,
        text=text,
    )
    yield
    anki.execute("kept.pop('box').close(); wait_until(lambda: not message_boxes())")
