"""What callers and keys were given: read from settings, written into a configuration."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest

from plugin import config, rights
from plugin.config import CAUTIOUS, NOBODYS_KEYS, Settings
from plugin.keys import NamedKey
from plugin.scopes import AS_A_PAGE, EVERYTHING, LOOKING, NOTHING, Scope, Scopes

PAGE, APP = "https://example.com", "app://obsidian.md"
EXTENSION = "chrome-extension://likgccmbimhjbgkjambclfkhldnlhbnn"
READING: Scopes = frozenset({Scope.READ})


def settings(**raw: Any) -> Settings:
    found, problems = config.read(raw, {})
    assert problems == []
    return found


@pytest.mark.parametrize(
    ("origin", "scopes"),
    [
        (PAGE, AS_A_PAGE),
        (APP, EVERYTHING),
        (EXTENSION, AS_A_PAGE),
        ("http://127.0.0.1:3000", AS_A_PAGE),
    ],
)
def test_what_an_origin_gets_once_it_is_allowed(origin: str, scopes: Scopes) -> None:
    assert rights.once_allowed(origin, settings()) == scopes
    listed = settings(webCorsOriginList=[origin])
    assert rights.of_origin(origin, listed) == scopes


def test_a_choice_of_the_user_is_what_it_gets() -> None:
    own = settings(callerScopes={PAGE: ["read"]})
    assert rights.once_allowed("HTTPS://Example.com:443", own) == READING
    of_kind = settings(callerScopes={"pages": ["read"], APP: []})
    assert rights.once_allowed(PAGE, of_kind) == READING
    assert rights.once_allowed(APP, of_kind) == NOTHING
    assert rights.of_its_kind(APP, settings(callerScopes={APP: []}, webCorsOriginList=[APP])) == (
        EVERYTHING
    )


def test_who_is_not_allowed_may_do_nothing() -> None:
    assert rights.of_origin(PAGE, settings()) == NOTHING
    assert rights.of_origin(EXTENSION, settings(webCorsOriginList=[])) == NOTHING


def test_groups() -> None:
    assert rights.of_group("anki", settings()) == LOOKING
    assert rights.of_group("anki", settings(callerScopes={"anki": []})) == NOTHING


@pytest.mark.parametrize(
    ("origin", "listed", "neighbour"),
    [
        (EXTENSION, ["http://localhost"], True),
        ("http://localhost:3000", ["http://localhost"], True),
        (EXTENSION, [], False),
        (EXTENSION, ["http://localhost", EXTENSION], False),
        (PAGE, ["http://localhost"], False),
    ],
)
def test_neighbours_are_let_in_without_being_listed(
    origin: str, listed: Any, neighbour: bool
) -> None:
    assert rights.is_neighbour(origin, settings(webCorsOriginList=listed)) is neighbour


@pytest.mark.parametrize(
    ("raw", "who", "scopes", "after"),
    [
        ({}, PAGE, READING, {PAGE: ["read"]}),
        ({}, "anki", frozenset({Scope.GUI, Scope.READ}), {"anki": ["read", "gui"]}),
        ({}, PAGE, NOTHING, {PAGE: []}),
        ({}, PAGE, None, {}),
        ({"callerScopes": {PAGE: ["read"], APP: []}}, PAGE, None, {APP: []}),
        ({"callerScopes": {"HTTPS://Example.com:443": ["read"]}}, PAGE, None, {}),
        (
            {"callerScopes": {"HTTPS://Example.com": ["gui"], "anki": []}},
            PAGE,
            READING,
            {"anki": [], PAGE: ["read"]},
        ),
        # What is misspelt is left to its writer
        ({"callerScopes": {"nobody": 5}}, PAGE, READING, {"nobody": 5, PAGE: ["read"]}),
    ],
)
def test_granted(
    raw: Dict[str, Any], who: str, scopes: Optional[Scopes], after: Dict[str, Any]
) -> None:
    before = repr(raw)
    changed = rights.granted({"apiKey": "k", **raw}, who, scopes, settings())
    assert changed == {"apiKey": "k", "callerScopes": after}
    assert repr(raw) == before


def test_choices_that_cannot_be_read_are_not_widened_by_one_that_is_made() -> None:
    raw = {"callerScopes": "nonsense", "webCorsOriginList": [PAGE]}
    in_force, _ = config.read(raw, {}, CAUTIOUS)
    after = config.read(rights.granted(raw, "pages", READING, in_force), {})[0]
    assert rights.of_origin(PAGE, after) == READING
    assert rights.of_group("programs", after) == NOTHING


def test_keys_come_back_from_the_configuration_as_they_were() -> None:
    keys = (NamedKey("a", "0" * 64, READING), NamedKey("b", "1" * 64, EVERYTHING))
    assert settings(apiKeys=rights.stored_keys(keys)).named_keys == keys
    assert rights.usable_keys(settings(apiKeys=rights.stored_keys(keys))) == keys


def test_the_key_that_stands_for_unusable_ones_is_nobodys() -> None:
    broken, _ = config.read({"apiKeys": [{"name": 5}]}, {}, CAUTIOUS)
    assert broken.named_keys == NOBODYS_KEYS
    assert rights.usable_keys(broken) == ()


@pytest.mark.parametrize(
    ("name", "taken"), [("agent", True), (" AGENT ", True), ("agents", False), ("Straße", True)]
)
def test_names_that_people_would_confuse_are_taken(name: str, taken: bool) -> None:
    keys = [NamedKey(each, "0" * 64, READING) for each in ("Agent", "STRASSE")]
    assert rights.name_is_taken(name, keys) is taken
