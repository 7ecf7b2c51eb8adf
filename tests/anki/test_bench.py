"""The benchmark runs: both sides give the same answers, and everything that is measured is told."""

import json
import pathlib

import pytest

from tools import bench, bench_idle

ROWS = {"getTags", "addTags 1,000", "removeTags 1,000"}


@pytest.fixture
def figures(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "figures.json"


def test_smallest_form_measures_reads_and_writes(
    tmp_path: pathlib.Path, figures: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--sizes", "1k", "--rounds", "1", "--no-latency", "--only", "Tags", "--together", "1"]
    assert bench.main([*words, "--collections", str(tmp_path), "--json", str(figures)]) == 0

    [found] = json.loads(figures.read_text(encoding="utf-8"))["sizes"].values()
    assert {row["name"] for row in found["rows"]} == ROWS
    assert all(row["ours_ms"] > 0 and row["floor_ms"] > 0 for row in found["rows"])
    assert all(row["longest_stall_ms"] > 0 for row in found["rows"])
    together = found["together"]
    assert together["longest_stall_ms"] > 0
    assert [one["requests"] > 0 for one in together["clients"]] == [True] * 8
    printed = capsys.readouterr().out
    assert all(f"| {name} |" in printed for name in ROWS)


@pytest.mark.skipif(
    not pathlib.Path("/proc/self/task").exists(), reason="only Linux tells it in this way"
)
def test_an_anki_that_nobody_asks_wakes_as_seldom_with_the_add_on_as_without(
    tmp_path: pathlib.Path,
) -> None:
    found = bench_idle.measure(tmp_path, 5.0)
    assert found["without"]["cpu_ms"] > 0
    assert "| with the add-on |" in bench_idle.table(found)
    # Anki alone wakes now and then; a timer such as other add-ons have would add 40.
    assert found["with"]["wakeups"] < found["without"]["wakeups"] + 20
