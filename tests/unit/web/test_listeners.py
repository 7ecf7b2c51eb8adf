"""Where the server listens, and what it says when it cannot."""

import errno
import socket
import subprocess
import sys
import threading
import time

import pytest
from serving import Echo, Serving, has_ipv6, post, serving, taken_port, within

from plugin.web.limits import LIMITS
from plugin.web.listeners import Failure, endpoints
from plugin.web.port_owner import port_owner, speaks_as_anki_connect
from plugin.web.server import Server

needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this computer has no IPv6")


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("127.0.0.1", ["127.0.0.1", "::1"]),
        ("localhost", ["127.0.0.1", "::1"]),
        ("LOCALHOST", ["127.0.0.1", "::1"]),
        ("0.0.0.0", ["0.0.0.0"]),
        ("::", ["::"]),
        ("::1", ["::1"]),
        ("[::1]", ["::1"]),
        ("127.0.0.2", ["127.0.0.2"]),
    ],
)
def test_what_an_address_stands_for(address: str, hosts: list) -> None:
    assert [endpoint.host for endpoint in endpoints(address)] == hosts


@needs_ipv6
def test_loopback_is_served_in_both_families_on_one_port() -> None:
    with serving() as place:
        assert place.server.status.addresses == (("127.0.0.1", place.port), ("::1", place.port))
        assert place.client("::1").ask(post(b"a")).body == b"a"
        assert [status.trouble for status in place.told] == [None]
        assert place.server.status.since is not None


@needs_ipv6
def test_ipv6_any_address_is_served() -> None:
    with serving() as place:
        place.server.listen("::", 0)
        assert within(2, lambda: place.server.status.addresses[0][0] == "::")
        assert place.client("::1").ask(post(b"a")).body == b"a"


def test_a_taken_port_is_told_once_and_used_when_it_is_free() -> None:
    holder, port = taken_port()
    place = Serving(Echo(), LIMITS)
    try:
        place.server.listen("127.0.0.1", port)
        assert within(2, lambda: len(place.told) == 1)
        assert str(port) in str(place.told[0].trouble)
        assert "this very program" in str(place.told[0].trouble)
        assert not place.told[0].addresses
        time.sleep(1.2)
        assert len(place.told) == 1
        holder.close()
        assert within(2, lambda: bool(place.server.status.addresses))
        assert place.once(post(b"a")).status == 200
        assert [status.trouble is None for status in place.told] == [False, True]
    finally:
        place.end()


@needs_ipv6
def test_ipv4_is_served_while_somebody_has_the_ipv6_port() -> None:
    holder, port = taken_port("::1")
    place = Serving(Echo(), LIMITS)
    try:
        place.listen(port=port)
        assert place.once(post(b"a")).status == 200
        assert within(2, lambda: len(place.told) == 1)
        assert "::1" in str(place.server.status.trouble)
        holder.close()
        assert within(2, lambda: place.server.status.trouble is None)
        assert len(place.server.status.addresses) == 2
    finally:
        place.end()


@pytest.mark.parametrize(
    ("address", "port", "words"),
    [
        ("127.0.0.1", 70000, "0 to 65535"),
        ("no such name", 8765, "name is not known"),
        ("", 8765, "no address"),
        ("192.0.2.1", 0, "no such address"),
    ],
)
def test_what_cannot_be_had_is_explained(address: str, port: int, words: str) -> None:
    told = []
    server = Server(Echo(), told.append)
    try:
        server.listen(address, port)
        assert within(5, lambda: bool(told))
        assert words in told[0].trouble
    finally:
        server.stop()


def test_after_trouble_another_address_is_served_at_once() -> None:
    holder, port = taken_port()
    place = Serving(Echo(), LIMITS)
    try:
        place.server.listen("127.0.0.1", port)
        assert within(1, lambda: place.server.status.trouble is not None)
        place.listen()
        assert place.server.status.trouble is None
    finally:
        place.end()
        holder.close()


def test_two_servers_cannot_share_a_port_and_the_second_takes_over() -> None:
    with serving() as first:
        second = Serving(Echo(), LIMITS)
        try:
            second.server.listen("127.0.0.1", first.port)
            assert within(2, lambda: bool(second.told))
            assert not second.server.status.addresses
            first.server.stop()
            assert within(2, lambda: bool(second.server.status.addresses))
        finally:
            second.end()


def test_a_failing_listener_of_news_stops_nothing() -> None:
    server = Server(Echo(), lambda status: [][1])
    try:
        server.listen("127.0.0.1", 0)
        assert within(2, lambda: bool(server.status.addresses))
        port = server.status.addresses[0][1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(post(b"a"))
            assert client.recv(100).startswith(b"HTTP/1.1 200")
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EADDRINUSE, "in use by another program"),
        (errno.EACCES, "administrator"),
        (10013, "netsh interface ipv4 show excludedportrange protocol=tcp"),
        (errno.EADDRNOTAVAIL, "no such address"),
        (errno.EIO, "odd"),
    ],
)
def test_each_kind_of_trouble_has_its_sentence(number: int, words: str) -> None:
    sentence = Failure("127.0.0.1", 80, number, "odd").sentence()
    assert words in sentence
    assert "port 80" in sentence


LISTEN = (
    "import socket; s = socket.create_server(('127.0.0.1', 0)); "
    "print(s.getsockname()[1], flush=True); input()"
)


def test_a_server_of_our_own_process_is_recognised() -> None:
    with serving() as place:
        assert "this very program" in str(port_owner("127.0.0.1", place.port))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells without further programs")
def test_the_process_that_has_a_port_is_found() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        port = int(other.stdout.readline())
        words = str(port_owner("127.0.0.1", port))
        other.communicate("\n")
    assert words.startswith("another program: ")
    assert f"(process {other.pid})" in words


def test_another_anki_connect_is_recognised_by_its_greeting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def greet() -> None:
            with other.accept()[0] as client:
                client.recv(1000)
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\nAnkiConnect v.6")

        threading.Thread(target=greet, daemon=True).start()
        assert speaks_as_anki_connect("127.0.0.1", other.getsockname()[1])
