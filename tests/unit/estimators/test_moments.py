"""Moments and balance against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.data import CovariateData
from equipoise.estimators.loop import run_local, run_sites
from equipoise.estimators.moments.balance import standardised_differences, variance_ratios
from equipoise.estimators.moments.hub import MomentsHub
from equipoise.estimators.moments.site import centre, summarise


def people(seed: int = 0, n: int = 300) -> CovariateData:
    rng = np.random.default_rng(seed)
    x = rng.normal(50, 3, size=(n, 3))
    x[:, 2] = rng.random(n) < 0.4
    x[rng.random(n) < 0.1, 0] = np.nan
    return CovariateData(x, rng.integers(0, 2, n), rng.uniform(0, 3, n))


def part(data: CovariateData, keep: np.ndarray) -> CovariateData:
    return CovariateData(data.x[keep], data.group[keep], data.weight[keep])


def test_means_and_variances_are_numpys() -> None:
    data = people()
    found = run_local(MomentsHub(2, 3), summarise, data)
    for g in (0, 1):
        for j in range(3):
            rows = (data.group == g) & np.isfinite(data.x[:, j])
            x, w = data.x[rows, j], data.weight[rows]
            assert found.n[g, j] == rows.sum()
            assert found.missing[g, j] == (data.group == g).sum() - rows.sum()
            assert found.mean[g, j] == pytest.approx(np.average(x, weights=w), rel=1e-13)
            assert found.variance[g, j] == pytest.approx(np.cov(x, aweights=w), rel=1e-9)
            assert found.crude_mean[g, j] == pytest.approx(x.mean(), rel=1e-13)
            assert found.crude_variance[g, j] == pytest.approx(x.var(ddof=1), rel=1e-9)
        weight = data.weight[data.group == g]
        assert found.effective_n[g] == pytest.approx(weight.sum() ** 2 / (weight**2).sum(), rel=1e-13)


def test_the_shift_saves_the_digits() -> None:
    rng = np.random.default_rng(1)
    x = 1e9 + rng.normal(size=(500, 1))
    data = CovariateData(x, np.zeros(500, dtype=np.int64), np.ones(500))
    found = run_local(MomentsHub(1, 1, centre(x)), summarise, data)
    assert found.variance[0, 0] == pytest.approx(x.var(ddof=1), rel=1e-9)


def test_sites_add_up() -> None:
    data = people(2)
    sites = [part(data, np.arange(300) % 7 == k) for k in range(7)] + [part(data, np.zeros(300, dtype=bool))]
    pooled, split = run_local(MomentsHub(2, 3), summarise, data), run_sites(MomentsHub(2, 3), summarise, sites)
    np.testing.assert_allclose(split.mean, pooled.mean, rtol=1e-13)
    np.testing.assert_allclose(split.variance, pooled.variance, rtol=1e-9)


def test_too_few_people_give_nan_not_a_number() -> None:
    data = CovariateData(np.array([[1.0], [np.nan]]), np.array([0, 1]), np.ones(2))
    found = run_local(MomentsHub(2, 1), summarise, data)
    assert found.mean[0, 0] == 1.0
    assert np.isnan(found.variance[0, 0])
    assert np.isnan(found.mean[1, 0])


def test_differences_use_the_spread_before_weighting() -> None:
    data = people(3)
    found = run_local(MomentsHub(2, 3), summarise, data)
    j = 1
    a, b = data.x[data.group == 1, j], data.x[data.group == 0, j]
    wa, wb = data.weight[data.group == 1], data.weight[data.group == 0]
    gap = np.average(a, weights=wa) - np.average(b, weights=wb)
    assert standardised_differences(found)[j] == pytest.approx(gap / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2), rel=1e-9)
    assert standardised_differences(found, by="target")[j] == pytest.approx(gap / a.std(ddof=1), rel=1e-9)
    assert variance_ratios(found)[j] == pytest.approx(np.cov(a, aweights=wa) / np.cov(b, aweights=wb), rel=1e-9)


def test_a_binary_column_by_its_proportion() -> None:
    found = run_local(MomentsHub(2, 3), summarise, people(4))
    p1, p0 = found.crude_mean[1, 2], found.crude_mean[0, 2]
    by_hand = (found.mean[1, 2] - found.mean[0, 2]) / np.sqrt((p1 * (1 - p1) + p0 * (1 - p0)) / 2)
    assert standardised_differences(found, bernoulli=np.array([False, False, True]))[2] == pytest.approx(by_hand, rel=1e-12)


def test_no_spread_and_no_difference_is_balanced() -> None:
    data = CovariateData(np.ones((6, 1)), np.array([0, 0, 0, 1, 1, 1]), np.ones(6))
    assert standardised_differences(run_local(MomentsHub(2, 1), summarise, data))[0] == 0.0
