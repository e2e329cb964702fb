"""Weighted means with robust variances from sums: a first round for the columns' means, a second about them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.means.summary import MeansAsk, MeansResult, MeansSummary
from equipoise.estimators.shape import Again, Done


@dataclass(frozen=True)
class MeansHub:
    """Settings: groups and columns. Two rounds, so that no digit is lost where a mean is far from 0.

    The shift is a whole number: sums of zeros and ones stay exact, and a share of 0 is 0.
    """

    n_groups: int
    n_columns: int

    def first(self) -> MeansAsk:
        """Sums about 0."""
        return MeansAsk(self.n_groups, np.zeros(self.n_columns), last=False)

    def finish(self, ask: MeansAsk, total: MeansSummary) -> Again[MeansAsk] | Done[MeansResult]:
        """The second question, then means and standard errors by group and column."""
        if not ask.last:
            mean = _ratio(total.wx.sum(axis=0), total.w.sum(axis=0))
            return Again(replace(ask, shift=np.rint(np.nan_to_num(mean)), last=True))
        mean = _ratio(total.wx, total.w)
        squares = np.maximum(total.wwxx - 2 * mean * total.wwx + mean**2 * total.ww, 0.0)
        n = total.n.astype(np.float64)
        factor = _ratio(n, n - 1)
        se = np.sqrt(factor * _ratio(squares, total.w**2))
        return Done(MeansResult(total.n, total.ones, total.w, mean + ask.shift, se))


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """The quotient, NaN where the divisor is not above 0."""
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)
