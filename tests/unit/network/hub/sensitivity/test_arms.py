"""Shares drawn from priors, against the distributions' own moments."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.network.hub.sensitivity.arms import draw
from equipoise.study.model import BetaPrior, TriangularPrior


def test_draws_have_the_moments_of_their_distribution() -> None:
    """Triangular: mean (a + b + c) / 3, variance (a2 + b2 + c2 - ab - ac - bc) / 18; beta: a / (a + b), ab / ((a + b)2 (a + b + 1))."""
    rng = np.random.default_rng(1)
    low, mode, high = 0.7, 0.9, 0.98
    found = draw(TriangularPrior(least=low, likely=mode, greatest=high), 200_000, rng)
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    assert (found.mean(), found.var()) == (pytest.approx((low + mode + high) / 3, abs=1e-3), pytest.approx(variance, rel=0.02))
    assert low <= found.min() <= found.max() <= high
    found = draw(BetaPrior(a=90, b=10), 200_000, rng)
    assert (found.mean(), found.var()) == (pytest.approx(0.9, abs=1e-3), pytest.approx(900 / (100**2 * 101), rel=0.02))


def test_without_a_prior_nothing_is_misclassified() -> None:
    assert draw(None, 3, np.random.default_rng(1)).tolist() == [1, 1, 1]
