"""Rows whose follow-up ends by one of several causes, placed on a grid. Letters: n rows, m rows in use, u units, c causes, k times."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.at_risk import Placed, by_cell, place
from equipoise.estimators.data import Floats, Ints, SurvivalData
from equipoise.estimators.errors import BAD_VALUE


@dataclass(frozen=True, slots=True)
class PlacedCauses:
    """placed: an event is an event of any cause. cause: (m,) 0 censored, 1..c the cause at the row's last time."""

    placed: Placed
    cause: Ints
    causes: int


def place_causes(data: SurvivalData, grid: Floats, unit: Ints, units: int, causes: int) -> PlacedCauses:
    """Place rows on `grid`. data.event: (n,) 0 censored, 1..causes. Raises EQ-EST-121 for other codes."""
    if np.any((data.event < 0) | (data.event > causes)):
        raise BAD_VALUE.error(f"event holds a code outside 0 (censored) to {causes}")
    placed = place(replace(data, event=(data.event > 0).astype(np.int64)), grid, unit, units)
    return PlacedCauses(placed, np.where(placed.event, data.event[placed.keep], 0), causes)


def at_cause(rows: PlacedCauses, values: Floats) -> Floats:
    """Sums of values over the events of each cause: (u, c, k). values: (m,)."""
    placed = rows.placed
    ended = placed.event
    cell = (placed.unit[ended] * rows.causes + rows.cause[ended] - 1) * placed.k + placed.last[ended]
    return by_cell(cell, values[ended], placed.units * rows.causes, placed.k).reshape(placed.units, rows.causes, placed.k)
