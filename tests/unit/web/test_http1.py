"""What the bytes of a request mean, without any socket."""

import json
import random
from typing import List, Optional, Tuple

import pytest

from plugin.web.bodies import Refused
from plugin.web.http1 import Incoming, Opening
from plugin.web.limits import LIMITS
from plugin.web.messages import Response
from tests.unit.web.serving import allowance

HOST = b"Host: localhost\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST


def read(incoming: Incoming, limit: int = 1000) -> Optional[Tuple[Opening, bytes]]:
    opening = incoming.next_head()
    if opening is None:
        return None
    incoming.begin_body(opening, allowance(limit))
    body = incoming.next_body()
    assert body is not None
    return opening, body


def parse(data: bytes, limit: int = 1000) -> Tuple[Opening, bytes]:
    incoming = Incoming("127.0.0.1", LIMITS)
    incoming.feed(data)
    found = read(incoming, limit)
    assert found is not None
    return found


def refused(data: bytes, limit: int = 1000) -> Response:
    with pytest.raises(Refused) as caught:
        parse(data, limit)
    return caught.value.response


def feed_slowly(data: bytes) -> None:
    incoming = Incoming("127.0.0.1", LIMITS)
    opening = None
    for byte in data:
        incoming.feed(bytes([byte]))
        if opening is None:
            opening = incoming.next_head()
            if opening is not None:
                incoming.begin_body(opening, allowance(1000))
        if opening is not None:
            incoming.next_body()


def chunked(body: bytes) -> bytes:
    return POST + b"Transfer-Encoding: chunked\r\n\r\n" + body


def with_fields(fields: bytes) -> bytes:
    return POST + fields + b"\r\n"


LONG = b"a" * 20_000

REFUSED = [
    ("not HTTP", b"hello\r\n\r\n", 400),
    ("HTTP/0.9", b"GET /\r\n\r\n", 400),
    ("two blanks", b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("lower-case protocol", b"GET / http/1.1\r\n" + HOST + b"\r\n", 400),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\n", 505),
    ("HTTP/1.2", b"GET / HTTP/1.2\r\n" + HOST + b"\r\n", 505),
    ("non-ASCII target", b"GET /\xc3\xa4 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("target without slash", b"GET x HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("star with GET", b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("user in target", b"GET http://a@b/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    ("DELETE", b"DELETE / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    ("CONNECT", b"CONNECT a:1 HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    ("unknown method", b"BREW / HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    ("method in lower case", b"get / HTTP/1.1\r\n" + HOST + b"\r\n", 501),
    ("long request line", b"GET /" + LONG + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    ("long header line", with_fields(b"X: " + LONG + b"\r\n"), 431),
    ("large headers", with_fields(b"X: %s\r\n" % LONG[:14_000] * 6), 431),
    ("many headers", with_fields(b"X: 1\r\n" * 101), 431),
    ("no Host", b"GET / HTTP/1.1\r\n\r\n", 400),
    ("two Hosts", with_fields(HOST), 400),
    ("two Hosts in HTTP/1.0", b"GET / HTTP/1.0\r\n" + HOST + HOST + b"\r\n", 400),
    ("folded header", with_fields(b"X: 1\r\n 2\r\n"), 400),
    ("folded first header", b"GET / HTTP/1.1\r\n " + HOST + b"\r\n", 400),
    ("blank before colon", with_fields(b"X : 1\r\n"), 400),
    ("no colon", with_fields(b"X\r\n"), 400),
    ("no name", with_fields(b": 1\r\n"), 400),
    ("blank in name", with_fields(b"X Y: 1\r\n"), 400),
    ("NUL in value", with_fields(b"X: \0\r\n"), 400),
    ("control in value", with_fields(b"X: \x1b\r\n"), 400),
    ("bare CR", with_fields(b"X: 1\rY: 2\r\n"), 400),
    ("bare LF between fields", with_fields(b"X: 1\nY: 2\r\n"), 400),
    ("bare LF ends head", b"GET / HTTP/1.1\nHost: x\n\n", 400),
    ("negative length", with_fields(b"Content-Length: -1\r\n"), 400),
    ("signed length", with_fields(b"Content-Length: +1\r\n"), 400),
    ("hex length", with_fields(b"Content-Length: 0x1\r\n"), 400),
    ("fraction", with_fields(b"Content-Length: 1.0\r\n"), 400),
    ("underscore", with_fields(b"Content-Length: 1_0\r\n"), 400),
    ("foreign digits", with_fields(b"Content-Length: \xb2\r\n"), 400),
    ("empty length", with_fields(b"Content-Length:\r\n"), 400),
    ("list of lengths", with_fields(b"Content-Length: 1, 1\r\n"), 400),
    ("absurd length", with_fields(b"Content-Length: " + b"9" * 40 + b"\r\n"), 400),
    ("same length twice", with_fields(b"Content-Length: 0\r\n" * 2), 400),
    ("two lengths", with_fields(b"Content-Length: 0\r\ncontent-length: 1\r\n"), 400),
    ("both framings", with_fields(b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400),
    ("gzip, chunked", with_fields(b"Transfer-Encoding: gzip, chunked\r\n"), 501),
    ("unknown coding", with_fields(b"Transfer-Encoding: xchunked\r\n"), 501),
    ("identity coding", with_fields(b"Transfer-Encoding: identity\r\n"), 501),
    ("chunked twice", with_fields(b"Transfer-Encoding: chunked\r\n" * 2), 501),
    (
        "chunked in HTTP/1.0",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    ("compressed", with_fields(b"Content-Encoding: gzip\r\n"), 415),
    ("unknown expectation", with_fields(b"Expect: tea\r\n"), 417),
    ("too large", with_fields(b"Content-Length: 1001\r\n"), 413),
    ("too large in one chunk", chunked(b"3e9\r\n"), 413),
    ("too large in sum", chunked(b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\n"), 413),
    ("chunk size not hex", chunked(b"xyz\r\n"), 400),
    ("chunk size begins wrong", chunked(b"-"), 400),
    ("negative chunk", chunked(b"-1\r\n"), 400),
    ("chunk size with 0x", chunked(b"0x1\r\n"), 400),
    ("absurd chunk size", chunked(b"1" * 17 + b"\r\n"), 400),
    ("no chunk size", chunked(b"\r\n"), 400),
    ("bare LF after chunk size", chunked(b"1\nx\r\n0\r\n\r\n"), 400),
    ("chunk longer than stated", chunked(b"1\r\nxy\r\n0\r\n\r\n"), 400),
    ("bare LF after chunk", chunked(b"1\r\nx\n0\r\n\r\n"), 400),
    ("long extension", chunked(b"1;" + LONG), 400),
    ("long extensions in sum", chunked(b"1;%s\r\nx\r\n" % LONG[:4000] * 20), 400),
    ("control in extension", chunked(b"1;\0\r\n"), 400),
    ("CR in extension", chunked(b"1;\rx\r\n"), 400),
    ("trailer without colon", chunked(b"0\r\nx\r\n\r\n"), 400),
    ("bare LF after trailer", chunked(b"0\r\nX: 1\n\r\n"), 400),
    ("long trailers", chunked(b"0\r\n" + b"X: 123456789\r\n" * 2000), 431),
]


@pytest.mark.parametrize(
    ("data", "status"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_a_malformed_request_is_refused(data: bytes, status: int) -> None:
    response = refused(data)
    assert response.status == status
    assert len(json.loads(response.body)["error"]) > 20


@pytest.mark.parametrize(
    ("data", "status"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_it_is_refused_just_so_when_it_comes_byte_by_byte(data: bytes, status: int) -> None:
    with pytest.raises(Refused) as caught:
        feed_slowly(data)
    assert caught.value.response.status == status


def test_405_names_the_allowed_methods() -> None:
    response = refused(b"PATCH / HTTP/1.1\r\n" + HOST + b"\r\n")
    assert response.headers == (("Allow", "GET, HEAD, POST, PUT, OPTIONS"),)


def test_too_large_a_body_gets_the_words_that_the_application_has_for_it() -> None:
    assert b"More than 1000 bytes" in refused(with_fields(b"Content-Length: 1001\r\n")).body
    assert b"More than 1000 bytes" in refused(chunked(b"3e9\r\n")).body


EARLY = [
    ("TLS", b"\x16\x03\x01\x02\x00\x01", 400),
    ("a line of something else", b"SSH-2.0-client\r\n", 400),
    ("bare LF", b"GET / HTTP/1.1\nHo", 400),
    ("endless request line", b"GET /" + LONG, 414),
    ("endless header line", POST + b"X: " + LONG, 431),
    ("endless headers", POST + b"X: 123\r\n" * 9000, 431),
    ("nothing but empty lines", b"\r\n" * 100, 400),
]


@pytest.mark.parametrize(("data", "status"), [row[1:] for row in EARLY], ids=[r[0] for r in EARLY])
def test_what_cannot_become_right_is_refused_before_its_end(data: bytes, status: int) -> None:
    assert refused(data).status == status


def test_a_whole_request_is_read() -> None:
    opening, body = parse(b"PUT /a?b=c HTTP/1.1\r\nhOST:x\r\nContent-LENGTH: \t3 \t\r\n\r\nabc")
    head = opening.head
    assert (head.method, head.target, head.path, head.version) == ("PUT", "/a?b=c", "/a", (1, 1))
    assert head.headers.get("Host") == "x"
    assert (head.peer, opening.keep, opening.expects, body) == ("127.0.0.1", True, False, b"abc")


def test_a_full_address_as_target_decides_the_host() -> None:
    opening, _ = parse(b"GET HTTP://other:1/x?y HTTP/1.1\r\n" + HOST + b"\r\n")
    assert opening.head.headers.all("host") == ["other:1"]
    assert opening.head.path == "/x"


def test_options_may_ask_for_the_server_as_a_whole() -> None:
    assert parse(b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n")[0].head.path == "*"


@pytest.mark.parametrize(
    ("version", "fields", "keep"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: close\r\n", False),
        (b"1.1", b"Connection: x, Close\r\n", False),
        (b"1.1", b"Connection: keep-alive\r\nConnection: close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: Keep-Alive\r\n", True),
    ],
)
def test_keeping_the_connection(version: bytes, fields: bytes, *, keep: bool) -> None:
    opening, _ = parse(b"GET / HTTP/" + version + b"\r\n" + HOST + fields + b"\r\n")
    assert opening.keep is keep


@pytest.mark.parametrize(("version", "expects"), [(b"1.1", True), (b"1.0", False)])
def test_expecting_continue(version: bytes, *, expects: bool) -> None:
    head = b"POST / HTTP/%s\r\n%sExpect: 100-Continue\r\n\r\n" % (version, HOST)
    assert parse(head)[0].expects is expects


CHUNKED = chunked(
    b'5;a=b; c="d"\r\nhello\r\n00000001 ;x\r\n \r\nA\r\n0123\r\n6789\r\n0\r\nX: y\r\nZ:\r\n\r\n'
)


def test_chunks_are_put_together() -> None:
    assert parse(CHUNKED)[1] == b"hello 0123\r\n6789"


def test_requests_in_a_row_come_out_whole_however_they_are_cut() -> None:
    requests = [CHUNKED, POST + b"Content-Length: 3\r\n\r\nabc", b"\r\n" + with_fields(b"")]
    stream = b"".join(requests) * 20
    dice = random.Random(1)
    for _ in range(20):
        incoming, rest, found = Incoming("", LIMITS), stream, []
        opening: Optional[Opening] = None
        while rest:
            size = dice.choice([1, 2, 7, 100, 1000])
            incoming.feed(rest[:size])
            rest = rest[size:]
            opening = _read_all(incoming, opening, found)
        assert found == [b"hello 0123\r\n6789", b"abc", b""] * 20
        assert incoming.empty
        assert not incoming.begun


def _read_all(
    incoming: Incoming, opening: Optional[Opening], found: List[bytes]
) -> Optional[Opening]:
    while True:
        if opening is None:
            opening = incoming.next_head()
            if opening is None:
                return None
            incoming.begin_body(opening, allowance(1000))
        body = incoming.next_body()
        if body is None:
            return opening
        found.append(body)
        opening = None


@pytest.mark.parametrize("step", [900_000, 1_000_003, 4_000_000])
def test_a_large_body_is_not_copied_as_a_whole(step: int) -> None:
    body = random.Random(2).randbytes(3_000_000)
    incoming = Incoming("127.0.0.1", LIMITS)
    incoming.feed(POST + f"Content-Length: {len(body)}\r\n\r\n".encode())
    opening = incoming.next_head()
    assert opening is not None
    incoming.begin_body(opening, allowance(len(body)))
    found = None
    for start in range(0, len(body), step):
        assert found is None
        part = body[start : start + step]
        incoming.feed(part if len(part) == step else part + POST)
        assert incoming.missing <= len(body) - start
        found = incoming.next_body()
    assert type(found) is bytearray
    assert found == body
    assert incoming.begun  # what follows is the next request
