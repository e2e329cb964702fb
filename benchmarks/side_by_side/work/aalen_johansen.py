"""Cumulative incidence of two competing causes in two groups, with standard errors."""

from __future__ import annotations

import numpy as np

from side_by_side.inputs import follow_up
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

R = "R survival::survfit, competing causes"


def equipoise(a: Arrays) -> list[float]:
    from equipoise.stats import cumulative_incidence

    curves = cumulative_incidence(a["time"], a["cause"], a["group"]).fit.curves
    last = [c.probability[1:, -1] for c in curves] + [c.std_error[1:, -1] for c in curves]
    return [float(v) for v in np.concatenate(last)]


def input_of(rows: int) -> Arrays:
    made = follow_up(rows)
    return {name: made[name] for name in ("time", "cause", "group")}


WORK = Work(
    title="Aalen-Johansen: two causes, two groups, with standard errors",
    rows=100_000,
    make=input_of,
    contenders=(Contender(OURS, equipoise), Contender(R, r=("aalen_johansen.R",))),
    goals=(Goal("cpu", R, 1 / 10),),
    same={R: 1e-7},
)
