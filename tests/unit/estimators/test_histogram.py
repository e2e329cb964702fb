"""Histograms against numpy, and the c statistic against ranks."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.data import CovariateData
from equipoise.estimators.histogram.hub import HistogramHub
from equipoise.estimators.histogram.site import summarise
from equipoise.estimators.loop import run_local, run_sites
from equipoise.kernel.errors import EquipoiseError

EDGES = np.linspace(0, 1, 11)


def people(n: int = 500) -> CovariateData:
    rng = np.random.default_rng(0)
    x = np.r_[rng.uniform(-0.2, 1.2, n - 4), 0.0, 1.0, 0.3, np.nan]
    return CovariateData(x[:, None], rng.integers(0, 2, n), rng.uniform(0, 2, n))


def test_bins_are_numpys() -> None:
    data = people()
    found = run_local(HistogramHub(EDGES, 2), summarise, data)
    for g in (0, 1):
        rows = (data.group == g) & np.isfinite(data.x[:, 0])
        x = data.x[rows, 0]
        np.testing.assert_array_equal(found.count[g], np.histogram(x, EDGES)[0])
        np.testing.assert_allclose(found.weight[g], np.histogram(x, EDGES, weights=data.weight[rows])[0], rtol=1e-12)
        assert (found.below[g], found.above[g]) == ((x < 0).sum(), (x > 1).sum())
        np.testing.assert_allclose(found.density()[g] @ np.diff(EDGES), 1.0)
    assert found.missing.sum() == 1


def test_sites_add_up() -> None:
    data = people()
    sites = [CovariateData(data.x[k::3], data.group[k::3], data.weight[k::3]) for k in range(3)]
    split = run_sites(HistogramHub(EDGES, 2), summarise, sites)
    np.testing.assert_array_equal(split.count, run_local(HistogramHub(EDGES, 2), summarise, data).count)


def test_c_statistic_within_its_stated_error() -> None:
    rng = np.random.default_rng(1)
    group = rng.integers(0, 2, 400)
    score = np.clip(0.3 + 0.2 * group + rng.normal(scale=0.15, size=400), 0, 1)
    high, low = score[group == 1], score[group == 0]
    exact = np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low))
    fine = np.linspace(0, 1, 201)
    found = run_local(HistogramHub(fine, 2), summarise, CovariateData(score[:, None], group, np.ones(400)))
    together = (found.count[0] * found.count[1]).sum() / len(high) / len(low)
    assert abs(found.c_statistic() - exact) <= together / 2
    assert found.share_between(0.3, 0.7) == pytest.approx(np.mean((score >= 0.3) & (score < 0.7)), abs=1e-12)


def test_an_empty_group_has_no_c_statistic() -> None:
    found = run_local(HistogramHub(EDGES, 2), summarise, CovariateData(np.array([[0.5]]), np.array([1]), np.ones(1)))
    assert np.isnan(found.c_statistic())
    assert np.isnan(found.density()[0]).all()


def test_edges_must_increase() -> None:
    with pytest.raises(EquipoiseError) as raised:
        HistogramHub(np.array([0.0, 0.0, 1.0]), 2).first()
    assert raised.value.code == "EQ-EST-106"
