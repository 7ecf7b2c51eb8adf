"""The server over time: stopping, moving, and leaving nothing behind."""

import gc
import threading
import time

import pytest
from serving import POST, Client, Echo, post, serving, timed

from plugin.web.server import Server


def test_stopping_a_server_that_never_started_is_nothing() -> None:
    server = Server(Echo())
    server.stop()
    server.stop()


def test_stop_ends_clients_of_every_kind_and_all_threads() -> None:
    before = threading.active_count()
    with serving() as place:
        idle, half_head, half_body, kept, deaf, busy = (place.client() for _ in range(6))
        half_head.send(POST)
        half_body.send(post(b"abc")[:-1])
        kept.ask(post(b"a"))
        deaf.send(post().replace(b" / ", b" /large "))
        busy.send(post(b"b").replace(b" / ", b" /wait "))
        time.sleep(0.1)
        threading.Timer(0.5, place.app.release.set).start()
        assert timed(place.server.stop) < 3
        reply = busy.reply()
        assert reply.body == b"b"
        assert b"Connection: close\r\n" in reply.head
        assert all(client.closed() for client in (idle, half_head, half_body, kept, busy))
        assert threading.active_count() == before
        assert not place.server.status.addresses


def test_stop_is_quick_when_nobody_is_being_served() -> None:
    with serving() as place:
        clients = [place.client() for _ in range(20)]
        assert all(client.ask(post(b"a")).status == 200 for client in clients)
        assert timed(place.server.stop) < 0.3


def test_stop_does_not_wait_for_an_answer_without_end() -> None:
    with serving() as place:
        client = place.client()
        client.send(post().replace(b" / ", b" /wait "))
        time.sleep(0.1)
        assert timed(place.server.stop) < 3
        assert client.closed()


def test_what_was_answered_while_stopping_was_executed_and_nothing_else() -> None:
    with serving() as place:
        answered = []

        def keep_asking(name: int) -> None:
            client = place.client()
            try:
                for number in range(100_000):
                    answered.append(client.ask(post(b"%d.%d" % (name, number))).body)
            except OSError:
                client.close()

        threads = [threading.Thread(target=keep_asking, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        place.server.stop()
        for thread in threads:
            thread.join()
        assert sorted(answered) == sorted(place.app.bodies)


def test_after_a_stop_the_same_port_is_there_at_once() -> None:
    with serving() as place:
        port = place.port
        client = place.client()
        client.ask(post(b"a"))
        place.server.stop()
        place.listen(port=port)
        assert place.port == port
        assert place.once(post(b"a")).status == 200


def test_moving_keeps_open_connections() -> None:
    with serving() as place:
        client, old = place.client(), place.port
        client.ask(post(b"a"))
        since = place.server.status.since
        place.server.listen("127.0.0.1", 0)  # where it is already
        time.sleep(0.1)
        assert place.server.status.since == since
        place.server.listen("0.0.0.0", 0)
        time.sleep(0.2)
        assert [host for host, _ in place.server.status.addresses] == ["0.0.0.0"]
        assert place.once(post(b"b")).body == b"b"
        assert client.ask(post(b"c")).body == b"c"
        with pytest.raises(ConnectionError):
            Client(old)


def test_requests_leave_nothing_for_the_cycle_collector() -> None:
    with serving() as place:
        client = place.client()
        client.ask(post(b"warm"))
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for number in range(1000):
                client.ask(post(b"%d" % number))
            for _ in range(20):
                place.once(post(b"a"))
                place.once(POST + b"Content-Length: x\r\n\r\n")
            gc.collect()
            ours = [kept for kept in gc.garbage if type(kept).__module__.startswith("plugin.web")]
            assert not ours
            assert len(gc.garbage) < 20
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()


def test_an_idle_server_uses_no_processor_time() -> None:
    with serving() as place:
        clients = [place.client() for _ in range(50)]
        time.sleep(0.2)
        start = time.process_time()
        time.sleep(1)
        assert time.process_time() - start < 0.01
        for client in clients:
            client.close()
