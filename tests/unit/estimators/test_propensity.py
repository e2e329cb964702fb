"""Scores and weights: identities that must hold."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.data import ModelData
from equipoise.estimators.logistic import site as logistic_site
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.loop import run_local
from equipoise.estimators.propensity.site import TILTS, logit, preference_score, propensity_scores, weights
from equipoise.kernel.errors import EquipoiseError


def people() -> ModelData:
    rng = np.random.default_rng(0)
    n = 500
    x = np.column_stack([np.ones(n), rng.normal(size=n), rng.random(n) < 0.3]).astype(float)
    block = rng.integers(0, 5, n)
    y = (rng.random(n) < 1 / (1 + np.exp(-(x @ [-0.5, 1, -1] + block * 0.2)))).astype(float)
    return ModelData(x, y, np.ones(n), block)


def test_overlap_weights_from_the_fitted_model_balance_its_covariates_exactly() -> None:
    data = people()
    fit = run_local(LogisticHub(3), logistic_site.summarise, data)
    e = propensity_scores(data.x, fit.coef, data.block, data.y)
    w = weights(e, data.y.astype(np.int64), "overlap")
    means = [np.average(data.x[data.y == arm], axis=0, weights=w[data.y == arm]) for arm in (0, 1)]
    np.testing.assert_allclose(means[0], means[1], atol=1e-10)


def test_with_site_intercepts_the_sites_balance_too() -> None:
    data = people()
    fit = run_local(LogisticHub(3, 50.0), logistic_site.summarise, data)
    e = propensity_scores(data.x, fit.coef, data.block, data.y, 50.0)
    for b in range(5):
        here = data.block == b
        assert e[here].sum() == pytest.approx(data.y[here].sum(), abs=0.01)
    alone = data.block == 2
    np.testing.assert_allclose(propensity_scores(data.x[alone], fit.coef, data.block[alone], data.y[alone], 50.0), e[alone], rtol=1e-12)


def test_formulas() -> None:
    e, t = np.array([0.2, 0.7]), np.array([1, 0])
    by_hand = {
        "overlap": [0.8, 0.7],
        "iptw": [5.0, 1 / 0.3],
        "att": [1.0, 0.7 / 0.3],
        "atc": [4.0, 1.0],
        "matching": [1.0, 1.0],
        "entropy": [-(0.2 * np.log(0.2) + 0.8 * np.log(0.8)) / 0.2, -(0.7 * np.log(0.7) + 0.3 * np.log(0.3)) / 0.3],
    }
    assert set(by_hand) == set(TILTS)
    for method, expected in by_hand.items():
        np.testing.assert_allclose(weights(e, t, method), expected, rtol=1e-14)
    np.testing.assert_allclose(weights(e, t, "iptw", prevalence=0.4), [2.0, 2.0], rtol=1e-14)


def test_trimming_leaves_the_others_alone() -> None:
    e, t = np.array([0.01, 0.05, 0.5, 0.95, 0.99]), np.array([1, 0, 1, 0, 1])
    np.testing.assert_array_equal(weights(e, t, "att", trim=(0.05, 0.95)) > 0, [False, True, True, True, False])


def test_preference_is_half_at_the_prevalence() -> None:
    f = preference_score(np.array([0.1, 0.3]), 0.1)
    assert f[0] == pytest.approx(0.5)
    assert logit(f)[1] == pytest.approx(np.log(0.3 / 0.7) - np.log(0.1 / 0.9))


def test_an_unknown_method_is_named_with_a_guess() -> None:
    with pytest.raises(EquipoiseError) as raised:
        weights(np.array([0.5]), np.array([1]), "overlp")  # type: ignore[arg-type]
    assert raised.value.problems[0].did_you_mean == "overlap"
