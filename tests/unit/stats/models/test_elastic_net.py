"""Elastic-net paths: soft thresholds by hand, the conditions of a minimum from plain formulas, the ends of the path."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import cox, elastic_net, glm

RNG = np.random.default_rng(20)
N, P = 120, 6
X = RNG.normal(size=(N, P)) @ np.triu(RNG.uniform(0, 0.6, (P, P)) + np.eye(P)) + 3
SIGNAL = (X - 3) @ [1.0, -0.5, 0, 0, 0.3, 0]
WEIGHT = RNG.uniform(0.5, 2, N)
Y = SIGNAL + RNG.normal(size=N)
CASE = (RNG.random(N) < 1 / (1 + np.exp(-SIGNAL))).astype(float)
COUNT = np.floor(np.exp(SIGNAL / 2 + 1)) + (CASE > 0)
TIME = np.ceil(10 * RNG.exponential(np.exp(-SIGNAL / 2)))
DIED = (RNG.random(N) < 0.7).astype(float)


def test_orthogonal_columns_are_soft_thresholds() -> None:
    """Columns 1, -1 in all combinations: each coefficient is its covariance, drawn to 0 by lambda, then shrunk by the ridge."""
    x = np.array([[a, b] for a in (1.0, -1) for b in (1.0, -1)])
    y = np.array([4.0, 2, -1, -5])
    spread = float(np.std(y))
    path = elastic_net(x, y, alpha=0.5, lambdas=[3.0, 1.0])
    for strength, row in zip(path.lambdas, path.coef, strict=True):
        for j in range(2):
            covariance = float(np.mean(x[:, j] * y))
            kept = max(abs(covariance) - strength / 2, 0) / (1 + strength / 2 / spread)
            assert row[1 + j] == pytest.approx(np.sign(covariance) * kept, abs=1e-10)
        assert row[0] == pytest.approx(0.0, abs=1e-10)
    assert list(path.df) == [1, 2]


def cox_slope(b: np.ndarray) -> np.ndarray:
    """Slope of Breslow's partial likelihood, risk set by risk set."""
    risk, total = np.exp(X @ b), np.zeros(P)
    for i in np.flatnonzero(DIED):
        at_risk = TIME[i] <= TIME
        total += X[i] - risk[at_risk] @ X[at_risk] / risk[at_risk].sum()
    return np.asarray(total / N)


def slope_of(family: str, coef: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(p,) slope of the mean log-likelihood along the columns."""
    if family == "cox":
        return cox_slope(coef)
    eta = coef[0] + X @ coef[1:]
    y, mu = {"gaussian": (Y, eta), "poisson": (COUNT, np.exp(eta)), "binomial": (CASE, 1 / (1 + np.exp(-eta)))}[family]
    return np.asarray((weight * (y - mu)) @ X / weight.sum())


PROBLEMS: dict[str, dict[str, Any]] = {
    "gaussian": {"y": Y, "weights": WEIGHT},
    "binomial": {"y": CASE, "weights": WEIGHT},
    "poisson": {"y": COUNT, "weights": WEIGHT},
    "cox": {"time": TIME, "event": DIED},
}


@pytest.mark.parametrize("family", sorted(PROBLEMS))
@pytest.mark.parametrize(("alpha", "standardize"), [(1.0, True), (0.5, False), (0.0, True), (0.7, True)])
def test_the_conditions_of_a_minimum_hold_all_along_the_path(family: Any, alpha: float, standardize: bool) -> None:
    factor = np.array([1.0, 0, 2, 1, 1, 3])
    path = elastic_net(X, family=family, alpha=alpha, standardize=standardize, penalty_factor=factor, n_lambdas=12, **PROBLEMS[family])
    weight = PROBLEMS[family].get("weights", np.ones(N))
    centre = weight @ X / weight.sum()
    scale = np.sqrt(weight @ (X - centre) ** 2 / weight.sum()) if standardize else np.ones(P)
    unit = float(np.sqrt(weight @ (Y - weight @ Y / weight.sum()) ** 2 / weight.sum())) if family == "gaussian" else 1.0
    factor = factor * P / factor.sum()
    for strength, coef in list(zip(path.lambdas, path.coef, strict=True))[1:]:
        b = coef[-P:] * scale
        slope = slope_of(family, coef, weight) / scale - strength * (1 - alpha) / unit * factor * b
        edge = strength * alpha * factor
        np.testing.assert_allclose(slope[b != 0], (edge * np.sign(b))[b != 0], atol=1e-8)
        assert np.all(np.abs(slope[b == 0]) <= edge[b == 0] + 1e-8)
        if family != "cox":
            mean = coef[0] + X @ coef[1:]
            fitted, y = {"gaussian": (mean, Y), "poisson": (np.exp(mean), COUNT), "binomial": (1 / (1 + np.exp(-mean)), CASE)}[family]
            assert weight @ (y - fitted) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("family", sorted(PROBLEMS))
def test_the_first_penalty_is_the_one_at_which_a_column_enters(family: Any) -> None:
    path = elastic_net(X, family=family, n_lambdas=30, **PROBLEMS[family])
    assert path.df[0] == 0
    below, above = path.lambdas[0] * 0.999, path.lambdas[0] * 1.001
    assert list(elastic_net(X, family=family, lambdas=[above, below], **PROBLEMS[family]).df) == [0, 1]
    ratios = [b / a for a, b in pairwise(path.lambdas)]
    np.testing.assert_allclose(ratios, 1e-4 ** (1 / 29), rtol=1e-10)


def test_no_penalty_is_the_plain_model() -> None:
    plain = glm(CASE, X, weights=WEIGHT).fit
    path = elastic_net(X, CASE, "binomial", weights=WEIGHT, lambdas=[0.0])
    np.testing.assert_allclose(path.coef[0], plain.coef, atol=1e-8)
    assert path.null_deviance == pytest.approx(plain.null_deviance, rel=1e-10)
    assert path.dev_ratio[0] == pytest.approx(1 - plain.deviance / plain.null_deviance, rel=1e-10)
    hazards = elastic_net(X, family="cox", time=TIME, event=DIED, lambdas=[0.0])
    np.testing.assert_allclose(hazards.coef[0], cox(TIME, DIED, X, ties="breslow").coef, atol=1e-7)


def test_more_columns_than_rows_and_a_constant_one() -> None:
    x = np.column_stack([np.random.default_rng(3).normal(size=(40, 60)), np.full(40, 7.0)])
    path = elastic_net(x, x[:, 0] - x[:, 5] + np.sin(np.arange(40.0)), n_lambdas=40)
    assert path.lambdas[-1] >= path.lambdas[0] * 0.01 * (1 - 1e-12)
    assert np.all(path.coef[:, -1] == 0)
    assert path.df[5] < 40
    assert np.all(np.diff(path.dev_ratio) > -1e-12)
    np.testing.assert_allclose(path.linear_predictor(x)[:, 3], x @ path.coef[3, 1:] + path.coef[3, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"y": np.ones(N)}, "EQ-EST-103"),
        ({"y": Y, "family": "binomial"}, "EQ-EST-106"),
        ({"y": Y - Y.max() - 1, "family": "poisson"}, "EQ-EST-106"),
        ({"family": "cox"}, "EQ-EST-106"),
        ({"family": "cox", "time": TIME, "event": np.zeros(N)}, "EQ-EST-122"),
        ({"y": Y, "alpha": 1.5}, "EQ-EST-106"),
        ({"y": Y, "penalty_factor": np.zeros(P)}, "EQ-EST-106"),
    ],
)
def test_refusals(arguments: dict[str, Any], code: str) -> None:
    with pytest.raises(EquipoiseError) as error:
        elastic_net(X, **arguments)
    assert error.value.code == code
