"""Empirical calibration: what negative controls say of the error that the standard error does not know."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.evidence.heterogeneity import Studies, between_studies, log_likelihood


@dataclass(frozen=True, slots=True)
class SystematicError:
    """The normal distribution of systematic error over negative controls, on the log scale, and how likely they are under it."""

    mean: float
    sd: float
    loglik: float
    controls: int


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Estimates (m,) on the log scale with systematic error taken into account: shifted, with the wider error, limits and p-values."""

    estimate: Floats
    se: Floats
    lower: Floats
    upper: Floats
    p: Floats
    p_uncalibrated: Floats


def systematic_error(log_ratio: Floats, se: Floats) -> SystematicError:
    """The error's mean and standard deviation by maximum likelihood from the log ratios (k,) of negative controls, whose truth is 0.

    Controls with a missing estimate are left out. Raises EQ-EST-106 with fewer than two, or standard errors not above 0.
    Misleads when: controls are few (under about 30), or are not confounded as the outcome studied is.
    Source: Schuemie et al. (2014), Stat Med 33: 209.
    """
    y, s = np.asarray(log_ratio, dtype=np.float64), np.asarray(se, dtype=np.float64)
    if y.shape != s.shape or y.ndim != 1:
        raise BAD_ARGUMENT.error("log ratios and standard errors must be vectors of one length")
    kept = np.isfinite(y) & np.isfinite(s)
    if kept.sum() < 2 or np.any(s[kept] <= 0):
        raise BAD_ARGUMENT.error("there must be at least two negative controls with standard errors above 0")
    controls = Studies(y[kept], s[kept] ** 2, np.ones((int(kept.sum()), 1)))
    tau2 = between_studies(controls, "ML").tau2
    weight = 1 / (controls.v + tau2)
    mean = float(weight @ controls.y / weight.sum())
    return SystematicError(mean, math.sqrt(tau2), log_likelihood(controls, tau2, restricted=False), controls.y.size)


def calibrate(error: SystematicError, log_ratio: Floats, se: Floats, *, confidence: float = 0.95) -> Calibrated:
    """P-values and intervals of log ratios (m,) against the distribution of systematic error instead of against 0.

    The interval takes systematic error to be the same whatever the true effect. Raises EQ-EST-106.
    Misleads when: error grows with the effect, which only positive controls can show.
    Source: Schuemie et al. (2014); intervals: Schuemie et al. (2018), PNAS 115: 2571.
    """
    y, s = np.asarray(log_ratio, dtype=np.float64), np.asarray(se, dtype=np.float64)
    if y.shape != s.shape or np.any(~(s > 0)) or not 0 < confidence < 1:
        raise BAD_ARGUMENT.error("standard errors must be above 0, one for each log ratio, and conf_level between 0 and 1")
    total = np.sqrt(error.sd**2 + s**2)
    shifted, half = y - error.mean, float(norm.isf((1 - confidence) / 2)) * total
    p, before = (np.asarray(2 * norm.sf(np.abs(z))) for z in (shifted / total, y / s))
    return Calibrated(shifted, total, shifted - half, shifted + half, p, before)
