"""HTTP as RFC 9110 and 9112 have it, and what is no HTTP: a row a case, over sockets to a real Anki.

Whatever is refused would make a deck if it were carried out, and so would the request behind it.
"""

from __future__ import annotations

import json
import time
from typing import Any, Iterator, List, NamedTuple, Optional, Tuple

import pytest

from tests.anki.robustness.wire import (
    SMUGGLE,
    SMUGGLED,
    VERSION,
    Client,
    assert_serves_at_once,
    connected,
    everything,
    half_close,
    post,
    request,
    result,
)
from tests.real_anki import RealAnki
from tests.unit.web.test_http1 import EARLY, REFUSED

HOST = b"Host: localhost\r\n"
LIMIT = 64 * 2**20
CHUNKED = b"Transfer-Encoding: chunked\r\n"
BANNER = b'{"apiVersion": "AnkiConnect v.6"}'
PIPELINED = 50


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    """One Anki for all rows; whatever was refused has to have left it as it was."""
    found = RealAnki(tmp_path_factory.mktemp("http"), config={"webMaxBodyMB": 64}).start()
    try:
        before = everything(found)
        yield found
        assert everything(found) == before
        found.close()
    finally:
        found.kill()


def head(start: bytes = b"POST / HTTP/1.1", *fields: bytes) -> bytes:
    return b"".join(line + b"\r\n" for line in (start, HOST.strip(), *fields, b""))


def sized(body: bytes, *fields: bytes, start: bytes = b"POST / HTTP/1.1") -> bytes:
    return head(start, *fields, b"Content-Length: %d" % len(body)) + body


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end


def in_chunks(body: bytes) -> bytes:
    return head(b"POST / HTTP/1.1", CHUNKED.strip()) + body


HALF = len(VERSION) // 2


class Good(NamedTuple):
    """What is sent, how the body of the reply begins, and whether the connection is kept."""

    name: str
    sent: bytes
    body: bytes = b'{"result":6'
    kept: bool = True
    bodiless: bool = False


GOOD = [
    Good("plain", sized(VERSION)),
    Good("PUT", sized(VERSION, start=b"PUT / HTTP/1.1")),
    Good("any path", sized(VERSION, start=b"POST /a/b?c=d HTTP/1.1")),
    Good("absolute target", sized(VERSION, start=b"POST http://127.0.0.1:1/x HTTP/1.1")),
    Good("absolute target, its Host counts", sized(VERSION, start=b"POST http://[::1] HTTP/1.1")),
    Good("any content type", sized(VERSION, b"Content-Type: application/x-www-form-urlencoded")),
    Good("header names in capitals", sized(VERSION).replace(b"Content-Length", b"CONTENT-LENGTH")),
    Good("no blank after the colon", sized(VERSION).replace(b": ", b":", 2)),
    Good("blanks around a value", sized(VERSION).replace(b"localhost\r", b"\t localhost \t\r")),
    Good("leading zeros", sized(VERSION).replace(b"Length: ", b"Length: 000")),
    Good("empty lines before", b"\r\n\r\n" + sized(VERSION)),
    Good("empty header value", sized(VERSION, b"X-Empty:")),
    Good("bytes beyond ASCII in a value", sized(VERSION, b"X-Name: \xc3\xa4\xff")),
    Good("100 header fields", head(b"GET / HTTP/1.1", *[b"X: 1"] * 99), BANNER),
    Good("upgrade ignored", sized(VERSION, b"Connection: Upgrade", b"Upgrade: websocket")),
    Good("h2c ignored", sized(VERSION, b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c")),
    Good("identity", sized(VERSION, b"Content-Encoding: identity")),
    Good("chunk", in_chunks(chunks(VERSION))),
    Good("chunks", in_chunks(chunks(VERSION[:1], VERSION[1:HALF], VERSION[HALF:]))),
    Good("a chunk a byte", in_chunks(chunks(*(bytes([each]) for each in VERSION)))),
    Good("chunk extension", in_chunks(chunks(VERSION).replace(b"\r\n", b';a=b;c="d"\r\n', 1))),
    Good("trailers", in_chunks(chunks(VERSION, end=b"0\r\nX: 1\r\nHost: evil\r\n\r\n"))),
    Good("size with leading zeros", in_chunks(b"00" + chunks(VERSION))),
    Good("Chunked in another case", in_chunks(chunks(VERSION)).replace(b"chunked", b"CHUNKED")),
    Good("GET", head(b"GET / HTTP/1.1"), BANNER),
    Good("GET with a query", head(b"GET /?action=createDeck&deck=smuggled HTTP/1.1"), BANNER),
    Good("HEAD", head(b"HEAD / HTTP/1.1"), b"", bodiless=True),
    Good("HEAD with a body", sized(VERSION, start=b"HEAD / HTTP/1.1"), b"", bodiless=True),
    Good("OPTIONS", head(b"OPTIONS / HTTP/1.1"), b""),
    Good("OPTIONS *", head(b"OPTIONS * HTTP/1.1"), b""),
    Good("POST without a body", head(), BANNER),
    Good("blank body", sized(b" \r\n"), BANNER),
    Good("close", sized(VERSION, b"Connection: close"), kept=False),
    Good("close among others", sized(VERSION, b"Connection: x, CLOSE"), kept=False),
    Good("HTTP/1.0", sized(VERSION, start=b"POST / HTTP/1.0"), kept=False),
    Good("HTTP/1.0 kept", sized(VERSION, b"Connection: keep-alive", start=b"POST / HTTP/1.0")),
    Good("HTTP/1.0 without Host", b"GET / HTTP/1.0\r\n\r\n", BANNER, kept=False),
]


class Bad(NamedTuple):
    """What is sent, the status, and a word that the refusal has to hold."""

    name: str
    sent: bytes
    status: int
    word: str = ""


def refused_length(name: str, value: bytes) -> Bad:
    sent = head(b"POST / HTTP/1.1", b"Content-Length: " + value) + SMUGGLE
    return Bad(f"length {name}", sent, 400, "Length")


BAD = [
    *(Bad(*row) for row in REFUSED if not row[0].startswith("too large")),
    *(Bad(*row) for row in EARLY),
    refused_length("with comma", b"%d, %d" % (len(SMUGGLE), len(SMUGGLE))),
    refused_length("with two values", b"0, %d" % len(SMUGGLE)),
    refused_length("with blank", b"5 5"),
    refused_length("with exponent", b"1e2"),
    refused_length("with sign", b"+%d" % len(SMUGGLE)),
    refused_length("minus zero", b"-0"),
    refused_length("in Arabic digits", "٥٠".encode()),
    refused_length("beyond 64 bits", b"18446744073709551617"),
    Bad("length and chunked", in_chunks(b"0\r\n\r\n").replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n", 1), 400),
    Bad("chunked, chunked", head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked, chunked"), 501),
    Bad("chunked, identity", head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked, identity"), 501),
    Bad("empty coding", head(b"POST / HTTP/1.1", b"Transfer-Encoding:"), 501),
    Bad("coding with parameter", head(b"POST / HTTP/1.1", b"Transfer-Encoding: chunked;q=1"), 501),
    Bad("vertical tab before chunked", head(b"POST / HTTP/1.1", b"Transfer-Encoding: \x0bchunked"), 400),
    Bad("blank after a name", head(b"POST / HTTP/1.1", b"Transfer-Encoding : chunked"), 400, "blank"),
    Bad("body without a length", head() + SMUGGLE, 411, "Content-Length"),
    Bad("list without a length", head() + b"[1]", 411, "Content-Length"),
    Bad("HTTP/1.0 body without a length", head(b"POST / HTTP/1.0") + SMUGGLE, 411, "Content-Length"),
    Bad("TRACE", head(b"TRACE / HTTP/1.1"), 405, "TRACE"),
    Bad("DELETE with a body", sized(SMUGGLE, start=b"DELETE / HTTP/1.1"), 405),
    Bad("PRI", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"),
    Bad("HTTP/3.0", sized(SMUGGLE, start=b"POST / HTTP/3.0"), 505),
    Bad("HTTP/1.10", sized(SMUGGLE, start=b"POST / HTTP/1.10"), 400),
    Bad("HTTP/01.1", sized(SMUGGLE, start=b"POST / HTTP/01.1"), 400),
    Bad("blank before the method", sized(SMUGGLE, start=b" POST / HTTP/1.1"), 400),
    Bad("tab as a blank", sized(SMUGGLE, start=b"POST\t/\tHTTP/1.1"), 400),
    Bad("blank in the target", sized(SMUGGLE, start=b"POST /a b HTTP/1.1"), 400),
    Bad("method of 9000 letters", b"A" * 9000 + b" / HTTP/1.1\r\n\r\n", 414),
    Bad("empty Host", sized(SMUGGLE).replace(b"localhost", b"", 1), 400, "host"),
    Bad("Host of another", sized(SMUGGLE).replace(b"localhost", b"evil.example", 1), 403, "evil.example"),
    Bad("Host with a path", sized(SMUGGLE).replace(b"localhost", b"localhost/x", 1), 400),
    Bad("Host with a user", sized(SMUGGLE).replace(b"localhost", b"a@localhost", 1), 400),
    Bad("target of another", sized(SMUGGLE, start=b"POST http://evil.example/ HTTP/1.1"), 403),
    Bad("target of another scheme", sized(SMUGGLE, start=b"POST ftp://evil.example/ HTTP/1.1"), 403),
    Bad("compressed", sized(SMUGGLE, b"Content-Encoding: br"), 415, "Compressed"),
    Bad("doubly encoded", sized(SMUGGLE, b"Content-Encoding: identity, gzip"), 415),
    Bad("expectation", sized(SMUGGLE, b"Expect: 100-continue, other"), 417),
    Bad("too large", head(b"POST / HTTP/1.1", b"Content-Length: %d" % (LIMIT + 1)), 413, "webMaxBodyMB"),
    Bad("far too large", head(b"POST / HTTP/1.1", b"Content-Length: " + b"9" * 18), 413, str(LIMIT)),
    Bad("too large a chunk", in_chunks(b"%x\r\n" % (LIMIT + 1)), 413, "webMaxBodyMB"),
    Bad("chunk of 2**64 - 1", in_chunks(b"f" * 16 + b"\r\n"), 413),
    Bad("chunk in brackets", in_chunks(b"[5]\r\nhello\r\n"), 400),
    Bad("chunk size with a blank before", in_chunks(b" 5\r\nhello\r\n"), 400),
    Bad("no end of a chunk", in_chunks(b"5\r\nhello5\r\nhello\r\n"), 400, "longer"),
    Bad("smuggled in a trailer", in_chunks(b"0\r\nPOST / HTTP/1.1\r\n" + SMUGGLE + b"\r\n"), 400),
]  # fmt: skip


@pytest.mark.parametrize("row", GOOD, ids=[row.name for row in GOOD])
def test_what_is_http_is_answered(anki: RealAnki, row: Good) -> None:
    with connected(anki) as client:
        client.send(row.sent)
        reply = client.reply(bodiless=row.bodiless)
        assert reply.status == 200
        assert reply.body.startswith(row.body)
        assert (b"Connection: keep-alive" in reply.head) is row.kept
        if row.kept:
            assert result(client.ask(post(VERSION))) == 6
        else:
            assert client.closed()
    assert_serves_at_once(anki)


@pytest.mark.parametrize("row", BAD, ids=[row.name for row in BAD])
def test_what_is_no_http_is_refused(anki: RealAnki, row: Bad) -> None:
    with connected(anki) as client:
        started = time.monotonic()
        client.send(row.sent + post(SMUGGLE))
        reply = client.reply(bodiless=row.sent.startswith(b"HEAD"))
        assert reply.status == row.status
        assert row.word in json.loads(reply.body)["error"]
        assert_state_is_said(client, reply.head)
        assert time.monotonic() - started < 1
    assert_serves_at_once(anki)
    assert SMUGGLED not in anki.request("deckNames")


def assert_state_is_said(client: Client, said: bytes) -> None:
    assert b"Connection: close" in said
    half_close(client)
    assert client.closed()


@pytest.mark.parametrize("row", BAD, ids=[row.name for row in BAD])
def test_a_good_request_before_is_answered_and_none_after(anki: RealAnki, row: Bad) -> None:
    with connected(anki) as client:
        client.send(sized(VERSION) + row.sent + post(SMUGGLE))
        assert result(client.reply()) == 6
        assert client.reply().status == row.status
        half_close(client)
        assert client.closed()


CUT = [
    ("nothing", b""),
    ("method", b"POS"),
    ("request line", b"POST / HTTP/1.1\r\n"),
    ("head", head()[:-2]),
    ("body", sized(SMUGGLE)[:-1]),
    ("chunk size", in_chunks(b"1")),
    ("chunk", in_chunks(b"%x\r\n%s" % (len(SMUGGLE), SMUGGLE[:-1]))),
    ("end of a chunk", in_chunks(chunks(SMUGGLE, end=b""))),
    ("last chunk", in_chunks(chunks(SMUGGLE, end=b"0\r\n"))),
    ("trailer", in_chunks(chunks(SMUGGLE, end=b"0\r\nX: 1\r\n"))),
]


@pytest.mark.parametrize("sent", [row[1] for row in CUT], ids=[row[0] for row in CUT])
@pytest.mark.parametrize("waits", [True, False], ids=["waits", "vanishes"])
def test_a_request_that_is_cut_off_has_no_effect(
    anki: RealAnki, sent: bytes, *, waits: bool
) -> None:
    with connected(anki) as client:
        client.send(sent)
        if waits:
            half_close(client)
            if sent:
                assert client.reply().status == 400
            assert client.closed()
    assert_serves_at_once(anki)
    assert SMUGGLED not in anki.request("deckNames")


SPLITS: List[Tuple[str, int, float]] = [("bytes", 1, 0.0), ("pieces with pauses", 40, 0.15)]


@pytest.mark.parametrize(("size", "pause"), [row[1:] for row in SPLITS], ids=["bytes", "pauses"])
@pytest.mark.parametrize("sent", [sized(VERSION), in_chunks(chunks(VERSION[:9], VERSION[9:]))])
def test_a_request_may_come_in_any_pieces(
    anki: RealAnki, sent: bytes, size: int, pause: float
) -> None:
    with connected(anki) as client:
        for start in range(0, len(sent), size):
            client.send(sent[start : start + size])
            time.sleep(pause)
        assert result(client.reply()) == 6


def test_pipelined_requests_are_answered_in_their_order(anki: RealAnki) -> None:
    with connected(anki) as client:
        asked = [request("findNotes", query=f"nid:{number}") for number in range(PIPELINED)]
        multi = [request("multi", actions=[{"action": "version"}] * n) for n in range(PIPELINED)]
        client.send(b"".join(post(one) + post(two) for one, two in zip(asked, multi)))
        for number in range(PIPELINED):
            assert result(client.reply()) == []
            assert len(result(client.reply())) == number


def test_head_and_get_in_a_row_keep_apart(anki: RealAnki) -> None:
    with connected(anki) as client:
        client.send((head(b"HEAD / HTTP/1.1") + head(b"GET / HTTP/1.1")) * 5)
        for _ in range(5):
            said = client.reply(bodiless=True)
            assert b"Content-Length: %d" % len(BANNER) in said.head
            assert client.reply().body == BANNER


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_who_expects_continue_gets_it_and_then_the_reply(anki: RealAnki, framing: str) -> None:
    whole = sized(VERSION) if framing == "length" else in_chunks(chunks(VERSION))
    start, _, body = whole.partition(b"\r\n\r\n")
    with connected(anki) as client:
        client.send(start + b"\r\nExpect: 100-continue\r\n\r\n")
        assert client.reply().status == 100
        assert result(client.ask(body)) == 6


def test_who_expects_continue_for_too_much_is_refused_instead(anki: RealAnki) -> None:
    fields = (b"Content-Length: %d" % (LIMIT + 1), b"Expect: 100-continue")
    with connected(anki) as client:
        assert client.ask(head(b"POST / HTTP/1.1", *fields)).status == 413


def test_all_of_unicode_comes_back_as_it_went(anki: RealAnki) -> None:
    # Text that is no valid search is quoted in the error.
    text = "ß 漢 \U0001f600 \u202e " + "é"
    with connected(anki) as client:
        for ascii_only in (True, False):
            asked = {"action": "multi", "version": 6, "params": {"actions": [{"action": text}] * 2}}
            body = json.dumps(asked, ensure_ascii=ascii_only).encode()
            reply = client.ask(post(body))
            assert len(result(reply)) == 2
            echoed = client.ask(post(request("addTags", notes=[], tags="x", **{text: 1})))
            assert text in json.loads(echoed.body)["error"]
            assert b"application/json" in echoed.head


def test_a_body_up_to_the_limit_is_read(anki: RealAnki) -> None:
    body = VERSION + b" " * (LIMIT - len(VERSION))
    with connected(anki) as client:
        started = time.monotonic()
        assert result(client.ask(post(body))) == 6
        assert time.monotonic() - started < 3


def test_slow_half_sent_and_vanished_clients_delay_nobody(anki: RealAnki) -> None:
    beside: List[Client] = []
    slowest: Optional[float] = None
    try:
        for number in range(200):
            beside.append(Client(anki.port))
            beside[-1].send([b"", b"PO", head()[:-2], sized(SMUGGLE)[:-1]][number % 4])
        for _ in range(20):
            started = time.monotonic()
            assert anki.request("version") == 6
            slowest = max(slowest or 0.0, time.monotonic() - started)
    finally:
        for client in beside:
            client.close()
    assert slowest is not None
    assert slowest < 0.2
    assert_serves_at_once(anki)


def test_the_server_is_as_before(anki: RealAnki) -> None:
    threads: Any = anki.evaluate("len(__import__('threading').enumerate())")
    assert threads < 100
