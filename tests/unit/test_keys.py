"""Which keys open the door."""

from typing import Optional

import pytest

from plugin.keys import Fit, KeyRing, NamedKey, WrongKeys, digest, key_matches, new_key
from plugin.scopes import Scope

KEYS = [
    (None, None, True),
    (None, "anything", True),
    (None, 5, True),
    ("", "anything", True),
    ("secret", "secret", True),
    ("secret", "Secret", False),
    ("secret", "secret ", False),
    ("secret", "secre", False),
    ("secret", "", False),
    ("secret", None, False),
    ("secret", True, False),
    ("secret", ["secret"], False),
    ("secret", {"secret": 1}, False),
    ("secret", b"secret", False),
    ("secret", "x" * 1_000_000, False),
    ("1", 1, False),
    ("1", 1.0, False),
    ("пароль", "пароль", True),
    ("пароль", "парол", False),
    ("\ud800", "\ud800", True),
    ("secret", "\udfff", False),
    ("e\u0301", "\u00e9", False),
]


@pytest.mark.parametrize(
    ("expected", "given", "fits"), KEYS, ids=[f"{e!a}-{str(g)[:20]!a}" for e, g, _ in KEYS]
)
def test_key(expected: Optional[str], given: object, fits: bool) -> None:
    assert key_matches(expected, given) is fits


def test_a_new_key_is_long_plain_and_never_the_same() -> None:
    keys = {new_key() for _ in range(200)}
    assert len(keys) == 200
    assert all(len(key) == 32 and key.isascii() and key.isalnum() for key in keys)
    assert len(set("".join(keys))) == 62


READING = frozenset({Scope.READ})
AGENT = NamedKey("agent", digest("agent's key"), READING)
BOT = NamedKey("bot", digest("bot's key"), frozenset(Scope))


def test_without_keys_the_door_is_open() -> None:
    assert KeyRing().fit(None) == KeyRing().fit("anything") == Fit()
    assert not KeyRing().closed


@pytest.mark.parametrize("given", [None, "", "wrong", 5, ["agent's key"], AGENT.sha256])
@pytest.mark.parametrize(
    "ring", [KeyRing("master"), KeyRing(None, (AGENT,)), KeyRing("master", (AGENT, BOT))]
)
def test_a_closed_door_opens_to_no_other_key(ring: KeyRing, given: object) -> None:
    assert ring.closed
    assert ring.fit(given) is None


def test_a_named_key_opens_as_far_as_its_scopes() -> None:
    ring = KeyRing("master", (AGENT, BOT))
    assert ring.fit("agent's key") == Fit(READING)
    assert ring.fit("bot's key") == Fit(frozenset(Scope))
    assert ring.fit("master") == Fit(None)


def test_keys_do_not_show_in_texts_of_their_ring() -> None:
    text = repr(KeyRing("master", (AGENT,)))
    assert "master" not in text
    assert AGENT.sha256 not in text


def test_wrong_keys_cost_more_each_time_but_never_much() -> None:
    wrong = WrongKeys()
    delays = [wrong.delay() for _ in range(40)]
    assert delays[:3] == [0.05, 0.1, 0.2]
    assert delays == sorted(delays)
    assert delays[-1] == WrongKeys.LONGEST
