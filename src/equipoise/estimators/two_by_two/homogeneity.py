"""Whether an odds ratio is the same in all strata."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.two_by_two.table import Test


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """`breslow_day`: chi-square of the strata's counts about those that the common odds ratio foresees; `tarone`: with his correction."""

    breslow_day: Test
    tarone: Test


def homogeneity(tables: Ints, odds_ratio: float) -> Homogeneity:
    """Breslow and Day's test over k tables (k, 2, 2), rows exposed and not, columns event and not, about their Mantel-Haenszel odds ratio.

    Strata in which a margin is 0 tell nothing and do not count. NaN with fewer than two that do, or an odds ratio of 0 or infinity.

    Misleads when: strata are small (expected counts under about 5), or a large p is read as proof of one odds ratio: power is low.
    Source: Breslow and Day (1980), section 4.4; Tarone (1985), Biometrika 72: 91.
    """
    cells = tables.astype(np.float64)
    a, n1, n0, m1 = cells[:, 0, 0], cells[:, 0].sum(axis=1), cells[:, 1].sum(axis=1), cells[:, :, 0].sum(axis=1)
    kept = (n1 > 0) & (n0 > 0) & (m1 > 0) & (m1 < n1 + n0)
    if kept.sum() < 2 or not 0 < odds_ratio < math.inf:
        nothing = Test(math.nan, max(int(kept.sum()) - 1, 0), math.nan)
        return Homogeneity(nothing, nothing)
    a, n1, n0, m1 = a[kept], n1[kept], n0[kept], m1[kept]
    foreseen = _foreseen(n1, n0, m1, odds_ratio)
    variance = 1 / (1 / foreseen + 1 / (n1 - foreseen) + 1 / (m1 - foreseen) + 1 / (n0 - m1 + foreseen))
    statistic = float(np.sum((a - foreseen) ** 2 / variance))
    return Homogeneity(_test(statistic, a.size - 1), _test(statistic - float((a - foreseen).sum() ** 2 / variance.sum()), a.size - 1))


def _test(statistic: float, df: int) -> Test:
    return Test(statistic, df, float(chi2.sf(statistic, df)))


def _foreseen(n1: Floats, n0: Floats, m1: Floats, odds_ratio: float) -> Floats:
    """Exposed events that give the odds ratio with a stratum's margins: the root of (1 - OR) x^2 + b x - OR n1 m1 = 0 that does."""
    b = n0 - m1 + odds_ratio * (n1 + m1)
    root = np.sqrt(b**2 + 4 * (1 - odds_ratio) * odds_ratio * n1 * m1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(b > 0, 2 * odds_ratio * n1 * m1 / (b + root), (root - b) / (2 * (1 - odds_ratio))))
