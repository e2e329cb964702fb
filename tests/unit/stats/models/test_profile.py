"""Profile-likelihood intervals against limits known in closed form and against refitting."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import xlogy
from scipy.stats import chi2, norm

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import glm, profile_interval

FALL = float(chi2.ppf(0.95, 1))


def test_one_proportion_by_hand() -> None:
    """3 of 10, an intercept alone: limits where 2 log(L(0.3) / L(p)) is the quantile, on the logit scale."""
    y = np.repeat([1.0, 0.0], [3, 7])

    def height(p: float) -> float:
        return float(2 * (xlogy(3, 0.3) + xlogy(7, 0.7) - xlogy(3, p) - xlogy(7, 1 - p)) - FALL)

    low, high = brentq(height, 1e-6, 0.3), brentq(height, 0.3, 1 - 1e-6)
    found = profile_interval(y, np.zeros((10, 0)))
    np.testing.assert_allclose([found.lower[0], found.upper[0]], np.log([low / (1 - low), high / (1 - high)]), atol=1e-8)


def test_least_squares_are_straight_wald_limits() -> None:
    """A normal model's deviance is a parabola: the estimate and 1.96 standard errors."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(30, 2))
    y = x @ [1.0, -2] + rng.normal(size=30)
    fit = glm(y, x, "gaussian").fit
    found = profile_interval(y, x, "gaussian", conf_level=0.9)
    reach = norm.ppf(0.95) * fit.se
    np.testing.assert_allclose(found.lower, fit.coef - reach, atol=1e-7)
    np.testing.assert_allclose(found.upper, fit.coef + reach, atol=1e-7)


def test_the_refitted_deviance_at_each_limit_has_risen_by_the_quantile() -> None:
    rng = np.random.default_rng(2)
    x, offset = rng.normal(size=(60, 2)), rng.normal(size=60) / 4
    y, weight = rng.poisson(np.exp(0.4 * x[:, 0])), rng.integers(1, 3, 60).astype(float)
    fit = glm(y, x, "poisson", weights=weight, offset=offset).fit
    found = profile_interval(y, x, "poisson", weights=weight, offset=offset)
    for limit in (found.lower[1], found.upper[1]):
        fixed = glm(y, x[:, [1]], "poisson", weights=weight, offset=offset + limit * x[:, 0]).fit
        assert fixed.deviance - fit.deviance == pytest.approx(FALL, abs=1e-6)
    assert np.all(found.lower < fit.coef)
    assert np.all(fit.coef < found.upper)


def test_the_level_lies_between_0_and_1() -> None:
    with pytest.raises(EquipoiseError, match="conf_level"):
        profile_interval(np.array([0.0, 1, 1]), np.arange(3.0), conf_level=95)
