"""Fixtures: a real Chromium, driven by Playwright, and websites for it to visit.

The browser is the system's own (the package `chromium` of Debian and Ubuntu): Playwright downloads none.
"""

from __future__ import annotations

import http.server
import json
import pathlib
import shutil
import threading
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

# Names of the tests' websites lead to this computer, as a hostile name server would have it.
RESOLVE = "--host-resolver-rules=MAP *.example 127.0.0.1"
# Newer browsers keep pages of the network from this computer by themselves; not all browsers do.
NO_FENCE = "--disable-features=LocalNetworkAccessChecks"
NAMES = ("chromium", "chromium-browser", "google-chrome")


class Sites(http.server.ThreadingHTTPServer):
    """Websites, one for each name under .example: the same empty page everywhere."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Site)

    def origin(self, name: str) -> str:
        return f"http://{name}:{self.server_port}"


class Site(http.server.BaseHTTPRequestHandler):
    server: Sites

    def do_GET(self) -> None:
        body = b"<!DOCTYPE html><html lang='en'><title>A website</title><body></body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="session")
def sites() -> Iterator[Sites]:
    server = Sites()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. Tests that need it fail without it; they are never skipped."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "tests/browser needs Chromium: apt-get install chromium (docs/testing.md)"
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    found = playwright.chromium.launch(executable_path=chromium, args=[RESOLVE, NO_FENCE])
    yield found
    found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Windows of a user who has been nowhere yet."""
    found = browser.new_context()
    yield found
    found.close()


MakeExtension = Callable[..., BrowserContext]


@pytest.fixture
def with_extension(
    playwright: Playwright, chromium: str, tmp_path: pathlib.Path
) -> Iterator[MakeExtension]:
    """Starts a browser with an unpacked extension: its manifest's members and its files."""
    opened: List[BrowserContext] = []

    def start(manifest: Dict[str, Any], files: Optional[Dict[str, str]] = None) -> BrowserContext:
        folder = tmp_path / "extension"
        folder.mkdir()
        basis = {"manifest_version": 3, "name": "A test's extension", "version": "1"}
        written = {"manifest.json": json.dumps({**basis, **manifest}), **(files or {})}
        for name, text in written.items():
            (folder / name).write_text(text, encoding="utf-8")
        opened.append(
            playwright.chromium.launch_persistent_context(
                str(tmp_path / "profile"),
                executable_path=chromium,
                ignore_default_args=["--disable-extensions"],
                args=[
                    RESOLVE,
                    f"--disable-extensions-except={folder}",
                    f"--load-extension={folder}",
                ],
            )
        )
        return opened[-1]

    yield start
    for each in opened:
        each.close()
