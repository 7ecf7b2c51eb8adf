"""The pages of the AnkiConnect window: web pages, key, address."""

from __future__ import annotations

import json
import socket

import pytest

from tests.anki.window_desk import EDIT_JSON, LONG, MODULE, PAGE, ask, hands, knock, saved, see
from tests.real_anki import RealAnki

# Web pages


def test_a_refused_page_is_listed_and_allowed_by_one_click(desk: RealAnki) -> None:
    hands(desk, "go_to('Web Pages')")
    assert knock(desk, PAGE) == 403
    desk.wait_for(f"{MODULE}.origins()['refused'] == [first]", first=PAGE)
    assert knock(desk, LONG) == 403
    desk.wait_for(f"{MODULE}.origins()['refused'] == [first, second]", first=PAGE, second=LONG)
    # Who knocks again stays in their place.
    knock(desk, PAGE)
    see(desk, "2 times")
    assert hands(desk, "origins()")["refused"] == [PAGE, LONG]
    hands(desk, "press(name)", name=f"Allow {PAGE}")
    assert saved(desk)["webCorsOriginList"] == ["http://localhost", PAGE]
    assert knock(desk, PAGE) == 200
    found = hands(desk, "origins()")
    assert found == {"allowed": ["http://localhost", PAGE], "ignored": [], "refused": [LONG]}


def test_allowed_ignored_forgotten(desk: RealAnki) -> None:
    hands(desk, "go_to('Web Pages')")
    desk.execute(EDIT_JSON, changes={"webCorsOriginList": ["http://localhost", PAGE]})
    hands(desk, "press(name)", name=f"Ignore {PAGE}")
    assert saved(desk)["webCorsOriginList"] == ["http://localhost"]
    assert saved(desk)["ignoreOriginList"] == [PAGE]
    assert knock(desk, PAGE) == 403
    asks = {"action": "requestPermission", "version": 6}
    reply = desk.http("POST", "/", json.dumps(asks).encode(), {"Origin": PAGE}).json()
    assert reply["result"] == {"permission": "denied"}
    assert hands(desk, "origins()")["refused"] == []
    hands(desk, "press(name)", name=f"Forget {PAGE}")
    assert saved(desk)["ignoreOriginList"] == []
    assert hands(desk, "origins()")["ignored"] == []
    hands(desk, "press('Forget http://localhost')")
    assert saved(desk)["webCorsOriginList"] == []
    assert knock(desk, "http://localhost:3000") == 403


def test_pages_without_a_name_cannot_be_allowed_but_ignored(desk: RealAnki) -> None:
    hands(desk, "go_to('Web Pages')")
    knock(desk, "null")
    desk.wait_for(f"{MODULE}.origins()['refused'] == ['null']")
    assert desk.evaluate(f"{MODULE}.button('Allow null').isEnabled()") is False
    desk.execute(
        """
        from a_probe import hands
        hands.write(hands.window().origins.field, "null")
        hands.press("Allow")
        """
    )
    see(desk, "Many unrelated pages")
    assert "webCorsOriginList" not in saved(desk)
    hands(desk, "press('Ignore null')")
    assert saved(desk)["ignoreOriginList"] == ["null"]


def test_an_origin_is_typed_by_keyboard_alone(desk: RealAnki) -> None:
    desk.execute(
        """
        from a_probe import hands
        from aqt.qt import QApplication
        hands.key("W", alt=True)
        hands.key("N", alt=True)
        hands.write(QApplication.focusWidget(), "no origin")
        hands.key("O", alt=True)
        """
    )
    see(desk, "Write it like https://example.com")
    assert "webCorsOriginList" not in saved(desk)
    desk.execute(
        """
        from a_probe import hands
        from aqt.qt import QApplication
        hands.write(QApplication.focusWidget(), "HTTPS://Reader.example/")
        hands.key("O", alt=True)
        """
    )
    assert saved(desk)["webCorsOriginList"] == ["http://localhost", PAGE]
    assert "Write it like" not in hands(desk, "texts()")


def test_the_entry_for_all_pages_is_warned_of(desk: RealAnki) -> None:
    hands(desk, "go_to('Web Pages')")
    assert "every web page that you visit" not in hands(desk, "texts()")
    desk.execute(EDIT_JSON, changes={"webCorsOriginList": ["*"]})
    assert "every web page that you visit" in hands(desk, "texts()")
    hands(desk, "press('Forget *')")
    assert saved(desk)["webCorsOriginList"] == []
    assert "every web page that you visit" not in hands(desk, "texts()")


# Key


def test_a_key_is_made_shown_once_copied_and_in_force(desk: RealAnki) -> None:
    hands(desk, "go_to('Keys')")
    see(desk, "There is no key")
    hands(desk, "press('Make a Key')")
    key = desk.evaluate(f"{MODULE}.window().key.shown.text()")
    assert len(key) == 32
    assert saved(desk)["apiKey"] == key
    assert ask(desk) == "valid api key must be provided"
    assert ask(desk, key=key) is None
    hands(desk, "press('Copy Key')")
    assert desk.evaluate("mw.app.clipboard().text()") == key
    hands(desk, "press('Done')")
    see(desk, "A key is set")
    whole = f"[w.text() for w in {MODULE}.window().findChildren({MODULE}.QLineEdit)]"
    assert key not in json.dumps(desk.evaluate(whole))
    assert key not in json.dumps(hands(desk, "rows()"))


def test_a_key_is_replaced_and_removed_after_a_question(desk: RealAnki) -> None:
    hands(desk, "go_to('Keys')")
    desk.execute(EDIT_JSON, changes={"apiKey": "the first key of all"})
    see(desk, "A key is set")
    hands(desk, "press('Make a New Key…')")
    see(desk, "Replace the key?")
    hands(desk, "press('Keep It')")
    assert saved(desk)["apiKey"] == "the first key of all"
    hands(desk, "press('Make a New Key…')")
    hands(desk, "press('Replace Key')")
    assert saved(desk)["apiKey"] not in ("the first key of all", None)
    hands(desk, "press('Done')")
    hands(desk, "press('Remove Key…')")
    see(desk, "Remove the key?")
    hands(desk, "press('Remove Key')")
    assert saved(desk)["apiKey"] is None
    see(desk, "There is no key")
    assert ask(desk) is None


def test_a_key_of_ones_own(desk: RealAnki) -> None:
    hands(desk, "go_to('Keys')")
    desk.execute(
        """
        from a_probe import hands
        hands.press("Type a Key…")
        assert not hands.button("Save Key").isEnabled()
        hands.write(hands.window().key.typed, "  my own long and random key ")
        hands.key("Return")
        """
    )
    assert saved(desk)["apiKey"] == "my own long and random key"
    assert "my own" not in hands(desk, "texts()")
    assert ask(desk, key="my own long and random key") is None


def test_a_key_that_changes_elsewhere_leaves_none_on_screen(desk: RealAnki) -> None:
    hands(desk, "go_to('Keys')")
    hands(desk, "press('Make a Key')")
    desk.execute(EDIT_JSON, changes={"apiKey": "another"})
    see(desk, "A key is set")
    assert desk.evaluate(f"{MODULE}.window().key.shown.text()") == ""


# Address


def test_the_server_moves_to_another_port(desk: RealAnki) -> None:
    hands(desk, "go_to('Address')")
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    desk.execute(
        """
        from a_probe import hands
        hands.write(hands.window().address.port.lineEdit(), str(port))
        """,
        port=port,
    )
    assert saved(desk)["webBindPort"] == 0
    hands(desk, "press('Use This Address')")
    assert saved(desk)["webBindPort"] == port
    see(desk, f"http://127.0.0.1:{port}")
    desk.forget_port()
    assert desk.port == port
    assert desk.request("version") == 6


def test_the_network_needs_a_key_and_is_warned_of(desk: RealAnki) -> None:
    hands(desk, "go_to('Address')")
    assert "unencrypted" not in hands(desk, "texts()")
    hands(desk, "press('Every computer in the networks that this one is in')")
    text = hands(desk, "texts()")
    assert "unencrypted" in text
    assert "needs a key" in text
    assert desk.evaluate(f"{MODULE}.button('Use This Address').isEnabled()") is False
    desk.execute(EDIT_JSON, changes={"apiKey": "a key of twenty letters"})
    # What was chosen before stays chosen.
    assert "needs a key" not in hands(desk, "texts()")
    hands(desk, "press('Use This Address')")
    assert saved(desk)["webBindAddress"] == "0.0.0.0"
    see(desk, "every address of this computer")
    desk.forget_port()
    hands(desk, "press('Copy Address')")
    assert desk.evaluate("mw.app.clipboard().text()") == f"http://127.0.0.1:{desk.port}"
    assert ask(desk, key="a key of twenty letters") is None


@pytest.mark.parametrize("wrong", ["192.168.1", "http://a", "a b", "localhost:80", "1.2.3.4.5"])
def test_what_is_no_address_is_not_taken(desk: RealAnki, wrong: str) -> None:
    hands(desk, "go_to('Address')")
    desk.execute(
        """
        from a_probe import hands
        hands.press("Whoever reaches one address of this computer:")
        hands.write(hands.window().address.address, wrong)
        hands.key("Return")
        """,
        wrong=wrong,
    )
    assert "Write an IP address" in hands(desk, "texts()")
    assert "webBindAddress" not in saved(desk)


def test_one_address_by_its_number(desk: RealAnki) -> None:
    hands(desk, "go_to('Address')")
    desk.execute(
        """
        from a_probe import hands
        hands.press("Whoever reaches one address of this computer:")
        hands.write(hands.window().address.address, " 127.0.0.2 ")
        hands.key("Return")
        """
    )
    assert saved(desk)["webBindAddress"] == "127.0.0.2"
    see(desk, "http://127.0.0.2:")
