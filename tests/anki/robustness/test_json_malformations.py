"""Bodies of every sort to a real Anki: status 200, the words that clients know, and nothing changed.

Wrong types for each parameter of each action are in tests/anki/test_bad_input.py; here is everything else that JSON
makes possible.
"""

from __future__ import annotations

import json
import time
from typing import Any, Iterator, List, NamedTuple

import anki.collection  # first: Anki's modules import each other in a ring
import pytest

from plugin import actions
from plugin.registry import ACTIONS, Action
from tests.anki.robustness.wire import (
    SMUGGLE,
    SMUGGLED,
    VERSION,
    connected,
    error,
    everything,
    post,
    request,
    result,
)
from tests.anki.test_bad_input import PYTHONS_WORDS
from tests.given import prepare_in
from tests.real_anki import RealAnki
from tests.unit.web.test_strict_json import BAD, NOT_UTF_8, NUL_OR_HALF

assert actions is not None  # importing them fills the registry

SECONDS = 1.0
MILLION = 1_000_000
HUGE = 10**399
DEEP = b"[" * 99 + b"]" * 99


class Row(NamedTuple):
    """A body, and what the error has to hold."""

    name: str
    body: bytes
    words: str


def deck_named(value: bytes) -> bytes:
    return SMUGGLE.replace(b'"smuggled"', value)


def with_member(member: bytes) -> bytes:
    """The request to make a deck with a further member."""
    return SMUGGLE[:-1] + b", " + member + b"}"


READ = [
    *(Row(str(body[:20]), body, words) for body, words in BAD),
    *(Row(f"not UTF-8 {body!r:.20}", body, "can't decode") for body in NOT_UTF_8),
    Row("UTF-16", SMUGGLE.decode().encode("utf-16"), "can't decode"),
    Row("latin-1", deck_named(b'"caf\xe9"'), "can't decode"),
    Row("over-long form of a slash", deck_named(b'"\xc0\xaf"'), "can't decode"),
    Row("surrogate in UTF-8", deck_named(b'"\xed\xb0\x80"'), "can't decode"),
    Row("cut off within a letter", SMUGGLE + b"\xc3", "can't decode"),
    Row("two values", SMUGGLE + SMUGGLE, "Extra data"),
    Row("rest behind it", SMUGGLE + b"\0", "Extra data"),
    Row("comma at the end", SMUGGLE[:-1] + b",}", "line 1 column"),
    Row("comment", b"/**/" + SMUGGLE, "Expecting value"),
    Row("form", b"action=createDeck&deck=smuggled", "Expecting value"),
    Row("form field that holds JSON", b"json=" + SMUGGLE, "Expecting value"),
    Row("multipart", b"--x\r\nContent-Disposition: form-data\r\n\r\n" + SMUGGLE, "value"),
    Row("single quotes", SMUGGLE.replace(b'"', b"'"), "double quotes"),
    Row("hex number", with_member(b'"x": 0x10'), "Expecting ',' delimiter"),
    Row("octal number", with_member(b'"x": 010'), "Expecting ',' delimiter"),
    Row("plus sign", with_member(b'"x": +1'), "Expecting value"),
    Row("bare point", with_member(b'"x": .5'), "Expecting value"),
    Row("undefined", with_member(b'"x": undefined'), "Expecting value"),
    Row("True", with_member(b'"x": True'), "Expecting value"),
    Row("NaN unused", with_member(b'"x": NaN'), "NaN is not JSON"),
    Row("Infinity unused", with_member(b'"x": [{"y": -Infinity}]'), "-Infinity is not JSON"),
    Row("1e400 unused", with_member(b'"x": 1e400'), "out of range"),
    Row("action twice", with_member(b'"action": "version"'), "the member 'action' stands twice"),
    Row("params twice", with_member(b'"params": {}'), "the member 'params' stands twice"),
    Row("parameter twice", SMUGGLE.replace(b'"params": {', b'"params": {"deck": "x", '), "'deck' stands twice"),
    Row("twice, spelt otherwise", with_member(rb'"\u0061ction": "version"'), "'action' stands twice"),
    Row("NUL in a parameter", deck_named(rb'"a\u0000b"'), "params.deck" + NUL_OR_HALF),
    Row("half a letter", deck_named(rb'"\ud83d"'), "params.deck" + NUL_OR_HALF),
    Row("halves the wrong way", deck_named(rb'"\ude00\ud83d"'), "params.deck" + NUL_OR_HALF),
    Row("NUL as a name", with_member(rb'"\u0000": 1'), "a member name in the body" + NUL_OR_HALF),
    Row("deep where nobody looks", with_member(b'"x": ' + b"[" + DEEP + b"]"), "nested too deeply"),
    Row("100,000 levels", with_member(b'"x": ' + b"[" * 100_000 + b"]" * 100_000), "nested too deeply"),
    Row("100,000 objects", with_member(b'"x": ' + b'{"x":' * 100_000 + b"1" + b"}" * 100_000), "nested too deeply"),
    Row("million levels", b"[" * MILLION, "nested too deeply"),
    Row("number of a million digits", with_member(b'"x": ' + b"7" * MILLION), "too many digits"),
    Row("fraction of a million digits", deck_named(b"0." + b"7" * MILLION), "deck"),
    Row("exponent of a million digits", with_member(b'"x": 1e' + b"7" * MILLION), "out of range"),
]  # fmt: skip

ASKED = [
    Row("null", b"null", "None is not of type 'object'"),
    Row("true", b"true", "True is not of type 'object'"),
    Row("number", b"1.2", "1.2 is not of type 'object'"),
    Row("text", b'"createDeck"', "'createDeck' is not of type 'object'"),
    Row("list", b"[" + SMUGGLE + b"]", "is not of type 'object'"),
    Row("empty object", b"{}", "'action' is a required property"),
    Row("names in another case", SMUGGLE.replace(b'"action"', b'"Action"'), "'action' is a required"),
    Row("action null", b'{"action": null}', "None is not of type 'string'"),
    Row("action list", b'{"action": ["createDeck"]}', "is not of type 'string'"),
    Row("action empty", b'{"action": ""}', "'' should be non-empty"),
    Row("action of a million letters", b'{"action": "' + b"x" * MILLION + b'"}', "unsupported action"),
    Row("action in another case", SMUGGLE.replace(b"createDeck", b"createdeck"), "unsupported action"),
    Row("action with a blank", SMUGGLE.replace(b"createDeck", b"createDeck "), "unsupported action"),
    Row("action in Python's spelling", SMUGGLE.replace(b"createDeck", b"create_deck"), "unsupported"),
    Row("inner name", b'{"action": "__init__"}', "unsupported action"),
    Row("version null", b'{"action": "version", "version": null}', "None is not of type 'integer'"),
    Row("version true", b'{"action": "version", "version": true}', "True is not of type 'integer'"),
    Row("version text", b'{"action": "version", "version": "6"}', "'6' is not of type 'integer'"),
    Row("version 6.5", b'{"action": "version", "version": 6.5}', "6.5 is not of type 'integer'"),
    Row("version list", b'{"action": "version", "version": [6]}', "is not of type 'integer'"),
    Row("params null", b'{"action": "version", "params": null}', "None is not of type 'object'"),
    Row("params list", b'{"action": "version", "params": []}', "[] is not of type 'object'"),
    Row("params text", b'{"action": "version", "params": "x"}', "'x' is not of type 'object'"),
    Row("100,000 parameters", request("version", **{str(n): n for n in range(100_000)}), "'0'"),
    Row("parameter with an empty name", request("version", **{"": 1}), "unexpected keyword argument ''"),
]  # fmt: skip

ROWS = [*READ, *ASKED]


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    """One Anki with something to lose; nothing that was refused may have changed it."""
    found = RealAnki(tmp_path_factory.mktemp("json")).start()
    try:
        prepare_in(found)
        before = everything(found)
        yield found
        assert everything(found) == before
        found.close()
    finally:
        found.kill()


def ask(anki: RealAnki, body: bytes) -> Any:
    """The parsed reply to a body; it came in time, and a light request is answered right after."""
    with connected(anki) as client:
        started = time.monotonic()
        reply = client.ask(post(body))
        assert time.monotonic() - started < SECONDS
        assert reply.status == 200
        assert result(client.ask(post(VERSION))) == 6
    assert json.loads(reply.body.decode("utf-8")) is not None
    return reply


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_a_body_that_is_no_good_request(anki: RealAnki, row: Row) -> None:
    said = error(ask(anki, row.body))
    assert row.words in said
    assert len(said) < 1_000
    assert SMUGGLED not in anki.request("deckNames")


@pytest.mark.parametrize("row", ASKED, ids=[row.name for row in ASKED])
def test_within_multi_it_is_the_answer_in_its_place(anki: RealAnki, row: Row) -> None:
    body = b'{"action": "multi", "version": 6, "params": {"actions": [%s, %s]}}'
    found = result(ask(anki, body % (row.body, VERSION)))
    assert row.words in found[0]["error"]
    assert found[1] == {"result": 6, "error": None}


def list_parameters() -> List[Any]:
    """(action, parameter) for each parameter that may be a list."""
    return [
        pytest.param(action, name, id=f"{action.name}-{name}")
        for action in sorted(ACTIONS.values(), key=lambda each: each.name)
        for name, parameter in action.parameters.items()
        if '"array"' in json.dumps(parameter.shape.schema) and action.name not in WINDOWS
    ]


# They do what they are asked, which is another matter than reading it: a window, or a request an entry.
WINDOWS = ("guiBrowse", "multi")


def rest(action: Action, taken: str) -> Any:
    """Values for the other required parameters; they fit, and stand for nothing that exists."""
    simple = {"integer": 0, "string": "nothing", "array": [], "object": {}, "boolean": True}
    found = {}
    for name, parameter in action.parameters.items():
        kind = parameter.shape.schema.get("type", "string")
        if parameter.required and name != taken:
            found[name] = simple.get(kind if isinstance(kind, str) else kind[0], 0)
    return found


@pytest.mark.parametrize(("action", "name"), list_parameters())
@pytest.mark.parametrize("entry", [None, "x", HUGE, [[]]], ids=["null", "text", "huge", "list"])
def test_a_long_list_of_what_is_wrong(
    anki: RealAnki, action: Action, name: str, entry: Any
) -> None:
    params = {**rest(action, name), name: [entry] * 10_000}
    reply = json.loads(ask(anki, request(action.name, **params)).body)
    if reply["error"] is not None:
        assert not PYTHONS_WORDS.search(reply["error"])
        assert len(reply["error"]) < 10_000


IDS = [
    ("areSuspended", "cards"), ("areDue", "cards"), ("cardsInfo", "cards"), ("cardsModTime", "cards"),
    ("cardsToNotes", "cards"), ("getEaseFactors", "cards"), ("getIntervals", "cards"),
    ("getDecks", "cards"), ("getReviewsOfCards", "cards"), ("notesInfo", "notes"),
    ("notesModTime", "notes"), ("suspend", "cards"), ("unsuspend", "cards"), ("forgetCards", "cards"),
    ("relearnCards", "cards"), ("deleteNotes", "notes"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "name"), IDS)
def test_a_million_ids_that_are_none(anki: RealAnki, action: str, name: str) -> None:
    body = request(action, **{name: list(range(1, MILLION + 1))})
    with connected(anki) as client:
        client.send(post(body))
        slowest = 0.0
        for _ in range(20):
            started = time.monotonic()
            assert anki.request("version") == 6
            slowest = max(slowest, time.monotonic() - started)
        reply = json.loads(client.reply().body)
    assert set(reply) == {"result", "error"}
    assert slowest < SECONDS
