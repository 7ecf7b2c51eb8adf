"""docs/troubleshooting.md quotes what users really see, and docs/configuration.md what really works."""

from __future__ import annotations

import errno
import json
import re
import shlex
from pathlib import Path
from typing import Any, Callable, List, Tuple, cast

import pytest

from plugin import config
from plugin.errors import AnkiBusy, AnkiClosing, CollectionUnavailable, InvalidKey, NotAllowed
from plugin.gui import words
from plugin.web import guard
from plugin.web.guard import Caller, CallerKind
from plugin.web.listeners import Failure
from plugin.web.messages import Head, Headers, Response

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
CONFIGURATION = (DOCS / "configuration.md").read_text(encoding="utf-8")
CLIENTS = (DOCS / "clients.md").read_text(encoding="utf-8")


def not_listening(port: int, host: str, number: int) -> str:
    return Failure(host, port, number, "").sentence("another program: node (process 4711)")


def unusable_port() -> str:
    return config.read({"webBindPort": 99999}, {}, config.DEFAULTS)[1][0]


def refused(response: Response) -> str:
    return str(json.loads(response.body)["error"])


def wrong_host() -> str:
    head = Head("POST", "/", (1, 1), Headers((("Host", "anki.lan:8765"),)), "")
    return refused(cast(Response, guard.examine(head, config.DEFAULTS)))


MESSAGES: List[Tuple[str, Callable[[], str]]] = [
    ("taken", lambda: not_listening(8765, "127.0.0.1", errno.EADDRINUSE)),
    ("reserved", lambda: not_listening(8765, "127.0.0.1", 10013)),
    ("below 1024", lambda: not_listening(80, "127.0.0.1", errno.EACCES)),
    ("no such address", lambda: not_listening(8765, "192.0.2.7", errno.EADDRNOTAVAIL)),
    ("no key", lambda: words.KEY_MISSING.format(address="0.0.0.0")),
    ("a setting", unusable_port),
    ("App Nap", lambda: words.APP_NAP),
    ("busy", lambda: str(AnkiBusy(15))),
    ("origin", lambda: refused(guard.origin_refused(Caller(CallerKind.FOREIGN, "https://example.com")))),
    ("host", wrong_host),
]  # fmt: skip


@pytest.mark.parametrize(("name", "message"), MESSAGES, ids=[name for name, _ in MESSAGES])
def test_messages_are_quoted_to_the_letter(name: str, message: Callable[[], str]) -> None:
    assert f"```text\n{message()}\n```" in PAGE


def test_no_message_is_made_up() -> None:
    quoted = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
    commands = [text for text in quoted if text.startswith("netsh ")]
    assert len(commands) == 1
    assert set(quoted) - set(commands) == {message() for _, message in MESSAGES}


def test_errors_of_replies_are_quoted() -> None:
    for text in (str(InvalidKey()), str(CollectionUnavailable())):
        assert f"| `{text}` |" in PAGE
    assert str(NotAllowed("deleteNotes", "delete")).partition(". ")[0] in PAGE


def test_what_a_client_may_send_again_begins_like_that() -> None:
    [listed] = re.findall(r"^SAFE = (\(.*\))$", CLIENTS, re.MULTILINE)
    safe = tuple(json.loads(f"[{listed[1:-1]}]"))
    failures = (AnkiBusy(15), CollectionUnavailable(), AnkiClosing())
    assert [str(failure).startswith(safe) for failure in failures] == [True, True, True]
    assert len(safe) == len(failures)


@pytest.mark.parametrize("setting", config.SETTINGS, ids=lambda setting: setting.key)
def test_the_variable_of_a_setting_means_what_its_example_means(setting: Any) -> None:
    section = CONFIGURATION.partition(f"\n## {setting.key}\n")[2].partition("\n## ")[0]
    [stored] = re.findall(r"^\| for instance \| `(.*)` \|$", section, re.MULTILINE)
    [given] = re.findall(r"^\| environment \| `(.*)` \|$", section, re.MULTILINE)
    [word] = shlex.split(given)
    name, _, value = word.partition("=")
    from_file = config.read(json.loads(f"{{{stored}}}"), {})
    from_variable = config.read({}, {name: value})
    assert from_file == from_variable
    assert from_file[1] == []
    assert from_file[0] != config.read({}, {})[0]
