"""A distribution by group over the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.histogram.summary import HistogramAsk, HistogramResult, HistogramSummary
from equipoise.estimators.shape import Done


@dataclass(frozen=True)
class HistogramHub:
    """Settings: bin edges (k+1,), strictly increasing, and the number of groups."""

    edges: Floats
    n_groups: int

    def first(self) -> HistogramAsk:
        """The only question. Raises EQ-EST-106 for edges that do not increase."""
        edges = np.asarray(self.edges, dtype=np.float64)
        if len(edges) < 2 or not np.all(np.diff(edges) > 0):
            raise BAD_ARGUMENT.error("a histogram needs at least two edges that increase")
        return HistogramAsk(edges, self.n_groups)

    def finish(self, ask: HistogramAsk, total: HistogramSummary) -> Done[HistogramResult]:
        """The bins, and those who lie outside them."""
        return Done(
            HistogramResult(
                edges=ask.edges,
                count=total.count[:, 1:-1],
                weight=total.weight[:, 1:-1],
                below=total.count[:, 0],
                above=total.count[:, -1],
                missing=total.missing,
            )
        )
