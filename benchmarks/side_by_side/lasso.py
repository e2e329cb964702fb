"""The lasso path of a large propensity model: sparse indicators, penalties that fall to a tenth of the first; and its cross-validation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from side_by_side.work_item import OURS, Answer, Arrays, Contender, Goal, Work

COLUMNS, DENSE, PENALTIES, FOLDS = 20_000, 0.005, 14, 10
CROSS_VALIDATED = f"Equipoise, the path and {FOLDS} folds"
ADELIE = "adelie"
Models = list[tuple[float, np.ndarray]]
"""At each penalty the intercept and the coefficients, (p,)."""


def simulated(rows: int, *, even: bool) -> Arrays:
    """Indicators of equal or very unequal prevalence, by columns; an arm that hangs on a hundred of them; falling penalties.

    values, indices, indptr: as scipy's csc arrays have them. y: (rows,). penalties: (14,).
    """
    rng = np.random.default_rng(1)
    share = np.full(COLUMNS, DENSE) if even else np.exp(rng.uniform(np.log(1e-3), np.log(0.2), COLUMNS))
    share = np.clip(share * DENSE / share.mean(), 2e-4, 0.6)
    having = [np.sort(rng.choice(rows, count, replace=False)) for count in rng.binomial(rows, share)]
    ends = np.concatenate(([0], np.cumsum([len(people) for people in having])))
    given: Arrays = {"values": np.ones(ends[-1]), "indices": np.concatenate(having).astype(np.int32), "indptr": ends.astype(np.int32)}
    effect = np.zeros(COLUMNS)
    effect[rng.choice(COLUMNS, 100, replace=False)] = rng.normal(0, 1, 100)
    eta = design({**given, "y": np.empty(rows)}) @ effect
    given["y"] = (rng.random(rows) < 1 / (1 + np.exp(0.8 + eta.mean() - eta))).astype(np.float64)
    return {**given, "penalties": penalties(given)}


def penalties(a: Arrays) -> np.ndarray:
    """From the one that lets the first column in down to a tenth of it."""
    away = a["y"] - a["y"].mean()
    return float(np.abs(design(a).T @ away).max()) / away.size * np.geomspace(1, 0.1, PENALTIES)


def design(a: Arrays) -> sparse.csc_matrix:
    return sparse.csc_matrix((a["values"], a["indices"], a["indptr"]), shape=(a["y"].size, a["indptr"].size - 1))


def little(a: Arrays) -> Arrays:
    """The first 2,000 rows and 500 columns."""
    x = design(a)[:2000, :500]
    small = {"values": x.data, "indices": x.indices, "indptr": x.indptr, "y": a["y"][:2000]}
    return {**small, "penalties": penalties(small)}


def heights(a: Arrays, models: Models) -> Answer:
    """What is to be as low as it can at each penalty: minus mean log-likelihood plus penalty times the sum of |coefficients|."""
    x, y = design(a), a["y"]
    found = []
    for strength, (intercept, b) in zip(a["penalties"], models, strict=True):
        eta = x @ b + intercept
        found.append(float((np.logaddexp(0, eta) - y * eta).mean() + strength * np.abs(b).sum()))
    return found


def equipoise(a: Arrays, *, folds: int = 0) -> Callable[[], Answer]:
    from equipoise.estimators.sparse_lasso.folds import cross_validate, deal
    from equipoise.estimators.sparse_lasso.path import Lasso
    from equipoise.estimators.sparse_lasso.rows import SparseRows

    rows = a["y"].size
    x = sparse.csc_array(design(a))
    lasso = Lasso(SparseRows(x, a["y"], np.full(rows, 1 / rows), np.zeros(rows)), np.ones(x.shape[1]))
    path = lasso.path(a["penalties"])
    if folds:
        cross_validate(lasso, a["penalties"], deal(rows, folds))
    return lambda: heights(a, [(model.intercept, model.dense()) for model in path])


def adelie(a: Arrays) -> Callable[[], Answer]:
    import adelie

    state = adelie.grpnet(
        adelie.matrix.sparse(design(a), method="naive", n_threads=1),
        adelie.glm.binomial(a["y"]),
        lmda_path=a["penalties"],
        early_exit=False,
        progress_bar=False,
        n_threads=1,
    )
    return lambda: heights(a, [(float(i), b.toarray().ravel()) for i, b in zip(state.intercepts, state.betas, strict=True)])


def work(kind: str, *, even: bool) -> Work:
    return Work(
        title=f"Lasso path of {PENALTIES} penalties, {COLUMNS:,} sparse columns of {kind} prevalence",
        rows=100_000,
        make=lambda rows: simulated(rows, even=even),
        contenders=(
            Contender(OURS, equipoise),
            Contender(ADELIE, adelie, needs="adelie"),
            Contender(CROSS_VALIDATED, lambda a: equipoise(a, folds=FOLDS)),
        ),
        goals=(Goal("cpu", ADELIE, 1.0), Goal("wall", ADELIE, 1.0), Goal("cpu", OURS, 15.0, who=CROSS_VALIDATED)),
        same={ADELIE: 1e-6},
        little=little,
    )
