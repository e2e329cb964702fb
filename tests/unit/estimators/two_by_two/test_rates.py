"""Rates against published limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from equipoise.estimators.two_by_two.rates import compare_rates, directly_standardised, rate
from equipoise.kernel.errors import EquipoiseError


@pytest.mark.parametrize(("events", "lower", "upper"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390), (100, 81.36, 121.63)])
def test_garwood_s_limits(events: int, lower: float, upper: float) -> None:
    """The table of exact Poisson limits in textbooks (Breslow and Day, volume II, Table 2.11)."""
    found = rate(events, 1.0)
    assert (found.lower, found.upper) == pytest.approx((lower, upper), rel=1e-3)


def test_breast_cancer_and_fluoroscopy() -> None:
    """41 cases in 28,010 woman-years exposed, 15 in 19,017 not; Rothman: ratio 1.86 (1.03 to 3.35), difference 6.75e-4."""
    found = compare_rates(41, 28010, 15, 19017)
    assert [round(value, 2) for value in (found.rate_ratio.estimate, found.rate_ratio.lower, found.rate_ratio.upper)] == [1.86, 1.03, 3.35]
    assert found.rate_difference.estimate == pytest.approx(6.75e-4, abs=1e-6)


def test_exact_limits_come_from_the_binomial() -> None:
    found = compare_rates(5, 200.0, 9, 100.0).rate_ratio_exact
    share = binomtest(5, 14).proportion_ci(0.95, "exact")
    assert (found.lower, found.upper) == pytest.approx((share.low / (1 - share.low) / 2, share.high / (1 - share.high) / 2), rel=1e-12)


def test_no_events_in_an_arm() -> None:
    found = compare_rates(3, 10, 0, 12)
    assert found.rate_ratio.estimate == math.inf
    assert found.rate_ratio_exact.upper == math.inf
    assert found.rate_ratio_exact.lower > 0
    assert math.isnan(compare_rates(0, 10, 0, 12).rate_ratio.estimate)


def test_one_stratum_is_the_exact_poisson_interval() -> None:
    found = directly_standardised(np.array([7.0]), np.array([900.0]), np.array([5.0]))
    crude = rate(7, 900)
    assert (found.adjusted, found.lower, found.upper) == pytest.approx((crude.estimate, crude.lower, crude.upper), rel=1e-9)


def test_the_standard_s_own_mix_changes_nothing() -> None:
    time = np.array([100.0, 300.0, 50.0])
    found = directly_standardised(np.array([3.0, 8.0, 0.0]), time, time)
    assert found.adjusted == pytest.approx(found.crude)
    assert found.lower < found.adjusted < found.upper


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(EquipoiseError, match="person-time"):
        rate(3, 0)
    with pytest.raises(EquipoiseError, match="one length"):
        directly_standardised(np.ones(2), np.ones(3), np.ones(2))
