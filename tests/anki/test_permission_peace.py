"""While a page waits for permission: nobody else waits, the settings are minded, Anki can end."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from tests.anki import permission_page
from tests.anki.permission_page import (
    APPLY,
    ASK,
    DENIED,
    FRESH_DESK,
    LISTS,
    PRESS,
    SITE,
    WINDOWS,
    Page,
    asks,
    seen,
    until,
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


# In nobody's way


def measure(anki: RealAnki, number: int = 100) -> List[float]:
    taken = []
    for _ in range(number):
        started = time.perf_counter()
        assert anki.request("deckNames") == ["Default"]
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def test_other_clients_are_answered_as_fast_as_without_it(asked: RealAnki) -> None:
    before = measure(asked)
    page = asks(asked)
    during = measure(asked)
    assert not page.is_answered()
    assert during[50] < 3 * before[50] + 0.01
    assert during[95] < 3 * before[95] + 0.05


def test_anki_can_be_used_while_it_is_open(asked: RealAnki) -> None:
    asks(asked)
    state = asked.execute(
        WINDOWS
        + """
from aqt.qt import Qt
[window] = windows
mw.onBrowse()
browser = aqt.dialogs._dialogs["Browser"][1]
result = [
    window.isModal(),
    mw.app.activeModalWidget() is None,
    mw.isEnabled(),
    browser.isEnabled(),
    window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating),
]
browser.close()
"""
    )
    assert state == [False, True, True, True, True]


def test_it_can_be_answered_while_a_dialog_of_anki_blocks_the_rest(asked: RealAnki) -> None:
    asked.execute(
        """
from aqt.qt import QDialog
kept["dialog"] = QDialog(mw)
kept["dialog"].setModal(True)
kept["dialog"].show()
"""
    )
    try:
        page = asks(asked)
        blocked = asked.execute(
            WINDOWS
            + """
from aqt.qt import QEvent, QMouseEvent, QPointF, Qt
from ankiconnect.web.permission import Decision
[window] = windows
assert mw.app.activeModalWidget() is kept["dialog"]
button = window.choices.by_decision[Decision.DENY]
place = QPointF(button.mapTo(window, button.rect().center()))
for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
    left = Qt.MouseButton.LeftButton
    held = left if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind, place, window.mapToGlobal(place.toPoint()).toPointF()
        if hasattr(place.toPoint(), "toPointF") else QPointF(window.mapToGlobal(place.toPoint())),
        left, held, Qt.KeyboardModifier.NoModifier,
    )
    mw.app.sendEvent(window.windowHandle(), event)
"""
        )
        assert blocked is None
        assert page.answer() == DENIED
    finally:
        asked.execute("kept.pop('dialog').close()")


def test_a_crowd_meets_one_window_at_a_time(asked: RealAnki) -> None:
    """1,000 requests of 100 origins: most are denied at once, nobody else has to wait."""
    most: List[int] = []
    over = threading.Event()

    def user() -> None:
        while not over.is_set():
            shown = seen(asked)
            most.append(len(shown))
            if shown:
                asked.execute(WINDOWS + "[window.close() for window in windows]")
            time.sleep(0.005)

    def ask(number: int) -> Any:
        origin = f"https://{number % 100}.example"
        return asked.http("POST", "/", ASK, {"Origin": origin}).json()["result"]

    asked.http("GET")
    asked.execute("heartbeat.start()")
    answering = threading.Thread(target=user)
    answering.start()
    with ThreadPoolExecutor(20) as pages:
        replies = list(pages.map(ask, range(1000)))
        during = measure(asked, 20)
    over.set()
    answering.join()
    stalls = asked.execute("result = heartbeat.stop()")
    assert replies == [DENIED] * 1000
    assert max(most) == 1
    assert during[10] < 0.2
    assert stalls["longest_ms"] < 500
    until(lambda: seen(asked) == [])
    assert asked.evaluate("ankiconnect.addon.permissions._open") == {}


def test_who_leaves_takes_the_window_along(asked: RealAnki) -> None:
    from tests.unit.web.serving import Client

    asked.http("GET")
    client = Client(asked.port)
    head = f"POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: {SITE}\r\nContent-Length: {len(ASK)}\r\n\r\n"
    client.send(head.encode() + ASK)
    until(lambda: seen(asked) == [SITE])
    client.close()
    until(lambda: seen(asked) == [])


def test_anki_closes_with_the_question_open(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki()
    page = asks(anki)
    anki.close()
    assert page.answer() == DENIED


# Settings


@pytest.mark.parametrize(("name", "granted"), [(LISTS[0], "granted"), (LISTS[1], "denied")])
def test_settings_edited_meanwhile_answer_the_question(
    asked: RealAnki, name: str, granted: str
) -> None:
    page = asks(asked)
    asked.execute(APPLY, changes={name: [SITE]})
    assert page.answer()["permission"] == granted
    until(lambda: seen(asked) == [])


OVERRULED: List[Tuple[str, str, Dict[str, str]]] = [
    ("allow", "granted", {"ANKICONNECT_CORS_ORIGIN_LIST": "https://set.example"}),
    ("ignore", "denied", {"ANKICONNECT_IGNORE_ORIGIN_LIST": "https://set.example"}),
]


@pytest.mark.parametrize(("decision", "granted", "environ"), OVERRULED, ids=["allow", "ignore"])
def test_an_answer_is_in_force_for_this_run_though_a_variable_overrules_the_setting(
    fresh_anki: AnkiFactory, decision: str, granted: str, environ: Dict[str, str]
) -> None:
    anki = fresh_anki(environ=environ)
    page = asks(anki)
    anki.execute(PRESS, decision=decision)
    assert page.answer()["permission"] == granted
    anki.execute(FRESH_DESK)
    assert Page(anki).answer()["permission"] == granted
    assert seen(anki) == []
    assert use(anki, SITE) == (200 if granted == "granted" else 403)
    if granted == "granted":
        anki.execute(APPLY, changes={LISTS[0]: []})
        assert use(anki, SITE) == 403  # taken back in the settings
