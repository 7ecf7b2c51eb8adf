"""What callers may do, in the AnkiConnect window: on the page of web pages, in the requests, in the question."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

import pytest

from tests.anki.window_desk import CONFIG, EDIT_JSON, MODULE, PAGE, hands, knock, saved, see
from tests.conftest import AnkiFactory
from tests.real_anki import RealAnki

APP = "app://obsidian.md"
EXTENSION = "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn"
LISTED = {"webCorsOriginList": ["http://localhost", PAGE, APP]}
READING = "Reading: see all decks, notes, cards, media and statistics"
EDITING = "Editing: add and change notes, decks, note types and media"
SET = f"{MODULE}.window().origins.rights.box.sets.currentText()"
TICKED = f"[s.value for s in {MODULE}.window().origins.rights.box.ticked()]"
LISTS_SEEN = f"{MODULE}.window().origins.currentIndex() == 0"


def creates_deck(anki: RealAnki, origin: str) -> Optional[str]:
    """The error of a request that needs the right to edit."""
    asked = {"action": "createDeck", "version": 6, "params": {"deck": "Made by a page"}}
    reply = anki.http("POST", "/", json.dumps(asked).encode(), {"Origin": origin})
    assert reply.status == 200
    error = reply.json()["error"]
    return None if error is None else str(error)


def said(anki: RealAnki, group: str) -> Dict[str, List[str]]:
    """What is said to each line of a group: beside it and below it."""
    rows = f"{MODULE}.window().origins.{group}.rows.items()"
    found: Dict[str, List[str]] = anki.evaluate(
        f"{{who: [row.remark.text(), row.below.text()] for who, row in {rows}}}"
    )
    return found


def choose(anki: RealAnki, name: str) -> None:
    """Chooses a set of rights as a user does: with the keyboard, from the top."""
    anki.execute(
        """
        from a_probe import hands
        box = hands.window().origins.rights.box
        hands.key("G", alt=True)
        assert hands.focus() == "Rights:"
        hands.key("Home")
        for _ in range(box.sets.findText(name)):
            hands.key("Down")
        assert box.sets.currentText() == name
        """,
        name=name,
    )


@pytest.fixture
def pages(desk: RealAnki) -> RealAnki:
    """The page of web pages, with a page and an app that are allowed."""
    # Not by the config editor: the window that it closes would keep the keyboard.
    desk.execute("ankiconnect.addon.change(changes)", changes=LISTED)
    hands(desk, "go_to('Web Pages')")
    return desk


# Origins


def test_each_allowed_origin_shows_what_it_may_do(pages: RealAnki) -> None:
    assert said(pages, "allowed") == {
        "http://localhost": ["", "pages of this computer, extensions: see below"],
        PAGE: ["", "everything but files and administration"],
        APP: ["", "everything"],
    }
    # What stands for many has no rights of its own to be changed.
    names = hands(pages, "buttons()")
    assert f"Rights {PAGE}" in names
    assert "Rights http://localhost" not in names


def test_the_rights_of_an_origin_are_changed_and_in_force_at_once(pages: RealAnki) -> None:
    assert creates_deck(pages, PAGE) is None
    hands(pages, "press(name)", name=f"Rights {PAGE}")
    see(pages, f"What {PAGE} may do")
    assert pages.evaluate(SET) == "As usual for web pages"
    assert set(pages.evaluate(TICKED)) == {"read", "write", "delete", "network", "gui"}
    choose(pages, "Reading only")
    assert pages.evaluate(TICKED) == ["read"]
    assert "callerScopes" not in saved(pages)
    hands(pages, "press('Save')")
    assert saved(pages)["callerScopes"] == {PAGE: ["read"]}
    assert pages.evaluate(LISTS_SEEN)
    assert hands(pages, "focus()") == f"Rights {PAGE}"
    assert said(pages, "allowed")[PAGE] == ["", "reading only"]
    assert "scope" in str(creates_deck(pages, PAGE))
    assert knock(pages, PAGE) == 200


def test_as_usual_takes_the_entry_away(pages: RealAnki) -> None:
    own = {"callerScopes": {"HTTPS://Reader.example": ["gui"]}}
    pages.execute("ankiconnect.addon.change(changes)", changes=own)
    hands(pages, "press(name)", name=f"Rights {PAGE}")
    assert pages.evaluate(SET) == "As ticked below"
    assert pages.evaluate(TICKED) == ["gui"]
    choose(pages, "As usual for web pages")
    hands(pages, "press('Save')")
    assert saved(pages)["callerScopes"] == {}
    assert said(pages, "allowed")[PAGE] == ["", "everything but files and administration"]


def test_ticks_name_the_set_that_they_are(pages: RealAnki) -> None:
    hands(pages, "press(name)", name=f"Rights {APP}")
    assert pages.evaluate(SET) == "As usual for apps"
    choose(pages, "Reading only")
    hands(pages, "press(name)", name=EDITING)
    assert pages.evaluate(SET) == "Reading and editing"
    hands(pages, "press(name)", name=READING)
    assert pages.evaluate(SET) == "As ticked below"
    assert pages.evaluate(TICKED) == ["write"]
    hands(pages, "press(name)", name=EDITING)
    hands(pages, "press('Save')")
    assert saved(pages)["callerScopes"] == {APP: []}
    assert said(pages, "allowed")[APP] == ["", "nothing"]


@pytest.mark.parametrize("leave", ["press('Cancel')", "key('Escape')", "press('Save')"])
def test_what_is_not_changed_or_not_saved_changes_nothing(pages: RealAnki, leave: str) -> None:
    hands(pages, "press(name)", name=f"Rights {PAGE}")
    if "Save" not in leave:
        hands(pages, "press(name)", name=EDITING)
    hands(pages, leave)
    assert pages.evaluate(LISTS_SEEN)
    assert "callerScopes" not in saved(pages)
    assert hands(pages, "focus()") == f"Rights {PAGE}"


def test_rights_are_changed_by_keyboard_alone(pages: RealAnki) -> None:
    reached = pages.execute(
        """
        from a_probe import hands
        hands.key("R", alt=True)
        hands.key("W", alt=True)
        result = []
        for _ in range(40):
            hands.key("Tab")
            result.append(hands.focus())
            if result[-1] == wanted:
                break
        hands.key("Space")
        """,
        wanted=f"Rights {APP}",
    )
    # In the order in which they are seen, and before what stands below the list.
    own = [name for name in reached if name.startswith(("Rights ", "Ignore ", "Forget "))]
    assert own == [
        "Ignore http://localhost",
        "Forget http://localhost",
        *[f"{what} {PAGE}" for what in ("Rights", "Ignore", "Forget")],
        f"Rights {APP}",
    ]
    assert "Another:" not in reached
    see(pages, f"What {APP} may do")
    assert hands(pages, "unnamed()") == []
    letters = hands(pages, "mnemonics()")
    assert len(letters) == len(set(letters)), letters
    pages.execute(
        """
        from a_probe import hands
        assert hands.focus() == "Rights:"
        hands.key("Tab")
        hands.key("Space")
        hands.key("V", alt=True)
        """
    )
    rest = ["write", "delete", "files", "network", "gui", "admin"]
    assert saved(pages)["callerScopes"] == {APP: rest}
    assert said(pages, "allowed")[APP] == ["", "everything but reading"]


def test_forgetting_an_origin_forgets_its_rights_and_ignoring_it_does_not(pages: RealAnki) -> None:
    rights = {PAGE: ["read"], APP: [], "anki": []}
    pages.execute(EDIT_JSON, changes={"callerScopes": rights})
    hands(pages, "press(name)", name=f"Forget {PAGE}")
    assert saved(pages)["callerScopes"] == {APP: [], "anki": []}
    hands(pages, "press(name)", name=f"Ignore {APP}")
    hands(pages, "press(name)", name=f"Allow {APP}")
    assert said(pages, "allowed")[APP] == ["", "nothing"]


def test_the_window_follows_the_config_editor(pages: RealAnki) -> None:
    pages.execute(EDIT_JSON, changes={"callerScopes": {PAGE: ["read"], "anki": []}})
    assert said(pages, "allowed")[PAGE] == ["", "reading only"]
    assert said(pages, "kinds")["anki"] == ["nothing", ""]
    # A question that is answered elsewhere goes away; one that is not stays.
    hands(pages, "press(name)", name=f"Rights {PAGE}")
    pages.execute(EDIT_JSON, changes={"callerScopes": {PAGE: ["read"], "anki": ["read"]}})
    assert not pages.evaluate(LISTS_SEEN)
    pages.execute(EDIT_JSON, changes={"callerScopes": {"anki": ["read"]}})
    assert pages.evaluate(LISTS_SEEN)


# Kinds of callers


def test_each_kind_shows_what_it_may_do(pages: RealAnki) -> None:
    as_page = ["everything but files and administration", ""]
    assert said(pages, "kinds") == {
        "programs": ["everything", ""],
        "apps": ["everything", ""],
        "pages": as_page,
        "localPages": as_page,
        "extensions": as_page,
        "anki": ["reading and windows", ""],
    }
    for name in (
        "Programs",
        "Web pages that you allowed",
        "Scripts in cards and in Anki's windows",
    ):
        see(pages, f"Rights {name}")


def test_the_rights_of_a_kind_are_changed(pages: RealAnki) -> None:
    hands(pages, "press('Rights Web pages that you allowed')")
    see(pages, "What web pages may do")
    assert pages.evaluate(SET) == "As usual"
    choose(pages, "Reading only")
    hands(pages, "press('Save')")
    assert saved(pages)["callerScopes"] == {"pages": ["read"]}
    assert said(pages, "allowed")[PAGE] == ["", "reading only"]
    assert "scope" in str(creates_deck(pages, PAGE))
    # A page of its own rights is what it was.
    hands(pages, "press(name)", name=f"Rights {PAGE}")
    choose(pages, "Everything")
    hands(pages, "press('Save')")
    assert creates_deck(pages, PAGE) is None
    assert said(pages, "kinds")["pages"] == ["reading only", ""]


def test_programs_can_be_limited_too(pages: RealAnki) -> None:
    hands(pages, "press('Rights Programs')")
    choose(pages, "Reading only")
    hands(pages, "press('Save')")
    with pytest.raises(Exception, match="scope"):
        pages.request("createDeck", deck="Made by a program")
    assert pages.request("deckNames")


def test_kinds_that_are_not_let_in_are_said_to_be_so(pages: RealAnki) -> None:
    kinds = ("localPages", "extensions", "anki")
    pages.execute(EDIT_JSON, changes={"webCorsOriginList": [PAGE]})
    assert all("not let in" in said(pages, "kinds")[kind][0] for kind in kinds)
    pages.execute(EDIT_JSON, changes={"webCorsOriginList": ["*"]})
    assert all("the same as web pages" in said(pages, "kinds")[kind][0] for kind in kinds)


def test_an_extension_is_known_by_its_name_and_can_be_locked_out(pages: RealAnki) -> None:
    assert knock(pages, EXTENSION) == 200
    seen = f"{MODULE}.window().origins.neighbours.rows"
    pages.wait_for(f"who in {seen}", seconds=5, who=EXTENSION)
    assert said(pages, "neighbours")[EXTENSION] == ["", "everything but files and administration"]
    hands(pages, "press(name)", name=f"Rights {EXTENSION}")
    assert pages.evaluate(SET) == "As usual for browser extensions"
    choose(pages, "Reading only")
    hands(pages, "press(name)", name=READING)
    hands(pages, "press('Save')")
    assert saved(pages)["callerScopes"] == {EXTENSION: []}
    assert said(pages, "neighbours")[EXTENSION] == ["", "nothing"]
    assert "scope" in str(creates_deck(pages, EXTENSION))
    pages.execute(EDIT_JSON, changes={"webCorsOriginList": []})
    assert not pages.evaluate(f"{MODULE}.window().origins.neighbours.isVisible()")


# Requests, and the question


def test_a_refusal_for_want_of_a_right_is_listed_as_one(pages: RealAnki) -> None:
    pages.execute(EDIT_JSON, changes={"callerScopes": {PAGE: []}})
    assert creates_deck(pages, PAGE)
    pages.wait_for(f"len({MODULE}.rows()) == 1", seconds=3)
    assert hands(pages, "rows()")[0][1:4] == [PAGE, "createDeck", "no right to do this"]


QUESTION = """
from aqt.qt import QLabel
from ankiconnect.web.permission import Question
asking = ankiconnect.addon.asking
asking.open(Question(origin, lambda question, decision: None))
result = [label.text() for label in asking._window.findChildren(QLabel)]
asking.end()
"""
FILES = "have Anki open and save files on this computer"
ADMINISTRATION = "switch profiles, close Anki, and overwrite one side of a sync"


@pytest.mark.parametrize(
    ("origin", "changes", "promised"),
    [
        (PAGE, {}, set()),
        (APP, {}, {FILES, ADMINISTRATION}),
        (EXTENSION, {"webCorsOriginList": []}, set()),
        ("http://localhost", {"webCorsOriginList": []}, set()),
        (PAGE, {"callerScopes": {"pages": ["files"]}}, {FILES}),
        (APP, {"callerScopes": {APP: ["admin"]}}, {ADMINISTRATION}),
    ],
)
def test_the_question_says_what_a_yes_gives(
    desk: RealAnki, origin: str, changes: Dict[str, Any], promised: Any
) -> None:
    desk.execute(EDIT_JSON, changes=changes)
    texts = desk.execute(QUESTION, origin=origin)
    assert {FILES, ADMINISTRATION} & set(texts) == promised
    narrow = "callerScopes" in changes
    assert ("see all your decks, notes, cards and media" in texts) is not narrow


def test_what_the_environment_decides_is_not_changed_here(fresh_anki: AnkiFactory) -> None:
    environ = {"ANKICONNECT_CALLER_SCOPES": '{"anki": []}'}
    anki = fresh_anki(config={**CONFIG, **LISTED}, environ=environ)
    hands(anki, "choose_in_menu()")
    hands(anki, "go_to('Web Pages')")
    see(anki, "ANKICONNECT_CALLER_SCOPES")
    assert said(anki, "kinds")["anki"] == ["nothing", ""]
    for name in (f"Rights {PAGE}", "Rights Programs"):
        assert anki.evaluate(f"{MODULE}.button(name).isEnabled()", name=name) is False
