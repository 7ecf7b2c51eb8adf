"""Anki's texts, made fit for programs."""

import pytest

from plugin.texts import without_isolates

TEXTS = [
    ("", ""),
    ("plain", "plain"),
    ("\u2068Spanish\u2069: \u20687\u2069 cards", "Spanish: 7 cards"),
    ("\u2066left\u2069 \u2067right\u2069", "left right"),
    # Marks that belong to a language stay.
    ("می\u200cخواهم \u200fא", "می\u200cخواهم \u200fא"),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS, ids=[ascii(text) for text, _ in TEXTS])
def test_without_isolates(text: str, expected: str) -> None:
    assert without_isolates(text) == expected
