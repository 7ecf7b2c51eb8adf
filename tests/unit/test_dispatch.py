"""From a request object to a reply object, with a toy set of actions."""

import gc
import logging
import re
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from plugin.web.guard import Caller, CallerKind
from tests.unit.toys import PROGRAM, Desk, toy_actions

KEY = "kT3vX9wq2LrZp8NsYb4u"
NO_KEY = {"result": None, "error": "valid api key must be provided"}
UNSUPPORTED = {"result": None, "error": "unsupported action"}


def wrapped(result: Any) -> Dict[str, Any]:
    return {"result": result, "error": None}


def failed(error: str) -> Dict[str, Any]:
    return {"result": None, "error": error}


@pytest.fixture(autouse=True)
def _toys() -> Iterator[None]:
    with toy_actions():
        yield


# --- Versions -------------------------------------------------------------------------------------

BARE = [1, 2, 3, 4, 4.0, 0, -1, -(10**300)]
WRAPPED = [5, 6, 6.0, 99, 10**300]


@pytest.mark.parametrize("version", BARE)
def test_replies_up_to_version_4_are_bare(version: float) -> None:
    desk = Desk()
    assert desk.ask({"action": "version", "version": version}) == 6
    assert desk.ask({"action": "echo", "version": version}) is None
    assert desk.ask({"action": "nope", "version": version}) == UNSUPPORTED


@pytest.mark.parametrize("version", WRAPPED)
def test_replies_from_version_5_on_are_wrapped(version: float) -> None:
    desk = Desk()
    assert desk.ask({"action": "version", "version": version}) == wrapped(6)
    assert desk.ask({"action": "echo", "version": version}) == wrapped(None)
    assert desk.ask({"action": "nope", "version": version}) == UNSUPPORTED


def test_without_version_it_is_version_4() -> None:
    assert Desk().ask({"action": "version"}) == 6


@pytest.mark.parametrize(
    ("version", "known"), [(-1, True), (4, True), (5, False), (6, False), (99, False)]
)
def test_former_names_hold_up_to_their_version(version: int, known: bool) -> None:
    desk = Desk()
    assert desk.ask({"action": "browse", "version": version}) == ([] if known else UNSUPPORTED)
    assert desk.ask({"action": "guiBrowse", "version": version}) == (
        [] if version < 5 else wrapped([])
    )


# --- What is no request ---------------------------------------------------------------------------

WRONG: List[Tuple[Any, str]] = [
    (1.2, "1.2 is not of type 'object'"),
    (None, "None is not of type 'object'"),
    ([], "[] is not of type 'object'"),
    ("deckNames", "'deckNames' is not of type 'object'"),
    ({}, "'action' is a required property"),
    ({"version": 6}, "'action' is a required property"),
    ({"action": 1}, "1 is not of type 'string'"),
    ({"action": None}, "None is not of type 'string'"),
    ({"action": ["version"]}, "['version'] is not of type 'string'"),
    ({"action": ""}, "'' should be non-empty"),
    ({"action": "version", "version": "6"}, "'6' is not of type 'integer'"),
    ({"action": "version", "version": 6.5}, "6.5 is not of type 'integer'"),
    ({"action": "version", "version": True}, "True is not of type 'integer'"),
    ({"action": "version", "version": None}, "None is not of type 'integer'"),
    ({"action": "version", "version": [6]}, "[6] is not of type 'integer'"),
    ({"action": "version", "params": None}, "None is not of type 'object'"),
    ({"action": "version", "params": []}, "[] is not of type 'object'"),
    ({"action": "version", "params": "a"}, "'a' is not of type 'object'"),
]


@pytest.mark.parametrize(("request_object", "error"), WRONG, ids=[error for _, error in WRONG])
def test_wrong_requests(request_object: Any, error: str) -> None:
    assert Desk().ask(request_object) == failed(error)
    # A request that cannot be read is told so before its key is looked at.
    assert Desk(KEY).ask(request_object) == failed(error)


def test_errors_repeat_little_of_a_request() -> None:
    for request in (["x" * 10_000], {"action": {"x": "x" * 10_000}}):
        assert len(Desk().ask(request)["error"]) < 200


def test_other_members_are_ignored() -> None:
    assert Desk().ask({"action": "version", "id": 1, "jsonrpc": "2.0", "Params": 5}) == 6


HIDDEN = [
    "reply",
    "handler",
    "__init__",
    "__class__",
    "guibrowse",
    "gui_browse",
    " version",
    "multi ",
]


@pytest.mark.parametrize("name", HIDDEN)
def test_only_actions_are_actions(name: str) -> None:
    assert Desk().ask({"action": name}) == UNSUPPORTED


PARAMETERS = [
    ("guiBrowse", {"foobar": 1}, "guiBrowse() got an unexpected keyword argument 'foobar'"),
    ("guiBrowse", {"self": 1}, "guiBrowse() got an unexpected keyword argument 'self'"),
    ("toysInfo", {}, "toysInfo() missing 1 required positional argument: 'toys'"),
    ("moveToys", {}, "moveToys() missing 2 required positional arguments: 'deck' and 'path'"),
    ("moveToys", {"deck": "a"}, "moveToys() missing 1 required positional argument: 'path'"),
    ("buildToy", {}, "buildToy() missing 3 required positional arguments: 'a', 'b', and 'c'"),
    ("buildToy", {"foobar": 1}, "buildToy() got an unexpected keyword argument 'foobar'"),
    ("toysInfo", {"toys": "12"}, "toys should be a list: 12"),
    ("toysInfo", {"toys": [1], "limit": "a"}, "limit should be an integer: a"),
    ("multi", {"actions": {}}, "actions should be a list: {}"),
]


@pytest.mark.parametrize(
    ("name", "params", "error"), PARAMETERS, ids=[row[2] for row in PARAMETERS]
)
def test_wrong_parameters(name: str, params: Dict[str, Any], error: str) -> None:
    assert Desk().call(name, **params) == error


# --- Keys -----------------------------------------------------------------------------------------


def bearing(token: Optional[str]) -> Caller:
    return Caller(CallerKind.PROGRAM, bearer=token)


SHOWN: List[Tuple[Dict[str, Any], Optional[str], bool]] = [
    ({}, None, False),
    ({"key": KEY}, None, True),
    ({"key": KEY + " "}, None, False),
    ({"key": ""}, None, False),
    ({"key": 5}, None, False),
    ({"key": [KEY]}, None, False),
    ({"key": None}, None, False),
    ({"params": {"key": KEY}}, None, True),
    ({"params": {"key": "wrong"}}, None, False),
    ({"params": {"key": [KEY]}}, None, False),
    ({"key": None, "params": {"key": KEY}}, None, True),
    ({"key": KEY, "params": {"key": "wrong"}}, None, True),
    ({"key": "wrong", "params": {"key": KEY}}, None, False),
    ({}, KEY, True),
    ({}, "wrong", False),
    ({"key": None}, KEY, True),
    ({"key": "wrong"}, KEY, False),
    ({"params": {"key": "wrong"}}, KEY, False),
    ({"key": KEY}, "wrong", True),
]


@pytest.mark.parametrize(("members", "token", "fits"), SHOWN)
def test_keys(members: Dict[str, Any], token: Optional[str], fits: bool) -> None:
    request = {"action": "version", **members}
    assert Desk(KEY).ask(request, bearing(token)) == (6 if fits else NO_KEY)


@pytest.mark.parametrize(("members", "token"), [row[:2] for row in SHOWN])
@pytest.mark.parametrize("off", [None, ""])
def test_keys_that_nobody_asks_for(
    members: Dict[str, Any], token: Optional[str], off: Optional[str]
) -> None:
    assert Desk(off).ask({"action": "version", **members}, bearing(token)) == 6


def test_the_key_comes_before_the_action_and_its_parameters() -> None:
    assert Desk(KEY).ask({"action": "nope"}) == NO_KEY
    assert Desk(KEY).ask({"action": "moveToys", "params": {"x": 1}}) == NO_KEY
    assert Desk(KEY).ask({"action": "nope", "key": KEY}) == UNSUPPORTED


def test_only_permission_is_asked_for_without_key() -> None:
    assert Desk(KEY).ask({"action": "requestPermission"}) is True
    assert Desk(KEY).ask({"action": "requestPermission", "key": "wrong"}) is True


def test_a_changed_key_applies_at_once() -> None:
    desk = Desk()
    assert desk.ask({"action": "version"}) == 6
    desk.key = KEY
    assert desk.ask({"action": "version"}) == NO_KEY


def test_a_parameter_called_key_reaches_its_action() -> None:
    assert Desk().call("useKey", key="major") == "major"
    request = {"action": "useKey", "key": KEY, "params": {"key": "minor"}}
    assert Desk(KEY).ask(request) == "minor"


# --- multi ----------------------------------------------------------------------------------------


def test_multi_answers_each_entry_in_its_own_version() -> None:
    entries = [
        {"action": "version"},
        {"action": "version", "version": 6},
        {"action": "nope"},
        {"action": "browse"},
        {"action": "browse", "version": 6},
        5,
        {},
        {"action": "version", "version": "6"},
        {"action": "version", "params": None},
        {"action": "fail", "params": {"how": "no"}},
        {"action": "version", "version": 99},
    ]
    expected = [
        6,
        wrapped(6),
        UNSUPPORTED,
        [],
        UNSUPPORTED,
        failed("5 is not of type 'object'"),
        failed("'action' is a required property"),
        failed("'6' is not of type 'integer'"),
        failed("None is not of type 'object'"),
        failed("no"),
        wrapped(6),
    ]
    request = {"action": "multi", "params": {"actions": entries}}
    assert Desk().ask(request) == expected
    assert Desk().ask({**request, "version": 6}) == wrapped(expected)


def test_multi_in_multi() -> None:
    inner = {"action": "multi", "params": {"actions": [{"action": "version"}, {"action": "nope"}]}}
    answers = [6, UNSUPPORTED]
    assert Desk().call("multi", actions=[inner, {**inner, "version": 6}]) == [
        answers,
        wrapped(answers),
    ]


ENTRY_KEYS = [({}, True), ({"key": None}, True), ({"key": KEY}, True), ({"key": "wrong"}, False)]
OUTER = [({"key": KEY}, None), ({}, KEY)]


@pytest.mark.parametrize(("outer", "token"), OUTER, ids=["member", "bearer"])
def test_multi_hands_its_key_down(outer: Dict[str, Any], token: Optional[str]) -> None:
    entries = [{"action": "version", **members} for members, _ in ENTRY_KEYS]
    nested = {"action": "multi", "params": {"actions": entries}}
    expected = [6 if fits else NO_KEY for _, fits in ENTRY_KEYS]
    request = {"action": "multi", "params": {"actions": [*entries, nested]}, **outer}
    assert Desk(KEY).ask(request, bearing(token)) == [*expected, expected]


def test_multi_hands_down_a_key_among_its_parameters() -> None:
    params = {"key": KEY, "actions": [{"action": "version"}]}
    assert Desk(KEY).ask({"action": "multi", "params": params}) == [6]


def test_keys_of_entries_do_not_open_multi() -> None:
    entries = [{"action": "version", "key": KEY}]
    assert Desk(KEY).ask({"action": "multi", "params": {"actions": entries}}) == NO_KEY


# --- Failures -------------------------------------------------------------------------------------

OWN_WORDS = [
    ("no", "no"),
    ("no, \u2068thanks\u2069", "no, thanks"),
    ("", "Refused"),
    (" \n", "Refused"),
    ("\u2068\u2069", "Refused"),
    ("chained", "no"),
]


@pytest.mark.parametrize(("how", "error"), OWN_WORDS)
def test_an_error_is_never_empty(how: str, error: str) -> None:
    assert Desk().call("fail", how=how) == error


@pytest.mark.parametrize(("how", "name"), [("unexpected", "KeyError"), ("panic", "Panic")])
def test_unexpected_exceptions(how: str, name: str, caplog: pytest.LogCaptureFixture) -> None:
    error = Desk().call("fail", how=how)
    assert re.match(rf"^AnkiConnect met an unexpected problem \({name}\)", error)
    assert "secret detail" not in error
    assert "secret detail" in caplog.text


def test_one_bad_request_does_not_spoil_the_next(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    assert "panic" not in desk.call("fail", how="panic")
    assert desk.call("version") == 6


def test_what_is_remembered_of_requests() -> None:
    desk = Desk(KEY)
    desk.ask({"action": "version", "key": KEY})
    desk.ask({"action": "x" * 1_000, "key": "wrong-key"})
    desk.ask(["secret"])
    desk.ask({"action": 5})
    assert [each.action for each in desk.told] == ["version", "x" * 100, "", ""]
    assert [each.error for each in desk.told][:2] == [None, NO_KEY["error"]]
    assert all(each.seconds >= 0 and each.caller is PROGRAM for each in desk.told)
    assert KEY not in repr(desk.told)
    assert "wrong-key" not in repr(desk.told)


# --- Garbage --------------------------------------------------------------------------------------

KINDS: List[Any] = [
    {"action": "version", "version": 6},
    {"action": "echo", "params": {"value": [{"a": [1, 2]}]}},
    {"action": "multi", "params": {"actions": [{"action": "version"}, {"action": "fail"}, 5]}},
    {"action": "nope"},
    {"action": "version", "version": "6"},
    {"action": "toysInfo", "params": {"toys": [1, "x"]}},
    {"action": "fail", "params": {"how": "no"}},
    {"action": "fail", "params": {"how": "chained"}},
    {"action": "fail", "params": {"how": "unexpected"}},
    {"action": "fail", "params": {"how": "panic"}},
]


def test_requests_leave_no_reference_cycles(caplog: pytest.LogCaptureFixture) -> None:
    """Anki collects garbage rarely: what a cycle holds would stay for a quarter of an hour."""
    caplog.set_level(logging.CRITICAL)  # records hold the errors
    desk = Desk()
    for request in KINDS:
        desk.ask(request)
    gc.collect()
    gc.disable()
    try:
        for _ in range(1_000 // len(KINDS)):
            for request in KINDS:
                desk.ask(request)
        assert gc.collect() == 0
    finally:
        gc.enable()
