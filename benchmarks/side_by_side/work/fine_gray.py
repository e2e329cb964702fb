"""Subdistribution hazards. cmprsk takes 24 seconds for 10,000 rows, and four times that for twice as many."""

from __future__ import annotations

from side_by_side.inputs import follow_up
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

R, SURVIVAL = "R cmprsk::crr", "R survival::finegray and coxph"
COLUMNS = 10


def equipoise(a: Arrays) -> list[float]:
    from equipoise.stats import fine_gray

    fit = fine_gray(a["time"], a["cause"], a["x"]).fit.fit
    return [*fit.coef, *fit.se]


def input_of(rows: int) -> Arrays:
    made = follow_up(rows)
    return {"x": made["x"][:, -COLUMNS:].copy(), "time": made["time"], "cause": made["cause"]}


WORK = Work(
    title=f"Fine-Gray regression, {COLUMNS} covariates",
    rows=10_000,
    make=input_of,
    contenders=(
        Contender(OURS, equipoise),
        Contender(R, r=("fine_gray.R",)),
        Contender(SURVIVAL, r=("fine_gray_survival.R",)),
    ),
    goals=(Goal("cpu", R, 1 / 10), Goal("cpu", SURVIVAL, 1 / 10)),
    same={R: 1e-5, SURVIVAL: 1e-2},
)
