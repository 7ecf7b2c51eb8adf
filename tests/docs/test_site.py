"""The site builds without a warning, has every page, finds every action, and needs nothing from elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

import pytest

from tools import draw_architecture

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ACTIONS = sorted(path.stem for path in (ROOT / "examples").glob("*/*.json"))
# What a browser fetches by itself; links that people follow are not among it.
FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*?\ssrc=[\"']?([^\"'\s>]+)"
    r"|<link\b(?=[^>]*rel=[\"']?(?:stylesheet|preload|preconnect|icon|manifest))[^>]*?\shref=[\"']?([^\"'\s>]+)"
)
FROM_STYLE = re.compile(r"(?:@import\s*|url\()[\"']?(https?:)?//")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def found(site: Path) -> List[Dict[str, Any]]:
    """What the search box looks through."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    return list(index["docs"])


def pages() -> Iterator[str]:
    for path in DOCS.rglob("*.md"):
        yield path.relative_to(DOCS).with_suffix(".html").as_posix()
    yield from ("index.html", "contributing.html", "changelog.html")


def test_every_page_is_in_the_navigation(site: Path) -> None:
    home = (site / "index.html").read_text(encoding="utf-8")
    linked = set(re.findall(r'<a href="([^"#]+)" class="md-nav__link', home))
    assert sorted(linked) == sorted(pages())


def test_the_search_finds_every_action(found: List[Dict[str, Any]]) -> None:
    titles: Set[str] = {one["title"] for one in found}
    assert len(ACTIONS) > 100
    assert sorted(set(ACTIONS) - titles) == []


def test_the_search_finds_every_page(found: List[Dict[str, Any]]) -> None:
    places = {one["location"].partition("#")[0] for one in found}
    assert sorted(set(pages()) - places) == []


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        fetched = [
            one for pair in FETCHED.findall(path.read_text(encoding="utf-8")) for one in pair
        ]
        assert [one for one in fetched if re.match(r"(https?:)?//", one)] == [], path.name
    for path in site.rglob("*.css"):
        assert not FROM_STYLE.search(path.read_text(encoding="utf-8")), path.name


def test_nothing_that_is_fetched_is_noticed() -> None:
    text = '<script src="https://a.example/x.js"></script><link rel=stylesheet href="//b.example/y.css">'
    assert [one for pair in FETCHED.findall(text) for one in pair if one] == [
        "https://a.example/x.js",
        "//b.example/y.css",
    ]


def test_the_diagram_is_a_picture_that_is_up_to_date(site: Path) -> None:
    page = (site / "architecture.html").read_text(encoding="utf-8")
    assert "flowchart LR" not in page
    assert 'src="images/architecture.svg"' in page
    picture = (site / "images" / "architecture.svg").read_text(encoding="utf-8")
    assert draw_architecture.mark() in picture, "run tools/draw_architecture.py"


def test_lists_in_lists_stay_lists(site: Path) -> None:
    assert "\n  - `" in (DOCS / "reference" / "models.md").read_text(encoding="utf-8")
    page = (site / "reference" / "models.html").read_text(encoding="utf-8")
    assert re.search(r"<li><code>templates</code>[^<]*<ul>\n<li><code>Front</code>", page)
