"""Weighted means against scipy's t tests, and against the sandwich of a linear model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from equipoise.estimators.data import CovariateData, ModelData
from equipoise.estimators.glm.hub import GlmHub
from equipoise.estimators.glm.site import summarise as glm_summarise
from equipoise.estimators.loop import run_local, run_sites
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.site import summarise


def people(seed=0, n=120, weights=True):
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(140, 2, n), rng.random(n) < 0.3])
    x[rng.random(n) < 0.2, 0] = np.nan
    return CovariateData(x, rng.integers(0, 2, n), rng.uniform(0.2, 3, n) if weights else np.ones(n))


def test_without_weights_it_is_welchs_test():
    data = people(weights=False)
    found = run_local(MeansHub(2, 2), summarise, data)
    known = np.isfinite(data.x[:, 0])
    one, none = (data.x[known & (data.group == group), 0] for group in (1, 0))
    welch = stats.ttest_ind(one, none, equal_var=False)
    difference = found.difference()
    assert difference.p_value[0] == pytest.approx(welch.pvalue, rel=1e-9)
    assert difference.df[0] == pytest.approx(welch.df, rel=1e-9)
    limits = welch.confidence_interval(0.9)
    assert [side[0] for side in difference.interval(0.9)] == pytest.approx([limits.low, limits.high], rel=1e-9)
    of_one = stats.ttest_1samp(one, 0).confidence_interval(0.95)
    assert [side[1, 0] for side in found.interval()] == pytest.approx([of_one.low, of_one.high], rel=1e-12)
    assert found.n[1, 0] == len(one)
    assert found.ones[:, 1].tolist() == [int(data.x[data.group == group, 1].sum()) for group in (0, 1)]


def test_with_weights_it_is_the_sandwich_of_a_linear_model():
    data = people(3)
    found = run_local(MeansHub(2, 2), summarise, data)
    known = np.isfinite(data.x[:, 0])
    group = data.group[known].astype(float)
    model = ModelData(np.column_stack([1 - group, group]), data.x[known, 0], data.weight[known], np.zeros(known.sum(), dtype=int))
    fit = run_local(GlmHub(2, "gaussian", intercept=False), glm_summarise, model)
    n = found.n[:, 0]
    assert found.mean[:, 0] == pytest.approx(fit.coef, rel=1e-12)
    assert found.se[:, 0] ** 2 == pytest.approx(np.diag(fit.robust_hc0) * n / (n - 1), rel=1e-9)


def test_a_worked_example():
    """Weights 1, 1, 2 of values 1, 2, 4: mean 11/4; residuals -7/4, -3/4, 5/4; 3/2 x (49 + 9 + 100) / 16 / 16."""
    data = CovariateData(np.array([[1.0], [2.0], [4.0]]), np.zeros(3, dtype=int), np.array([1.0, 1.0, 2.0]))
    found = run_local(MeansHub(1, 1), summarise, data)
    assert found.mean[0, 0] == pytest.approx(2.75, rel=1e-15)
    assert found.se[0, 0] ** 2 == pytest.approx(1.5 * 158 / 16 / 16, rel=1e-14)


def test_shares_keep_within_their_bounds():
    x = np.zeros((12, 1))
    x[0] = 1
    found = run_local(MeansHub(1, 1), summarise, CovariateData(x, np.zeros(12, dtype=int), np.ones(12)))
    low, high = found.share_interval()
    assert 0 < low[0, 0] < 1 / 12 < high[0, 0] < 1
    odds, se = np.log((1 / 12) / (11 / 12)), found.se[0, 0] / (11 / 144)
    assert np.log(high[0, 0] / (1 - high[0, 0])) == pytest.approx(odds + se * stats.t.ppf(0.975, 11), rel=1e-12)
    nobody = run_local(MeansHub(1, 1), summarise, CovariateData(np.zeros((12, 1)), np.zeros(12, dtype=int), np.ones(12)))
    assert np.isnan(nobody.share_interval()[0][0, 0])


def test_few_people_have_no_interval():
    data = CovariateData(np.array([[5.0], [np.nan], [7.0]]), np.array([0, 0, 1]), np.array([1.0, 1.0, 0.0]))
    found = run_local(MeansHub(2, 1), summarise, data)
    assert found.n[:, 0].tolist() == [1, 0]
    assert found.mean[0, 0] == 5.0
    assert np.isnan(
        [found.mean[1, 0], found.se[0, 0], found.interval()[0][0, 0], found.difference().se[0], found.difference().p_value[0]]
    ).all()


def test_large_numbers_lose_no_digits():
    rng = np.random.default_rng(1)
    x = 1e6 + rng.normal(0, 1, (300, 1))
    data = CovariateData(x, np.zeros(300, dtype=int), np.ones(300))
    parts = [CovariateData(x[rows], np.zeros(100, dtype=int), np.ones(100)) for rows in np.split(np.arange(300), 3)]
    assert run_sites(MeansHub(1, 1), summarise, parts).se[0, 0] == pytest.approx(x.std(ddof=1) / np.sqrt(300), rel=1e-9)
    assert run_local(MeansHub(1, 1), summarise, data).se[0, 0] == pytest.approx(stats.sem(x[:, 0]), rel=1e-9)
