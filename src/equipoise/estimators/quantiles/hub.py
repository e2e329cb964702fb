"""Quantiles over the network by ever finer counts: nobody's extreme value is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.quantiles.summary import QuantilesAsk, QuantilesResult, QuantilesSummary
from equipoise.estimators.shape import Again, Done

SMALLEST = 2.0**-24
_POWERS = 2.0 ** np.arange(-24, 61)
FIRST_EDGES = np.concatenate([-_POWERS[::-1], [0.0], _POWERS])
"""The first bracket: signed powers of two. Values are taken to lie in (-2^60, 2^60], and those within 2^-24 of 0 count as near 0."""
SPLITS = 64


@dataclass(frozen=True, slots=True)
class QuantilesHub:
    """Quantiles at `probabilities` of each of `n_columns` columns, as R's `quantile` (type 7) gives them.

    Every order statistic is exact to `tolerance` relative to its size (absolute: tolerance x 2^-24 near 0) and then rounded to that
    many significant digits, so that recorded values such as 54 come back as they are. Integer counts decide everything: the answer
    does not depend on how people are split over sites.
    """

    n_columns: int
    probabilities: tuple[float, ...] = (0.5,)
    tolerance: float = 1e-9

    def first(self) -> QuantilesAsk:
        """Counts at signed powers of two."""
        shape = (self.n_columns, 2 * len(self.probabilities))
        edges = np.broadcast_to(FIRST_EDGES, (self.n_columns, 1, len(FIRST_EDGES))).copy()
        return QuantilesAsk(edges, np.full(shape, -np.inf), np.full(shape, np.inf), np.zeros(shape, dtype=np.int64))

    def finish(self, ask: QuantilesAsk, total: QuantilesSummary) -> Again[QuantilesAsk] | Done[QuantilesResult]:
        """Narrow every bracket to one bin; stop when all are narrow enough."""
        rank = ask.rank if ask.rank.any() else self._ranks(total.n)
        low, high = _narrow(ask.edges, total.at_or_below, rank)
        if np.all(high - low <= self.tolerance * np.maximum(np.abs(high), SMALLEST)):
            return Done(QuantilesResult(self.probabilities, self._values(high, total.n), total.n))
        share = np.arange(SPLITS + 1) / SPLITS
        edges = low[..., None] + (high - low)[..., None] * share
        edges[..., -1] = high
        return Again(QuantilesAsk(edges, low, high, rank))

    def _ranks(self, n: Ints) -> Ints:
        """The two order statistics (counted from 1) that each quantile lies between."""
        place = np.outer(np.maximum(n - 1, 0), self.probabilities)
        below = np.floor(place + 1e-9).astype(np.int64) + 1
        above = np.minimum(below + 1, np.maximum(n, 1)[:, None])
        return np.concatenate([below, above], axis=1)

    def _values(self, order_statistic: Floats, n: Ints) -> Floats:
        """Type 7's line between the two order statistics."""
        k = len(self.probabilities)
        rounded = _significant(order_statistic, self.tolerance)
        place = np.outer(np.maximum(n - 1, 0), self.probabilities)
        share = np.maximum(place - np.floor(place + 1e-9), 0.0)
        value = rounded[:, :k] + share * (rounded[:, k:] - rounded[:, :k])
        return np.where(n[:, None] > 0, value, np.nan)


def _narrow(edges: Floats, at_or_below: Ints, rank: Ints) -> tuple[Floats, Floats]:
    """The bin (low, high] that holds each rank; edges and counts (p, q or 1, m), rank (p, q)."""
    reached = at_or_below >= rank[..., None]
    top = np.clip(reached.argmax(axis=-1), 1, edges.shape[-1] - 1)
    edges = np.broadcast_to(edges, (*rank.shape, edges.shape[-1]))
    high = np.take_along_axis(edges, top[..., None], axis=-1)[..., 0]
    low = np.take_along_axis(edges, top[..., None] - 1, axis=-1)[..., 0]
    return low, high


def _significant(value: Floats, tolerance: float) -> Floats:
    """Rounded to as many significant digits as the tolerance is good for."""
    digits = int(np.ceil(-np.log10(tolerance)))
    size = np.floor(np.log10(np.maximum(np.abs(value), SMALLEST)))
    unit = 10.0 ** (digits - 1 - size)
    return np.asarray(np.round(value * unit) / unit)
