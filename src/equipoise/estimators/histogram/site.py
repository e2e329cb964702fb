"""Counts in bins at a site."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import CovariateData
from equipoise.estimators.histogram.summary import HistogramAsk, HistogramSummary


def summarise(data: CovariateData, ask: HistogramAsk) -> HistogramSummary:
    """People and weights by group in the asked bins. `data.x` has one column."""
    x = data.x[:, 0]
    here = np.isfinite(x)
    slots = len(ask.edges) + 1
    slot = np.searchsorted(ask.edges, x[here], side="right")
    slot = np.where(x[here] == ask.edges[-1], slots - 2, slot)
    cell = data.group[here] * slots + slot
    size = ask.n_groups * slots
    return HistogramSummary(
        count=np.bincount(cell, minlength=size).astype(np.int64).reshape(ask.n_groups, slots),
        weight=np.bincount(cell, weights=data.weight[here], minlength=size).astype(np.float64).reshape(ask.n_groups, slots),
        missing=np.bincount(data.group[~here], minlength=ask.n_groups).astype(np.int64),
    )
