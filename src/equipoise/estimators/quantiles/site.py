"""Counts at or below trial values, at a site."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import CovariateData, Floats, Ints
from equipoise.estimators.quantiles.summary import QuantilesAsk, QuantilesSummary


def summarise(data: CovariateData, ask: QuantilesAsk) -> QuantilesSummary:
    """For every column, the number of values present and how many are at most each edge. Groups and weights are not used."""
    columns = [np.sort(column[np.isfinite(column)]) for column in data.x.T]
    below = [_at_or_below(column, edges) for column, edges in zip(columns, ask.edges, strict=True)]
    return QuantilesSummary(
        n=np.array([len(column) for column in columns], dtype=np.int64),
        at_or_below=np.array(below, dtype=np.int64).reshape(ask.edges.shape),
    )


def _at_or_below(values: Floats, edges: Floats) -> Ints:
    return np.searchsorted(values, edges.ravel(), side="right").astype(np.int64)
