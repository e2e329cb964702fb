"""What crosses the border for quantiles: how many people lie at or below trial values.

Letters: p columns, q brackets (one in the first round, then two a probability), m edges.
"""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True)
class QuantilesAsk:
    """Count each column's values at or below `edges` (p, q, m), increasing along the last axis.

    `low`, `high` (p, q): brackets such that the sought order statistic lies in (low, high]; `rank` (p, q) counts from 1 and is 0 before
    n is known.
    """

    edges: Floats
    low: Floats
    high: Floats
    rank: Ints


@dataclass(frozen=True)
class QuantilesSummary(Additive):
    """Counts of values."""

    n: Ints = disclosed("count", "(p,)", "people with a value")
    at_or_below: Ints = disclosed("curve", "(p, q, m)", "of them with a value of at most each edge")


@dataclass(frozen=True)
class QuantilesResult:
    """Quantiles (p, k) of each column at the asked probabilities (R's type 7), NaN for a column without values. n: (p,)."""

    probabilities: tuple[float, ...]
    value: Floats
    n: Ints
