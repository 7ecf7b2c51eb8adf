"""Downloads from servers of every sort: the file, or a clear failure within a bound and nothing stored."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import threading
import time
from typing import Iterator

import pytest

from tests.anki.robustness.download_site import HELLO, Site
from tests.real_anki import RealAnki, ReplyError

TIMEOUT = 1.0
WHOLE = 6 * TIMEOUT  # the time that a whole download may take
HELLO_64 = base64.b64encode(HELLO).decode()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    found = Site()
    yield found
    found.end()


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealAnki]:
    config = {"webTimeout": int(TIMEOUT * 1000)}
    # A proxy of the machine has no say in a test; the program's users may well have one.
    environ = {"NO_PROXY": "*", "no_proxy": "*"}
    base = tmp_path_factory.mktemp("downloads")
    found = RealAnki(base, config=config, environ=environ).start()
    try:
        yield found
        found.close()
    finally:
        found.kill()


@pytest.fixture(autouse=True)
def _nothing_is_left(anki: RealAnki) -> Iterator[None]:
    yield
    left = anki.request("getMediaFilesNames")
    for name in left:
        anki.request("deleteMediaFile", filename=name)
    assert not [name for name in left if name != "got.txt"]


def refused(anki: RealAnki, url: str) -> str:
    """The reason why an address could not be stored; nothing was."""
    with pytest.raises(ReplyError) as raised:
        anki.request("storeMediaFile", filename="file.txt", url=url)
    assert anki.request("getMediaFilesNames") == []
    text = str(raised.value)
    begin = f"{url.strip()} download failed"
    assert text.startswith(begin)
    assert not any(word in text for word in ("object at", "HTTPConnection", "Errno", "urllib3"))
    return text[len(begin) :]


GOOD = ["hello", "gzip", "until-closed", "chunked", "hops/5"]


@pytest.mark.parametrize("page", GOOD)
def test_a_local_server_is_a_real_use(anki: RealAnki, site: Site, page: str) -> None:
    anki.request("storeMediaFile", filename="got.txt", url=site.address(page))
    assert anki.request("retrieveMediaFile", filename="got.txt") == HELLO_64


def test_it_may_be_asked_by_name(anki: RealAnki, site: Site) -> None:
    url = site.address("hello").replace("127.0.0.1", "localhost")
    anki.request("storeMediaFile", filename="got.txt", url=url)
    assert anki.request("retrieveMediaFile", filename="got.txt") == HELLO_64


BROKEN = [
    ("error-page", "with return code 404"),
    ("server-error", "with return code 500"),
    ("no-content", "with return code 204"),
    ("partial", "with return code 206"),
    ("no-location", "with return code 302"),
    ("too-short", "bytes arrived|broke off"),
    ("half-chunk", "broke off"),
    ("bad-chunk", "broke off|understood"),
    ("bad-gzip", "cannot be unpacked"),
    ("nothing", "no connection|broke off"),
    ("no-http", "no connection|understood"),
    ("bad-status", "no connection|understood"),
    ("two-lengths", "no connection|Content-Length|understood"),
    ("loop", "more than 5 redirects"),
    ("hops/6", "more than 5 redirects"),
    ("endless-head", "no connection|understood|header"),
]


@pytest.mark.parametrize(("page", "words"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_reply_is_a_clear_failure(
    anki: RealAnki, site: Site, page: str, words: str
) -> None:
    started = time.monotonic()
    reason = refused(anki, site.address(page))
    assert any(word in reason for word in words.split("|")), reason
    assert time.monotonic() - started < 2


SLOW = ["silence", "slow-head", "slow-body", "slow-chunks"]


@pytest.mark.parametrize("page", SLOW)
def test_a_slow_reply_ends_in_time_and_delays_nobody(anki: RealAnki, site: Site, page: str) -> None:
    started = time.monotonic()
    reason = refused(anki, site.address(page))
    assert "too long" in reason or "in time" in reason
    assert time.monotonic() - started < WHOLE + 1


@pytest.mark.parametrize("page", ["endless-body", "bomb"])
def test_an_endless_reply_ends_at_the_limit(anki: RealAnki, site: Site, page: str) -> None:
    started = time.monotonic()
    reason = refused(anki, site.address(page))
    assert "larger than" in reason or "too long" in reason
    assert time.monotonic() - started < WHOLE + 1


REDIRECTS = [
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "gopher://127.0.0.1/x",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "FILE:/etc/passwd",
    "//",
    "http://",
    "http:///etc/passwd",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "\\\\server\\share",
]


@pytest.mark.parametrize("status", ["to", "to-301", "to-307", "to-308"])
@pytest.mark.parametrize("target", REDIRECTS)
def test_where_a_redirect_leads_is_checked(
    anki: RealAnki, site: Site, target: str, status: str
) -> None:
    """What is no address but can be read as a path of the same site is asked for there."""
    already = len(site.asked)
    reason = refused(anki, site.address(f"{status}/{target.encode().hex()}"))
    stayed = "404" in reason or "more than 5 redirects" in reason
    assert stayed or len(site.asked) == already + 1, reason


ADDRESSES = [
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "FILE:///etc/passwd",
    " file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "data:text/plain,hello",
    "jar:http://127.0.0.1!/x",
    "unix:///run/x.sock",
    "http+unix://%2Frun%2Fx.sock/",
    "/etc/passwd",
    "127.0.0.1/x",
    "//127.0.0.1/x",
    "http:",
    "http://",
    "http:///x",
    "http://:80/",
    "http://[::1/",
    "http://[::g]/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://127.0.0.1:x/",
    "http://a b/",
    "http://127.0.0.1 .example/",
    "http://no-such-host.invalid/",
    "http://" + "a" * 300 + ".invalid/",
    "http://xn--/",
    "http://..../",
    "http://*/",
    "http://a\r\nHost: b/",
    "https://127.0.0.1:1/",
]


@pytest.mark.parametrize("url", ADDRESSES, ids=[ascii(url)[1:30] for url in ADDRESSES])
def test_an_address_of_no_use_says_why(anki: RealAnki, url: str) -> None:
    started = time.monotonic()
    assert refused(anki, url)
    assert time.monotonic() - started < WHOLE + 1


def test_https_from_a_server_without_it(anki: RealAnki, site: Site) -> None:
    assert "secure" in refused(anki, site.address("hello").replace("http:", "https:"))


def test_line_breaks_in_an_address_forge_no_header(anki: RealAnki, site: Site) -> None:
    site.asked.clear()
    url = site.address("hello?\r\nX-Forged: 1\r\n")
    with contextlib.suppress(ReplyError):
        anki.request("storeMediaFile", filename="got.txt", url=url)
    assert not any(b"\r\nX-Forged" in asked for asked in site.asked)


def test_nothing_of_the_user_is_sent(anki: RealAnki, site: Site) -> None:
    site.asked.clear()
    anki.request("storeMediaFile", filename="got.txt", url=site.address("hello"))
    asked = site.asked[0].lower()
    assert b"cookie" not in asked
    assert b"authorization" not in asked
    assert os.fsencode(anki.base) not in asked


def test_a_closed_port_is_no_connection(anki: RealAnki) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert refused(anki, f"http://127.0.0.1:{port}/x") == ": no connection"


def test_others_are_served_while_downloads_hang(anki: RealAnki, site: Site) -> None:
    urls = [site.address("slow-body")] * 20
    asked = [
        {"action": "storeMediaFile", "params": {"filename": "file.txt", "url": url}} for url in urls
    ]
    replies = []
    body = [json.dumps({**one, "version": 6}).encode() for one in asked]
    threads = [
        threading.Thread(target=lambda b=one: replies.append(anki.http("POST", "/", b).json()))
        for one in body
    ]
    for thread in threads:
        thread.start()
    slowest = 0.0
    for _ in range(50):
        started = time.monotonic()
        anki.request("deckNames")
        slowest = max(slowest, time.monotonic() - started)
    for thread in threads:
        thread.join()
    assert slowest < 1
    assert all("too long" in reply["error"] for reply in replies)
