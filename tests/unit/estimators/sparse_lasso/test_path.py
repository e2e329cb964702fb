"""The sparse lasso: the conditions of its minimum from plain formulas on dense arrays, and the same minimum from another method."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import minimize

from equipoise.estimators.sparse_lasso.path import Lasso, Model
from equipoise.estimators.sparse_lasso.rows import SparseRows
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import elastic_net

RNG = np.random.default_rng(5)
N, P = 600, 80
DENSE = (RNG.random((N, P)) < RNG.uniform(0.02, 0.4, P)).astype(float)
DENSE[:, 1] = DENSE[:, 0]  # the same people
DENSE[:, 7] *= RNG.normal(2, 1, N)  # not an indicator
WEIGHT = RNG.uniform(0.2, 2, N) * (RNG.random(N) < 0.95)
OFFSET = RNG.normal(0, 0.5, N)
ARM = (RNG.random(N) < 1 / (1 + np.exp(1 - DENSE[:, :12] @ RNG.normal(0, 1, 12) - OFFSET))).astype(float)
FACTOR = np.where(np.arange(P) == 20, 0.0, np.where(np.arange(P) == 21, np.inf, RNG.uniform(0.5, 2, P)))


def lasso(weight: np.ndarray = WEIGHT, offset: np.ndarray = OFFSET, factor: np.ndarray = FACTOR) -> Lasso:
    return Lasso(SparseRows(sparse.csc_array(DENSE), ARM, weight / weight.sum(), offset), factor)


def loss(intercept: float, b: np.ndarray) -> float:
    eta = OFFSET + intercept + DENSE @ b
    return float(WEIGHT @ (np.logaddexp(0, eta) - ARM * eta) / WEIGHT.sum())


def slopes(intercept: float, b: np.ndarray) -> np.ndarray:
    """(1 + p,) along the intercept and the columns."""
    residual = WEIGHT * (1 / (1 + np.exp(-OFFSET - intercept - DENSE @ b)) - ARM) / WEIGHT.sum()
    return np.concatenate(([residual.sum()], DENSE.T @ residual))


def walked(problem: Lasso, least: float = 0.01, count: int = 10) -> tuple[np.ndarray, list[Model]]:
    penalties = problem.entry(problem.null()) * np.geomspace(1, least, count)
    return penalties, problem.path(penalties)


def test_the_conditions_of_a_minimum_hold_all_along_the_path() -> None:
    penalties, path = walked(lasso())
    active = [np.count_nonzero(model.dense()) for model in path]
    assert active[0] <= 2 < 30 < active[-1]
    for strength, model in zip(penalties, path, strict=True):
        b, slope = model.dense(), slopes(model.intercept, model.dense())
        edge = np.where(np.isinf(FACTOR), 1e9, strength * FACTOR)
        bound = 3e-7 * penalties[0]
        assert abs(slope[0]) <= bound
        np.testing.assert_allclose(slope[1:][b != 0], -(edge * np.sign(b))[b != 0], atol=bound)
        assert np.all(np.abs(slope[1:][b == 0]) <= edge[b == 0] + bound)
        np.testing.assert_allclose(model.slopes, slope[1:], atol=1e-12)
        assert b[21] == 0


def test_another_method_finds_no_lower_point() -> None:
    """The penalty is linear in positive and negative parts, so a method for bounded variables minimises the same objective."""
    penalties, path = walked(lasso(), least=0.05, count=4)
    allowed = np.flatnonzero(np.isfinite(FACTOR))
    for strength, model in list(zip(penalties, path, strict=True))[1:]:
        edge = strength * FACTOR[allowed]

        def objective(z: np.ndarray, edge: np.ndarray = edge) -> tuple[float, np.ndarray]:
            b = np.zeros(P)
            b[allowed] = z[1 : 1 + allowed.size] - z[1 + allowed.size :]
            slope = slopes(z[0], b)
            along = slope[1:][allowed]
            height = loss(z[0], b) + edge @ (z[1 : 1 + allowed.size] + z[1 + allowed.size :])
            return height, np.concatenate(([slope[0]], along + edge, -along + edge))

        bounds = [(None, None)] + [(0, None)] * (2 * allowed.size)
        options = {"maxiter": 20000, "maxfun": 100000, "ftol": 1e-15, "gtol": 1e-10}
        other = minimize(objective, np.zeros(len(bounds)), jac=True, bounds=bounds, method="L-BFGS-B", options=options)
        b = model.dense()
        ours = loss(model.intercept, b) + strength * float(FACTOR[allowed] @ np.abs(b[allowed]))
        assert ours == pytest.approx(other.fun, abs=1e-8)
        assert ours <= other.fun + 1e-11


def test_it_is_the_path_of_the_dense_elastic_net() -> None:
    """That path gives glmnet's digits (tests/gold). Column 1 repeats column 0 and stays out."""
    factor = np.where(np.arange(P) == 1, np.inf, 1.0)
    problem = lasso(offset=np.zeros(N), factor=factor)
    penalties, path = walked(problem, least=0.02, count=6)
    dense = elastic_net(np.delete(DENSE, 1, axis=1), ARM, "binomial", weights=WEIGHT, standardize=False, lambdas=penalties)
    for row, model in zip(dense.coef, path, strict=True):
        np.testing.assert_allclose(np.concatenate(([model.intercept], np.delete(model.dense(), 1))), row, atol=2e-5)


def test_columns_that_repeat_another_share_its_coefficient() -> None:
    """What is determined is their sum: that of the column alone."""
    factor = np.ones(P)
    penalties, path = walked(lasso(factor=factor), least=0.01, count=8)
    alone = lasso(factor=np.where(np.arange(P) == 1, np.inf, 1.0)).path(penalties)
    for both, one in zip(path, alone, strict=True):
        assert both.dense()[:2].sum() == pytest.approx(one.dense()[0], abs=2e-5)
    assert alone[-1].dense()[0] != 0


def test_without_a_penalty_it_is_the_likelihoods_maximum_of_free_columns() -> None:
    factor = np.where(np.arange(P) < 30, 0.0, np.inf)
    factor[1] = np.inf
    null = lasso(factor=factor).null()
    slope = slopes(null.intercept, null.dense())
    np.testing.assert_allclose(slope[[0, 1, *range(3, 31)]], 0, atol=1e-7)


def test_a_free_column_that_separates_the_arms_is_refused() -> None:
    rows = SparseRows(sparse.csc_array(ARM[:, None]), ARM, np.full(N, 1 / N), np.zeros(N))
    with pytest.raises(EquipoiseError) as caught:
        Lasso(rows, np.zeros(1)).null()
    assert caught.value.problems[0].where.column == "0"
    assert caught.value.problems[0].kind.code == "EQ-EST-101"
