"""The AnkiConnect window in a real Anki: opened from the menu, clicked, typed into."""

from __future__ import annotations

import json
import socket
from typing import List

import pytest

from tests.anki.window_desk import EDIT_JSON, MODULE, PAGE, ask, hands, knock, saved, see
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki
from tools.launch import ADDON_FOLDER

# The window


def test_it_opens_once_and_comes_to_the_front(desk: RealAnki) -> None:
    count = "len([w for w in mw.app.topLevelWidgets() if w.objectName() == 'ankiConnectWindow'])"
    assert desk.evaluate(count) == 1
    desk.execute("mw.activateWindow(); wait(0.1)")
    assert desk.evaluate(f"mw.app.activeWindow() is not {MODULE}.window()")
    hands(desk, "choose_in_menu()")
    desk.wait_for(f"mw.app.activeWindow() is {MODULE}.window()")
    assert desk.evaluate(count) == 1


def test_it_blocks_nothing(desk: RealAnki) -> None:
    assert desk.evaluate(f"{MODULE}.window().isModal()") is False
    assert desk.evaluate("mw.app.activeModalWidget() is None")
    assert desk.request("deckNames") == ["Default"]


def test_escape_closes_it_for_good_and_its_size_is_kept(desk: RealAnki) -> None:
    desk.execute("from a_probe import hands; hands.window().resize(760, 660)")
    desk.execute("from a_probe import hands; hands.key('Escape')")
    assert desk.evaluate("ankiconnect.addon.windows.window is None")
    gone = "not [w for w in mw.app.topLevelWidgets() if w.objectName() == 'ankiConnectWindow']"
    desk.wait_for(gone, seconds=5)
    # Nothing of it is woken by requests any more.
    assert desk.evaluate("ankiconnect.addon.recent._watch is None")
    desk.request("version")
    hands(desk, "choose_in_menu()")
    size = desk.evaluate(f"[{MODULE}.window().width(), {MODULE}.window().height()]")
    assert size == [760, 660]


def test_it_closes_with_the_profile(desk: RealAnki) -> None:
    desk.execute("aqt.dialogs.closeAll(lambda: kept.update(closed=True))")
    assert desk.evaluate("kept.pop('closed')")
    assert desk.evaluate("ankiconnect.addon.windows.window is None")


def test_it_follows_the_theme(desk: RealAnki) -> None:
    colours = f"{MODULE}.window().head.dot.styleSheet()"
    before = desk.evaluate(colours)
    change = "from aqt.theme import Theme; mw.set_theme(Theme.DARK if dark else Theme.LIGHT)"
    desk.execute(change, dark=True)
    assert desk.evaluate(colours) != before
    desk.execute(change, dark=False)
    assert desk.evaluate(colours) == before


# The server


def test_its_head_tells_where_the_server_is(desk: RealAnki) -> None:
    text = hands(desk, "texts()")
    assert "AnkiConnect is on" in text
    assert f"http://127.0.0.1:{desk.port}" in text
    since = desk.evaluate("ankiconnect.addon.server_status().since.strftime('%H:%M')")
    assert f"since {since}" in text
    hands(desk, "press('Copy Address')")
    assert desk.evaluate("mw.app.clipboard().text()") == f"http://127.0.0.1:{desk.port}"


def test_pause_and_resume(desk: RealAnki) -> None:
    port = desk.port
    hands(desk, "press('Pause')")
    see(desk, "AnkiConnect is paused")
    desk.wait_for("not ankiconnect.addon.server_status().addresses")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=2)
    assert "paused" in desk.evaluate("ankiconnect.addon.status_line.action.text()")
    # Settings that change meanwhile do not open it again.
    desk.execute(EDIT_JSON, changes={"apiKey": "k" * 20})
    assert desk.evaluate("ankiconnect.addon.server_status().addresses") == []
    hands(desk, "press('Resume')")
    see(desk, "AnkiConnect is on")
    desk.forget_port()
    assert ask(desk, key="k" * 20) is None


def test_pausing_and_resuming_fast_ends_as_the_last_press_says(desk: RealAnki) -> None:
    desk.execute("for _ in range(5): ankiconnect.addon.pause(True); ankiconnect.addon.pause(False)")
    desk.wait_for("ankiconnect.addon.reception._closing is None")
    desk.wait_for("ankiconnect.addon.server_status().addresses")
    desk.forget_port()
    assert desk.request("version") == 6


def test_documentation_opens_in_the_browser(desk: RealAnki) -> None:
    desk.execute(
        """
        from aqt.qt import QDesktopServices, QObject, QUrl, pyqtSlot

        class Browser(QObject):
            @pyqtSlot(QUrl)
            def open(self, url):
                kept["page"] = url.toLocalFile()

        kept["browser"] = Browser()
        QDesktopServices.setUrlHandler("file", kept["browser"].open)
        from a_probe import hands
        hands.press("Documentation")
        QDesktopServices.unsetUrlHandler("file")
        del kept["browser"]
        """
    )
    with open(desk.evaluate("kept.pop('page')"), encoding="utf-8") as file:
        text = file.read()
    for words in ('<h3 id="addNote">', '<h3 id="version">', "webBindPort", "<title>"):
        assert words in text


# Requests


def test_requests_appear_while_they_happen(desk: RealAnki) -> None:
    see(desk, "No requests yet")
    desk.request("deckNames")
    desk.http("POST", "/", b'{"action": "nonsense", "version": 6}', {"User-Agent": "curl/8 x"})
    with pytest.raises(Exception, match="secret"):
        desk.request("changeDeck", cards=["secret"], deck="secret deck")
    desk.wait_for(f"len({MODULE}.rows()) == 3", seconds=3)
    rows: List[List[str]] = hands(desk, "rows()")
    assert [row[1:4] for row in rows] == [
        ["a program", "changeDeck", "failed"],
        ["curl/8", "nonsense", "no such action"],
        ["a program", "deckNames", "done"],
    ]
    assert "secret" not in json.dumps(rows)
    assert "No requests yet" not in hands(desk, "texts()")
    hands(desk, "press('Clear List')")
    assert hands(desk, "rows()") == []


def test_many_requests_stay_in_order_and_bounded(desk: RealAnki) -> None:
    for number in range(260):
        desk.request("version" if number % 2 else "deckNames")
    newest = "ankiconnect.addon.recent._count"
    shown = f"[row.number for row in {MODULE}.window().requests.model.rows[:1]]"
    desk.wait_for(f"{shown} == [{newest}]", seconds=3)
    numbers = desk.evaluate(f"[row.number for row in {MODULE}.window().requests.model.rows]")
    assert len(numbers) == 200
    assert numbers == sorted(numbers, reverse=True)


# Anki's own config window


def test_the_open_window_follows_the_config_editor(desk: RealAnki) -> None:
    hands(desk, "go_to('Address')")
    desk.execute(EDIT_JSON, changes={"webBindAddress": "127.0.0.2", "ignoreOriginList": [PAGE]})
    assert desk.evaluate(f"{MODULE}.window().address.address.text()") == "127.0.0.2"
    assert desk.evaluate(f"{MODULE}.window().address.one.isChecked()")
    assert hands(desk, "origins()")["ignored"] == [PAGE]
    see(desk, "http://127.0.0.2:")


# Trouble


def test_trouble_is_in_the_window_and_once_in_a_notice(desk: RealAnki) -> None:
    change = "ankiconnect.addon.change(values); from a_probe import hands; result = hands.notice()"
    assert "apiKey" in desk.execute(change, values={"webBindAddress": "0.0.0.0"})
    see(desk, "no API key (apiKey or apiKeys) protects it")
    see(desk, "AnkiConnect is not available")
    desk.wait_for("'not available' in ankiconnect.addon.status_line.action.text()", seconds=2)
    desk.execute("aqt.utils.closeTooltip()")
    # Said once, though more is changed; what is new is said.
    assert desk.execute(change, values={"webTimeout": 500}) == ""
    notice = desk.execute(change, values={"webBindPort": "<b>x</b>"})
    assert "webBindPort" in notice
    assert "<b>x" not in notice
    assert "apiKey" not in notice
    see(desk, "webBindPort")
    assert desk.evaluate("mw.app.activeModalWidget() is None")
    desk.execute(change, values={"webBindAddress": "127.0.0.1", "webBindPort": 0})
    see(desk, "AnkiConnect is on")
    assert desk.evaluate(f"{MODULE}.window().head.trouble.isVisible()") is False


def test_a_taken_port_is_said_and_used_when_it_is_free(desk: RealAnki) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        desk.execute(EDIT_JSON, changes={"webBindPort": port})
        see(desk, f"Cannot listen on port {port}")
        desk.wait_for(f"'Cannot listen' in {MODULE}.notice()")
        assert desk.evaluate("mw.app.activeModalWidget() is None")
    see(desk, "AnkiConnect is on")
    assert desk.evaluate(f"{MODULE}.window().head.trouble.isVisible()") is False


def test_trouble_at_the_start_is_noticed_when_the_profile_is_open(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(config={"webBindPort": 0, "apiKey": 5})
    anki.wait_for(f"'apiKey' in {MODULE}.notice()")
    assert anki.evaluate("mw.app.activeModalWidget() is None")
    assert "needs attention" in anki.evaluate("ankiconnect.addon.status_line.action.text()")
    hands(anki, "choose_in_menu()")
    hands(anki, "go_to('Keys')")
    see(anki, "The key in the settings cannot be used")
    assert ask(anki)
    hands(anki, "press('Make a New Key…')")
    see(anki, "Your new key")
    assert ask(anki, key=saved(anki)["apiKey"]) is None
    assert anki.evaluate(f"{MODULE}.window().head.trouble.isVisible()") is False


def test_a_configuration_that_cannot_be_saved_holds_until_the_end(desk: RealAnki) -> None:
    meta = desk.base / "addons21" / ADDON_FOLDER / "meta.json"
    kept = meta.read_bytes()
    try:
        meta.unlink()
        meta.mkdir()
        desk.execute("ankiconnect.addon.store({'webBindPort': 0, 'apiKey': 'held in memory only'})")
    finally:
        meta.rmdir()
        meta.write_bytes(kept)
    see(desk, "The settings could not be saved")
    assert ask(desk) == "valid api key must be provided"
    desk.forgive_log()


def test_settings_of_the_environment_are_named(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(environ={"ANKICONNECT_API_KEY": "from outside"})
    hands(anki, "choose_in_menu()")
    hands(anki, "go_to('Keys')")
    see(anki, "ANKICONNECT_API_KEY")
    assert anki.evaluate(f"{MODULE}.window().key.standing.make.isEnabled()") is False
    assert "from outside" not in hands(anki, "texts()")


# Keyboard and screen readers


@pytest.mark.parametrize("page", ["Requests", "Web Pages", "Keys", "Address"])
def test_every_page_can_be_used_by_keyboard(desk: RealAnki, page: str) -> None:
    knock(desk, PAGE)
    desk.request("version")
    desk.wait_for(f"len({MODULE}.rows()) == 1", seconds=5)  # what the news enable is enabled
    hands(desk, "go_to(page)", page=page)
    letters = hands(desk, "mnemonics()")
    assert len(letters) == len(set(letters)), letters
    assert hands(desk, "unnamed()") == []
    names = desk.execute(
        """
        from a_probe import hands
        hands.window().tabs.tabBar().setFocus()
        found = []
        for _ in range(40):
            hands.key("Tab")
            found.append(hands.focus())
        result = found
        """
    )
    if page == "Keys":
        own = ["Make a Key", "Type a Key…", "New Key for a Program…"]
        assert names[:7] == [*own, "Documentation", "Close", "Copy Address", "Pause"]
    reachable = desk.evaluate(f"[b for b in {MODULE}.buttons() if {MODULE}.button(b).isEnabled()]")
    assert set(reachable) <= set(names)


def test_a_key_is_made_by_keyboard_alone(desk: RealAnki) -> None:
    desk.execute(
        """
        from a_probe import hands
        for letter in "KM":
            hands.key(letter, alt=True)
        """
    )
    assert saved(desk)["apiKey"]
    assert hands(desk, "focus()") == "Copy Key"
    desk.execute("from a_probe import hands; hands.key('Space'); hands.key('O', alt=True)")
    assert desk.evaluate("mw.app.clipboard().text()") == saved(desk)["apiKey"]
    see(desk, "A key is set")
