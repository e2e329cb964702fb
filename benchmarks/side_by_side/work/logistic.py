"""Logistic regression by maximum likelihood."""

from __future__ import annotations

from side_by_side.inputs import outcome
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

R, SCIKIT = "R glm", "scikit-learn newton-cholesky"


def equipoise(a: Arrays) -> list[float]:
    from equipoise.stats import logistic

    fit = logistic(a["event"], a["x"]).fit
    return [*fit.coef, *fit.se]


def scikit_learn(a: Arrays) -> list[float]:
    from sklearn.linear_model import LogisticRegression

    fit = LogisticRegression(C=float("inf"), solver="newton-cholesky").fit(a["x"], a["event"])
    return [*fit.intercept_, *fit.coef_[0]]


WORK = Work(
    title="Logistic regression",
    rows=1_000_000,
    make=outcome,
    contenders=(
        Contender(OURS, equipoise),
        Contender(R, r=("logistic.R",)),
        Contender(SCIKIT, scikit_learn, needs="sklearn"),
    ),
    goals=(Goal("cpu", R, 1 / 8), Goal("memory", R, 1 / 10), Goal("cpu", SCIKIT, 1.0)),
    same={R: 1e-6, SCIKIT: 1e-2},
)
