"""Where the content of media files comes from; downloads are made from a server of the test."""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.server
import os
import pathlib
import socket
import threading
import time
from typing import Any, Dict, Iterator, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import sources
from plugin.errors import BadParams
from plugin.sources import Content

HELLO = b"hello"
HELLO_MD5 = hashlib.md5(HELLO).hexdigest()
TIMEOUT = 5.0
SHORT = 0.2
# A download may take this many seconds with the short time-out, and some for a machine that is busy.
WHOLE = SHORT * sources.WHOLE_DOWNLOAD + 2


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers by the path; what was asked and how many at a time is kept in the server."""

    server: "Site"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        name, _, rest = self.path.lstrip("/").partition("/")
        getattr(self, f"send_{name}")(rest)

    def answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for header, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def send_hello(self, _rest: str) -> None:
        self.answer(HELLO)

    def send_empty(self, _rest: str) -> None:
        self.answer(b"")

    def send_status(self, rest: str) -> None:
        self.answer(b"no", int(rest))

    def send_zeros(self, rest: str) -> None:
        self.answer(b"0" * int(rest))

    def send_to(self, rest: str) -> None:
        """Redirects to what the path holds in hex."""
        self.answer(b"", 302, Location=bytes.fromhex(rest).decode())

    def send_hops(self, rest: str) -> None:
        left = int(rest)
        self.answer(b"", 301, Location=f"/hops/{left - 1}" if left > 1 else "../hello")

    def send_gzip(self, rest: str) -> None:
        body = gzip.compress(HELLO) if rest == "good" else b"no gzip"
        self.answer(body, Content_Encoding="gzip")

    def send_short(self, _rest: str) -> None:
        self.answer(HELLO, Content_Length="10")

    def send_silence(self, _rest: str) -> None:
        self.server.released.wait(30)

    def send_drops(self, rest: str) -> None:
        """A byte now and then, in the head or in the body."""
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Drops: ")
        if rest == "body":
            self.wfile.write(b"x\r\n\r\n")
        try:
            while not self.server.released.wait(SHORT / 4):
                self.wfile.write(b"x")
        except OSError:
            self.server.cut.set()

    def send_counted(self, rest: str) -> None:
        with self.server.lock:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        time.sleep(0.05)
        with self.server.lock:
            self.server.now -= 1
        self.answer(rest.encode())

    def log_message(self, *words: Any) -> None:
        """Says nothing."""


class Site(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.asked: List[Any] = []
        self.released = threading.Event()
        self.cut = threading.Event()
        self.lock = threading.Lock()
        self.now = self.most = 0

    def address(self, path: str, scheme: str = "http", user: str = "") -> str:
        return f"{scheme}://{user}127.0.0.1:{self.server_address[1]}/{path}"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "*")
    found = Site()
    thread = threading.Thread(target=found.serve_forever, args=(0.05,))
    thread.start()
    yield found
    found.released.set()
    found.shutdown()
    thread.join()
    found.server_close()


def failure(url: str, timeout: float = TIMEOUT) -> str:
    """Why nothing can be had, without the part that every text has."""
    found = sources.read({"url": url}, timeout)
    assert found.data is None
    begin = f"{url} download failed: "
    assert found.failure.startswith(begin)
    return found.failure[len(begin) :]


# The source


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_the_first_of_data_path_and_url_counts(site: Site, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"file")
    given = {"data": base64_of(b"data"), "path": str(file), "url": site.address("hello")}
    for name, content in [("data", b"data"), ("path", b"file"), ("url", HELLO)]:
        assert sources.read(given, TIMEOUT) == Content(content)
        assert sources.needs_network(given) is (name == "url")
        given[name] = ""
    with pytest.raises(BadParams) as raised:
        sources.read(given, TIMEOUT)
    assert str(raised.value) == 'You must provide a "data", "path", or "url" field.'
    assert [path for path, _ in site.asked] == ["/hello"]


@pytest.mark.parametrize(
    ("skip_hash", "content"),
    [
        (HELLO_MD5, Content()),
        (HELLO_MD5.upper(), Content()),
        ("0" * 32, Content(HELLO)),
        ("", Content(HELLO)),
        (None, Content(HELLO)),
    ],
)
def test_content_of_a_known_hash_is_skipped(skip_hash: Any, content: Content) -> None:
    assert sources.read({"data": base64_of(HELLO), "skipHash": skip_hash}, TIMEOUT) == content


@pytest.mark.parametrize("text", ["aGVsbG8=", "aGVs\r\nbG8=\n", " aGVs bG8= ", "aGVsbG8=\t"])
def test_base64_may_hold_blanks_and_line_breaks(text: str) -> None:
    assert sources.decode(text) == HELLO


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("aGVsbG8", "Incorrect padding"),
        ("a", "data should be base64"),
        ("aGVs*G8=", "data should be base64"),
        ("data:text/plain;base64,aGVsbG8=", "data should be base64"),
        ("aGVsbG8-_w==", "data should be base64"),
        ("日本語", "data should be base64: it holds characters beyond ASCII"),
    ],
)
def test_what_is_not_base64_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadParams) as raised:
        sources.read({"data": text}, TIMEOUT)
    assert str(raised.value) == reason


@given(text=st.text("abAB01+/==\n é*-", max_size=40))
def test_pieces_of_base64_give_what_the_whole_gives(text: str) -> None:
    def outcome(piece: int) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sources, "PIECE", piece)
            try:
                return sources.decode(text)
            except BadParams as error:
                return str(error)

    assert outcome(8) == outcome(1024)


def test_files_that_cannot_be_had(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE", 10)
    missing, big, pipe = tmp_path / "missing", tmp_path / "big", tmp_path / "pipe"
    big.write_bytes(b"x" * 11)
    os.mkfifo(pipe)
    for path, reason in [
        (missing, f"[Errno 2] No such file or directory: '{missing}'"),
        (tmp_path, f"path should name a regular file: {tmp_path}"),
        (pipe, f"path should name a regular file: {pipe}"),
        (big, f"the file is larger than 10 bytes: {big}"),
    ]:
        assert sources.read({"path": str(path)}, TIMEOUT) == Content(failure=reason)
    assert "null" in sources.read({"path": "/a\0b"}, TIMEOUT).failure
    big.write_bytes(b"x" * 10)
    assert sources.read({"path": str(big)}, TIMEOUT) == Content(b"x" * 10)


@pytest.mark.parametrize("path", ["a.txt", "./a.txt", "../a.txt", "~/a.txt"])
def test_a_relative_path_is_refused(path: str) -> None:
    with pytest.raises(BadParams, match=r"^path should be absolute: "):
        sources.read({"path": path}, TIMEOUT)


# Downloads


def test_a_download(site: Site) -> None:
    assert sources.read({"url": site.address("hello")}, TIMEOUT) == Content(HELLO)
    assert sources.read({"url": site.address("empty")}, TIMEOUT) == Content(b"")
    assert sources.read({"url": site.address("gzip/good")}, TIMEOUT) == Content(HELLO)


@pytest.mark.parametrize("status", [204, 304, 404, 500])
def test_other_return_codes_are_told(site: Site, status: int) -> None:
    url = site.address(f"status/{status}")
    expected = f"{url} download failed with return code {status}"
    assert sources.read({"url": url}, TIMEOUT) == Content(failure=expected)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "data:text/plain,hello",
        "javascript:alert(1)",
        "127.0.0.1/a",
        "http://",
        "http:///a",
    ],
)
def test_only_http_and_https_are_asked(url: str) -> None:
    assert failure(url) == "only http and https addresses are supported"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,x"])
def test_where_a_redirect_leads_is_checked_too(site: Site, target: str) -> None:
    url = site.address(f"to/{target.encode().hex()}")
    expected = "only http and https addresses are supported, and it leads to "
    assert failure(url).startswith(expected)


def test_a_few_redirects_are_followed(site: Site) -> None:
    url = site.address(f"hops/{sources.REDIRECTS}")
    assert sources.read({"url": url}, TIMEOUT) == Content(HELLO)
    url = site.address(f"hops/{sources.REDIRECTS + 1}")
    assert failure(url) == f"more than {sources.REDIRECTS} redirects"
    assert len(site.asked) == 2 * (sources.REDIRECTS + 1)


def test_a_body_may_have_a_certain_size(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE", 100_000)
    whole = sources.read({"url": site.address("zeros/100000")}, TIMEOUT)
    assert whole == Content(b"0" * 100_000)
    assert failure(site.address("zeros/100001")) == "larger than 100000 bytes"


def test_a_body_that_ends_too_soon_is_not_taken(site: Site) -> None:
    reason = failure(site.address("short"))
    assert reason in ("5 of 10 bytes arrived", "the connection broke off")


def test_a_body_that_cannot_be_unpacked_is_not_taken(site: Site) -> None:
    reason = failure(site.address("gzip/bad"))
    assert reason == "the server sent data that cannot be unpacked"


def test_a_server_that_says_nothing_is_given_up(site: Site) -> None:
    began = time.monotonic()
    assert failure(site.address("silence"), SHORT) == "the server did not answer in time"
    assert time.monotonic() - began < WHOLE


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_sends_byte_by_byte_is_given_up(site: Site, part: str) -> None:
    began = time.monotonic()
    assert failure(site.address(f"drops/{part}"), SHORT) == "it took too long"
    assert time.monotonic() - began < WHOLE


def test_a_body_that_takes_too_long_is_cut_off(site: Site) -> None:
    assert failure(site.address("drops/body"), SHORT) == "it took too long"
    assert site.cut.wait(5)


def test_no_server_and_no_secure_connection(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        assert failure(url) == "no connection"
    reason = "the server's certificate is not trusted, or there is no secure connection"
    assert failure(site.address("hello", scheme="https")) == reason


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "http://a\0b/"])
def test_a_broken_address_is_a_reason_too(url: str) -> None:
    assert failure(url)


def test_only_the_password_in_the_address_is_sent(
    site: Site, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = tmp_path / "netrc"
    stored.write_text("machine 127.0.0.1 login me password secret\n", encoding="utf-8")
    stored.chmod(0o600)
    monkeypatch.setenv("NETRC", str(stored))
    sources.read({"url": site.address("hello")}, TIMEOUT)
    sources.read({"url": site.address("hello", user="ana:p%40ss@")}, TIMEOUT)
    sent = [headers.get("Authorization") for _, headers in site.asked]
    assert sent == [None, f"Basic {base64_of(b'ana:p@ss')}"]


# Several


def test_several_downloads_run_at_a_time_and_keep_their_order(site: Site) -> None:
    names = [str(number) for number in range(3 * sources.PARALLEL)]
    found = sources.in_parallel(
        lambda name: sources.read({"url": site.address(f"counted/{name}")}, TIMEOUT), names
    )
    assert found == [Content(name.encode()) for name in names]
    assert 1 < site.most <= sources.PARALLEL


@pytest.mark.parametrize("count", [0, 1, 2])
def test_one_or_none_needs_no_threads(count: int) -> None:
    ran: Dict[int, int] = {}

    def work(item: int) -> Content:
        ran[item] = threading.get_ident()
        return Content(failure=str(item))

    items = list(range(count))
    assert sources.in_parallel(work, items) == [Content(failure=str(item)) for item in items]
    assert (threading.get_ident() in ran.values()) is (count == 1)
