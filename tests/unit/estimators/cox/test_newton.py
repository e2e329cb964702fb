"""Columns near 0 are used as they lie, columns far off less their means: the coefficients must not tell which."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.cox.newton import FAR, center_of, means_and_spread
from equipoise.stats import cox

RNG = np.random.default_rng(3)
X = np.column_stack([RNG.normal(size=400), RNG.random(400) < 0.3])
TIME, EVENT = np.ceil(RNG.exponential(20, 400) * np.exp(-X @ [0.7, -0.4])), RNG.random(400) < 0.6


def test_means_are_taken_off_where_a_column_lies_far_from_zero() -> None:
    means, spread = means_and_spread(400.0, X.sum(axis=0), (X**2).sum(axis=0))
    np.testing.assert_allclose(means, X.mean(axis=0))
    np.testing.assert_allclose(spread, X.std(axis=0))
    np.testing.assert_array_equal(center_of(means, spread), [0, 0])
    far = means + np.array([0, FAR])
    np.testing.assert_array_equal(center_of(far, spread), far)
    assert means_and_spread(2.0, np.array([6.0]), np.array([18.0]))[1] == 0, "a constant has no spread"


@pytest.mark.parametrize("away", [6.0, 9.0, 1e6])
@pytest.mark.parametrize("layout", ["C", "F"])
def test_coefficients_do_not_hang_on_where_a_column_lies(away: float, layout: str) -> None:
    here, there = (cox(TIME, EVENT, np.asarray(X + shift, order=layout), robust=True).fit for shift in (0.0, away))  # type: ignore[call-overload]
    tolerance = 1e-12 * (1 + away)
    np.testing.assert_allclose(there.coef, here.coef, rtol=tolerance)
    np.testing.assert_allclose(there.vcov, here.vcov, rtol=tolerance, atol=1e-16)
    np.testing.assert_allclose(there.score_test, here.score_test, rtol=tolerance)
    if away < 10:
        at_zero = there.baseline_hazard * np.exp(there.coef.sum() * away)
        np.testing.assert_allclose(at_zero, here.baseline_hazard, rtol=1e-10)
