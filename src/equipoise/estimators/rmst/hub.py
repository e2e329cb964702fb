"""Restricted mean survival time from Kaplan-Meier curves: per group, difference and ratio."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.hazard import ratio, survivors
from equipoise.estimators.kaplan_meier.area import area_after
from equipoise.estimators.kaplan_meier.hub import one_round_variance
from equipoise.estimators.kaplan_meier.summary import Curve, KaplanMeierResult, z_of
from equipoise.estimators.rmst.summary import Contrast, RestrictedMean, RestrictedMeanResult


def rmst_from_curves(result: KaplanMeierResult, tau: float, stratum: int = 0) -> RestrictedMeanResult:
    """Mean survival time up to tau by group, and every later group against the first.

    tau: in the grid's unit, > 0. Robust variances with late entry or clusters need `taus=(tau,)` in the Kaplan-Meier hub.
    Misleads when tau lies beyond the follow-up of a group: the curve is then carried on flat (`beyond` says so).
    """
    if not tau > 0:
        raise BAD_ARGUMENT.error("tau must be greater than 0")
    means = tuple(_mean(curve, tau) for curve in result.curves if curve.stratum == stratum)
    return RestrictedMeanResult(tau, means, tuple(_contrast(means[0], other, tau) for other in means[1:]))


def _mean(curve: Curve, tau: float) -> RestrictedMean:
    after, start = area_after(curve.time, curve.survival, tau)
    estimate = start + (float(after[0]) if after.size else 0.0)
    se = float(np.sqrt(_variance(curve, after, tau)))
    half = z_of(curve.confidence) * se
    beyond = curve.survival.size > 0 and curve.survival[-1] > 0 and tau > curve.time[-1]
    return RestrictedMean(curve.group, estimate, se, estimate - half, estimate + half, bool(beyond), curve.confidence)


def _variance(curve: Curve, after: Floats, tau: float) -> float:
    n, d = curve.n_risk, curve.n_event
    left = survivors(n, d)
    hazard_part = after * ratio(d, n * left)
    if not curve.robust:
        return float(np.sum(after * hazard_part))
    if curve.dependent:
        stored = dict(curve.restricted)
        if tau not in stored:
            raise BAD_ARGUMENT.error("the robust variance of this restricted mean was not prepared: name tau when the curves are made")
        return stored[tau]
    variances = one_round_variance(hazard_part, after * ratio(np.ones_like(n), left), curve.events_sq, curve.censored_sq)
    within = curve.time <= tau
    return float(variances[within][-1]) if within.any() else 0.0


def _log_ratio(reference: RestrictedMean, other: RestrictedMean) -> tuple[float, float]:
    """With its standard error; NaN where a mean is 0, as when everybody of a group had the event at time 0."""
    if min(reference.estimate, other.estimate) <= 0:
        return float("nan"), float("nan")
    log_se = np.hypot(reference.se / reference.estimate, other.se / other.estimate)
    return float(np.log(other.estimate / reference.estimate)), float(log_se)


def _contrast(reference: RestrictedMean, other: RestrictedMean, tau: float) -> Contrast:
    z = z_of(reference.confidence)
    difference = other.estimate - reference.estimate
    se = float(np.hypot(reference.se, other.se))
    log_ratio, log_se = _log_ratio(reference, other)
    lost = tau - other.estimate, tau - reference.estimate
    lost_ratio = lost[0] / lost[1] if lost[1] > 0 else float("nan")
    lost_se = float(np.hypot(other.se / lost[0], reference.se / lost[1])) if min(lost) > 0 else float("nan")
    return Contrast(
        group=other.group,
        reference=reference.group,
        difference=difference,
        difference_se=se,
        difference_lower=difference - z * se,
        difference_upper=difference + z * se,
        difference_p=two_sided(difference, se),
        ratio=float(np.exp(log_ratio)),
        ratio_log_se=float(log_se),
        ratio_lower=float(np.exp(log_ratio - z * log_se)),
        ratio_upper=float(np.exp(log_ratio + z * log_se)),
        ratio_p=two_sided(float(log_ratio), float(log_se)),
        lost_ratio=lost_ratio,
        lost_ratio_log_se=lost_se,
    )


def two_sided(estimate: float, se: float) -> float:
    """The two-sided normal p-value of estimate / se; NaN without a standard error."""
    return float(2 * norm.sf(abs(estimate) / se)) if se > 0 else float("nan")
