"""What crosses the border for weighted means with robust variances, and what comes of it. Letters: g groups, p columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import t

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True)
class MeansAsk:
    """Sum columns about `shift` (p,), by group 0..n_groups-1. `last`: the shift is the columns' mean."""

    n_groups: int
    shift: Floats
    last: bool


@dataclass(frozen=True)
class MeansSummary(Additive):
    """Sums by group and column over people with a weight above 0 and a value; w weights, d the value less the ask's shift."""

    n: Ints = disclosed("count", "(g, p)", "people")
    ones: Ints = disclosed("count", "(g, p)", "people with the value 1")
    w: Floats = disclosed("sum", "(g, p)", "w")
    ww: Floats = disclosed("sum", "(g, p)", "w^2")
    wx: Floats = disclosed("sum", "(g, p)", "w d")
    wwx: Floats = disclosed("sum", "(g, p)", "w^2 d")
    wwxx: Floats = disclosed("sum", "(g, p)", "w^2 d^2")


@dataclass(frozen=True)
class Difference:
    """Difference of two groups' means (p,), its standard error and Welch-Satterthwaite degrees of freedom; NaN where not estimable."""

    estimate: Floats
    se: Floats
    df: Floats

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Lower and upper bounds (p,)."""
        return _interval(self.estimate, self.se, self.df, confidence)

    @property
    def p_value(self) -> Floats:
        """Two-sided p-values (p,) from t; NaN where the standard error is 0."""
        ratio = np.abs(self.estimate) / np.where(self.se > 0, self.se, np.nan)
        return np.asarray(2 * t.sf(ratio, self.df))


@dataclass(frozen=True)
class MeansResult:
    """By group and column (g, p): persons, persons with the value 1, sum of weights, weighted mean, its robust standard error.

    se^2 = n / (n - 1) sum w^2 (x - mean)^2 / (sum w)^2: with equal weights the square of s / sqrt(n). NaN with fewer than two people.
    Source: the linearised variance of a ratio mean (Binder, Int Stat Rev 1983; 51: 279). Intervals: t on n - 1 degrees of freedom;
    two groups: Welch's.

    Misleads when weights are estimated scores taken for known (intervals are then mostly too wide), when partners of a matched set are
    taken for independent, and when values are missing for reasons that have to do with them.
    """

    n: Ints
    ones: Ints
    weight: Floats
    mean: Floats
    se: Floats

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the means (g, p)."""
        return _interval(self.mean, self.se, self.n.astype(np.float64) - 1, confidence)

    def share_interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Bounds of shares (g, p), columns of 0 and 1: made on the logit scale, so that they lie in (0, 1); NaN for shares of 0 and 1."""
        odd = (self.mean > 0) & (self.mean < 1)
        share = np.where(odd, self.mean, np.nan)
        low, high = _interval(np.log(share / (1 - share)), self.se / (share * (1 - share)), self.n.astype(np.float64) - 1, confidence)
        return expit(low), expit(high)

    def difference(self, target: int = 1, comparator: int = 0) -> Difference:
        """The target group's mean less the comparator's."""
        parts = [self.se[group] ** 2 for group in (target, comparator)]
        total = parts[0] + parts[1]
        below = sum(part**2 / np.maximum(self.n[group] - 1.0, 1.0) for part, group in zip(parts, (target, comparator), strict=True))
        df = total**2 / np.where(below > 0, below, np.nan)
        return Difference(self.mean[target] - self.mean[comparator], np.sqrt(total), df)


def _interval(estimate: Floats, se: Floats, df: Floats, confidence: float) -> tuple[Floats, Floats]:
    half = se * t.ppf((1 + confidence) / 2, df)
    return estimate - half, estimate + half
