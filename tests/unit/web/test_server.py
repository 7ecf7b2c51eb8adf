"""The server over real sockets: HTTP as clients see it."""

import logging
import select
import socket
import sys
import threading
import time
from dataclasses import replace
from typing import Iterator

import pytest
from serving import POST, Client, Serving, post, serving, timed, usual, within

from plugin.web.limits import LIMITS


@pytest.fixture(scope="module")
def shared() -> Iterator[Serving]:
    with serving(limit=1000) as place:
        yield place


@pytest.fixture
def client(shared: Serving) -> Iterator[Client]:
    client = shared.client()
    yield client
    client.close()


def test_many_requests_share_one_connection(client: Client) -> None:
    for number in range(100):
        reply = client.ask(post(b"%d" % number))
        assert (reply.status, reply.body) == (200, b"%d" % number)
        assert b"Connection: keep-alive\r\n" in reply.head


def test_a_client_that_pauses_keeps_its_connection(client: Client) -> None:
    for _ in range(2):
        assert client.ask(post(b"a")).body == b"a"
        time.sleep(0.8)


def test_pipelined_requests_are_answered_in_order(client: Client) -> None:
    client.send(b"".join(post(b"%d" % number) for number in range(200)))
    assert [client.reply().body for _ in range(200)] == [b"%d" % number for number in range(200)]


def test_bytes_one_by_one_with_pauses_make_a_request(client: Client) -> None:
    for byte in post(b"hello"):
        client.send(bytes([byte]))
        time.sleep(0.012)
    assert client.reply().body == b"hello"


def test_long_pauses_within_head_and_body_are_borne(client: Client) -> None:
    request = post(b"hello")
    for piece in (request[:10], request[10:-3], request[-3:]):
        time.sleep(0.8)
        client.send(piece)
    assert client.reply().body == b"hello"


def test_chunks_with_pauses_make_a_body(client: Client) -> None:
    client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    for piece in (
        b"3;x=y\r",
        b"\nabc\r\n",
        b"2\r\nd",
        b"e\r\n0\r\n",
        b"A: b\r\n\r\n" + post(b"next"),
    ):
        client.send(piece)
        time.sleep(0.05)
    assert [client.reply().body, client.reply().body] == [b"abcde", b"next"]


def test_who_expects_continue_gets_it_before_the_body(client: Client) -> None:
    client.send(POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    assert client.reply().status == 100
    assert client.ask(b"abc").body == b"abc"


def test_who_expects_continue_and_has_sent_the_body_gets_only_the_reply(client: Client) -> None:
    assert client.ask(post(b"abc", b"Expect: 100-continue\r\n")).status == 200


def test_who_expects_continue_for_too_much_gets_the_refusal(client: Client) -> None:
    head = POST + b"Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n"
    assert client.ask(head).status == 413
    assert client.closed()


def test_head_gets_the_head_of_the_reply_only(client: Client) -> None:
    client.send(post(b"abc").replace(b"POST", b"HEAD"))
    assert b"Content-Length: 3\r\n" in client.reply(bodiless=True).head
    assert client.ask(post(b"next")).body == b"next"


def test_a_refused_head_request_gets_no_body_either(client: Client) -> None:
    client.send(b"HEAD / HTTP/1.1\r\n\r\n")
    assert client.reply(bodiless=True).status == 400
    assert client.closed()


@pytest.mark.parametrize(
    ("start", "connection"),
    [
        (b"POST / HTTP/1.0\r\n", b"close"),
        (b"POST / HTTP/1.0\r\nConnection: keep-alive\r\n", b"keep-alive"),
        (POST, b"keep-alive"),
        (POST + b"Connection: close\r\n", b"close"),
    ],
)
def test_the_end_of_a_connection_is_announced(
    client: Client, start: bytes, connection: bytes
) -> None:
    reply = client.ask(start + b"Content-Length: 1\r\n\r\na")
    assert reply.body == b"a"
    assert b"Connection: %s\r\n" % connection in reply.head
    if connection == b"close":
        assert client.closed()
    else:
        assert client.ask(post(b"b")).body == b"b"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na", 415),
    ],
)
def test_a_refusal_is_readable_and_ends_the_connection(
    client: Client, data: bytes, status: int
) -> None:
    reply = client.ask(data)
    assert reply.status == status
    assert b"Connection: close\r\n" in reply.head
    assert client.closed()


def test_what_follows_a_doubtful_message_is_not_executed(shared: Serving, client: Client) -> None:
    client.send(POST + b"Content-Length: 1, 1\r\n\r\na" + post(b"smuggled"))
    assert client.reply().status == 400
    assert client.closed()
    assert b"smuggled" not in shared.app.bodies


def test_too_large_a_body_is_refused_before_it_is_read(client: Client) -> None:
    def refused() -> None:
        reply = client.ask(POST + b"Content-Length: 500000000\r\n\r\n")
        assert reply.status == 413
        assert b"1000 bytes" in reply.body

    assert timed(refused) < 0.5


def test_a_client_that_sends_too_much_first_can_read_the_refusal(client: Client) -> None:
    assert client.ask(post(b"x" * 20_000_000)).status == 413


def test_who_is_not_admitted_is_refused_and_may_go_on_without_a_body(client: Client) -> None:
    assert client.ask(b"GET /forbidden HTTP/1.1\r\nHost: x\r\n\r\n").status == 403
    assert client.ask(post(b"a")).body == b"a"


def test_the_body_of_who_is_not_admitted_is_not_taken_for_a_request(client: Client) -> None:
    inner = post(b"smuggled")
    assert client.ask(post(inner).replace(b" / ", b" /forbidden ")).status == 403
    assert client.closed()


def test_a_request_cut_short_by_its_sender_is_not_executed(shared: Serving, client: Client) -> None:
    client.send(post(b"half of it")[:-4])
    client.socket.shutdown(1)
    assert client.reply().status == 400
    assert b"half o" not in shared.app.bodies


@pytest.mark.parametrize("path", [b"/fail", b"/bad"])
def test_a_failing_application_is_a_500_without_details(
    client: Client, path: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        reply = client.ask(post().replace(b" / ", b" " + path + b" "))
    assert reply.status == 500
    assert b"secret" not in reply.body
    assert b"Traceback" not in reply.body
    assert len(caplog.records) == 1
    assert client.ask(post(b"next")).body == b"next"


def test_the_application_sees_that_a_client_has_gone(shared: Serving) -> None:
    client = shared.client()
    client.send(post().replace(b" / ", b" /until-gone "))
    assert within(2, lambda: len(shared.app.bodies) > 0)
    time.sleep(0.1)
    assert shared.app.gone is None
    client.close()
    assert within(1, lambda: shared.app.gone is True)


def test_large_bodies_take_linear_time() -> None:
    with serving() as place:
        body = b"x" * 50_000_000
        assert timed(lambda: place.once(post(body))) < 2
        chunks = b"".join(b"%x\r\n%s\r\n" % (1000, b"y" * 4096) for _ in range(4000))
        head = POST + b"Transfer-Encoding: chunked\r\n\r\n"
        assert timed(lambda: place.once(head + chunks + b"0\r\n\r\n")) < 2


def test_a_slow_reader_gets_all_of_a_large_reply_and_holds_up_nobody() -> None:
    with serving() as place:
        slow = place.client()
        slow.send(post().replace(b" / ", b" /large "))
        time.sleep(1.2)
        assert usual(lambda: place.once(post(b"a"))) < 0.1
        assert len(slow.reply().body) == 30_000_000
        assert slow.ask(post(b"next")).body == b"next"


def test_late_clients_are_ended_and_told_so() -> None:
    limits = replace(LIMITS, head_time=0.6, body_pause=0.6, idle_time=0.6, reply_pause=0.6)
    with serving(limits) as place:
        head, body, idle, deaf = (place.client() for _ in range(4))
        head.send(POST)
        body.send(post(b"abc")[:-1])
        deaf.send(post().replace(b" / ", b" /large "))
        assert head.reply().status == 408
        assert body.reply().status == 408
        assert idle.closed()
        time.sleep(2.5)
        assert len(deaf.reply().body) < 30_000_000


def test_a_trickling_head_ends_in_time() -> None:
    with serving(replace(LIMITS, head_time=0.5)) as place:
        client = place.client()
        start = time.monotonic()
        for byte in POST * 1000:
            client.send(bytes([byte]))
            if select.select([client.socket], [], [], 0.02)[0]:
                break
        assert client.reply().status == 408
        assert time.monotonic() - start < 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit to set")
def test_running_out_of_descriptors_costs_no_processor_time_and_passes() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with serving() as place:
        client = place.client()
        assert client.ask(post(b"a")).status == 200
        late = socket.socket()
        resource.setrlimit(resource.RLIMIT_NOFILE, (late.fileno() + 1, before[1]))
        try:
            late.connect(("127.0.0.1", place.port))
            late.sendall(post(b"b"))
            start = time.process_time()
            time.sleep(0.7)
            assert time.process_time() - start < 0.1
            assert client.ask(post(b"a")).status == 200
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        late.settimeout(2)
        assert late.recv(100).startswith(b"HTTP/1.1 200")
        late.close()


def test_connections_beyond_the_limit_are_told_so_and_service_returns() -> None:
    with serving(replace(LIMITS, connections=10)) as place:
        clients = [place.client() for _ in range(10)]
        assert all(client.ask(post(b"a")).status == 200 for client in clients)
        late = place.client()
        assert late.ask(post(b"a")).status == 503
        assert late.closed()
        for client in clients:
            client.close()
        assert within(1, lambda: place.once(post(b"a")).status == 200)


def test_hundreds_of_half_open_and_idle_clients_delay_nobody() -> None:
    before = threading.active_count()
    with serving(replace(LIMITS, worker_idle=0.5)) as place:
        half = [place.client() for _ in range(200)]
        for client in half:
            client.send(POST)
        idle = [place.client() for _ in range(300)]
        assert usual(lambda: place.once(post(b"a"))) < 0.1
        # Waiting costs no thread.
        assert within(4, lambda: threading.active_count() <= before + 4)
        assert half[7].ask(b"Content-Length: 1\r\n\r\nz").body == b"z"
        for client in half + idle:
            client.close()
    assert threading.active_count() == before


def test_as_many_clients_as_workers_are_answered_at_once() -> None:
    with serving() as place:
        waiting = [place.client() for _ in range(100)]
        for client in waiting:
            client.send(post(b"w").replace(b" / ", b" /wait "))
        assert within(2, lambda: len(place.app.bodies) == 100)
        assert usual(lambda: place.once(post(b"a"))) < 0.1
        place.app.release.set()
        assert [client.reply().body for client in waiting] == [b"w"] * 100
