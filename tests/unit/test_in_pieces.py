"""Large texts and bytes in pieces: the same as in one go, in steps that are short."""

from __future__ import annotations

import re
import time
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import in_pieces
from plugin.in_pieces import holds, holds_more, joined_bytes, joined_text, pieces, starts

ABB = re.compile("abb")


@given(st.text(), st.integers(1, 7))
def test_pieces_are_the_whole(text: str, size: int) -> None:
    cut = list(pieces(text, size))
    assert "".join(cut) == text
    assert all(len(piece) == size for piece in cut[:-1])
    assert len(cut) == len(list(starts(len(text), size)))


@given(st.lists(st.text()))
def test_joined_text(parts: List[str]) -> None:
    assert joined_text(parts) == "".join(parts)
    assert joined_text(iter(parts)) == "".join(parts)


@given(st.lists(st.binary()))
def test_joined_bytes(parts: List[bytes]) -> None:
    assert joined_bytes(parts) == b"".join(parts)


def test_many_bytes_stay_an_array() -> None:
    assert type(joined_bytes([b"a" * in_pieces.PIECE])) is bytes
    assert type(joined_bytes([b"a" * in_pieces.PIECE, b"b"])) is bytearray


def test_joining_takes_no_quadratic_time() -> None:
    parts = ["a" * 1000] * 100_000
    started = time.thread_time()
    assert len(joined_text(parts)) == 100_000_000
    assert time.thread_time() - started < 2


@given(st.text("ab"), st.integers(1, 5), st.integers(0, 5))
def test_looking_in_pieces_sees_as_much_as_in_one_go(text: str, size: int, number: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_pieces, "PIECE", size)
        assert holds(ABB, text, len("abb")) == ("abb" in text)
        assert holds_more(text, "a", number) == (text.count("a") > number)
        assert holds_more(text, "ab", number) == (len(text) > number)
