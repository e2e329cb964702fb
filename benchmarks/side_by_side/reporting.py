"""Medians, ratios, and whether goals were reached, in words."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from side_by_side.work_item import OURS, Measure, Work

UNITS: dict[Measure, str] = {"cpu": "s of CPU", "wall": "s", "memory": "MB over the input"}
OF_MEMORY = 1.0
"""Megabytes taken for a peer that needed less: below that a ratio says nothing."""


@dataclass(frozen=True)
class Runs:
    """figures: the runs of each contender. absent: contenders that are not here, and what they need."""

    work: Work
    rows: int
    figures: dict[str, list[dict[str, float | list[float]]]]
    absent: dict[str, str]

    def median(self, name: str, measure: Measure) -> float:
        return statistics.median(float(run[measure]) for run in self.figures[name])  # type: ignore[arg-type]


def table(runs: Runs) -> str:
    lines = ["| who | rows | CPU, s | wall, s | memory over the input, MB | Equipoise takes, of its CPU |", "|---|---|---|---|---|---|"]
    for contender in runs.work.contenders:
        name, rows = contender.name, f"{int(runs.rows * contender.share):,}"
        if name in runs.absent:
            lines.append(f"| {name} | | not installed: {runs.absent[name]} | | | |")
            continue
        cpu, wall, memory = (runs.median(name, measure) for measure in ("cpu", "wall", "memory"))
        ratio = "" if name == OURS or contender.share < 1 else f"1/{cpu / runs.median(OURS, 'cpu'):.3g}"
        lines.append(f"| {name} | {rows} | {cpu:.3f} | {wall:.3f} | {memory:.0f} | {ratio} |")
    return "\n".join(lines)


def judge(runs: Runs) -> tuple[list[str], int]:
    """A line a goal and a line an answer; 0 if all held, 1 if one did not, 2 if one could not be judged."""
    lines, status = [], 0
    for goal in runs.work.goals:
        if goal.peer in runs.absent:
            lines.append(f"NOT JUDGED  {goal.peer} is not installed")
            status = max(status, 2)
            continue
        ours, theirs = runs.median(goal.who, goal.measure), runs.median(goal.peer, goal.measure)
        theirs = max(theirs, OF_MEMORY) if goal.measure == "memory" else theirs
        held = ours <= goal.at_most * theirs
        most = f"at most 1/{1 / goal.at_most:g}" if goal.at_most < 1 else f"at most {goal.at_most:g} times"
        who = "" if goal.who == OURS else f"{goal.who}: "
        lines.append(
            f"{'held' if held else 'MISSED':10}  {who}{most} of {goal.peer}: {ours:.3g} to {theirs:.3g} {UNITS[goal.measure]}, "
            f"{ours / theirs:.3g} (1/{theirs / max(ours, 1e-9):.3g})"
        )
        status = status if held else 1
    for peer, tolerance in runs.work.same.items():
        if peer in runs.absent:
            continue
        apart = _apart(runs, peer)
        held = apart <= tolerance
        lines.append(f"{'held' if held else 'MISSED':10}  the answer of {peer}, to {tolerance:g}: {apart:.2g} apart")
        status = status if held else 1
    return lines, status


def _apart(runs: Runs, peer: str) -> float:
    """The largest difference of the numbers that both give, relative to the larger of the number and a thousandth of the largest."""
    ours, theirs = ([*runs.figures[name][0]["answer"]] for name in (OURS, peer))  # type: ignore[misc]
    pairs = [(float(a), float(b)) for a, b in zip(ours, theirs, strict=False)]
    floor = 1e-3 * max((abs(b) for _, b in pairs), default=0.0)
    return max((abs(a - b) / max(abs(b), floor, 1e-300) for a, b in pairs), default=float("inf"))
