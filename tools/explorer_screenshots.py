"""Makes the pictures of the explorer in docs/images, with the Python of the tox environment `browser`.

.tox/browser/bin/python -m tools.explorer_screenshots
"""

from __future__ import annotations

import pathlib
import shutil
import sys
import tempfile
from typing import Any, Dict

from playwright.sync_api import Browser, Route, sync_playwright

from tests.real_anki import RealAnki
from tools.launch import ROOT

IMAGES = ROOT / "docs" / "images"
USUAL = "http://127.0.0.1:8765"
SIZES: Dict[str, Any] = {
    "desktop": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
SCHEMES = ("light", "dark")
DECKS = ("Japanese", "Spanish", "Spanish::Verbs")


def forward(route: Route, url: str) -> None:
    """The pictures show the usual address, whoever may have it at the moment."""
    response = route.fetch(url=route.request.url.replace(USUAL, url))
    route.fulfill(response=response)


def picture(browser: Browser, url: str, device: str, scheme: Any) -> None:
    """The explorer after a request was sent from it."""
    context = browser.new_context(viewport=SIZES[device], color_scheme=scheme)
    page = context.new_page()
    page.route("**/*", lambda route: forward(route, url))
    page.goto(f"{USUAL}/#getDeckStats")
    page.locator("#state-text", has_text="Ready").wait_for()
    page.get_by_label("decks").fill("Japanese\nSpanish")
    page.get_by_role("button", name="Send").click()
    page.locator(".what.good").wait_for()
    page.locator("h1 a").evaluate("node => node.blur()")
    page.screenshot(path=str(IMAGES / f"explorer-{device}-{scheme}.png"))
    context.close()


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        anki = RealAnki(pathlib.Path(folder)).start()
        try:
            for deck in DECKS:
                anki.request("createDeck", deck=deck)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium)
                for device in SIZES:
                    for scheme in SCHEMES:
                        picture(browser, anki.url, device, scheme)
                browser.close()
            anki.close()
        finally:
            anki.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
