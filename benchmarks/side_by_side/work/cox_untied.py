"""Proportional hazards, times that all differ."""

from __future__ import annotations

from side_by_side.inputs import follow_up
from side_by_side.work.cox import R, equipoise
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work


def input_of(rows: int) -> Arrays:
    made = follow_up(rows, whole_days=False)
    return {name: made[name] for name in ("x", "time", "event")}


WORK = Work(
    title="Cox regression, times that all differ",
    rows=200_000,
    make=input_of,
    contenders=(Contender(OURS, equipoise), Contender(R, r=("cox.R",))),
    goals=(Goal("cpu", R, 1 / 3), Goal("memory", R, 1 / 2)),
    same={R: 1e-6},
)
