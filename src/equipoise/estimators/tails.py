"""Logarithms of tail probabilities where the probability itself is too small for a float."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import chi2, norm

from equipoise.estimators.data import Floats

TERMS = 20


def log_chi2_sf(chisq: float, df: int) -> float:
    """Natural logarithm of P(X > chisq) for a chi-square on df degrees of freedom, df >= 1.

    Where the probability underflows, the asymptotic series of the incomplete gamma function (Abramowitz and Stegun 6.5.32).
    """
    probability = float(chi2.sf(chisq, df))
    if math.isnan(probability) or probability > 1e-290:
        return math.log(probability)
    a, x = df / 2, chisq / 2
    series, term = 1.0, 1.0
    for k in range(1, TERMS):
        term *= (a - k) / x
        series += term
    return (a - 1) * math.log(x) - x - math.lgamma(a) + math.log(series)


def log_two_sided(z: Floats) -> Floats:
    """Natural logarithms of two-sided normal p-values."""
    return np.asarray(math.log(2) + norm.logsf(np.abs(z)))
