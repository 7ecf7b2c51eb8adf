"""The examples, played over HTTP against a real Anki that holds the prepared collection."""

from __future__ import annotations

import json
import pathlib
from typing import Any, Collection, Dict, List, Optional, Tuple

import pytest

import plugin.actions
from plugin.registry import ACTIONS
from tests.given import prepare_in
from tests.real_anki import RealAnki
from tools.examples import FOLDER, Example, Exchange, all_examples, filled, wild

EXAMPLES = all_examples()
MEMBERS = {"request", "reply", "failure", "given"}

# Replies that cannot be had from an Anki by itself; their failure is played all the same.
NOT_PLAYED = {
    "sync": "needs a sync server",
    "guiExitAnki": "ends the Anki of the tests that follow",
    "guiImportFile": "leaves a window open that the tests that follow would meet",
}


def exchanges() -> List[Any]:
    found: List[Tuple[str, Exchange]] = []
    for example in EXAMPLES:
        if example.action not in NOT_PLAYED:
            found.append((example.action, example.success))
        if example.failure is not None:
            found.append((f"{example.action}-failure", example.failure))
    return [pytest.param(exchange, id=name) for name, exchange in found]


def test_every_action_has_an_example_and_every_example_an_action() -> None:
    assert plugin.actions.__all__
    wanted = {(action.category, action.name) for action in ACTIONS.values()}
    there = {(example.category, example.action) for example in EXAMPLES}
    assert (sorted(wanted - there), sorted(there - wanted)) == ([], [])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.json")), ids=lambda path: path.stem)
def test_examples_are_as_they_should_be(path: pathlib.Path) -> None:
    held = json.loads(path.read_text(encoding="utf-8"))
    assert set(held) <= MEMBERS
    assert held["reply"]["error"] is None
    played = [held, held["failure"]] if "failure" in held else [held]
    for each in played:
        assert each["request"]["action"] == path.stem
        assert each["request"]["version"] == 6
        assert set(each["reply"]) == {"result", "error"}
    if "failure" in held:
        assert isinstance(held["failure"]["reply"]["error"], str)


@pytest.mark.parametrize("action", sorted(NOT_PLAYED))
def test_what_is_not_played_fails_at_least(action: str) -> None:
    examples: Dict[str, Example] = {example.action: example for example in EXAMPLES}
    assert examples[action].failure is not None


@pytest.mark.parametrize("exchange", exchanges())
def test_example(exchange: Exchange, anki: RealAnki, tmp_path: pathlib.Path) -> None:
    names: Dict[str, Any] = {**prepare_in(anki), "folder": str(tmp_path)}
    for request in exchange.given:
        assert anki.raw(filled(request, names))["error"] is None
    reply = anki.raw(filled(exchange.request, names))
    problem = difference(filled(exchange.reply, names), reply, set(names.values()))
    assert problem is None, reply


def difference(
    expected: Any, found: Any, known: Collection[Any], place: str = "reply"
) -> Optional[str]:
    """The first place where the reply is not as expected; None if there is none."""
    kind = wild(expected)
    if kind is not None:
        return None if stands_for(kind, found, known) else f"{place}: {found!r} for {kind}"
    if type(expected) is not type(found):
        return f"{place}: {found!r} in place of {expected!r}"
    if isinstance(expected, (dict, list)):
        return inner_difference(expected, found, known, place)
    return None if expected == found else f"{place}: {found!r} in place of {expected!r}"


def inner_difference(
    expected: Any, found: Any, known: Collection[Any], place: str
) -> Optional[str]:
    wanted, there = members(expected), members(found)
    if set(wanted) != set(there):
        return f"{place}: has {sorted(there)} in place of {sorted(wanted)}"
    differences = (difference(wanted[key], there[key], known, f"{place}.{key}") for key in wanted)
    return next((one for one in differences if one is not None), None)


def members(value: Any) -> Dict[str, Any]:
    """The members of an object, or those of a list under their positions."""
    return value if isinstance(value, dict) else {str(at): one for at, one in enumerate(value)}


def stands_for(kind: str, found: Any, known: Collection[Any]) -> bool:
    if kind == "$any":
        return True
    if kind == "$text":
        return isinstance(found, str)
    is_number = isinstance(found, (int, float)) and not isinstance(found, bool)
    if kind == "$number":
        return is_number
    return is_number and found > 1_000_000_000_000 and found not in known


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 1.0, False),
        (None, False, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 2], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": [{"b": "x"}]}, {"a": [{"b": "y"}]}, False),
        ("$any", {"x": 1}, True),
        ("$text", "x", True),
        ("$text", 1, False),
        ("$number", 1.5, True),
        ("$number", True, False),
        ("$new", 1700000000000, True),
        ("$new", 1500000000000, False),
        ("$new", 7, False),
        (["$text"], ["x"], True),
        ({"a": {"$number": 4}}, {"a": 5}, True),
        ({"a": {"$number": 4}}, {"a": "4"}, False),
    ],
)
def test_replies_are_compared_exactly(expected: Any, found: Any, same: bool) -> None:
    assert (difference(expected, found, {1500000000000}) is None) is same
