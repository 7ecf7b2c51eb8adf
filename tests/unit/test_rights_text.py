"""Rights in words."""

from __future__ import annotations

import pytest

from plugin.gui import words
from plugin.gui.rights_text import in_short, powers_of
from plugin.scopes import AS_A_PAGE, DEFAULTS, EVERYTHING, LOOKING, NOTHING, Scope, named


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("", "nothing"),
        ("read", "reading only"),
        ("read write", "reading and editing"),
        ("gui read write", "reading, editing and windows"),
        ("read write delete gui network", "everything but files and administration"),
        ("read write delete files network gui", "everything but administration"),
        ("read write delete files network gui admin", "everything"),
    ],
)
def test_in_short(names: str, text: str) -> None:
    assert in_short(named(names.split())) == text


def test_every_scope_and_every_group_has_its_words() -> None:
    scopes = {scope.value for scope in EVERYTHING}
    assert set(words.RIGHTS) == set(words.RIGHTS_EXPLAINED) == scopes
    assert set(words.POWERS) == scopes - {Scope.READ.value}
    assert set(words.KINDS) == set(words.KINDS_IN_SENTENCES) == set(DEFAULTS)


def test_the_question_promises_a_page_neither_files_nor_administration() -> None:
    powers = powers_of(AS_A_PAGE)
    assert powers[:2] == (words.POWER_READ, words.POWER_WRITE_AND_DELETE)
    assert words.POWERS["files"] not in powers
    assert words.POWERS["admin"] not in powers
    assert {words.POWERS["files"], words.POWERS["admin"]} <= set(powers_of(EVERYTHING))


def test_the_question_names_each_power_once() -> None:
    assert powers_of(LOOKING) == (words.POWER_READ, words.POWERS["gui"])
    assert powers_of(named(["write"])) == (words.POWERS["write"],)
    assert powers_of(named(["delete"])) == (words.POWERS["delete"],)
    assert powers_of(NOTHING) == (words.POWER_NONE,)
    for scopes in (AS_A_PAGE, EVERYTHING):
        assert len(set(powers_of(scopes))) == len(powers_of(scopes))
