"""Rows placed on a shared grid of times, and sums over those at risk. Letters: n rows, u units (stratum by group), k grid times.

A row is at risk at grid time t when entry < t <= time. Times off the grid: an event counts at the next grid time, a censoring at
the last one before; after the end of the grid every row is censored there. Rows of weight zero count as absent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints, SurvivalData, memo, scatter


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
        return self.last if self.units == 1 else self.unit * self.k + self.last

    @property
    def chosen(self) -> Ints | None:
        """(m,) the rows of `SurvivalData` in use; None for all."""
        return None if self.last.size == self.keep.size else np.flatnonzero(self.keep)


@dataclass(frozen=True, slots=True)
class _Known:
    grid: Floats
    n_strata: int
    placed: Placed


SHORT = 2000
"""Up to so many rows a search by halves is as quick as a table."""


def place(data: SurvivalData, grid: Floats, unit: Ints, units: int) -> Placed:
    """Place rows on `grid`, (k,) ascending. unit: (n,) in [0, units)."""
    k = grid.size
    at_or_after = times_before(grid, data.time)
    event = (data.event == 1) & (at_or_after < k)
    on_grid = np.append(grid, np.nan)[at_or_after] == data.time
    last = np.where(event | on_grid, at_or_after, at_or_after - 1)
    first = np.zeros_like(last) if data.entry is None else np.searchsorted(grid, data.entry, side="right").astype(np.int64)
    keep = (first <= last) & (data.weight > 0)
    if keep.all():
        return Placed(keep, unit, first, last, event, units, k)
    return Placed(keep, unit[keep], first[keep], last[keep], event[keep], units, k)


def times_before(grid: Floats, time: Floats) -> Ints:
    """(n,) how many grid times lie before each time. A grid of whole numbers (days) that is not too long is a table to look up."""
    span = grid[-1] - grid[0] if grid.size else 0.0
    if time.size < SHORT or not (0 < span <= time.size) or np.any(grid != np.rint(grid)):
        return np.searchsorted(grid, time, side="left").astype(np.int64)
    present = np.zeros(int(span) + 2, dtype=np.int64)
    present[(grid - grid[0]).astype(np.int64) + 1] = 1
    found: Ints = np.cumsum(present)[np.ceil(np.clip(time - grid[0], 0.0, span + 1)).astype(np.int64)]
    return found


def placed_once(data: SurvivalData, grid: Floats, n_strata: int) -> Placed:
    """Rows placed by stratum, kept with the rows for the next round on the same grid."""
    known = memo(data).get("placed")
    if isinstance(known, _Known) and known.n_strata == n_strata and np.array_equal(known.grid, grid):
        return known.placed
    placed = place(data, grid, data.stratum, n_strata)
    memo(data)["placed"] = _Known(grid, n_strata, placed)
    return placed


def by_cell(cell: Ints, values: Floats, units: int, k: int) -> Floats:
    """Sums of values by cell. values: (m,) or (m, p). Returns (units, k) or (units, k, p)."""
    if values.ndim == 1:
        sums: Floats = np.bincount(cell, weights=values, minlength=units * k).astype(np.float64, copy=False)
        return sums.reshape(units, k)
    total: Floats = scatter(cell, np.ones(cell.size), units * k) @ values
    return total.reshape(units, k, *values.shape[1:])


def at_exit(placed: Placed, values: Floats) -> Floats:
    """Sums of values at each row's last time at risk: (units, k) or (units, k, p)."""
    return by_cell(placed.exit_cell, values, placed.units, placed.k)


def at_event(placed: Placed, values: Floats) -> Floats:
    """Sums of values over events at each time: (units, k) or (units, k, p)."""
    return by_cell(placed.exit_cell[placed.event], values[placed.event], placed.units, placed.k)


def at_end(placed: Placed, values: Floats) -> tuple[Floats, Floats]:
    """Sums of values, (m,), at each row's last time at risk, (units, k) each: over the censored, and over those with an event."""
    cells = placed.units * placed.k
    total = np.bincount(placed.exit_cell + cells * placed.event, values, 2 * cells).astype(np.float64, copy=False)
    return total[:cells].reshape(placed.units, placed.k), total[cells:].reshape(placed.units, placed.k)


def over_at_risk(placed: Placed, values: Floats, leaving: Floats | None = None) -> Floats:
    """Sums of values over the rows at risk at each time: (units, k) or (units, k, p). Sorted once, O(m + k).

    leaving: the same as `at_exit` gives, where it is known.
    """
    net = at_exit(placed, values) if leaving is None else leaving
    late = placed.first > 0
    if late.any():
        net = net - by_cell(before_entry(placed, late), values[late], placed.units, placed.k)
    return from_the_end(net)


def before_entry(placed: Placed, late: NDArray[np.bool_] | Ints) -> Ints:
    """The cell of the last grid time before each late row comes under observation."""
    found: Ints = (placed.exit_cell - placed.last + placed.first - 1)[late]
    return found


def from_the_end(values: Floats) -> Floats:
    """Sums over each time and those after it. values: (units, k) or (units, k, p)."""
    return np.ascontiguousarray(np.flip(np.cumsum(np.flip(values, axis=1), axis=1), axis=1))


def while_at_risk(placed: Placed, increments: Floats) -> Floats:
    """For each row the sum of increments over its time at risk. increments: (units, k) or (units, k, p). Returns (m,) or (m, p)."""
    total = np.cumsum(increments, axis=1).reshape(placed.units * placed.k, *increments.shape[2:])
    found: Floats = total[placed.exit_cell]
    late = np.flatnonzero(placed.first)
    if late.size:
        found[late] -= total[before_entry(placed, late)]
    return found


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
