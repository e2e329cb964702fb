"""The log-rank test of two groups."""

from __future__ import annotations

from side_by_side.work.kaplan_meier import input_of
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

R, LIFELINES = "R survival::survdiff", "lifelines logrank_test"


def equipoise(a: Arrays) -> list[float]:
    from equipoise.stats import logrank

    return [float(logrank(a["time"], a["event"], a["group"]).fit.chisq)]


def lifelines(a: Arrays) -> list[float]:
    from lifelines.statistics import logrank_test

    first = a["group"] == 0
    t, e = a["time"], a["event"]
    return [float(logrank_test(t[first], t[~first], e[first], e[~first]).test_statistic)]


WORK = Work(
    title="Log-rank test of two groups",
    rows=1_000_000,
    make=input_of,
    contenders=(
        Contender(OURS, equipoise),
        Contender(R, r=("logrank.R",)),
        Contender(LIFELINES, lifelines, needs="lifelines"),
    ),
    goals=(Goal("cpu", LIFELINES, 1.0), Goal("cpu", R, 1.0)),
    same={R: 1e-9, LIFELINES: 1e-9},
)
