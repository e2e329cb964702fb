"""Empirical calibration: the null by direct maximisation, and p-values that are uniform when all are controls."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import kstest, norm

from equipoise.estimators.evidence.calibration import SystematicError, calibrate, systematic_error
from equipoise.kernel.errors import EquipoiseError


def made(k: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    se = rng.uniform(0.05, 0.4, k)
    return rng.normal(0.1, np.hypot(0.2, se)), se


def test_the_null_is_the_most_likely_one() -> None:
    y, se = made(60)
    best = minimize(lambda q: -norm.logpdf(y, q[0], np.sqrt(np.exp(q[1]) + se**2)).sum(), [0.0, -3.0], method="Nelder-Mead", tol=1e-12)
    found = systematic_error(y, se)
    assert (found.mean, found.sd) == pytest.approx((best.x[0], np.exp(best.x[1] / 2)), rel=1e-4)
    assert found.loglik == pytest.approx(-best.fun, abs=1e-9)


def test_controls_have_uniform_p_values_once_calibrated() -> None:
    y, se = made(4000)
    found = calibrate(systematic_error(y, se), y, se)
    assert kstest(found.p, "uniform").pvalue > 0.01
    assert (found.p_uncalibrated < 0.05).mean() > 0.2
    assert ((found.lower < 0) & (found.upper > 0)).mean() == pytest.approx(0.95, abs=0.01)


def test_without_systematic_error_nothing_changes() -> None:
    found = calibrate(SystematicError(0.0, 0.0, 0.0, 50), np.array([0.3]), np.array([0.1]))
    assert found.p[0] == pytest.approx(found.p_uncalibrated[0])
    assert (found.lower[0], found.upper[0]) == pytest.approx((0.3 - 1.959964 * 0.1, 0.3 + 1.959964 * 0.1), abs=1e-6)


def test_refusals() -> None:
    with pytest.raises(EquipoiseError, match="two negative controls"):
        systematic_error(np.array([0.1, np.nan]), np.array([0.1, 0.1]))
    with pytest.raises(EquipoiseError, match="above 0"):
        calibrate(SystematicError(0.0, 0.1, 0.0, 50), np.array([0.3]), np.array([0.0]))
