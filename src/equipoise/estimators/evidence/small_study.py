"""Whether small studies differ from large ones, as they do when some were not published."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import kendalltau, t

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NOT_CONVERGED
from equipoise.estimators.evidence.heterogeneity import Method
from equipoise.estimators.evidence.pooling import Pooled, pool

Missing: TypeAlias = Literal["L0", "R0", "Q0"]
"""Duval and Tweedie's estimators of the number of studies missing."""
ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """A statistic and its two-sided p. Egger: `estimate` is the limit at a standard error of 0, `statistic` the t of the slope."""

    statistic: float
    p: float
    estimate: float


@dataclass(frozen=True, slots=True)
class Filled:
    """Studies missing on a side of the funnel, the analysis with their mirror images added, and these (missing,) with variances."""

    missing: int
    side: str
    pooled: Pooled
    added_estimate: Floats
    added_variance: Floats


def egger_test(estimate: Floats, variance: Floats) -> Asymmetry:
    """Regression of the estimates on their standard errors, weighted by precision; needs 3 studies; R's metafor::regtest(model="lm").

    Misleads when: under ten studies (no power); and for log odds ratios, which depend on their own standard errors (false alarms).
    Source: Egger et al. (1997), BMJ 315: 629; Sterne and Egger (2005).
    """
    y, v = _known(estimate, variance, 3)
    x = np.column_stack([np.ones(y.size), np.sqrt(v)])
    inverse = np.linalg.inv(x.T @ (x / v[:, None]))
    coef = inverse @ (x.T @ (y / v))
    df = y.size - 2
    scale = float(((y - x @ coef) ** 2 / v).sum()) / df
    statistic = float(coef[1]) / math.sqrt(scale * float(inverse[1, 1]))
    return Asymmetry(statistic, 2 * float(t.sf(abs(statistic), df)), float(coef[0]))


def begg_test(estimate: Floats, variance: Floats) -> Asymmetry:
    """Kendall's tau of standardised estimates with their variances, exact without ties; R's metafor::ranktest. `estimate` is tau.

    Misleads when: under twenty-five studies: it sees only gross asymmetry. Source: Begg and Mazumdar (1994), Biometrics 50: 1088.
    """
    y, v = _known(estimate, variance, 2)
    common = float((y / v).sum() / (1 / v).sum())
    deviation = (y - common) / np.sqrt(v - 1 / (1 / v).sum())
    ties = np.unique(deviation).size < y.size or np.unique(v).size < y.size
    found = kendalltau(deviation, v, method="asymptotic" if ties else "exact")
    return Asymmetry(float(found.statistic), float(found.pvalue), float(found.statistic))


def trim_and_fill(
    estimate: Floats,
    variance: Floats,
    *,
    method: Method = "REML",
    side: str | None = None,
    missing: Missing = "L0",
    confidence: float = 0.95,
) -> Filled:
    """How many studies would have to be added on one side for a symmetric funnel, and the estimate then; R's metafor::trimfill.

    side : `left` or `right`, where they are missing; by default the side away from which the small studies lean.
    Raises EQ-EST-104 when the number keeps changing.
    Misleads when: taken as a correction: asymmetry has many causes, and with heterogeneity it adds studies that never were.
    Source: Duval and Tweedie (2000), Biometrics 56: 455.
    """
    y, v = _known(estimate, variance, 3)
    chosen = side or _leaning(y, v, method)
    if chosen not in ("left", "right"):
        raise BAD_ARGUMENT.error("side must be left or right")
    sign = -1.0 if chosen == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    mirrored, spread = sign * y[order], v[order]
    number, centre = _trimmed(mirrored, spread, method, missing)
    far = slice(y.size - number, y.size)
    added, added_variance = sign * (2 * centre - mirrored[far]), spread[far]
    pooled = pool(np.concatenate([y, added]), np.concatenate([v, added_variance]), method=method, confidence=confidence)
    return Filled(number, chosen, pooled, added, added_variance)


def _leaning(y: Floats, v: Floats, method: Method) -> str:
    return "right" if pool(y, v, np.sqrt(v), method=method).coef[1] < 0 else "left"


def _trimmed(y: Floats, v: Floats, method: Method, missing: Missing) -> tuple[int, float]:
    """The number of studies missing on the left of ascending y, and the centre without their counterparts."""
    number = 0
    for _ in range(ROUNDS):
        kept = slice(0, y.size - number)
        centre = float(pool(y[kept], v[kept], method=method).coef[0])
        found = min(_missing(y - centre, missing), y.size - 1)
        if found == number:
            return number, centre
        number = found
    raise NOT_CONVERGED.error("the number of missing studies keeps changing")


def _missing(deviation: Floats, kind: Missing) -> int:
    k = deviation.size
    rank = np.empty(k)
    rank[np.argsort(np.abs(deviation), kind="stable")] = np.arange(1, k + 1)
    above = float(rank[deviation > 0].sum())
    if kind == "R0":
        below = rank[deviation < 0]
        number = k - float(below.max() if below.size else 0) - 1
    elif kind == "L0":
        number = (4 * above - k * (k + 1)) / (2 * k - 1)
    else:
        number = k - 0.5 - math.sqrt(max(0.0, 2 * k**2 - 4 * above + 0.25))
    return max(0, round(number))


def _known(estimate: Floats, variance: Floats, least: int) -> tuple[Floats, Floats]:
    y, v = np.asarray(estimate, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if y.shape != v.shape or y.ndim != 1:
        raise BAD_ARGUMENT.error("estimates and variances must be vectors of one length")
    kept = np.isfinite(y) & np.isfinite(v)
    if kept.sum() < least or np.any(v[kept] <= 0):
        raise BAD_ARGUMENT.error(f"there must be at least {least} studies with variances above 0")
    return y[kept], v[kept]
