"""Proportional hazards with the robust (sandwich) variance. R takes 50 seconds for 40,000 rows, and four times that for twice as many."""

from __future__ import annotations

from side_by_side.work.cox import input_of
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

R = "R survival::coxph, robust"


def equipoise(a: Arrays) -> list[float]:
    from equipoise.stats import cox

    fit = cox(a["time"], a["event"], a["x"], zph=(), robust=True).fit
    return [*fit.coef, *fit.se]


WORK = Work(
    title="Cox regression with the robust variance",
    rows=40_000,
    make=input_of,
    contenders=(Contender(OURS, equipoise), Contender(R, r=("cox_robust.R",))),
    goals=(Goal("cpu", R, 1 / 10),),
    same={R: 1e-6},
)
