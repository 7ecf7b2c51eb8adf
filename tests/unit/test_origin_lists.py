"""Moving origins between the lists of a configuration."""

from typing import Any, Dict, Optional

import pytest

from plugin.origin_lists import ALLOWED, EXTRA, IGNORED, RIGHTS, placed

PAGE = "https://example.com"
OTHER = "https://other.example"


@pytest.mark.parametrize(
    ("raw", "key", "after"),
    [
        ({}, ALLOWED, {ALLOWED: ["http://localhost", PAGE]}),
        ({}, IGNORED, {IGNORED: [PAGE]}),
        ({}, None, {}),
        ({ALLOWED: [PAGE, OTHER]}, None, {ALLOWED: [OTHER]}),
        ({ALLOWED: [PAGE], IGNORED: []}, IGNORED, {ALLOWED: [], IGNORED: [PAGE]}),
        ({ALLOWED: [], IGNORED: [OTHER, PAGE]}, ALLOWED, {ALLOWED: [PAGE], IGNORED: [OTHER]}),
        # However it was spelt, and as often as it stands there
        ({ALLOWED: ["HTTPS://Example.com/", PAGE]}, None, {ALLOWED: []}),
        ({ALLOWED: [PAGE], EXTRA: PAGE}, None, {ALLOWED: [], EXTRA: None}),
        ({ALLOWED: [PAGE], EXTRA: OTHER}, None, {ALLOWED: [], EXTRA: OTHER}),
        ({ALLOWED: [], EXTRA: PAGE}, ALLOWED, {ALLOWED: [PAGE], EXTRA: PAGE}),
        # What is no origin is left to its writer
        ({ALLOWED: [5, "x y", PAGE]}, None, {ALLOWED: [5, "x y"]}),
        ({ALLOWED: "https://example.com"}, None, {ALLOWED: "https://example.com"}),
        # What was decided about its rights goes when it is forgotten, not when it is ignored
        (
            {ALLOWED: [PAGE], RIGHTS: {"HTTPS://Example.com": ["read"], OTHER: [], "anki": []}},
            None,
            {ALLOWED: [], RIGHTS: {OTHER: [], "anki": []}},
        ),
        (
            {ALLOWED: [PAGE], RIGHTS: {PAGE: ["read"]}},
            IGNORED,
            {ALLOWED: [], IGNORED: [PAGE], RIGHTS: {PAGE: ["read"]}},
        ),
        ({ALLOWED: [PAGE], RIGHTS: "nonsense"}, None, {ALLOWED: [], RIGHTS: "nonsense"}),
        ({"apiKey": "k", ALLOWED: [PAGE]}, ALLOWED, {"apiKey": "k", ALLOWED: [PAGE]}),
    ],
)
def test_placed(raw: Dict[str, Any], key: Optional[str], after: Dict[str, Any]) -> None:
    before = repr(raw)
    assert placed(raw, PAGE, key) == after
    assert repr(raw) == before


def test_forgetting_localhost_writes_the_default_without_it() -> None:
    assert placed({}, "http://localhost", None) == {ALLOWED: []}


def test_the_entry_for_all_can_be_forgotten() -> None:
    assert placed({ALLOWED: ["*", PAGE]}, "*", None) == {ALLOWED: [PAGE]}
