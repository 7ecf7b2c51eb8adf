"""Bytes that are nearly HTTP: good requests, cut up, put together anew, and strewn with what parsers stumble on."""

from __future__ import annotations

from typing import List, Tuple

from hypothesis import strategies as st

BODY = b'{"action": "version", "version": 6}'
HOST = b"Host: localhost\r\n"
TOKENS = [
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b" ",
    b"\t",
    b"\0",
    b":",
    b";",
    b",",
    b"0",
    b"0\r\n\r\n",
    b"f" * 16 + b"\r\n",
    b"\xff",
    b"GET / HTTP/1.1\r\n",
    b"HEAD / HTTP/1.1\r\n",
    b"POST / HTTP/1.1\r\n",
    b"POST / HTTP/1.0\r\n",
    b"POST http://localhost/ HTTP/1.1\r\n",
    b"OPTIONS * HTTP/1.1\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    HOST,
    b"Host: evil.example\r\n",
    b"Origin: https://evil.example\r\n",
    b"Origin: http://localhost\r\n",
    b"Content-Length: %d\r\n" % len(BODY),
    b"Content-Length: 0\r\n",
    b"Content-Length: -1\r\n",
    b"content-length:\r\n",
    b"Content-Length : 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Content-Encoding: gzip\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Upgrade: websocket\r\n",
    b"X: " + b"y" * 17_000,
    b"%x\r\n%s\r\n" % (len(BODY), BODY),
    BODY,
    b"{",
]
METHODS = [b"POST", b"PUT", b"GET", b"HEAD", b"OPTIONS", b"DELETE", b"BREW", b"post", b""]
TARGETS = [b"/", b"/x?y=z", b"*", b"http://localhost/", b"http://evil.example/", b"x", b""]
VERSIONS = [b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/1.2", b"http/1.1", b""]
FIELDS = [token for token in TOKENS if token.endswith(b"\r\n") and b":" in token]
FRAMINGS = [
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY) + 1, BODY),
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY) - 1, BODY),
    b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    b"Transfer-Encoding: chunked\r\n\r\n%x;a=b\r\n%s\r\n0\r\nX: y\r\n\r\n" % (len(BODY), BODY),
    b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY) - 1, BODY),
    b"\r\n",
    b"\r\n" + BODY,
]

SOUP = st.lists(st.sampled_from(TOKENS) | st.binary(max_size=6), max_size=12).map(b"".join)
MOSTLY = st.builds(
    lambda method, target, version, fields, framing: b"".join(
        (method, b" ", target, b" ", version, b"\r\n", HOST, *fields, framing)
    ),
    st.just(b"POST") | st.sampled_from(METHODS),
    st.just(b"/") | st.sampled_from(TARGETS),
    st.just(b"HTTP/1.1") | st.sampled_from(VERSIONS),
    st.lists(st.sampled_from(FIELDS), max_size=3),
    st.sampled_from(FRAMINGS),
)


def spoil(data: bytes, places: List[Tuple[int, int, bytes]]) -> bytes:
    """At each place some bytes are left out and others put in."""
    for at, left_out, put_in in places:
        start = at % (len(data) + 1)
        data = data[:start] + put_in + data[start + left_out :]
    return data


PLACE = st.tuples(
    st.integers(0, 400), st.integers(0, 3), st.sampled_from(TOKENS) | st.binary(max_size=2)
)
REQUESTS = SOUP | MOSTLY | st.builds(spoil, MOSTLY, st.lists(PLACE, min_size=1, max_size=3))
STREAMS = st.lists(REQUESTS, min_size=1, max_size=3).map(b"".join)
CUTS = st.lists(st.integers(1, 300), max_size=3)


def pieces(data: bytes, cuts: List[int]) -> List[bytes]:
    """The bytes in several pieces; the last one is the rest."""
    found = []
    for cut in cuts:
        found.append(data[:cut])
        data = data[cut:]
    return [piece for piece in (*found, data) if piece]
