"""The shift between two samples: Hodges and Lehmann's median of all differences, without writing them all down."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from equipoise.estimators.data import Floats
from equipoise.estimators.two_by_two.roots import root

ALL_AT_ONCE = 4_000_000
"""Up to so many differences are simply sorted."""
R_TOLERANCE = 1e-4
"""How near the root R's wilcox.test comes."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Two samples of values, (n,) and (m,)."""

    x: Floats
    y: Floats

    def rank_sum(self, shift: float) -> tuple[float, float]:
        """Pairs in which x - shift is above y (ties count half), and the standard deviation of that number under equality."""
        n, m = self.x.size, self.y.size
        rank = rankdata(np.concatenate([self.x - shift, self.y]))
        ties = np.unique(rank, return_counts=True)[1].astype(np.float64)
        tied = float((ties**3 - ties).sum()) / ((n + m) * (n + m - 1))
        return float(rank[:n].sum()) - n * (n + 1) / 2, math.sqrt(max(0.0, n * m / 12 * (n + m + 1 - tied)))


def r_location(samples: Samples) -> float:
    """The shift at which R's wilcox.test finds the ranks even: the root of the standardised rank sum, to 1e-4."""

    def uneven(shift: float) -> float:
        statistic, sd = samples.rank_sum(shift)
        return (statistic - samples.x.size * samples.y.size / 2) / sd if sd > 0 else 0.0

    low, high = float(samples.x.min() - samples.y.max()), float(samples.x.max() - samples.y.min())
    return root(uneven, low, high, R_TOLERANCE)


def hodges_lehmann(x: Floats, y: Floats, *, triangle: bool = False) -> float:
    """The median of all differences x_i - y_j (n, m); `triangle`: of those with i <= j, for ascending x, y = -x.

    Large samples are halved by counting differences under a value, in O((n + m) log) a step.
    Source: Hodges and Lehmann (1963), Ann Math Stat 34: 598.
    """
    if x.size * y.size <= ALL_AT_ONCE:
        differences = np.subtract.outer(x, y)
        return float(np.median(differences[np.triu_indices(x.size)] if triangle else differences))
    total = x.size * (x.size + 1) // 2 if triangle else x.size * y.size
    lower, upper = (_kth(np.sort(x), np.sort(y), k, triangle=triangle) for k in ((total - 1) // 2, total // 2))
    return (lower + upper) / 2


def _kth(x: Floats, y: Floats, k: int, *, triangle: bool) -> float:
    """The difference with k smaller ones before it."""
    low, high = float(x[0] - y[-1]), float(x[-1] - y[0])
    while True:
        middle = low + (high - low) / 2
        if not low < middle < high:
            return low if _at_most(x, y, low, triangle=triangle) > k else high
        if _at_most(x, y, middle, triangle=triangle) > k:
            high = middle
        else:
            low = middle


def _at_most(x: Floats, y: Floats, value: float, *, triangle: bool) -> int:
    """How many differences are at most `value`; of the triangle, half of those and of its diagonal."""
    whole = int((y.size - np.searchsorted(y, x - value, side="left")).sum())
    return (whole + int((2 * x <= value).sum())) // 2 if triangle else whole
