"""Writes that meet an editor whose page is not there yet, or still loads its note."""

from __future__ import annotations

import time

import pytest

from tests.anki.test_views import EDITORS, WINDOWS, basic, in_windows, open_editor, stored
from tests.real_anki import RealAnki

# Has the page of 26.09's second kind of editor wait for an answer, as on a busy machine: while it saves, it already
# loads what it has saved, and with some of these pauses it has come so far that it does not stop any more.
PAUSES = (40, 50, 60, 70, 80)
SLOW_ANSWERS = """
(() => {
    const fetchNow = window.fetch;
    window.fetch = async (what, ...others) => {
        const answer = await fetchNow(what, ...others);
        if (String(what).includes("updateNotes"))
            await new Promise((go) => setTimeout(go, window.pause));
        return answer;
    };
    return true;
})()
"""
PAGE = "windows.window(kind).editor.web"


SECOND_KIND = pytest.mark.skipif(
    "new" not in EDITORS, reason="only 26.09 and later have a second kind of editor"
)


@pytest.mark.parametrize("editor", EDITORS)
def test_an_editor_that_has_just_been_opened_holds_nothing_up(anki: RealAnki, editor: str) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    if editor == "new":
        in_windows(anki, "use_new_editor()")
    anki.execute(
        """
        browser = aqt.dialogs.open("Browser", mw)
        browser.search_for("")
        wait_until(lambda: browser.table.len() == 1)
        browser.table.select_all()
        """
    )
    started = time.monotonic()
    anki.request("updateNoteFields", note={"id": note, "fields": {"Front": "dos"}})
    assert time.monotonic() - started < 4
    assert stored(anki, note) == ["dos", "one"]
    in_windows(anki, "wait_for_fields('Browser', ['dos', 'one'])")
    in_windows(anki, "settle('Browser')")
    assert stored(anki, note) == ["dos", "one"]


@SECOND_KIND
@pytest.mark.parametrize("window", WINDOWS)
def test_a_page_that_is_still_loading_does_not_bring_the_old_text_back(
    anki: RealAnki, window: str
) -> None:
    note = anki.request("addNote", note=basic("uno", "one"))
    kind = open_editor(anki, "new", window, ["uno", "one"])
    in_windows(anki, f"run({PAGE}, slow)", kind=kind, slow=SLOW_ANSWERS)
    for pause in PAUSES:
        in_windows(anki, f"run({PAGE}, 'window.pause = {pause}')", kind=kind)
        in_windows(anki, "type_into(kind, 0, ' typed')", kind=kind)
        front = f"after {pause}"
        anki.request("updateNoteFields", note={"id": note, "fields": {"Front": front}})
        in_windows(anki, "wait_for_fields(kind, texts)", kind=kind, texts=[front, "one"])
        in_windows(anki, "settle(kind)", kind=kind)
        anki.execute("wait(0.7)")  # longer than the editor's own pause before it saves
        assert stored(anki, note) == [front, "one"]
    in_windows(anki, "close(kind)", kind=kind)
