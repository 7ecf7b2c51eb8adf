"""Long texts that are taken out of a body: everything is as if they had been read with the rest."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, List

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugin.errors import BadRequest
from plugin.web import long_strings, strict_json
from plugin.web.long_strings import MARK_LENGTH, WINDOW, take_out
from plugin.web.strict_json import decode
from tests.unit.web.test_strict_json import BAD, GOOD, JSON_VALUES, NOT_UTF_8

LONG = "QUFB" * (WINDOW // 2)
HUGE = "QUFB" * 25_000_000


def outcome(body: bytes) -> Any:
    """The value, or the words of the refusal; with types, as 1 and True are equal."""
    try:
        return repr(decode(body))
    except BadRequest as refused:
        return str(refused)


def read_both_ways(body: bytes, window: int) -> None:
    whole = outcome(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_strings, "WINDOW", window)
        patch.setattr(strict_json, "PIECE", 3)
        assert outcome(body) == whole
        assert outcome(bytearray(body)) == whole


# Where texts begin and end is what matters, and what may stand there.
PARTS = [b'"', b'"', b"\\", b",", b":", b"[", b"]", b"{", b"}", b" ", b"\n", b"1", b"e", b"-", b"."]
WORDS = [b"abcdefgh", b"aaaaaaaaaaaaaaaaaaaa", b"12345678", b"\xff", b"\xe3\x81\x82", b"\\u0000"]
MORE = [b'"abcdefghijklmn"', b'"key":', b'["', b'"]', b'","', b'{"a":"', b'"}', b"true", b"\x00"]
BODIES = st.lists(st.sampled_from(PARTS + WORDS + MORE), max_size=30).map(b"".join)


@given(BODIES, st.integers(1, 6))
@example(b'{"a":"abcdefghijk","a":"abcdefghijk"}', 2)
@example(b'{"abcdefghijk":1,"abcdefghijk":2}', 2)
@example(b'["a",1,2,3,4,5,6,7,8,9,"b"]', 2)
@example(b'["a"12345678901234"b"]', 2)
@example(b'"abcdefghijklmn', 2)
@example(b'\xef\xbb\xbf["abcdefghijklmn", \xff]', 2)
@example(b'["abcdefghijklmn", \xe3\x81"]', 2)
@example(b'\n["abcdefghijklmn",\n"abcdefghijklmn" x]', 2)
@example(b'["abcdefghijkl\\"mnopqrstuv", x]', 2)
@example(b'["\\\\"abcdefghijklmn"', 2)
def test_a_body_is_read_as_in_one_go(body: bytes, window: int) -> None:
    read_both_ways(body, window)


@given(JSON_VALUES, st.integers(1, 6))
def test_a_value_is_read_as_in_one_go(value: Any, window: int) -> None:
    read_both_ways(json.dumps(value).encode(), window)
    read_both_ways(json.dumps(value, ensure_ascii=False, indent=1).encode(), window)


@given(st.binary(), st.integers(1, 6))
def test_any_bytes_are_read_as_in_one_go(body: bytes, window: int) -> None:
    read_both_ways(body, window)


@pytest.mark.parametrize("body", [one for one, _ in GOOD + BAD if len(one) < 10_000] + NOT_UTF_8)
def test_known_bodies_are_read_as_in_one_go(body: bytes) -> None:
    for window in (1, 3):
        read_both_ways(body, window)


def test_only_plain_texts_are_taken_out() -> None:
    for value in ({"a": LONG}, [[LONG, LONG]], LONG):
        body, taken = take_out(json.dumps(value).encode())
        assert len(body) < 100
        assert set(taken.texts.values()) == {LONG}
        assert all(len(mark) == MARK_LENGTH for mark in taken.texts)
    for value in ({LONG: 1}, LONG + "\n", LONG + "\u3042", [1] * WINDOW, f" {LONG}", "short"):
        whole = json.dumps(value, ensure_ascii=False).encode()
        body, taken = take_out(whole)
        assert body is whole
        assert taken.texts == {}


def test_a_text_that_looks_like_a_mark_is_left_alone() -> None:
    [mark] = take_out(json.dumps([LONG]).encode())[1].texts
    assert decode(json.dumps([mark, LONG]).encode()) == [mark, LONG]


def test_places_of_errors_are_those_in_the_whole_body() -> None:
    begin = b'{"a": "' + LONG.encode() + b'",\n "b": "' + LONG.encode() + b'"'
    place = len(begin) + 1
    column = place - begin.index(b"\n")
    assert outcome(begin + b" x}") == (
        f"Expecting ',' delimiter: line 2 column {column} (char {place})"
    )
    assert outcome(begin + b" \xff}") == (
        "the body is not UTF-8: 'utf-8' codec can't decode byte 0xff "
        f"in position {place}: invalid start byte"
    )


def longest_wait(body: bytes) -> float:
    """How long another thread waits for its turn at most while a body is read."""
    waits: List[float] = []
    over = threading.Event()

    def beat() -> None:
        while not over.is_set():
            started = time.monotonic()
            time.sleep(0.005)
            waits.append(time.monotonic() - started - 0.005)

    thread = threading.Thread(target=beat)
    thread.start()
    outcome_of = decode(body)
    over.set()
    thread.join()
    assert outcome_of == {"data": HUGE}
    return max(waits)


def test_other_threads_have_their_turn_meanwhile() -> None:
    body = b'{"data":"' + HUGE.encode() + b'"}'
    # Reading it in one go, and looking through it, keeps them waiting for 0.1 s a step on a quick machine.
    assert any(longest_wait(body) < 0.1 for _ in range(8))
