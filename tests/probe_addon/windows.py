"""What a user sees and does in Anki's windows: their pages, fields, rows and buttons."""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Dict, List

import aqt

from . import wait, wait_until

# Fields live in shadow roots, which a plain query does not enter.
FIND_FIELDS = """
(() => {
    const found = [];
    const walk = (node) => {
        if (node.matches && node.matches("anki-editable")) found.push(node);
        if (node.shadowRoot) walk(node.shadowRoot);
        for (const child of node.children || []) walk(child);
    };
    walk(document);
    window.foundFields = found;
    return JSON.stringify(found.map((field) => field.innerText.trim()));
})()
"""
QUIET_LOOKS = 5
TYPE = """
(() => {
    const field = window.foundFields[%d];
    field.focus();
    getSelection().selectAllChildren(field);
    getSelection().collapseToEnd();
    return document.execCommand("insertText", false, %s);
})()
"""


def answered_or_late(found: List[Any]) -> Callable[[], bool]:
    """A page that is just being replaced never answers."""
    ends = time.monotonic() + 0.5
    return lambda: bool(found) or time.monotonic() > ends


def run(web: Any, code: str) -> Any:
    """What JavaScript gives in a page of Anki."""
    found: List[Any] = []
    for _ in range(30):
        web.evalWithCallback(code, found.append)
        wait_until(answered_or_late(found))
        if found:
            return found[0]
    raise TimeoutError("the page does not answer")


def window(kind: str) -> Any:
    """The open window of that kind, as Anki's dialog manager calls it."""
    found = aqt.dialogs._dialogs[kind][1]
    assert found is not None, f"{kind} is not open"
    return found


def fields(kind: str) -> List[str]:
    """The texts that the fields of a window's editor show."""
    return list(json.loads(run(window(kind).editor.web, FIND_FIELDS)))


def wait_for_fields(kind: str, texts: List[str]) -> None:
    shown: List[List[str]] = []
    for _ in range(200):
        shown.append(fields(kind))
        if shown[-1] == texts:
            return
        wait(0.05)
    raise AssertionError(f"{kind} shows {shown[-1]}, not {texts}")


def type_into(kind: str, position: int, text: str) -> None:
    """Types at the end of a field. What was typed is not saved yet: Anki waits for a pause."""
    typed = type_during_write(kind, position, text)
    assert fields(kind) == typed


def type_during_write(kind: str, position: int, text: str) -> List[str]:
    """The same where the fields may change soon; returns what they show for a moment."""
    typed = fields(kind)
    answers: List[Any] = []
    # Once: a page that answers late would have typed twice.
    window(kind).editor.web.evalWithCallback(TYPE % (position, json.dumps(text)), answers.append)
    wait_until(lambda: bool(answers), 15, "the page has typed")
    assert answers[0]
    typed[position] += text
    return typed


def has_focus(kind: str) -> bool:
    return aqt.utils.current_window() is window(kind)


def settle(kind: str) -> None:
    """Waits until the page of 26.09's second kind of editor asks Anki for nothing any more.

    It loads a note in many steps, twice when the browser opens, and drops what is typed meanwhile.
    """
    if not hasattr(window(kind).editor, "nid"):
        return
    asked: List[int] = []
    for _ in range(100):
        asked.append(
            run(window(kind).editor.web, "performance.getEntriesByType('resource').length")
        )
        if len(asked) > QUIET_LOOKS and len(set(asked[-QUIET_LOOKS:])) == 1:
            return
        wait(0.05)
    raise AssertionError(f"the page of {kind} does not come to rest")


def open_browser(query: str, texts: List[str]) -> str:
    """Opens the browser on one note, and waits until its editor shows these texts."""
    browser = aqt.dialogs.open("Browser", aqt.mw)
    browser.search_for(query)
    wait_until(lambda: browser.table.len() == 1, 5, "the row")
    browser.table.select_all()
    wait_for_fields("Browser", texts)
    settle("Browser")
    browser.activateWindow()
    return "Browser"


def open_edit_current(texts: List[str]) -> str:
    aqt.mw.onEditCurrent()
    names = [name for name, entry in aqt.dialogs._dialogs.items() if entry[1] is not None]
    [kind] = [name for name in names if name.endswith("EditCurrent")]
    wait_for_fields(kind, texts)
    settle(kind)
    return str(kind)


def open_add(fields_count: int) -> str:
    aqt.mw.onAddCard()
    names = [name for name, entry in aqt.dialogs._dialogs.items() if entry[1] is not None]
    [kind] = [name for name in names if name.endswith("AddCards")]
    wait_for_fields(kind, [""] * fields_count)
    settle(kind)
    return str(kind)


def close(kind: str) -> None:
    """Closes a window as its user does, and waits until it is gone."""
    window(kind).close()
    wait_until(lambda: aqt.dialogs._dialogs[kind][1] is None, 15, f"{kind} did not close")


def rows() -> List[List[str]]:
    """The texts of the browser's table as it is drawn, without a new search."""
    browser = window("Browser")
    model = browser.table._model
    kept: Dict[Any, Any] = model._rows
    return [[cell.text for cell in kept[item].cells] for item in model._items if item in kept]


def review(deck_id: int) -> None:
    """Begins to review a deck, and waits until its first card is shown."""
    aqt.mw.col.decks.select(deck_id)
    # What is meant for a page gets lost when the one before it is still loading, or drawn late.
    wait_until(lambda: not aqt.mw._background_op_count, 5, "Anki is still busy")
    run(aqt.mw.web, "document.readyState")
    for _ in range(2):
        aqt.mw.moveToState("review")
        wait_until(lambda: aqt.mw.reviewer.state == "question", 5, "a question")
        for _ in range(40):
            if card_text():
                return
            wait(0.05)
    raise AssertionError("the reviewer shows no card")


def card_text() -> str:
    """The text that the reviewer shows."""
    return str(run(aqt.mw.reviewer.web, "document.getElementById('qa')?.innerText || ''")).strip()


def dialogs() -> List[str]:
    """Every window that is open beside the main one."""
    from aqt.qt import QDialog, QMainWindow

    shown = [one for one in aqt.mw.app.topLevelWidgets() if one.isVisible() and one is not aqt.mw]
    return sorted(type(one).__name__ for one in shown if isinstance(one, (QDialog, QMainWindow)))


def use_new_editor() -> None:
    """Switches Anki's second kind of editor on, as its preferences do from the next start on."""
    from anki.collection import ExperimentFlag

    aqt.mw.col._experiments = {str(ExperimentFlag.SVELTE_EDITOR): True}


ALL_TEXT = """
(() => {
    const walk = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.textContent;
        if (["STYLE", "SCRIPT"].includes(node.nodeName)) return "";
        const inner = [...(node.shadowRoot ? node.shadowRoot.childNodes : []), ...node.childNodes];
        return inner.map(walk).join(" ");
    };
    return walk(document.body);
})()
"""


def text_of(web: Any) -> str:
    """All the text in a page, that in shadow roots too, with single blanks."""
    return " ".join(str(run(web, ALL_TEXT)).split())
