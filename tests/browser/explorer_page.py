"""A page of the explorer under watch."""

from __future__ import annotations

import json
from typing import Any, Callable, List

from playwright.sync_api import Page

LABEL = "section[aria-label='The reply'] pre"


class Watched:
    """A page of the explorer, and everything it complained of or asked others for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: List[str] = []
        self.elsewhere: List[str] = []
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.note(request.url))

    def note(self, url: str) -> None:
        if not url.startswith((self.url + "/", "data:")):
            self.elsewhere.append(url)

    def show(self, action: str = "") -> Page:
        """The view of an action, or the first one."""
        self.page.goto(f"{self.url}/#{action}")
        self.page.locator("main h2", has_text=action or "Anki for other programs").wait_for()
        return self.page

    def wait_for_state(self, text: str) -> None:
        self.page.locator("#state-text", has_text=text).wait_for()

    @property
    def advice(self) -> str:
        return self.page.locator("#advice").inner_text()

    def sent(self) -> Any:
        """Presses Send, and gives what the page shows as the reply."""
        self.page.get_by_role("button", name="Send").click()
        self.page.locator(LABEL).wait_for()
        return json.loads(self.page.locator(LABEL).inner_text())

    def sample(self, language: str) -> str:
        """The request as the page writes it in a language."""
        self.page.get_by_role("tab", name=language).click()
        return str(self.page.locator("#sample").text_content())


Open = Callable[..., Watched]
