"""Writing JSON in pieces: the same as in one go, for small values in one go, with either writer."""

from __future__ import annotations

import json
from typing import Any, Optional
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orjson import dumps

from plugin.web import json_in_pieces
from plugin.web.json_in_pieces import BATCH, ENCODER, LONG, MANY, is_large, written
from plugin.web.strict_json import encode
from tests.unit.web.test_strict_json import JSON_VALUES

HALF = "\ud83d"
WRITERS = pytest.mark.parametrize("writer", [dumps, None], ids=["orjson", "json"])


def is_written(value: Any, writer: Any) -> None:
    """That pieces make the same as one go. The two writers spell some numbers in different ways."""
    whole = ENCODER.encode(value).encode("utf-8", "replace")
    made = b"".join(written(value))
    assert made == encode(value)
    assert made == whole if writer is None else json.loads(made) == json.loads(whole)


@WRITERS
@given(JSON_VALUES, st.integers(0, 3), st.integers(1, 4))
def test_pieces_are_the_whole(writer: Any, value: Any, many: int, batch: int) -> None:
    small = {"MANY": many, "SOME": 2 * many, "LONG": many, "FEW": many, "BATCH": batch, "GROWTH": 2}
    with mock.patch.multiple(json_in_pieces, dumps=writer, **small):
        is_written(value, writer)


@WRITERS
@pytest.mark.parametrize(
    "value",
    [
        "a" * (LONG + 1),
        ('é"\n' + HALF) * LONG,
        list(range(10_000)),
        {number: "x" * number for number in range(1_000)},
        {"result": [{"result": ["x"] * 1_000, "error": None}] * 3, "error": None},
        {"result": {"a": "b" * LONG * 9}, "error": None},
        [[], {}, [[]] * 100, {"": {}}],
        [(1, 2)] * 100,
        [2**70, -(2**70), 1e300, 1e-7, 0.1] * 100,
        {"result": [[["deep"] * 65] * 65, HALF], "error": None},
    ],
    ids=lambda value: str(value)[:20],
)
def test_large_values(monkeypatch: pytest.MonkeyPatch, value: Any, writer: Any) -> None:
    monkeypatch.setattr(json_in_pieces, "dumps", writer)
    is_written(value, writer)


@WRITERS
def test_what_a_fast_writer_refuses_is_written_all_the_same(
    monkeypatch: pytest.MonkeyPatch, writer: Optional[Any]
) -> None:
    monkeypatch.setattr(json_in_pieces, "dumps", writer)
    nested: Any = []
    for _ in range(300):
        nested = [nested]
    assert encode(nested) == b"[" * 301 + b"]" * 301
    assert (
        encode({"a": HALF, "b": 2**64, 3: None}) == b'{"a":"?","b":18446744073709551616,"3":null}'
    )


@pytest.mark.parametrize(
    "value", [{"result": 6, "error": None}, None, "x", [1] * MANY, [{"a": "b", "c": [1]}] * 10]
)
def test_small_values_are_written_in_one_go(value: Any) -> None:
    assert not is_large(value)
    assert list(written(value)) == [ENCODER.encode(value).encode()]
    assert type(encode(value)) is bytes


@pytest.mark.parametrize(
    "value",
    [
        {"result": [{"front": "x" * 1_000}] * 10_000, "error": None},
        [{"result": [{"front": "x" * 1_000}] * 5_000, "error": None}] * 2,
        {"result": "x" * 10_000_000, "error": None},
        {str(number): "x" * 1_000 for number in range(10_000)},
    ],
    ids=["list", "multi", "text", "object"],
)
def test_no_piece_is_much_larger_than_wanted(value: Any) -> None:
    sizes = [len(piece) for piece in written(value)]
    assert max(sizes) < BATCH * 2
    assert len(sizes) < sum(sizes) // BATCH * 3 + 30
