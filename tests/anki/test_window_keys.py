"""Keys for single programs, on the page of keys."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest

from plugin.keys import digest
from tests.anki.window_desk import CONFIG, EDIT_JSON, MODULE, ask, hands, saved, see
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki

KEYS = [
    {"name": "agent", "sha256": digest("agent's key"), "scopes": ["read"]},
    {"name": "editor", "sha256": digest("editor's key"), "scopes": ["read", "write", "files"]},
]
MASTER = "the one key for all of them"
NEEDED = "valid api key must be provided"
ADD = "New Key for a Program…"
READING = "Reading: see all decks, notes, cards, media and statistics"
EDITING = "Editing: add and change notes, decks, note types and media"
SETS = f"{MODULE}.window().key.form.box.sets"
TICKED = f"[s.value for s in {MODULE}.window().key.form.box.ticked()]"
SHOWN = f"{MODULE}.window().key.shown.text()"
LISTED = """
from aqt.qt import QLabel
from a_probe import hands
result = [
    [label.text() for label in row.findChildren(QLabel)]
    for row in hands.window().key.standing.rows
]
"""


@pytest.fixture
def keys(desk: RealAnki) -> RealAnki:
    hands(desk, "go_to('Keys')")
    return desk


@pytest.fixture
def two(keys: RealAnki) -> RealAnki:
    """With two named keys."""
    keys.execute("ankiconnect.addon.change(changes)", changes={"apiKeys": KEYS})
    return keys


def listed(anki: RealAnki) -> List[List[str]]:
    """The names in the list and what is said of their rights."""
    found: List[List[str]] = anki.execute(LISTED)
    return found


def fill_in(anki: RealAnki, name: str) -> None:
    anki.execute(
        "from a_probe import hands; hands.write(hands.window().key.form.name, name)", name=name
    )


def creates_deck(anki: RealAnki, key: str) -> Any:
    asked = {"action": "createDeck", "params": {"deck": "Made with a key"}, "version": 6}
    return anki.raw({**asked, "key": key})["error"]


def test_a_named_key_is_made_shown_once_copied_and_in_force(keys: RealAnki) -> None:
    see(keys, "There is no key")
    hands(keys, "press(name)", name=ADD)
    assert keys.evaluate(f"{SETS}.currentText()") == "Reading only"
    fill_in(keys, "  my agent ")
    hands(keys, "press('Make Key')")
    see(keys, "The new key of “my agent”")
    key = keys.evaluate(SHOWN)
    assert len(key) == 32
    assert saved(keys)["apiKeys"] == [
        {"name": "my agent", "sha256": digest(key), "scopes": ["read"]}
    ]
    assert key not in json.dumps(saved(keys))
    hands(keys, "press('Copy Key')")
    assert keys.evaluate("mw.app.clipboard().text()") == key
    assert ask(keys) == NEEDED
    assert ask(keys, key=key) is None
    assert "scope" in creates_deck(keys, key)
    hands(keys, "press('Done')")
    see(keys, "every request must carry one")
    assert listed(keys) == [["my agent", "reading only"]]
    assert keys.evaluate(SHOWN) == ""
    assert key not in hands(keys, "texts()")
    assert key not in json.dumps(hands(keys, "rows()"))


def test_it_is_made_by_keyboard_alone(keys: RealAnki) -> None:
    keys.execute(
        """
        from a_probe import hands
        from aqt.qt import QApplication
        hands.key("R", alt=True)
        hands.key("K", alt=True)
        hands.key("N", alt=True)
        assert hands.focus() == "Name:"
        hands.write(QApplication.focusWidget(), "by hand")
        hands.key("Tab")
        assert hands.focus() == "Rights:"
        hands.key("Down")
        hands.key("Tab")
        hands.key("Tab")
        assert hands.focus().startswith("Editing"), hands.focus()
        hands.key("Tab")
        hands.key("Space")
        """
    )
    assert hands(keys, "unnamed()") == []
    letters = hands(keys, "mnemonics()")
    assert len(letters) == len(set(letters)), letters
    keys.execute("from a_probe import hands; hands.key('E', alt=True)")
    assert hands(keys, "focus()") == "Copy Key"
    [made] = saved(keys)["apiKeys"]
    assert (made["name"], made["scopes"]) == ("by hand", ["read", "write", "delete"])


@pytest.mark.parametrize(
    ("name", "objection"),
    [("", "Give it a name"), ("   ", "Give it a name"), (" AGENT", "a key of this name already")],
)
def test_a_name_that_will_not_do_is_refused_in_place(
    two: RealAnki, name: str, objection: str
) -> None:
    hands(two, "press(name)", name=ADD)
    fill_in(two, name)
    hands(two, "key('Return')")
    see(two, objection)
    assert hands(two, "focus()") == "Name:"
    assert saved(two)["apiKeys"] == KEYS
    fill_in(two, "third")
    assert objection not in hands(two, "texts()")
    hands(two, "key('Return')")
    assert [key["name"] for key in saved(two)["apiKeys"]] == ["agent", "editor", "third"]


def test_a_key_without_any_right_is_refused_in_place(keys: RealAnki) -> None:
    hands(keys, "press(name)", name=ADD)
    fill_in(keys, "useless")
    hands(keys, "press(name)", name=READING)
    hands(keys, "press('Make Key')")
    see(keys, "Tick at least one right")
    assert "apiKeys" not in saved(keys)


def test_the_usual_sets(keys: RealAnki) -> None:
    hands(keys, "press(name)", name=ADD)
    keys.execute("from a_probe import hands; hands.key('G', alt=True); hands.key('Home')")
    found: Dict[str, List[str]] = {}
    for _ in range(4):
        found[keys.evaluate(f"{SETS}.currentText()")] = keys.evaluate(TICKED)
        hands(keys, "key('Down')")
    assert {name: set(ticked) for name, ticked in found.items()} == {
        "Reading only": {"read"},
        "Reading and editing": {"read", "write"},
        "Everything but files and administration": {"read", "write", "delete", "network", "gui"},
        "Everything": {"read", "write", "delete", "files", "network", "gui", "admin"},
    }


@pytest.mark.parametrize("leave", ["press('Cancel')", "key('Escape')"])
def test_a_form_that_is_left_changes_nothing(two: RealAnki, leave: str) -> None:
    hands(two, "press(name)", name=ADD)
    fill_in(two, "third")
    hands(two, leave)
    see(two, "Every request needs a key")
    assert saved(two)["apiKeys"] == KEYS


def test_name_and_rights_are_changed_and_the_key_stays(two: RealAnki) -> None:
    assert "scope" in creates_deck(two, "agent's key")
    hands(two, "press('Change agent')")
    see(two, "The key of “agent”")
    hands(two, "press(name)", name=EDITING)
    assert two.evaluate(f"{SETS}.currentText()") == "Reading and editing"
    # Whatever else is changed meanwhile.
    two.execute("ankiconnect.addon.change({'webTimeout': 500})")
    fill_in(two, "Agent")
    hands(two, "press('Save')")
    assert listed(two) == [
        ["Agent", "reading and editing"],
        ["editor", "reading, editing and files"],
    ]
    assert creates_deck(two, "agent's key") is None
    assert saved(two)["apiKeys"][1] == KEYS[1]


def test_a_key_is_removed_after_a_question(two: RealAnki) -> None:
    hands(two, "press('Remove editor')")
    see(two, "Remove the key of “editor”?")
    see(two, "are refused until you give them another one")
    hands(two, "press('Keep It')")
    assert saved(two)["apiKeys"] == KEYS
    hands(two, "press('Remove editor')")
    hands(two, "press('Remove Key')")
    assert saved(two)["apiKeys"] == KEYS[:1]
    assert ask(two, key="editor's key") == NEEDED
    assert ask(two, key="agent's key") is None
    # With the last one the door is open, which is said before.
    hands(two, "press('Remove agent')")
    see(two, "can then be done without one")
    hands(two, "press('Remove Key')")
    assert saved(two)["apiKeys"] == []
    see(two, "There is no key")
    assert ask(two) is None


def test_the_one_key_and_the_named_ones_know_of_each_other(two: RealAnki) -> None:
    two.execute("ankiconnect.addon.change(changes)", changes={"apiKey": MASTER})
    assert [ask(two, key=key) for key in (MASTER, "agent's key", "wrong")] == [None, None, NEEDED]
    hands(two, "press('Remove Key…')")
    see(two, "are refused until you give them another one")
    hands(two, "press('Remove Key')")
    see(two, "Every request needs a key")
    assert ask(two) == NEEDED
    assert "apiKey" in saved(two)


def test_the_list_follows_the_config_editor(two: RealAnki) -> None:
    hands(two, "press(name)", name=ADD)
    two.execute(EDIT_JSON, changes={"apiKeys": KEYS[:1]})
    assert listed(two) == [["agent", "reading only"]]
    see(two, "Every request needs a key")


def test_tab_goes_through_the_list_as_it_is_seen(two: RealAnki) -> None:
    names = two.execute(
        """
        from a_probe import hands
        hands.window().tabs.tabBar().setFocus()
        result = []
        for _ in range(8):
            hands.key("Tab")
            result.append(hands.focus())
        """
    )
    rows = ["Change agent", "Remove agent", "Change editor", "Remove editor"]
    assert names == ["Make a Key", "Type a Key…", ADD, *rows, "Documentation"]
    assert hands(two, "unnamed()") == []


def test_names_are_shown_as_they_are(keys: RealAnki) -> None:
    name = "<b>bold</b> & " + "long " * 8
    odd = [{**KEYS[0], "name": name}, {**KEYS[1], "name": ""}]
    keys.execute("ankiconnect.addon.change(changes)", changes={"apiKeys": odd})
    assert [row[0] for row in listed(keys)] == [name, "(no name)"]
    tip = "rows[0].findChild(__import__('aqt').qt.QLabel).toolTip()"
    assert "&lt;b&gt;bold" in keys.evaluate(f"{MODULE}.window().key.standing.{tip}")


def test_the_network_may_be_reached_with_named_keys_alone(two: RealAnki) -> None:
    hands(two, "go_to('Address')")
    hands(two, "press('Every computer in the networks that this one is in')")
    assert "needs a key" not in hands(two, "texts()")
    hands(two, "press('Use This Address')")
    see(two, "every address of this computer")
    two.forget_port()
    assert ask(two, key="agent's key") is None
    # The last key is not taken away unawares.
    two.execute("ankiconnect.addon.change(changes)", changes={"apiKeys": KEYS[:1]})
    hands(two, "go_to('Keys')")
    hands(two, "press('Remove agent')")
    see(two, "becomes unavailable")
    hands(two, "press('Remove Key')")
    see(two, "no API key")
    see(two, "AnkiConnect is not available")


def test_keys_that_cannot_be_read_are_said_and_can_be_replaced(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(config={"webBindPort": 0, "apiKeys": [{"name": 5}]})
    hands(anki, "choose_in_menu()")
    hands(anki, "go_to('Keys')")
    see(anki, "they open nothing")
    assert listed(anki) == []
    assert ask(anki) == NEEDED
    hands(anki, "press(name)", name=ADD)
    fill_in(anki, "new")
    hands(anki, "press('Make Key')")
    assert ask(anki, key=anki.evaluate(SHOWN)) is None
    hands(anki, "press('Done')")
    assert "they open nothing" not in hands(anki, "texts()")
    assert [key["name"] for key in saved(anki)["apiKeys"]] == ["new"]


def test_keys_of_the_environment_are_not_changed_here(fresh_anki: AnkiFactory) -> None:
    anki = fresh_anki(config=CONFIG, environ={"ANKICONNECT_API_KEYS": json.dumps(KEYS)})
    hands(anki, "choose_in_menu()")
    hands(anki, "go_to('Keys')")
    see(anki, "ANKICONNECT_API_KEYS")
    assert [row[0] for row in listed(anki)] == ["agent", "editor"]
    for name in (ADD, "Change agent", "Remove editor"):
        assert anki.evaluate(f"{MODULE}.button(name).isEnabled()", name=name) is False
