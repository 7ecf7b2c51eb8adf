"""Replies as they are written."""

import pytest

from plugin.web.messages import JSON_TYPE, Response
from plugin.web.replies import UnsendableError, encode


def written(response: Response, *, keep: bool = True, head_only: bool = False) -> bytes:
    return b"".join(encode(response, keep=keep, head_only=head_only, joined=100))


def test_a_reply_states_length_type_and_closing() -> None:
    lines = written(Response(body=b"abc", headers=(("X", "y"),)), keep=False).split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert {b"Connection: close", b"Content-Length: 3", b"X: y"} <= set(lines)
    assert b"Content-Type: " + JSON_TYPE.encode() in lines
    assert lines[-2:] == [b"", b"abc"]


def test_the_reply_to_head_has_the_length_but_no_body() -> None:
    reply = written(Response(body=b"abc"), head_only=True)
    assert b"Content-Length: 3\r\n" in reply
    assert reply.endswith(b"\r\n\r\n")


def test_204_has_neither_length_nor_body() -> None:
    reply = written(Response(204, b"abc"))
    assert b"Content-" not in reply
    assert reply.endswith(b"\r\n\r\n")


def test_large_bodies_are_not_copied_behind_their_head() -> None:
    body = b"x" * 101
    assert encode(Response(body=body), keep=True, head_only=False, joined=100)[1] is body


@pytest.mark.parametrize(
    "response",
    [
        Response(headers=(("X", "a\r\nY: b"),)),
        Response(headers=(("X\r\nY", "b"),)),
        Response(headers=(("X", "日本"),)),
        Response(headers=(("Content-Length", "3"),)),
        Response(content_type="a\nb"),
        Response(100),
        Response(999),
    ],
)
def test_what_would_break_the_framing_is_not_written(response: Response) -> None:
    with pytest.raises(UnsendableError):
        written(response)
