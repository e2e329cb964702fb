"""What crosses the border for a distribution by group: counts and weights in bins. Letters: g groups, b bins and two more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True)
class HistogramAsk:
    """Count the first column of x in bins [edge, next edge) by group; `edges` (k+1,) increasing."""

    edges: Floats
    n_groups: int


@dataclass(frozen=True)
class HistogramSummary(Additive):
    """By group: below the first edge, the bins (the last one closed), above the last edge."""

    count: Ints = disclosed("count", "(g, b)", "people")
    weight: Floats = disclosed("sum", "(g, b)", "weights")
    missing: Ints = disclosed("count", "(g,)", "people without a value")


@dataclass(frozen=True)
class HistogramResult:
    """Counts and weights by group and bin (g, k); `below`, `above`, `missing` (g,) count people outside the bins."""

    edges: Floats
    count: Ints
    weight: Floats
    below: Ints
    above: Ints
    missing: Ints

    def density(self, weighted: bool = False) -> Floats:
        """Share of a group in a bin over the bin's width (g, k); integrates to 1 over the bins; NaN for an empty group."""
        mass = self.weight if weighted else self.count.astype(np.float64)
        total = mass.sum(axis=1, keepdims=True)
        return mass / np.where(total > 0, total, np.nan) / np.diff(self.edges)

    def c_statistic(self, target: int = 1, comparator: int = 0, weighted: bool = False) -> float:
        """The probability that a person of `target` lies above one of `comparator`; pairs in one bin count a half.

        Off from the exact value by at most half the share of pairs that lie in one bin. NaN for an empty group.
        """
        mass = self.weight if weighted else self.count.astype(np.float64)
        high, low = mass[target], mass[comparator]
        pairs = high.sum() * low.sum()
        return float(high @ (np.cumsum(low) - low / 2) / pairs) if pairs > 0 else float("nan")

    def share_between(self, low: float, high: float) -> float:
        """The share of all people in the bins whose edges lie in [low, high]; NaN when there are none."""
        inside = (self.edges[:-1] >= low - 1e-12) & (self.edges[1:] <= high + 1e-12)
        total = self.count.sum() + self.below.sum() + self.above.sum()
        return float(self.count[:, inside].sum() / total) if total else float("nan")
