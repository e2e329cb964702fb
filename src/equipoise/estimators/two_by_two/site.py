"""Two by two counts at a site."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints, SurvivalData
from equipoise.estimators.two_by_two.summary import TwoByTwoAsk, TwoByTwoSummary


def summarise(data: SurvivalData, ask: TwoByTwoAsk) -> TwoByTwoSummary:
    """People, events and time at risk up to the horizon, by stratum and group; who enters at or after it is not counted."""
    entry = np.zeros_like(data.time) if data.entry is None else data.entry
    kept = (data.weight > 0) & ((entry < ask.horizon) | (data.entry is None))
    event = kept & (data.event == 1) & (data.time <= ask.horizon)
    cell = data.stratum * 2 + data.group
    until = np.minimum(data.time, ask.horizon)
    weight = np.where(kept, data.weight, 0.0)
    cells = 2 * ask.n_strata
    return TwoByTwoSummary(
        people=_count(cell[kept], cells),
        events=_count(cell[event], cells),
        person_time=_sum(cell, np.where(kept, np.maximum(until - entry, 0.0), 0.0), cells),
        weight=_both(cell, weight, event, cells),
        square=_both(cell, weight**2, event, cells),
    )


def _count(cell: Ints, cells: int) -> Ints:
    return np.bincount(cell, minlength=cells).reshape(-1, 2).astype(np.int64)


def _sum(cell: Ints, values: Floats, cells: int) -> Floats:
    return np.asarray(np.bincount(cell, weights=values, minlength=cells).reshape(-1, 2), dtype=np.float64)


def _both(cell: Ints, values: Floats, event: NDArray[np.bool_], cells: int) -> Floats:
    return np.stack([_sum(cell, values, cells), _sum(cell, values * event, cells)], axis=2)
