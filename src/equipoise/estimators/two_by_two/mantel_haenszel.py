"""Mantel and Haenszel's measures over strata, from sums that add over strata and over sites."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.two_by_two.exact import ExactOddsRatio, exact_odds_ratio
from equipoise.estimators.two_by_two.interval import Interval, difference_interval, ratio_interval
from equipoise.estimators.two_by_two.table import Test

TERMS = ("r", "s", "pr", "ps_qr", "qs", "risk_exposed", "risk_unexposed", "risk_var", "rd", "rd_weight", "rd_var", "observed", "var")
"""The sums over strata, in this order; `stratum_terms` has their formulas."""


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """Measures common to all strata. `odds_ratio`, `risk_ratio`: `se` of the logarithm.

    `cmh`, `cmh_corrected`: Cochran, Mantel and Haenszel's test without and with continuity correction.
    """

    odds_ratio: Interval
    risk_ratio: Interval
    risk_difference: Interval
    cmh: Test
    cmh_corrected: Test
    exact: ExactOddsRatio | None


def mantel_haenszel(tables: Ints, *, confidence: float = 0.95, exact: bool = False, as_r: bool = False) -> MantelHaenszel:
    """Odds ratio, risk ratio and risk difference over k tables (k, 2, 2), rows exposed and not, columns event and not.

    Strata of fewer than two people tell nothing and are left out. exact : the conditional estimate and exact test as well (slow above
    some 10,000 people a stratum). as_r : its root searches stop where R's do. Raises EQ-EST-106 for counts that cannot be.

    Misleads when: the effect differs between strata: look at them first. The risk difference depends on the mix of strata.
    Source: Mantel and Haenszel (1959); Robins, Breslow and Greenland (1986); Greenland and Robins (1985), Biometrics 41: 55.
    """
    if tables.ndim != 3 or tables.shape[1:] != (2, 2) or np.any(tables < 0):
        raise BAD_ARGUMENT.error("tables must be counts of shape (strata, 2, 2)")
    kept = tables[tables.sum(axis=(1, 2)) > 1]
    law = exact_odds_ratio(kept, confidence, as_r=as_r) if exact and len(kept) else None
    return from_sums(stratum_terms(kept).sum(axis=0), confidence, law)


def stratum_terms(tables: NDArray[np.generic]) -> Floats:
    """What each table (k, 2, 2) adds to the sums: (k, len(TERMS)); zeros for a table of fewer than two people."""
    cells = np.asarray(tables, dtype=np.float64)
    a, b, c, d = cells[:, 0, 0], cells[:, 0, 1], cells[:, 1, 0], cells[:, 1, 1]
    n1, n0, m1, m0 = a + b, c + d, a + c, b + d
    n = n1 + n0
    safe = np.maximum(n, 2)
    p, q, r, s = (a + d) / safe, (b + c) / safe, a * d / safe, b * c / safe
    both = np.where(n1 * n0 > 0, n1 * n0, 1.0)
    columns = [
        r, s, p * r, p * s + q * r, q * s,
        a * n0 / safe, c * n1 / safe, (n1 * n0 * m1 - a * c * n) / safe**2,
        (a * n0 - c * n1) / safe, n1 * n0 / safe, (a * b * n0**3 + c * d * n1**3) / (both * safe**2),
        a - n1 * m1 / safe, n1 * n0 * m1 * m0 / (safe**2 * (safe - 1)),
    ]  # fmt: skip
    return np.where((n > 1)[:, None], np.stack(columns, axis=1), 0.0)


def from_sums(sums: Floats, confidence: float, exact: ExactOddsRatio | None = None) -> MantelHaenszel:
    """The measures from the sums (len(TERMS),) over all strata; NaN where no stratum tells anything."""
    t = dict(zip(TERMS, (float(value) for value in sums), strict=True))
    return MantelHaenszel(
        odds_ratio=odds_ratio_from(t, confidence),
        risk_ratio=risk_ratio_from(t, confidence),
        risk_difference=_risk_difference(t, confidence),
        cmh=_cmh(t, correct=False),
        cmh_corrected=_cmh(t, correct=True),
        exact=exact,
    )


def odds_ratio_from(t: dict[str, float], confidence: float) -> Interval:
    """The Mantel-Haenszel odds ratio with the variance of Robins, Breslow and Greenland."""
    r, s = t["r"], t["s"]
    if r == 0 or s == 0:
        return _without_interval(r, s)
    variance = (t["pr"] / r**2 + t["ps_qr"] / (r * s) + t["qs"] / s**2) / 2
    return ratio_interval(r / s, math.sqrt(variance), confidence)


def risk_ratio_from(t: dict[str, float], confidence: float) -> Interval:
    """The Mantel-Haenszel risk ratio with the variance of Greenland and Robins."""
    top, bottom = t["risk_exposed"], t["risk_unexposed"]
    if top == 0 or bottom == 0:
        return _without_interval(top, bottom)
    return ratio_interval(top / bottom, math.sqrt(t["risk_var"] / (top * bottom)), confidence)


def _risk_difference(t: dict[str, float], confidence: float) -> Interval:
    weight = t["rd_weight"]
    if weight == 0:
        return Interval(math.nan, math.nan, math.nan, math.nan)
    return difference_interval(t["rd"] / weight, math.sqrt(t["rd_var"]) / weight, confidence)


def _without_interval(top: float, bottom: float) -> Interval:
    ratio = math.nan if bottom == top == 0 else (math.inf if bottom == 0 else 0.0)
    return Interval(ratio, math.inf, 0.0, math.nan)


def _cmh(t: dict[str, float], *, correct: bool) -> Test:
    if t["var"] == 0:
        return Test(math.nan, 1, math.nan)
    gap = abs(t["observed"])
    statistic = (gap - (0.5 if correct and gap >= 0.5 else 0.0)) ** 2 / t["var"]
    return Test(statistic, 1, float(chi2.sf(statistic, 1)))
