"""Requests that are nearly good: those of the examples, with parts replaced, left out, doubled or hidden."""

from __future__ import annotations

import copy
import json
from typing import Any, Dict, List

from hypothesis import strategies as st

from tools.examples import all_examples

EXAMPLES: Dict[str, Any] = {each.action: each.success.request for each in all_examples()}
DEEP: Any = 1
for _ in range(40):
    DEEP = [DEEP]
# A fixed stock rather than values made up each time: that would take longer than all the rest.
SCALARS = [
    None, True, False, 0, 1, -1, 6, 1.5, -0.0, 1e300, 2**53, 2**63, -(2**63), 10**30, 10**399, "", "x", " ", "\0",
    "\ud800", "é" * 300, "Default", "nid:1", "../x", "<b>", "'", '"', "%s", "{}", "*", "re:(", "a" * 9000, "\n", "漢字",
    "null", "6", "true", "2026-01-01", "\u202e", "http://", "file:///etc/passwd", "AAAA", "=", "::", "a::b",
]  # fmt: skip
STOCK: List[Any] = [
    *SCALARS,
    *([each] for each in SCALARS),
    *({"x": each} for each in SCALARS),
    *([[each]] for each in SCALARS[:12]),
    *({"id": each, "fields": {"Front": each}} for each in SCALARS[:20]),
    [], {}, [[]], [{}], {"": ""}, {"x": {"x": {"x": []}}}, SCALARS, [1, "x", None, [], {}], DEEP, [1] * 1000,
]  # fmt: skip


def from_stock(number: int) -> Any:
    return copy.deepcopy(STOCK[number])


VALUES = st.integers(0, len(STOCK) - 1).map(from_stock)
NAMES = st.sampled_from(
    [
        "action",
        "version",
        "params",
        "key",
        "notes",
        "cards",
        "deck",
        "query",
        "self",
        "col",
        "__class__",
        "",
    ]
)
STEPS = st.lists(st.integers(0, 6), min_size=1, max_size=4)
KINDS = st.sampled_from(["replace", "replace", "drop", "rename", "wrap", "repeat"])


def changed(value: Any, steps: List[int], kind: str, new: Any, name: str) -> Any:
    """The value with a change somewhere within; `steps` lead there as far as they can."""
    if steps and isinstance(value, (dict, list)) and value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        at = keys[steps[0] % len(keys)]
        if len(steps) == 1 and kind in ("drop", "rename", "repeat"):
            return reshaped(value, at, kind, name)
        value[at] = changed(value[at], steps[1:], kind, new, name)
        return value
    return [value] if kind == "wrap" else new


def reshaped(value: Any, at: Any, kind: str, name: str) -> Any:
    if isinstance(value, list):
        return value * 50 if kind == "repeat" else [one for n, one in enumerate(value) if n != at]
    if kind == "repeat":
        return {**value, name: value[at]}
    member = value.pop(at)
    return {**value, name: member} if kind == "rename" else value


def variants(names: List[str]) -> "st.SearchStrategy[Any]":
    """Requests for one of these actions, each with one to three changes."""

    def put_together(action: str, changes: List[Any]) -> Any:
        request = copy.deepcopy(EXAMPLES[action])
        for steps, kind, new, name in changes:
            request = changed(request, steps, kind, new, name)
        return request

    change = st.tuples(STEPS, KINDS, VALUES, NAMES)
    return st.builds(put_together, st.sampled_from(names), st.lists(change, min_size=1, max_size=3))


def encoded(value: Any, ascii_only: bool) -> bytes:
    return json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")


JSON_TOKENS = [b"{", b"}", b"[", b"]", b":", b",", b'"', b"\\", b"\\u0000", b"\\ud800", b"1e999", b"NaN",
               b"-", b"null", b'"action"', b'"params"', b'"version"', b"\xff", b"\xef\xbb\xbf", b"[" * 200]  # fmt: skip


def bodies(names: List[str]) -> "st.SearchStrategy[bytes]":
    """Bodies of requests, and what is left when bytes of them are changed."""
    good = st.builds(encoded, variants(names) | VALUES, st.booleans())
    soup = st.lists(st.sampled_from(JSON_TOKENS) | st.binary(max_size=4), max_size=12).map(b"".join)
    token = st.sampled_from(JSON_TOKENS)
    spoilt = st.builds(
        lambda body, at, put_in: (
            body[: at % (len(body) + 1)] + put_in + body[at % (len(body) + 1) :]
        ),
        good,
        st.integers(0, 500),
        token,
    )
    return good | good | soup | spoilt
