"""Actions that an Anki cannot start: found, taken out, and told of."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator
from unittest.mock import patch

import pytest

from plugin import lacking, registry
from plugin.errors import MissingInAnki, UnsupportedAction
from plugin.registry import Scope, action

GONE = "json:JSONDecoder.no_such_thing"
LOADS = '''
from plugin.registry import Scope, action


@action(Scope.READ)
def good_one() -> int:
    """Works.

    Returns: 1.
    """
    return 1
'''
LACKS = '''
from json import {what}

from plugin.registry import Scope, action


@action(Scope.READ)
def bad_one() -> int:
    """Is never reached.

    Returns: 1.
    """
    return 1


@action(Scope.READ, name="worseHTML")
def worse() -> int:
    """Neither.

    Returns: 1.
    """
    return 1


def no_action() -> None:
    """Is nobody's business."""
'''


@pytest.fixture(autouse=True)
def tables() -> Iterator[None]:
    """Tables of the test's own."""
    with (
        patch.object(registry, "ACTIONS", {}),
        patch.object(registry, "FORMER", {}),
        patch.object(lacking, "MISSING", {}),
    ):
        yield


def make_toy() -> None:
    def spin(times: int = 1) -> int:
        """Spins.

        Args:
            times: how often

        Returns: the same.
        """
        return times

    action(Scope.READ, former={"twirl": 4})(spin)


def test_what_is_there_stays() -> None:
    make_toy()
    lacking.check_needs({"spin": ("json:JSONDecoder.decode", "json:loads")})
    assert (set(registry.ACTIONS), lacking.MISSING) == ({"spin"}, {})
    assert isinstance(lacking.refusal("nope"), UnsupportedAction)
    assert not isinstance(lacking.refusal("nope"), MissingInAnki)


@pytest.mark.parametrize("place", [GONE, "json:NoSuchThing.x", "no_such_module.x:y"])
def test_an_action_that_lacks_something_is_taken_out_under_all_its_names(place: str) -> None:
    make_toy()
    lacking.check_needs({"spin": ("json:loads", place)})
    assert registry.look_up("spin", 6) is registry.look_up("twirl", 4) is None
    reason = f"spin does not work in this version of Anki: it has no {place.replace(':', '.')}"
    assert set(lacking.MISSING) == {"spin"}
    refused = lacking.refusal("spin")
    assert isinstance(refused, MissingInAnki)
    assert str(refused) == reason


def test_two_things_that_lack_are_both_named() -> None:
    make_toy()
    lacking.check_needs({"spin": (GONE, "json:NoSuchThing")})
    assert lacking.MISSING["spin"].endswith(
        "it has no json.JSONDecoder.no_such_thing and no json.NoSuchThing"
    )


@pytest.mark.parametrize("what", ["no_such_thing", "decoder\n\ndecoder.no_such_thing"])
def test_a_module_that_does_not_load_takes_only_its_own_actions_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    package = tmp_path / "toy_actions"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "lacks.py").write_text(LACKS.format(what=what), encoding="utf-8")
    (package / "loads.py").write_text(LOADS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        lacking.load("toy_actions", ("lacks", "loads"))
    finally:
        for name in [name for name in sys.modules if name.startswith("toy_actions")]:
            del sys.modules[name]
    assert set(registry.ACTIONS) == {"goodOne"}
    assert set(lacking.MISSING) == {"badOne", "worseHTML"}
    told = lacking.MISSING["worseHTML"]
    assert told.startswith("worseHTML does not work in this version of Anki: ")
    assert "no_such_thing" in told
    assert "/" not in told, "where files are on this computer is nobody's business"
