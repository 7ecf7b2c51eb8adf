"""From a body's bytes to a value: only what is JSON and can be stored, and quickly."""

import json
import time
from typing import Any, Callable, List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import BadRequest
from plugin.web.strict_json import DEEPEST, decode, encode

GOOD: List[Tuple[bytes, Any]] = [
    (b"{}", {}),
    (b" [1, -1, 1.5, 1e3, true, false, null] ", [1, -1, 1.5, 1000.0, True, False, None]),
    (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
    ('"\u3042 \U0001f600"'.encode(), "\u3042 \U0001f600"),
    (rb'"\ud83d\ude00"', "\U0001f600"),
    (rb'"\\u0000 \\ud800"', r"\u0000 \ud800"),
    (b'"\x7f\xc2\x85"', "\x7f\x85"),
    (b"9" * 400, int("9" * 400)),
    (b"0." + b"1" * 10_000, 0.1111111111111111),
    (b"1e-999", 0.0),
    (b"-0.0", -0.0),
    (b"5", 5),
    (b'{"a": {"a": [{"a": 1}]}}', {"a": {"a": [{"a": 1}]}}),
]


@pytest.mark.parametrize(("body", "value"), GOOD, ids=[str(body[:20]) for body, _ in GOOD])
def test_good_bodies(body: bytes, value: Any) -> None:
    found = decode(body)
    assert found == value
    assert type(found) is type(value)


NUL_OR_HALF = " holds a character that cannot be stored (NUL or half a character)"
BAD: List[Tuple[bytes, str]] = [
    (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    (b"{'a': 1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    (b"nope", "Expecting value: line 1 column 1 (char 0)"),
    (b"\xef\xbb\xbf", "Expecting value: line 1 column 1 (char 0)"),
    (b"\x00", "Expecting value: line 1 column 1 (char 0)"),
    (b'{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"),
    (b"1 2", "Extra data: line 1 column 3 (char 2)"),
    (b'"a\nb"', "Invalid control character at: line 1 column 3 (char 2)"),
    (b'"a\x00b"', "Invalid control character at: line 1 column 3 (char 2)"),
    (b'"a', "Unterminated string starting at: line 1 column 1 (char 0)"),
    (b"NaN", "NaN is not JSON"),
    (b'{"a": [Infinity]}', "Infinity is not JSON"),
    (b"-Infinity", "-Infinity is not JSON"),
    (b"1e999", "the number 1e999 is out of range"),
    (b"[-1e999]", "the number -1e999 is out of range"),
    (b"1" * 400 + b".5e9", "the number 11111111111111111111 is out of range"),
    (b"1" * 401, "the number 11111111111111111111… has too many digits"),
    (b"[-" + b"1" * 1_000_000 + b"]", "the number -1111111111111111111… has too many digits"),
    (b'{"a": 1, "b": 2, "a": 1}', "the member 'a' stands twice in one object"),
    (rb'{"a": 1, "\u0061": 1}', "the member 'a' stands twice in one object"),
    (b'[{"x": {"": 1, "": 2}}]', "the member '' stands twice in one object"),
    (rb'"\u0000"', "the body" + NUL_OR_HALF),
    (rb'"\uD800"', "the body" + NUL_OR_HALF),
    (rb'{"a": {"b": [1, "x", "\udfff"]}}', "a.b[2]" + NUL_OR_HALF),
    (rb'{"a": "\ude00\ud83d", "b": "\u0000"}', "a" + NUL_OR_HALF),
    (rb'["\\u0000", {"a": "\u0000"}]', "[1].a" + NUL_OR_HALF),
    (rb'{"\u0000": 1}', "a member name in the body" + NUL_OR_HALF),
    (rb'{"a": [{"\ud800": 1}]}', "a member name in a[0]" + NUL_OR_HALF),
    (b"[" * 100_000, "the body is nested too deeply"),
    (b'{"a":' * 100_000, "the body is nested too deeply"),
    (b"[" * 100_000 + b"]" * 100_000, "the body is nested too deeply"),
]


@pytest.mark.parametrize(("body", "error"), BAD, ids=[str(body[:20]) for body, _ in BAD])
def test_bad_bodies(body: bytes, error: str) -> None:
    started = time.perf_counter()
    with pytest.raises(BadRequest) as raised:
        decode(body)
    assert str(raised.value) == error
    assert time.perf_counter() - started < 1


NOT_UTF_8 = [b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"', '{"a": 1}'.encode("utf-16"), b'"caf\xe9"']


@pytest.mark.parametrize("body", NOT_UTF_8)
def test_bodies_that_are_not_utf_8(body: bytes) -> None:
    with pytest.raises(BadRequest, match="can't decode"):
        decode(body)


@pytest.mark.parametrize("inner", [b"", b"1", b'"["'])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":[', b"]}")])
def test_the_deepest_that_is_accepted(opening: bytes, closing: bytes, inner: bytes) -> None:
    levels = DEEPEST // (opening.count(b"[") + opening.count(b"{"))

    def nested(times: int) -> bytes:
        return opening * times + inner + closing * times

    assert decode(nested(levels))
    with pytest.raises(BadRequest, match="nested too deeply"):
        decode(nested(levels + 1))


def test_width_is_no_depth() -> None:
    assert len(decode(b"[" + b"[[]]," * 1_000 + b"1]")) == 1_001
    assert decode(b'"' + b"[" * 1_000 + b'"') == "[" * 1_000


def quickest(call: Callable[[], object]) -> float:
    """Seconds; the best of three, because other programs run on this computer too."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def test_a_million_elements_take_less_than_a_second() -> None:
    body = encode(list(range(1_000_000)))
    assert quickest(lambda: decode(body)) < 1
    assert len(decode(body)) == 1_000_000


def test_repeated_names_are_found_quickly() -> None:
    body = encode({str(number): 1 for number in range(100_000)})[:-1] + b',"99999":1}'

    def refused() -> None:
        with pytest.raises(BadRequest, match="'99999' stands twice"):
            decode(body)

    assert quickest(refused) < 1


def test_a_place_is_found_without_much_memory() -> None:
    # A name on the way is not copied for each of the elements below it, and not repeated whole.
    name = "n" * 1_000_000
    body = encode({name: [0] * 100_000 + ["x"]}).replace(b'"x"', rb'"\u0000"')
    with pytest.raises(BadRequest) as raised:
        decode(body)
    assert str(raised.value) == "n" * 100 + "[100000]" + NUL_OR_HALF


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), inner
        )
    ),
)


@given(JSON_VALUES)
def test_what_is_encoded_is_decoded(value: Any) -> None:
    assert decode(encode(value)) == value
    assert decode(json.dumps(value).encode()) == value


@given(st.binary())
def test_any_bytes_are_a_value_or_a_bad_request(body: bytes) -> None:
    try:
        encode(decode(body)).decode()
    except BadRequest as refused:
        assert str(refused)  # noqa: PT017 - most bytes are refused, and each with a reason


def test_replies_are_utf_8_whatever_is_in_them() -> None:
    assert encode({"a": "é\ud800"}) == '{"a":"é?"}'.encode()
