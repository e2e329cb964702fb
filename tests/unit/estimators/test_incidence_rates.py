"""Rates beside hand arithmetic, exact tails of scipy, and the robust variance written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest, poisson

from equipoise.estimators.data import CovariateData
from equipoise.estimators.incidence_rates.hub import RatesHub
from equipoise.estimators.incidence_rates.site import summarise
from equipoise.estimators.incidence_rates.summary import RatesResult
from equipoise.estimators.loop import run_local


def rates(event: list[float], time: list[float], group: list[int], weight: list[float] | None = None) -> RatesResult:
    x = np.column_stack([event, time]).astype(float)
    data = CovariateData(x, np.array(group), np.ones(len(group)) if weight is None else np.array(weight))
    return run_local(RatesHub(2, 1), summarise, data)


EVENT = [1, 0, 0, 1, 1, 0, 0, 0, 0, 1]
TIME = [1.0, 2.0, 0.5, 1.5, 3.0, 2.0, 2.0, 4.0, 1.0, 3.0]
GROUP = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]


def test_by_hand():
    found = rates(EVENT, TIME, GROUP).exact(0)
    assert found is not None
    assert (found.target.estimate, found.comparator.estimate) == pytest.approx((3 / 8, 1 / 12))
    assert found.ratio.estimate == pytest.approx(4.5)
    assert found.difference.estimate == pytest.approx(3 / 8 - 1 / 12)
    assert found.difference.se == pytest.approx(math.sqrt(3 / 64 + 1 / 144))


def test_limits_are_where_the_tails_hold_two_and_a_half_per_cent():
    found = rates(EVENT, TIME, GROUP).exact(0)
    assert found is not None
    assert poisson.sf(2, found.target.lower * 8) == pytest.approx(0.025)
    assert poisson.cdf(3, found.target.upper * 8) == pytest.approx(0.025)
    low, high = (8 * ratio / (8 * ratio + 12) for ratio in (found.ratio.lower, found.ratio.upper))
    assert binom.sf(2, 4, low) == pytest.approx(0.025)
    assert binom.cdf(3, 4, high) == pytest.approx(0.025)
    assert found.ratio_p == pytest.approx(binomtest(3, 4, 0.4).pvalue)


def test_who_is_not_at_risk_counts_nowhere():
    with_others = rates([*EVENT, np.nan, 1], [*TIME, 3.0, np.nan], [*GROUP, 1, 0])
    assert with_others.exact(0) == rates(EVENT, TIME, GROUP).exact(0)
    assert with_others.sums.n.ravel().tolist() == [5, 5]


def test_weighted_rates_are_those_of_a_weighted_ratio_in_plain_words():
    rng = np.random.default_rng(5)
    n = 300
    group, time = rng.integers(0, 2, n), rng.uniform(0.1, 4, n)
    event, weight = (rng.random(n) < 0.3).astype(float), rng.uniform(0.1, 2, n)
    found = rates(event.tolist(), time.tolist(), group.tolist(), weight.tolist()).weighted(0)
    assert found is not None
    for g, got in ((1, found.target), (0, found.comparator)):
        y, t, w = event[group == g], time[group == g], weight[group == g]
        value = (w * y).sum() / (w * t).sum()
        u = w * (y - value * t) / (w * t).sum()
        assert got.estimate == pytest.approx(value, rel=1e-12)
        assert got.se == pytest.approx(math.sqrt(len(y) / (len(y) - 1) * (u**2).sum()), rel=1e-10)
        assert got.lower == pytest.approx(value * math.exp(-1.959963984540054 * got.se / value), rel=1e-10)
    log_se = math.hypot(found.target.se / found.target.estimate, found.comparator.se / found.comparator.estimate)
    assert found.ratio.se == pytest.approx(log_se)
    assert found.difference.se == pytest.approx(math.hypot(found.target.se, found.comparator.se))


def test_no_event_and_no_time():
    nothing = rates([0, 0], [1.0, 2.0], [1, 0])
    exact, weighted = nothing.exact(0), nothing.weighted(0)
    assert exact is not None
    assert weighted is not None
    assert (exact.target.estimate, exact.target.lower) == (0, 0)
    assert exact.target.upper == pytest.approx(-math.log(0.025))
    assert math.isnan(exact.ratio.estimate)
    assert math.isnan(weighted.ratio.estimate)
    assert math.isnan(weighted.ratio_p)
    assert rates([1.0], [1.0], [1]).exact(0) is None
    assert rates([1.0], [1.0], [1]).weighted(0) is None
