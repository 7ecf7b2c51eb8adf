"""A real Anki with a key, its description in a file, and commands that generate and check clients."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
from typing import Any, Dict, Iterator

import pytest

from tests.real_anki import RealAnki

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "machine-readable.md"
KEY = "kT3vX9wq2LrZp8NsYb4u"
COMMAND_SECONDS = 180.0


@pytest.fixture
def locked_anki(tmp_path: pathlib.Path) -> Iterator[RealAnki]:
    """An Anki that wants a key."""
    anki = RealAnki(tmp_path / "anki", config={"apiKey": KEY})
    try:
        yield anki.start()
        anki.close()
    finally:
        anki.kill()


@pytest.fixture
def description(locked_anki: RealAnki, tmp_path: pathlib.Path) -> pathlib.Path:
    """What this Anki tells generators."""
    path = tmp_path / "openapi.json"
    path.write_bytes(locked_anki.http("GET", "/openapi.json").body)
    return path


def run(*words: object, folder: pathlib.Path) -> str:
    """What a command prints; it has to end well."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=COMMAND_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{words[0]} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def sample(language: str, url: str) -> str:
    """The program in the documentation, for another place and key."""
    text = PAGE.read_text(encoding="utf-8")
    [found] = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert "http://127.0.0.1:8765" in found
    assert "your key" in found
    return str(found).replace("http://127.0.0.1:8765", url).replace("your key", KEY)


def check_sample(told: int, front: str, anki: RealAnki) -> None:
    """Whether the documentation's program has added its note, and told the new id."""
    assert anki.request("findNotes", query=f"Front:{front} deck:Default") == [told]


def check_session(told: Dict[str, Any], anki: RealAnki) -> None:
    """Holds what a session's script has seen against what is in Anki."""
    [note_id] = anki.request("findNotes", query="deck:Spanish")
    [note] = anki.request("notesInfo", notes=[note_id])
    assert told == {
        "decksBefore": ["Default"],
        "deckId": anki.request("deckNamesAndIds")["Spanish"],
        "noteId": note_id,
        "found": [note_id],
        "front": "gato",
        "tags": ["animals"],
        "cards": note["cards"],
        "duplicate": [409, "cannot create note because it is a duplicate"],
        "noDeck": [404, "deck was not found: Spanisch"],
        "noKey": [401, "valid api key must be provided"],
    }


def last_line(output: str) -> Any:
    return json.loads(output.strip().splitlines()[-1])
