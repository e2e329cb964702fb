"""The exposures of a site's persons as labels. Stays at the site."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.study.model import Combination
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import real, whole
from equipoise.table.combination.exposures import AT_INDEX, exposure_column, first_column, windows_of

Bools = NDArray[np.bool_]


class Exposures:
    """n persons, k classes in order of priority; label k: none of them."""

    def __init__(self, table: AnalysisTable, block: Combination) -> None:
        self.block = block
        self.k = len(block.classes)
        self.n = table.rows.num_rows
        names = [one.name for one in block.classes]
        self._in = {
            window: np.column_stack([whole(table.rows[exposure_column(name, window)]) > 0 for name in names])
            for window in windows_of(block)
        }
        first = np.column_stack([real(table.rows[first_column(name)]) for name in names])
        self.since: Floats = np.where(self._in[AT_INDEX], 0.0, np.where(np.isnan(first), np.inf, first))
        """(n, k) the day since which a person is exposed to a class: 0 at the index or before, infinity never."""

    def exposed(self, window: str) -> Bools:
        """(n, k) exposed to each class in a window. Raises EQ-SITE-004 for a window that the study does not have."""
        if window not in self._in:
            raise UNKNOWN_ESTIMATOR.error(f"no such window: {window}")
        return self._in[window]

    def exposed_by(self, day: float) -> Bools:
        """(n, k) exposed to each class from the start of the index window to the day."""
        return self.since <= day

    def label(self, exposed: Bools) -> Ints:
        """(n,) the first class, in order of priority, to which a person is exposed; k for none."""
        return np.where(exposed.any(axis=1), exposed.argmax(axis=1), self.k).astype(np.int64)

    def begins(self, label: int) -> Floats:
        """(n,) the day since which a person is exposed to the class of the label; 0 for the label of those with none."""
        return self.since[:, label] if label < self.k else np.zeros(self.n)

    def overtaken(self, label: int) -> Floats:
        """(n,) the first day with an exposure to a class of higher priority; infinity without one."""
        return np.asarray(self.since[:, :label].min(axis=1, initial=np.inf))
