"""What was run in which Anki: the results that ./test.sh leaves, as a table, and that table in README.md.

python3 tools/matrix.py            prints the results of the last run
python3 tools/matrix.py --write    puts them into README.md; versions that were not run keep their rows
"""

from __future__ import annotations

import argparse
import pathlib
import platform
import re
import sys
from dataclasses import astuple, dataclass
from importlib import metadata
from typing import Dict, Iterable, List, Optional, Sequence, Tuple
from xml.etree import ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / ".tox" / "logs"
README = ROOT / "README.md"
TOX = ROOT / "tox.ini"

BEGIN = "<!-- what was run: written by tools/matrix.py -->\n"
END = "<!-- end of what was run -->\n"
HEAD = ("Anki", "Qt", "Python", "what was run", "passed", "failed", "skipped", "on")
WHOLE, SMOKE, NOTHING = "whole suite", "smoke test", "not yet"
SMOKE_FILE = "smoke-"
PIN = re.compile(r"^ +anki\w+: aqt\[qt(\d)\]==([\d.]+)$", re.MULTILINE)
QT_PACKAGES = ("PyQt6-Qt6", "PyQt5-Qt5")

# A version as numbers and Qt's first number: what a row is about.
Key = Tuple[Tuple[int, ...], int]


@dataclass(frozen=True)
class Row:
    """One row of the table, in the order of HEAD."""

    anki: str
    qt: str
    python: str = ""
    ran: str = NOTHING
    passed: str = ""
    failed: str = ""
    skipped: str = ""
    date: str = ""

    @property
    def key(self) -> Key:
        return numbers(self.anki), int(self.qt.partition(".")[0])


def numbers(version: str) -> Tuple[int, ...]:
    """Anki 24.06.3 is the package aqt 24.6.3."""
    return tuple(int(part) for part in version.split("."))


# --- What a test run tells ------------------------------------------------------------------------


def versions() -> Dict[str, str]:
    """What the tests run with; nothing where there is no Anki. For the report's properties."""
    try:
        metadata.version("anki")
    except metadata.PackageNotFoundError:
        return {}
    from anki.buildinfo import version

    return {"anki": version, "qt": qt_version(), "python": platform.python_version()}


def qt_version() -> str:
    there = {str(each.metadata["Name"]).lower(): each.version for each in metadata.distributions()}
    return next((there[name.lower()] for name in QT_PACKAGES if name.lower() in there), "")


def read_report(path: pathlib.Path) -> Optional[Row]:
    """The row of a JUnit report; None if it is not about an Anki, or was cut off."""
    try:
        [suite] = ElementTree.parse(path).getroot().iter("testsuite")
    except (ElementTree.ParseError, ValueError):
        return None
    told = {each.get("name"): each.get("value", "") for each in suite.iter("property")}
    if not {"anki", "qt", "python"} <= set(told):
        return None
    passed, failed, skipped = counts(suite)
    return Row(
        told["anki"],
        told["qt"],
        told["python"],
        SMOKE if path.name.startswith(SMOKE_FILE) else WHOLE,
        str(passed),
        str(failed),
        str(skipped),
        suite.get("timestamp", "").partition("T")[0],
    )


def counts(suite: ElementTree.Element) -> Tuple[int, int, int]:
    """Passed, failed, skipped. A test that fails twice, such as in its end too, is in the report twice."""
    found: Dict[Tuple[str, str], str] = {}
    for case in suite.iter("testcase"):
        name = (case.get("classname", ""), case.get("name", ""))
        if case.find("failure") is not None or case.find("error") is not None:
            found[name] = "failed"
        elif case.find("skipped") is not None:
            found.setdefault(name, "skipped")
        else:
            found.setdefault(name, "passed")
    ends = list(found.values())
    return ends.count("passed"), ends.count("failed"), ends.count("skipped")


def read_reports(logs: pathlib.Path) -> List[Row]:
    rows = [row for row in map(read_report, sorted(logs.glob("*.xml"))) if row is not None]
    return sorted(rows, key=lambda row: row.key)


# --- The table ------------------------------------------------------------------------------------


def pinned(tox: str) -> List[Row]:
    """A row for each version of tox.ini, as if nothing had been run yet, oldest first."""
    return sorted((Row(spelled(v), qt) for qt, v in PIN.findall(tox)), key=lambda row: row.key)


def spelled(version: str) -> str:
    """As Anki writes it: with two digits for the month."""
    year, month, *rest = version.split(".")
    return ".".join([year, month.zfill(2) if int(year) > 2 else month, *rest])


def merged(old: Iterable[Row], new: Iterable[Row], wanted: Iterable[Row]) -> List[Row]:
    """One row for each that is wanted: the new result, else the old one, else none."""
    rows = {row.key: row for row in wanted}
    for row in old:
        if row.key in rows and row.ran != NOTHING:
            rows[row.key] = row
    for row in new:
        if row.key in rows and says_more(row, rows[row.key]):
            rows[row.key] = row
    return [rows[key] for key in sorted(rows)]


def says_more(new: Row, old: Row) -> bool:
    """A smoke test says less than the whole suite did, unless something failed."""
    return new.ran == WHOLE or old.ran != WHOLE or new.failed != "0"


def table(rows: Sequence[Row]) -> str:
    lines = [HEAD, ("---",) * len(HEAD), *map(astuple, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def read_table(readme: str) -> List[Row]:
    lines = between(readme).splitlines()[2:]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def between(readme: str) -> str:
    return readme.partition(BEGIN)[2].partition(END)[0]


def with_table(readme: str, rows: Sequence[Row]) -> str:
    """The text with another table between the two marks."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no place for the table: {BEGIN.strip()} ... {END.strip()}")
    return f"{before}{begin}{table(rows)}{end}{after}"


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="What was run in which Anki.")
    parser.add_argument("logs", nargs="?", type=pathlib.Path, default=LOGS)
    parser.add_argument("--write", action="store_true", help="put it into README.md")
    chosen = parser.parse_args(arguments)
    found = read_reports(chosen.logs)
    if chosen.write:
        write(README, found, pinned(TOX.read_text(encoding="utf-8")))
    elif found:
        print(f"\n{table(found)}", end="")
    return 0


def write(readme: pathlib.Path, found: Sequence[Row], wanted: Sequence[Row]) -> None:
    text = readme.read_text(encoding="utf-8")
    rows = merged(read_table(text), found, wanted)
    readme.write_text(with_table(text, rows), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
