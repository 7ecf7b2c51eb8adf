"""The quick reader gives what the strict one gives, or leaves a body to it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.web import quick_json
from plugin.web.quick_json import LARGEST, Doubtful, read
from plugin.web.strict_json import DEEPEST, decode, decode_strictly


@pytest.mark.parametrize(
    "body",
    [
        b'{"action":"deckNames","version":6}',
        b' [1, -0, 1.50, 1e3, true, null, "\\"", "\\u3042"] ',
        b'{"a": {"b": 1}, "b": {"a": 1}, "": ""}',
        b"[1795310233447, -999999999999999999]",
        b"[18446744073709551615, -9223372036854775808, -0]",
        b'{"a": [' + b'{"b": "c"},' * 100 + b"1]}",
        b'{"data": "' + b"1234567890" * 10_000 + b'"}',
        b"[" * 50 + b"]" * 50,
        b'"' + b"[" * 1000 + b'"',
    ],
)
@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_what_is_read_quickly(kind: Any, body: bytes) -> None:
    assert repr(read(kind(body), DEEPEST)) == repr(decode_strictly(body))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        rb'{"a": 1, "\u0061": 1}',
        rb'{"a": "\u0022\u0022", "a": 1}',
        b"18446744073709551616",
        b"[-9223372036854775809]",
        b"[9223372036854775807, 0.5]",  # as long as the first number beyond 64 bits
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": "b", "a": "b", "c": "d"}',
        b"[18446744073709551616]" + b" " * 100,
        b"9" * 400,
        rb'"\u0000"',
        rb'"\ud800"',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" * 1000 + b"]" * 1000,
        b"[" * 100_000,
        b"NaN",
        b"1e999",
        b'\xef\xbb\xbf{"a": 1}',
        b'"\xff"',
        b"{",
        b"",
        b'"' + b"x" * LARGEST + b'"',
    ],
    ids=lambda body: str(body[:20]),
)
def test_what_is_left_to_the_strict_reader(body: bytes) -> None:
    with pytest.raises(Doubtful):
        read(body, DEEPEST)


def test_without_orjson_the_strict_reader_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_json, "reader", None)
    with pytest.raises(Doubtful):
        read(b"1", DEEPEST)
    assert decode(b'{"a": [1]}') == {"a": [1]}


NAMES = st.sampled_from(['"a"', '"b"', '"\\u0061"', '"\\""', '""'])
NUMBERS = st.integers().map(str) | st.floats(allow_nan=False).map(repr)
SCALARS = NUMBERS | st.sampled_from(["null", "true", '"\\u0022"', '"\\\\"', "1E5", "-0", "NaN"])


def texts(inner: "st.SearchStrategy[str]") -> "st.SearchStrategy[str]":
    """Lists and objects as they may be written: with repeated names, with blanks."""
    members = st.tuples(NAMES, inner).map(" : ".join)
    return st.lists(inner).map(lambda parts: f"[{','.join(parts)}]") | st.lists(members).map(
        lambda parts: f"{{{', '.join(parts)}}}"
    )


@given(st.recursive(SCALARS, texts))
def test_a_value_that_is_read_quickly_is_the_strict_one(text: str) -> None:
    body = text.encode()
    try:
        value = read(body, DEEPEST)
    except Doubtful:
        return
    assert repr(value) == repr(decode_strictly(body))


@given(st.lists(st.text('ab"\\/\n\t\x7f é\u3042\U0001f600')))
def test_plain_texts_are_read_quickly(value: Any) -> None:
    assert read(json.dumps(value, ensure_ascii=False).encode(), DEEPEST) == value
