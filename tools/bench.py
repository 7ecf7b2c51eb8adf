"""How fast requests are: small ones beside a bare server, all others beside the same work done directly in Anki.

Run by `tox -e bench`. For each size a real Anki is started with the add-on and a made collection. Ours (over HTTP,
from before the connection to the last byte) and the floor (inside the same Anki) take turns; ratios are taken within
a round, and their median over the rounds counts. docs/performance.md says more.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import sys
import tempfile
from typing import Any, Dict, Iterator, List, Optional, Sequence

from tests.real_anki import RealAnki
from tools import bench_idle, bench_latency, bench_report, bench_together, big_collection
from tools.bench_work import Bench, Figures
from tools.launch import FIRST_PROFILE
from tools.workloads import Workload
from tools.workloads.popup import popup
from tools.workloads.reads import reads
from tools.workloads.writes import AMOUNTS, FILES, writes

IDLE_SECONDS = 2.0
# Whoever uses a client is in another program: Anki's main window is there, and not in front.
ELSEWHERE = """
from aqt.qt import QWidget
kept["in front"] = QWidget()
kept["in front"].show()
kept["in front"].activateWindow()
wait_until(lambda: mw.app.activeWindow() is kept["in front"])
"""


def parsed(words: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="20k", help="notes, such as 1k,20k,200k")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--short", action="store_true", help="1k, 2 rounds, no big files: a minute")
    parser.add_argument("--only", default="", help="rows whose name holds this text")
    parser.add_argument("--no-latency", action="store_true", help="leave the bare server out")
    parser.add_argument("--requests", type=int, default=2000, help="a round, on kept connections")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each throughput measurement")
    parser.add_argument("--together", type=float, default=60.0, help="seconds of 8 mixed clients")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds in which nobody asks")
    parser.add_argument("--collections", type=pathlib.Path, help="keep made collections there")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there, too")
    given = parser.parse_args(words)
    if given.short:
        given.sizes, given.rounds, given.requests, given.seconds = "1k", 2, 500, 0.5
        given.together, given.idle = 3.0, 0.0
    return given


def sizes(text: str) -> List[int]:
    return [int(one.strip().lower().replace("k", "000")) for one in text.split(",")]


def collection(size: int, keep: pathlib.Path) -> pathlib.Path:
    """The folder with a collection of that size, made unless it is there."""
    folder = keep / str(size)
    if not (folder / "collection.anki2").exists():
        half = keep / f"{size}.half"
        shutil.rmtree(half, ignore_errors=True)
        big_collection.make(size, half)
        half.rename(folder)
    return folder


def running(base: pathlib.Path, made: pathlib.Path) -> RealAnki:
    """An Anki that works on a copy of the collection."""
    shutil.copytree(made, base / FIRST_PROFILE)
    return RealAnki(base).start()


def workloads(sample: Dict[str, Any], given: argparse.Namespace) -> Iterator[Workload]:
    files = list(FILES)[: 2 if given.short else None]
    amounts = AMOUNTS[: 1 if given.short else None]
    every = [*reads(sample), *popup(sample), *writes(sample, files, amounts)]
    beside = {one.beside for one in every if given.only in one.name}
    return (one for one in every if given.only in one.name or one.name in beside)


def one_size(size: int, given: argparse.Namespace, keep: pathlib.Path) -> Dict[str, Any]:
    """Prints what was found, and returns it for the JSON."""
    with tempfile.TemporaryDirectory() as folder:
        anki = running(pathlib.Path(folder) / "base", collection(size, keep))
        try:
            anki.execute(ELSEWHERE)
            bench = Bench(anki, pathlib.Path(folder))
            chosen = list(workloads(bench.sample(), given))
            idle = bench.idle_stall(IDLE_SECONDS)
            found = bench.measure(chosen, given.rounds)
            about = f"{size:,} notes, Anki {anki.evaluate('aqt.appVersion')}, {given.rounds} rounds"
            show(about, idle, found)
            together = mixed(anki, bench.sample(), given.together)
        finally:
            # Closing would make a backup of the whole collection.
            anki.kill()
    return {
        "about": about,
        "idle_stall_ms": round(idle, 1),
        "rows": bench_report.as_json(found),
        "together": together,
    }


def mixed(anki: RealAnki, sample: Dict[str, Any], seconds: float) -> Dict[str, Any]:
    """Clients of different kinds at the same time; nothing in no time."""
    if not seconds:
        return {}
    together = bench_together.measure(anki, sample, seconds)
    print(bench_together.table(together), "\n", flush=True)
    return together


def show(about: str, idle: float, found: Sequence[Figures]) -> None:
    print(f"{about}; {machine()}; longest stall while nobody asks: {idle:.0f} ms\n")
    print(bench_report.table(found), "\n", flush=True)


def small_requests(given: argparse.Namespace) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        anki = RealAnki(pathlib.Path(folder)).start()
        try:
            found = bench_latency.measure(anki, given.rounds, given.requests, given.seconds)
        finally:
            anki.kill()
    print(bench_latency.table(found), "\n", flush=True)
    return bench_latency.as_json(found)


def nobody_asks(seconds: float) -> Dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        found = bench_idle.measure(pathlib.Path(folder), seconds)
    if found:
        print(bench_idle.table(found), "\n", flush=True)
    return found


def machine() -> str:
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}{load}"


def main(words: Optional[Sequence[str]] = None) -> int:
    given = parsed(words)
    with tempfile.TemporaryDirectory() as folder:
        keep = given.collections or pathlib.Path(folder)
        found: Dict[str, Any] = {"machine": machine()}
        if not given.no_latency:
            found["small requests"] = small_requests(given)
            found["idle"] = nobody_asks(given.idle)
        found["sizes"] = {str(size): one_size(size, given, keep) for size in sizes(given.sizes)}
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
