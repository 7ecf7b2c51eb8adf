"""The table of what was run in which Anki."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from tools import matrix
from tools.matrix import BEGIN, END, NOTHING, SMOKE, WHOLE, Row

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENTS = re.compile(r"^\[testenv:anki\{(.*)\}\]$", re.MULTILINE)
STARTED = re.compile(r'^(?:WHOLE|SMOKE)="(.*)"$', re.MULTILINE)
CONFTEST = """
import pytest

@pytest.fixture(scope="session", autouse=True)
def versions(record_testsuite_property):
    for name, value in {versions!r}.items():
        record_testsuite_property(name, value)
"""
TESTS = """
import pytest

@pytest.fixture
def breaks_at_its_end():
    yield
    raise ValueError

@pytest.mark.parametrize("number", range(3))
def test_passes(number):
    assert number < 3

def test_fails():
    assert False

def test_fails_twice(breaks_at_its_end):
    assert False

def test_fails_at_its_end(breaks_at_its_end):
    pass

@pytest.mark.skip
def test_is_skipped():
    pass

@pytest.mark.xfail
def test_is_known_to_fail():
    assert False
"""
NEWEST = {"anki": "26.09.3", "qt": "6.9.1", "python": "3.11.7"}
ROW = Row("26.09.3", "6.9.1", "3.11.7", WHOLE, "3", "3", "2", "2026-11-21")
README = f"# Title\n\nText.\n\n{BEGIN}{matrix.table([ROW])}{END}\nMore text.\n"


def run_pytest(folder: Path, report: Path, versions: Dict[str, str]) -> None:
    """A real report of a real run."""
    (folder / "conftest.py").write_text(CONFTEST.format(versions=versions), encoding="utf-8")
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    options = ["-q", "-p", "no:cacheprovider", f"--junit-xml={report}", "-c", "/dev/null"]
    words = [sys.executable, "-m", "pytest", *options, f"--rootdir={folder}", str(folder)]
    environ = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    assert subprocess.run(words, env=environ, capture_output=True, timeout=60).returncode == 1


def test_a_report_becomes_a_row(tmp_path: Path) -> None:
    run_pytest(tmp_path, tmp_path / "anki2609.xml", NEWEST)
    row = matrix.read_report(tmp_path / "anki2609.xml")
    assert row is not None
    assert (row.anki, row.qt, row.python, row.ran) == ("26.09.3", "6.9.1", "3.11.7", WHOLE)
    assert (row.passed, row.failed, row.skipped) == ("3", "3", "2")
    assert len(row.date) == len("2026-11-21")
    (tmp_path / "anki2609.xml").rename(tmp_path / "smoke-anki2609.xml")
    [again] = matrix.read_reports(tmp_path)
    assert again.ran == SMOKE


def test_reports_about_no_anki_and_broken_ones_make_no_row(tmp_path: Path) -> None:
    run_pytest(tmp_path, tmp_path / "unit.xml", {})
    (tmp_path / "anki2150.xml").write_text("<testsuites><testsuite", encoding="utf-8")
    (tmp_path / "anki2310.xml").write_text("<testsuites/>", encoding="utf-8")
    assert matrix.read_reports(tmp_path) == []


def row(anki: str, qt: str = "6.5.0", **more: Any) -> Row:
    given = {"python": "3.11.7", "ran": WHOLE, "passed": "9", "failed": "0", "skipped": "0"}
    return Row(anki, qt, **{**given, "date": "2026-01-01", **more})


def test_a_version_that_was_not_run_keeps_its_row_and_a_new_result_replaces_it() -> None:
    wanted = matrix.pinned(" anki1: aqt[qt6]==24.6.3\n anki2: aqt[qt6]==26.5\n")
    assert wanted == [Row("24.06.3", "6"), Row("26.05", "6")]
    old = [row("24.06.3"), row("26.05")]
    new = row("24.06.3", failed="1", date="2026-02-02")
    assert matrix.merged(old, [new], wanted) == [new, old[1]]
    assert matrix.merged([], [new], wanted) == [new, wanted[1]]


def test_the_same_anki_on_another_qt_has_a_row_of_its_own() -> None:
    wanted = matrix.pinned(" anki1: aqt[qt6]==2.1.54\n anki1qt5: aqt[qt5]==2.1.54\n")
    old = [row("2.1.54", "5.15.2", ran=SMOKE), row("2.1.54", "6.2.0")]
    assert matrix.merged(old, [], wanted) == old


def test_versions_that_are_no_longer_tested_go() -> None:
    wanted = matrix.pinned(" anki1: aqt[qt6]==26.9.4\n")
    assert matrix.merged([row("26.09.3")], [row("23.10.1")], wanted) == wanted
    assert wanted[0].ran == NOTHING


@pytest.mark.parametrize(
    ("old", "failed", "kept"),
    [(WHOLE, "0", True), (WHOLE, "1", False), (SMOKE, "0", False), (NOTHING, "0", False)],
)
def test_a_smoke_test_that_passed_does_not_hide_the_whole_suite(
    old: str, failed: str, kept: bool
) -> None:
    before = row("26.09.3", ran=old)
    smoke = row("26.09.3", ran=SMOKE, failed=failed, date="2026-02-02")
    [after] = matrix.merged([before], [smoke], [Row("26.09.3", "6")])
    assert after == (before if kept else smoke)


def test_writing_changes_the_table_and_nothing_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(README, encoding="utf-8")
    assert matrix.read_table(README) == [ROW]
    new = row("26.09.3", qt="6.9.1", date="2026-12-24")
    matrix.write(readme, [new], [Row("26.09.3", "6"), Row("23.10.1", "6")])
    rows = [Row("23.10.1", "6"), new]
    text = readme.read_text(encoding="utf-8")
    assert text == f"# Title\n\nText.\n\n{BEGIN}{matrix.table(rows)}{END}\nMore text.\n"
    assert matrix.read_table(text) == rows


def test_a_text_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the table"):
        matrix.with_table("# Title\n", [ROW])


def test_printing_shows_the_last_run_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert matrix.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
    before = matrix.README.read_text(encoding="utf-8")
    run_pytest(tmp_path, tmp_path / "anki2609.xml", NEWEST)
    assert matrix.main([str(tmp_path)]) == 0
    assert "| 26.09.3 | 6.9.1 | 3.11.7 | whole suite | 3 | 3 | 2 |" in capsys.readouterr().out
    assert matrix.README.read_text(encoding="utf-8") == before


def test_the_readme_lists_exactly_the_versions_that_are_tested() -> None:
    wanted = matrix.pinned(matrix.TOX.read_text(encoding="utf-8"))
    assert len(wanted) >= 12
    listed: List[Row] = matrix.read_table(matrix.README.read_text(encoding="utf-8"))
    assert [each.key for each in listed] == [each.key for each in wanted]


def test_every_version_is_run_by_the_test_command() -> None:
    script = (ROOT / "test.sh").read_text(encoding="utf-8")
    [environments] = ENVIRONMENTS.findall(matrix.TOX.read_text(encoding="utf-8"))
    started = [name for line in STARTED.findall(script) for name in line.split()]
    assert sorted(started) == sorted(f"anki{each}" for each in environments.split(","))
