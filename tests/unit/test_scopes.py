"""Who may do what, unless the user says otherwise."""

from __future__ import annotations

import re

import pytest

from plugin.scopes import (
    ANKI,
    APPS,
    DEFAULTS,
    EVERYTHING,
    EXTENSIONS,
    LOCAL_PAGES,
    PAGES,
    PROGRAMS,
    Scope,
    in_words,
    named,
    scopes_of,
)

PAGE = "https://example.com"
READ = frozenset({Scope.READ})


@pytest.mark.parametrize("group", [PROGRAMS, APPS])
def test_programs_and_apps_may_do_everything(group: str) -> None:
    assert DEFAULTS[group] == {
        Scope.READ,
        Scope.WRITE,
        Scope.DELETE,
        Scope.FILES,
        Scope.NETWORK,
        Scope.GUI,
        Scope.ADMIN,
    }


@pytest.mark.parametrize("group", [PAGES, LOCAL_PAGES, EXTENSIONS])
def test_pages_get_neither_files_nor_admin(group: str) -> None:
    assert EVERYTHING - DEFAULTS[group] == {Scope.FILES, Scope.ADMIN}


def test_scripts_inside_anki_look_and_show() -> None:
    assert DEFAULTS[ANKI] == {Scope.READ, Scope.GUI}


def test_who_is_in_no_group_may_do_nothing() -> None:
    assert scopes_of(None, PAGE, {PAGE: EVERYTHING}) == frozenset()


def test_the_users_choice_for_an_origin_comes_before_that_for_its_group() -> None:
    nothing = frozenset[Scope]()
    assert scopes_of(PAGES, PAGE, {}) == DEFAULTS[PAGES]
    assert scopes_of(PAGES, PAGE, {PAGES: READ}) == READ
    assert scopes_of(PAGES, PAGE, {PAGES: READ, PAGE: nothing}) == nothing
    assert scopes_of(PAGES, "https://other.com", {PAGE: nothing}) == DEFAULTS[PAGES]
    assert scopes_of(PROGRAMS, None, {PROGRAMS: READ}) == READ


def test_names() -> None:
    assert named(["gui", "read", "read"]) == {Scope.READ, Scope.GUI}
    assert in_words(named(["admin", "gui", "read"])) == "read, gui, admin"
    for words in (["open"], ["Read"], ["*"]):
        with pytest.raises(ValueError, match=re.escape(words[0])):
            named(words)
