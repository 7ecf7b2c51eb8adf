"""The benchmark's figures as tables and as JSON."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from tools.bench_work import Figures

HEAD = [
    "| request | ours ms | floor ms | ratio | CPU ratio | target | of target | met | stall ms (longest) | met |",
    "|---|--:|--:|--:|--:|---|--:|---|--:|---|",
]


def table(found: Sequence[Figures]) -> str:
    beside = {figures.workload.name: figures for figures in found}
    lines: List[str] = []
    for group in dict.fromkeys(figures.workload.group for figures in found):
        rows = [row(one, beside) for one in found if one.workload.group == group]
        lines += [*([""] if lines else []), f"{group}:".capitalize(), "", *HEAD, *rows]
    return "\n".join(lines)


def row(figures: Figures, beside: Dict[str, Figures]) -> str:
    workload = figures.workload
    part = figures.of_target(beside)
    stall, worst = figures.median("stall"), figures.stall
    cells = [
        workload.name + (" (each)" if workload.each else ""),
        f"{figures.median('ours'):.2f}",
        f"{figures.median('floor'):.2f}",
        f"{figures.ratio:.2f}",
        f"{figures.cpu_ratio:.2f}",
        target_text(figures),
        f"{part:.2f}",
        yes(part <= 1),
        f"{stall:.0f} ({worst:.0f})",
        yes(worst <= workload.longest_stall),
    ]
    return f"| {' | '.join(cells)} |"


def target_text(figures: Figures) -> str:
    workload = figures.workload
    if workload.beside:
        return f"{workload.factor:g} x the full form"
    if not workload.factor:
        return f"{workload.plus:g} ms"
    if workload.enough:
        return f"{workload.factor:g} x, or {workload.enough / 1000:g} s"
    more = f" + {workload.plus:g} ms" if workload.plus else ""
    return f"{workload.factor:g} x{more}" + (" + refresh" if workload.refreshes else "")


def yes(met: object) -> str:
    return "yes" if met else "**no**"


def as_json(found: Sequence[Figures]) -> List[Dict[str, Any]]:
    beside = {figures.workload.name: figures for figures in found}
    return [
        {
            "name": one.workload.name,
            "group": one.workload.group,
            "ours_ms": round(one.median("ours"), 3),
            "floor_ms": round(one.median("floor"), 3),
            "ratio": round(one.ratio, 3),
            "cpu_ratio": round(one.cpu_ratio, 3),
            "target": target_text(one),
            "of_target": round(one.of_target(beside), 3),
            "met": one.of_target(beside) <= 1,
            "stall_ms": round(one.median("stall"), 1),
            "longest_stall_ms": round(one.stall, 1),
            "stall_met": one.stall <= one.workload.longest_stall,
            "rounds": [
                [round(r.ours, 3), round(r.floor, 3), round(r.stall, 1)] for r in one.rounds
            ],
        }
        for one in found
    ]
