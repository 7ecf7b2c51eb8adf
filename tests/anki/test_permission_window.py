"""The window that asks whether a page may use Anki: what it shows and takes."""

from __future__ import annotations

from typing import Iterator

import pytest

from tests.anki import permission_page
from tests.anki.permission_page import (
    APPLY,
    DENIED,
    FRESH_DESK,
    LISTS,
    PRESS,
    READ,
    SITE,
    STORED,
    TYPE,
    WINDOWS,
    Page,
    asks,
    seen,
    use,
)
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki


@pytest.fixture(scope="module")
def own_anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    yield from permission_page.own_anki(tmp_path_factory.mktemp("permission"))


@pytest.fixture
def asked(own_anki: RealAnki) -> Iterator[RealAnki]:
    yield from permission_page.asking_anki(own_anki)


# The answers


def test_allow_is_stored_and_in_force_at_once(asked: RealAnki) -> None:
    assert use(asked, SITE) == 403
    page = asks(asked)
    assert not page.is_answered()
    asked.execute(PRESS, decision="allow")
    assert page.answer() == {
        "permission": "granted",
        "requireApiKey": False,
        "requireApikey": False,
        "version": 6,
    }
    assert page.replies[0].headers["access-control-allow-origin"] == SITE
    assert asked.evaluate(STORED, names=LISTS) == [["http://localhost", SITE], []]
    assert use(asked, SITE) == 200
    assert seen(asked) == []
    again = Page(asked)
    assert again.answer()["permission"] == "granted"
    assert seen(asked) == []


def test_deny_is_not_stored(asked: RealAnki) -> None:
    page = asks(asked)
    asked.execute(PRESS, decision="deny")
    assert page.answer() == DENIED
    assert asked.evaluate(STORED, names=LISTS) == [["http://localhost"], []]
    assert (use(asked, SITE), seen(asked)) == (403, [])


def test_always_ignore_is_stored_and_never_asked_again(asked: RealAnki) -> None:
    page = asks(asked)
    asked.execute(PRESS, decision="ignore")
    assert page.answer() == DENIED
    assert asked.evaluate(STORED, names=LISTS) == [["http://localhost"], [SITE]]
    asked.execute(FRESH_DESK)
    assert Page(asked).answer() == DENIED
    assert seen(asked) == []


@pytest.mark.parametrize("code", ["window.close()", "window.reject()"])
def test_a_closed_window_is_a_no(asked: RealAnki, code: str) -> None:
    page = asks(asked)
    asked.execute(WINDOWS + "[window] = windows\n" + code)
    assert page.answer() == DENIED
    assert asked.evaluate(STORED, names=LISTS) == [["http://localhost"], []]


def test_an_answer_outlives_anki(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    page = asks(anki)
    anki.execute(PRESS, decision="allow")
    assert page.answer()["permission"] == "granted"
    assert SITE in anki.evaluate(STORED, names=LISTS)[0]


# The keyboard


@pytest.mark.parametrize("key", ["Key_Escape", "Key_Return", "Key_Space"])
def test_whoever_just_presses_a_key_denies(asked: RealAnki, key: str) -> None:
    page = asks(asked)
    asked.execute(TYPE, key=key, modifier="NoModifier")
    assert page.answer() == DENIED
    assert asked.evaluate(STORED, names=LISTS) == [["http://localhost"], []]


def test_every_answer_can_be_reached_and_given_with_the_keyboard(asked: RealAnki) -> None:
    page = asks(asked)
    reached = asked.execute(
        WINDOWS
        + """
[window] = windows
buttons = {button: decision.value for decision, button in window.choices.by_decision.items()}
wait_until(lambda: all(button.isEnabled() for button in buttons))
result = []
for _ in range(6):
    result.append(buttons.get(window.focusWidget(), "text"))
    window.focusNextChild()
"""
    )
    assert reached[0] == "deny"
    assert set(reached) == {"allow", "deny", "ignore", "text"}
    asked.execute(
        WINDOWS
        + """
from ankiconnect.web.permission import Decision
[window] = windows
window.choices.by_decision[Decision.ALLOW].setFocus()
"""
    )
    asked.execute(TYPE, key="Key_Space", modifier="NoModifier")
    assert page.answer()["permission"] == "granted"


def test_the_shortcuts_differ(asked: RealAnki) -> None:
    asks(asked)
    shortcuts = asked.execute(
        WINDOWS
        + "[window] = windows\n"
        + "result = [b.shortcut().toString() for b in window.choices.by_decision.values()]"
    )
    assert len(set(shortcuts)) == 3
    assert "" not in shortcuts


def test_a_click_meant_for_something_else_does_not_allow(asked: RealAnki) -> None:
    """The window may come up just where the user is about to click."""
    page = asks(asked)
    enabled = asked.execute(
        WINDOWS
        + """
from ankiconnect.web.permission import Decision
from ankiconnect.gui.permission import PermissionWindow
fresh = PermissionWindow(windows[0].question, mw.windowIcon())
fresh.show()
result = [fresh.choices.by_decision[decision].isEnabled() for decision in Decision]
fresh.choices.by_decision[Decision.ALLOW].click()
wait(0.05)
"""
    )
    assert enabled == [False, True, True]
    assert not page.is_answered()


# What is shown

LONG = "https://accounts.google.com." + "a" * 60 + "." + "b" * 60 + "." + "c" * 50 + ".evil.example"
SHOWN = [
    ("plain", SITE, "website", ""),
    ("long", LONG, "website", ""),
    ("with port", "https://site.example:8443", "website", ""),
    ("right to left", "https://xn--mgbh0fb.xn--mgbaam7a8h", "website", "Arabic"),
    ("looks like another", "https://xn--80ak6aa92e.com", "website", "Cyrillic, Latin"),
    ("app", "app://obsidian.md", "app", ""),
    ("nobody", "null", "without a name", "Better deny it"),
    ("file", "file://", "without a name", "Better deny it"),
]


@pytest.mark.parametrize(
    ("origin", "kind", "hint"), [row[1:] for row in SHOWN], ids=[row[0] for row in SHOWN]
)
def test_who_asks_is_shown_in_full(asked: RealAnki, origin: str, kind: str, hint: str) -> None:
    asks(asked, origin)
    read = asked.execute(READ)
    assert read["origin"] == origin
    assert read["plain"]
    assert kind in read["texts"][1]
    assert any(hint in text for text in read["texts"])
    warned = any("Better deny it" in text for text in read["texts"])
    assert warned is (kind == "without a name")


def test_the_list_without_localhost_is_warned_about_what_a_yes_to_it_means(asked: RealAnki) -> None:
    asked.execute(APPLY, changes={"webCorsOriginList": []})
    asks(asked, "http://localhost")
    assert any("every browser extension" in text for text in asked.execute(READ)["texts"])


def test_markup_and_marks_of_direction_show_as_what_they_are(own_anki: RealAnki) -> None:
    """The door lets no such origin in; the window does not rely on it."""
    read = own_anki.execute(
        """
from ankiconnect.gui.permission import PermissionWindow
from ankiconnect.web.permission import Question
from aqt.qt import QTextEdit
window = PermissionWindow(Question(origin, lambda question, decision: None), mw.windowIcon())
result = window.findChild(QTextEdit).toPlainText()
window.close()
""",
        origin="https://<b>bank</b>.example\u202e\u200b\u0430\n<img src=x>",
    )
    assert read == r"https://<b>bank</b>.example\u202e\u200b\u0430\n<img src=x>"


def test_nothing_is_cut_off_at_any_size_of_letters(own_anki: RealAnki) -> None:
    found = own_anki.execute(
        """
from ankiconnect.gui.permission import PermissionWindow
from ankiconnect.web.permission import Question
from aqt.qt import QFont, QLabel, QPushButton, QTextEdit
usual = QFont(mw.app.font())
result = []
for scale in (1.0, 1.5, 2.5):
    font = QFont(usual)
    font.setPointSizeF(usual.pointSizeF() * scale)
    mw.app.setFont(font)
    window = PermissionWindow(Question(origin, lambda question, decision: None), mw.windowIcon())
    window.show()
    wait(0.05)
    room = window.content
    screen = window.screen().availableGeometry()
    short = [
        label.text()
        for label in room.findChildren(QLabel)
        if label.text() and label.height() < label.heightForWidth(label.width())
    ]
    text = window.findChild(QTextEdit)
    if text.document().size().height() > text.viewport().height() + 1:
        short.append("origin")
    if text.mapTo(window, text.rect().bottomRight()).x() > window.width():
        short.append("beyond the right edge")
    buttons = window.findChildren(QPushButton)
    inside = all(window.rect().contains(button.geometry().translated(window.choices.pos())) for button in buttons)
    result.append([short, inside, window.height() <= screen.height()])
    window.close()
mw.app.setFont(usual)
""",
        origin=LONG,
    )
    assert found == [[[], True, True]] * 3
