"""Rows placed on a shared grid of times, and sums over those at risk. Letters: n rows, u units (stratum by group), k grid times.

A row is at risk at grid time t when entry < t <= time. Times off the grid: an event counts at the next grid time, a censoring at
the last one before; after the end of the grid every row is censored there. Rows of weight zero count as absent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints, SurvivalData


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows on the grid. keep: (n,) bool, the rows of `SurvivalData` used; the other arrays hold only those m rows.

    unit: (m,) in [0, units). first, last: (m,) in [0, k), first and last grid index at risk. event: (m,) bool, an event at `last`.
    """

    keep: NDArray[np.bool_]
    unit: Ints
    first: Ints
    last: Ints
    event: NDArray[np.bool_]
    units: int
    k: int

    @property
    def exit_cell(self) -> Ints:
        """(m,) the cell of the last grid time at risk, in [0, units * k)."""
        return self.unit * self.k + self.last


def place(data: SurvivalData, grid: Floats, unit: Ints, units: int) -> Placed:
    """Place rows on `grid`, (k,) ascending. unit: (n,) in [0, units)."""
    k = grid.size
    at_or_after = np.searchsorted(grid, data.time, side="left")
    at_or_before = np.searchsorted(grid, data.time, side="right") - 1
    event = (data.event == 1) & (at_or_after < k)
    last = np.where(event, at_or_after, at_or_before)
    first = np.zeros_like(last) if data.entry is None else np.searchsorted(grid, data.entry, side="right")
    keep = (first <= last) & (data.weight > 0)
    return Placed(keep, unit[keep], first[keep], last[keep], event[keep], units, k)


def by_cell(cell: Ints, values: Floats, units: int, k: int) -> Floats:
    """Sums of values by cell. values: (m,) or (m, p). Returns (units, k) or (units, k, p)."""
    total = np.zeros((units * k, *values.shape[1:]))
    for place, column in zip(_columns(total), _columns(values), strict=True):
        place[:] = np.bincount(cell, weights=column, minlength=units * k)
    return total.reshape(units, k, *values.shape[1:])


def _columns(values: Floats) -> list[Floats]:
    return [values] if values.ndim == 1 else list(values.T)


def at_exit(placed: Placed, values: Floats) -> Floats:
    """Sums of values at each row's last time at risk: (units, k) or (units, k, p)."""
    return by_cell(placed.exit_cell, values, placed.units, placed.k)


def at_event(placed: Placed, values: Floats) -> Floats:
    """Sums of values over events at each time: (units, k) or (units, k, p)."""
    return by_cell(placed.exit_cell[placed.event], values[placed.event], placed.units, placed.k)


def over_at_risk(placed: Placed, values: Floats) -> Floats:
    """Sums of values over the rows at risk at each time: (units, k) or (units, k, p). Sorted once, O(m + k)."""
    net = at_exit(placed, values)
    late = placed.first > 0
    if late.any():
        net = net - by_cell((placed.exit_cell - placed.last + placed.first - 1)[late], values[late], placed.units, placed.k)
    return np.ascontiguousarray(np.flip(np.cumsum(np.flip(net, axis=1), axis=1), axis=1))


def while_at_risk(placed: Placed, increments: Floats) -> Floats:
    """For each row the sum of increments over its time at risk. increments: (units, k) or (units, k, p). Returns (m,) or (m, p)."""
    total = np.cumsum(increments, axis=1)
    at_last = total[placed.unit, placed.last]
    before = total[placed.unit, np.maximum(placed.first - 1, 0)]
    late = placed.first > 0
    return at_last - np.where(late if total.ndim == 2 else late[:, None], before, 0.0)


def cluster_codes(data: SurvivalData, keep: NDArray[np.bool_]) -> tuple[Ints, int]:
    """Clusters of the kept rows as codes from zero, and their number; without clusters each row is its own."""
    if data.cluster is None:
        size = int(keep.sum())
        return np.arange(size), size
    labels, codes = np.unique(data.cluster[keep], return_inverse=True)
    return codes.astype(np.int64), labels.size


def cluster_sums(codes: Ints, size: int, values: Floats) -> Floats:
    """Sums of the rows of values by cluster. values: (m, p). Returns (size, p)."""
    total: Floats = by_cell(codes, values, 1, size)[0]
    return total
