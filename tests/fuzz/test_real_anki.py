"""The doors of a real Anki: whatever comes, there is an answer, and the collection is as it was."""

from __future__ import annotations

import json
from typing import Any, Iterator, List

import anki.collection  # first: Anki's modules import each other in a ring
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import actions
from plugin.registry import ACTIONS, Scope
from tests.anki.robustness.wire import everything
from tests.fuzz.effort import tried
from tests.fuzz.test_doors import STATUSES, exchange, replies
from tests.fuzz.wild_bytes import CUTS, STREAMS, pieces
from tests.fuzz.wild_json import EXAMPLES, bodies, variants
from tests.given import prepare_in
from tests.real_anki import RealAnki

assert actions is not None  # importing them fills the registry

READING = sorted(
    name for name, action in ACTIONS.items() if action.scope is Scope.READ and name in EXAMPLES
)
# With a parameter that no action has, none is carried out, whatever else is asked.
NEVER = "noSuchParameter"


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    found = RealAnki(tmp_path_factory.mktemp("fuzz")).start()
    try:
        prepare_in(found)
        yield found
        found.close()
    finally:
        found.kill()


@pytest.fixture(scope="module")
def port(anki: RealAnki) -> int:
    return anki.port


@pytest.fixture(autouse=True)
def _nothing_changes(anki: RealAnki) -> Iterator[None]:
    before = everything(anki)
    yield
    assert everything(anki) == before
    assert "unexpectedly" not in anki.log
    anki.check_log()


@tried(0.02)
@given(STREAMS, CUTS)
def test_whatever_bytes_come(port: int, stream: bytes, cuts: List[int]) -> None:
    found = replies(exchange(port, pieces(stream, cuts)))
    assert {status for status, _, _ in found} <= STATUSES


@tried(0.02)
@given(bodies(READING))
def test_whatever_is_read(anki: RealAnki, body: bytes) -> None:
    assert_answered(anki, body)


@tried(0.02)
@given(variants(sorted(set(EXAMPLES) & set(ACTIONS))), st.booleans())
def test_whatever_is_refused(anki: RealAnki, asked: Any, ascii_only: bool) -> None:
    params = asked.get("params") if isinstance(asked, dict) else None
    if isinstance(params, dict) and asked.get("action") not in ("multi", "requestPermission"):
        asked = {**asked, "params": {**params, NEVER: 1}}
        body = json.dumps(asked, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
        assert_answered(anki, body, refused=True)


def assert_answered(anki: RealAnki, body: bytes, refused: bool = False) -> None:
    reply = anki.http("POST", "/", body)
    assert reply.status == 200
    found = reply.json()
    failed = isinstance(found, dict) and found.get("error") is not None
    assert failed or not refused
    if failed:
        assert "unexpected problem" not in str(found["error"])
