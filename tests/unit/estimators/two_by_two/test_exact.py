"""Exact odds ratios against R's manual pages and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact
from scipy.stats.contingency import odds_ratio

from equipoise.estimators.two_by_two.exact import exact_odds_ratio


def test_the_lady_tasting_tea() -> None:
    found = exact_odds_ratio(np.array([[[3, 1], [1, 3]]]))
    assert (found.p, found.p_greater) == pytest.approx((0.4857143, 0.2428571), abs=1e-7)
    assert found.estimate == pytest.approx(6.408309, rel=1e-4)
    assert exact_odds_ratio(np.array([[[3, 1], [1, 3]]]), 0.9).lower == pytest.approx(0.3135693, rel=1e-4)
    as_r = exact_odds_ratio(np.array([[[3, 1], [1, 3]]]), as_r=True)
    assert (as_r.estimate, as_r.upper) == pytest.approx((6.408309, 621.9337505), rel=1e-7)
    assert found.upper == pytest.approx(as_r.upper, rel=0.01)


@pytest.mark.parametrize("table", [[[8, 2], [1, 5]], [[0, 7], [5, 3]], [[30, 10], [25, 40]], [[3, 0], [0, 4]], [[120, 80], [90, 130]]])
def test_agrees_with_scipy(table: list[list[int]]) -> None:
    found = exact_odds_ratio(np.array([table]), 0.9)
    other = odds_ratio(table)
    interval = other.confidence_interval(0.9)
    assert (found.estimate, found.lower, found.upper) == pytest.approx((other.statistic, interval.low, interval.high), rel=1e-8)
    p = [fisher_exact(table, alternative=side).pvalue for side in ("two-sided", "greater", "less")]
    assert [found.p, found.p_greater, found.p_less] == pytest.approx(p, rel=1e-9)


def test_a_stratum_without_news_changes_nothing() -> None:
    one = exact_odds_ratio(np.array([[[8, 2], [1, 5]]]))
    two = exact_odds_ratio(np.array([[[8, 2], [1, 5]], [[4, 0], [6, 0]]]))
    assert (two.estimate, two.lower, two.p) == pytest.approx((one.estimate, one.lower, one.p), rel=1e-9)


def test_the_tail_of_many_people_does_not_vanish() -> None:
    found = exact_odds_ratio(np.array([[[900, 100], [100, 900]], [[800, 200], [150, 850]]]))
    assert found.p < 1e-300
    assert 20 < found.lower < found.estimate < found.upper < 81
