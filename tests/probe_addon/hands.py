"""What a user does in the AnkiConnect window, with mouse and keyboard."""

from __future__ import annotations

import sys
from typing import Any, Dict, List

import aqt
from aqt.qt import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPoint,
    QPushButton,
    QScrollArea,
    Qt,
    QWidget,
    qtmajor,
)

from . import wait, wait_until

if qtmajor == 5:
    from PyQt5.QtTest import QTest
else:
    from PyQt6.QtTest import QTest


def addon() -> Any:
    return sys.modules["ankiconnect"].addon


def window() -> Any:
    found = addon().windows.window
    assert found is not None, "the window is not open"
    return found


def choose_in_menu() -> None:
    """Opens the Tools menu and chooses our entry."""
    menu = aqt.mw.form.menuTools
    action = addon().status_line.action
    assert action in menu.actions()
    menu.popup(QPoint(0, 0))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def go_to(page: str) -> None:
    """Clicks the tab of a page."""
    tabs = window().tabs
    [place] = [n for n in range(tabs.count()) if plain(tabs.tabText(n)) == page]
    bar = tabs.tabBar()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
    assert tabs.currentIndex() == place


def press(text: str) -> None:
    """Clicks the button with that text, or with that name for screen readers."""
    click(button(text))


def button(text: str) -> Any:
    found = [one for one in seen(QAbstractButton) if text == (spoken(one) or plain(one.text()))]
    assert len(found) == 1, f"{len(found)} buttons are called {text}: {buttons()}"
    return found[0]


def click(widget: Any) -> None:
    assert widget.isEnabled(), f"{widget.text()} is disabled"
    for area in window().findChildren(QScrollArea):
        if area.isAncestorOf(widget):
            area.ensureWidgetVisible(widget)
    # A radio button takes clicks on its text only.
    where = QPoint(12, widget.height() // 2)
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=where)


def write(field: Any, text: str) -> None:
    """Types a text in place of what a field holds."""
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


def key(code: str, alt: bool = False) -> None:
    """Presses a key where the focus is."""
    modifier = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(QApplication.focusWidget() or window(), getattr(Qt.Key, f"Key_{code}"), modifier)
    if alt:
        wait(0.2)  # a button that is reached by its letter is seen to go down first


def focus() -> str:
    """The name of what has the focus."""
    widget = QApplication.focusWidget()
    assert widget is not None
    return "pages" if widget.inherits("QTabBar") else name_of(widget)


def name_of(widget: Any) -> str:
    """What a screen reader says of a widget."""
    if spoken(widget):
        return spoken(widget)
    if isinstance(widget, QAbstractButton):
        return plain(widget.text())
    for caption in window().findChildren(QLabel):
        if caption.buddy() is widget:
            return plain(caption.text())
    return ""


def spoken(widget: Any) -> str:
    return str(widget.accessibleName())


def seen(kind: Any) -> List[Any]:
    return [one for one in window().findChildren(kind) if one.isVisible()]


def plain(text: str) -> str:
    return text.replace("&", "")


def buttons() -> List[str]:
    return [spoken(one) or plain(one.text()) for one in seen(QPushButton)]


def texts() -> str:
    """Everything that the window shows but its table."""
    labels = [one.text() for one in seen(QLabel)]
    fields = [one.text() for one in seen(QLineEdit)]
    return "\n".join([*labels, *fields, *buttons()])


def rows() -> List[List[str]]:
    """The rows of the table, as they are drawn."""
    model = window().requests.table.model()
    role = Qt.ItemDataRole.DisplayRole
    return [
        [model.data(model.index(row, column), role) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def origins() -> Dict[str, List[str]]:
    """The origins of each group."""
    page = window().origins
    return {name: list(getattr(page, name).rows) for name in ("allowed", "ignored", "refused")}


def mnemonics() -> List[str]:
    """The letters that lead somewhere with Alt, on the page that is open."""
    tabs = window().tabs
    found = [tabs.tabText(n) for n in range(tabs.count())]
    found += [one.text() for one in seen(QAbstractButton)]
    found += [one.text() for one in seen(QLabel) if one.buddy() is not None]
    return [text[text.index("&") + 1].lower() for text in found if "&" in text]


def unnamed() -> List[str]:
    """What can be reached with Tab and has no name."""
    reachable = [one for one in seen(QWidget) if compares(one.focusPolicy()) and one.isEnabled()]
    inner = ("qt_spinbox_lineedit",)
    return [
        f"{type(one).__name__} {one.objectName()}"
        for one in reachable
        if not name_of(one) and one.objectName() not in inner and not is_frame(one)
    ]


def compares(policy: Any) -> bool:
    return policy in (
        Qt.FocusPolicy.TabFocus,
        Qt.FocusPolicy.StrongFocus,
        Qt.FocusPolicy.WheelFocus,
    )


def is_frame(widget: Any) -> bool:
    """Whether a widget only holds others, or names its parts itself."""
    return any(map(widget.inherits, ("QTabWidget", "QTabBar", "QScrollArea")))


def notice() -> str:
    """The text of Anki's tooltip, if one is shown."""
    label = aqt.utils._tooltipLabel
    return "" if label is None else str(label.text())


def close() -> None:
    if addon().windows.window is not None:
        window().close()
        wait_until(lambda: addon().windows.window is None)
