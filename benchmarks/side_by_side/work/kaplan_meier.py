"""Survival curves of two groups."""

from __future__ import annotations

import numpy as np

from side_by_side.inputs import follow_up
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

R, LIFELINES = "R survival::survfit", "lifelines KaplanMeierFitter"


def equipoise(a: Arrays) -> list[float]:
    from equipoise.stats import kaplan_meier

    fit = kaplan_meier(a["time"], a["event"], a["group"])
    return [float(v) for c in fit.fit.curves for v in (c.survival[-1], c.survival[len(c.survival) // 2], c.n_risk[5])]


def lifelines(a: Arrays) -> list[float]:
    from lifelines import KaplanMeierFitter

    found: list[float] = []
    for group in (0.0, 1.0):
        mine = a["group"] == group
        fit = KaplanMeierFitter().fit(a["time"][mine], a["event"][mine])
        survival = fit.survival_function_.iloc[1:, 0].to_numpy()
        found += [survival[-1], survival[len(survival) // 2], fit.event_table["at_risk"].to_numpy()[6]]
    return [float(v) for v in found]


def input_of(rows: int) -> Arrays:
    made = follow_up(rows)
    return {name: np.asarray(made[name]) for name in ("time", "event", "group")}


WORK = Work(
    title="Kaplan-Meier curves of two groups, with intervals",
    rows=1_000_000,
    make=input_of,
    contenders=(
        Contender(OURS, equipoise),
        Contender(R, r=("kaplan_meier.R",)),
        Contender(LIFELINES, lifelines, needs="lifelines"),
    ),
    goals=(Goal("cpu", LIFELINES, 1.0), Goal("cpu", R, 1.0)),
    same={R: 1e-9, LIFELINES: 1e-9},
)
