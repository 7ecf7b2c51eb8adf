"""Whatever bytes come in: one reply of JSON comes out, quickly, with an error that says something."""

import json
import logging
from typing import Any, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.config import DEFAULTS
from plugin.web.app import App
from plugin.web.messages import Head, Headers, Request
from tests.unit.toys import Desk, toy_actions

HEAD = Head("POST", "/", (1, 1), Headers([("Host", "localhost")]), "127.0.0.1")
KEY = "kT3vX9wq2LrZp8NsYb4u"
KNOWN = [
    "version",
    "echo",
    "toysInfo",
    "moveToys",
    "buildToy",
    "guiBrowse",
    "browse",
    "useKey",
    "fail",
    "multi",
    "requestPermission",
]
MEMBERS = [
    "action",
    "version",
    "params",
    "key",
    "actions",
    "toys",
    "limit",
    "how",
    "value",
    "query",
]


@pytest.fixture(scope="module", autouse=True)
def _toys() -> Iterator[None]:
    logging.disable()  # unexpected failures are meant to be logged, and there are many
    with toy_actions():
        yield
    logging.disable(logging.NOTSET)


TEXTS = st.text(max_size=8) | st.sampled_from(
    [*KNOWN, "unexpected", "panic", KEY, "\ud800", "\x00"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([4, 5, 6, 6.0, 10**399, 10**500])
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(MEMBERS) | TEXTS, inner, max_size=4)
    ),
    max_leaves=15,
)
# Objects that look like requests, so that most get past the first checks.
REQUESTS = st.recursive(
    st.fixed_dictionaries(
        {"action": st.sampled_from(KNOWN)},
        optional={
            "version": st.sampled_from([1, 4, 5, 6]) | SCALARS,
            "params": st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=3) | VALUES,
            "key": st.just(KEY) | SCALARS,
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {
            "action": st.just("multi"),
            "params": st.fixed_dictionaries({"actions": st.lists(inner | VALUES, max_size=4)}),
        },
        optional={"version": st.sampled_from([4, 6]), "key": st.just(KEY) | SCALARS},
    ),
    max_leaves=5,
)
BODIES = (
    st.binary()
    | st.text(st.sampled_from('{}[]":,0123456789eE+-.truefalsn\\u ')).map(str.encode)
    | (VALUES | REQUESTS).map(lambda value: json.dumps(value).encode())
    | (VALUES | REQUESTS).map(
        lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )
)


def answered(body: bytes, key: str) -> Any:
    response = App(Desk(key).ask, lambda: DEFAULTS).answer(Request(HEAD, body))
    assert response.status == 200
    return json.loads(response.body.decode("utf-8"))


def is_failure(reply: Any) -> bool:
    return isinstance(reply, dict) and set(reply) == {"result", "error"} and bool(reply["error"])


@given(BODIES)
def test_every_body_has_a_reply(body: bytes) -> None:
    reply = answered(body, "")
    if is_failure(reply):
        assert reply["result"] is None
        assert reply["error"].strip() == reply["error"]
        assert len(reply["error"]) < 1_000


@given(REQUESTS)
def test_with_a_key_nothing_is_told_to_those_who_lack_it(request: Any) -> None:
    sent = json.dumps(request)
    if KEY in sent or request["action"] == "requestPermission":
        return
    reply = answered(sent.encode(), KEY)
    assert is_failure(reply)
    assert KEY not in reply["error"]


@given(st.lists(REQUESTS | VALUES, max_size=5))
def test_multi_answers_as_single_requests_do(entries: Any) -> None:
    together = answered(
        json.dumps({"action": "multi", "params": {"actions": entries}}).encode(), ""
    )
    alone = [answered(json.dumps(entry).encode(), "") for entry in entries]
    if not is_failure(together):  # the body as a whole was read
        assert together == alone
