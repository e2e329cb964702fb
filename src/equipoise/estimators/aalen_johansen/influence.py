"""Squared influences of rows or clusters on state probabilities and on mean times in states: the infinitesimal jackknife.

While a row is at risk its influence on state j is rise_j(t) - s level_j(t) + (a constant), s what was spent before its entry; once
it left it is a level_j(t) + (another constant), with its own a. So the sum of squares at every t is a quadratic form of three curves
in sums over rows, which change only when somebody enters or leaves: no time is visited for any row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.aalen_johansen.causes import PlacedCauses
from equipoise.estimators.aalen_johansen.curves import Kernels, widths
from equipoise.estimators.at_risk import by_cell, cluster_codes
from equipoise.estimators.data import Floats, Ints, SurvivalData

CURVES = 3


@dataclass(frozen=True, slots=True)
class Moves:
    """Two moves a row, entry then exit, in an order in which each owner's moves follow in time. owner, cell: (2m,); order: (2m,)."""

    owner: Ints
    cell: Ints
    order: Ints
    alone: bool


def influence_squares(data: SurvivalData, rows: PlacedCauses, kernel: Kernels) -> Floats:
    """(u, c + 1, k): at each time, the sum over clusters (rows, where there are none) of the squared influence on each state."""
    weight = data.weight[rows.placed.keep]
    moves = _moves(data, rows)
    found = [_squares(rows, kernel, state, weight, moves) for state in range(rows.causes + 1)]
    return np.stack(found, axis=1)


def area_squares(data: SurvivalData, rows: PlacedCauses, kernel: Kernels, grid: Floats, taus: Floats) -> Floats:
    """(u, c + 1, t): the sum over clusters of the squared influence on the mean time in each state up to each of taus."""
    placed = rows.placed
    weight = data.weight[placed.keep]
    codes, size = cluster_codes(data, placed.keep)
    owner = codes * placed.units + placed.unit
    found = np.zeros((placed.units, rows.causes + 1, taus.size))
    for state in range(rows.causes + 1):
        for t, tau in enumerate(taus):
            by_owner = np.bincount(owner, weight * _area(rows, kernel, state, widths(grid, tau)), minlength=size * placed.units)
            found[:, state, t] = (by_owner**2).reshape(size, placed.units).sum(axis=0)
    return found


def _combinations(rows: PlacedCauses, kernel: Kernels, state: int) -> tuple[Floats, Floats]:
    """(m, 3) each: what multiplies rise, level and 1 while a row is at risk, and once it has left."""
    placed = rows.placed
    unit, last = placed.unit, placed.last
    spent, rise, level = (_upto(curve) for curve in (kernel.spent, kernel.rise[:, state], kernel.level[:, state]))
    entered = spent[unit, placed.first]
    slope = spent[unit, last + 1] - entered - np.where(placed.event, kernel.leaving[unit, last], 0.0)
    nothing = np.zeros_like(slope)
    if state == 0:
        return np.stack([nothing + 1, -entered, nothing], axis=1), np.stack([nothing, slope, nothing], axis=1)
    constant = entered * level[unit, placed.first] - rise[unit, placed.first]
    landed = np.where(rows.cause == state, kernel.landing[unit, last], 0.0)
    reached = rise[unit, last + 1] - entered * level[unit, last + 1] + constant + landed
    at_risk = np.stack([nothing + 1, -entered, constant], axis=1)
    return at_risk, np.stack([nothing, slope, reached - slope * level[unit, last + 1]], axis=1)


def _upto(curve: Floats) -> Floats:
    """(u, k + 1): the curve with 0 before the first time, so that index i is the value just before time i."""
    return np.concatenate([np.zeros((curve.shape[0], 1)), curve], axis=1)


def _moves(data: SurvivalData, rows: PlacedCauses) -> Moves:
    placed = rows.placed
    codes, _ = cluster_codes(data, placed.keep)
    owner = np.repeat(codes * placed.units + placed.unit, 2)
    when = np.stack([placed.first, placed.last], axis=1).reshape(-1)
    cell = np.repeat(placed.unit * placed.k, 2) + when
    alone = data.cluster is None
    order = np.arange(owner.size) if alone else np.lexsort((np.tile([0, 1], codes.size), when, owner))
    return Moves(owner[order], cell[order], order, alone)


def _squares(rows: PlacedCauses, kernel: Kernels, state: int, weight: Floats, moves: Moves) -> Floats:
    placed = rows.placed
    at_risk, gone = (weight[:, None] * part for part in _combinations(rows, kernel, state))
    change = np.stack([at_risk, gone - at_risk], axis=1).reshape(-1, CURVES)[moves.order]
    after = np.stack([at_risk, gone], axis=1).reshape(-1, CURVES) if moves.alone else _running(moves.owner, change)
    curves = [kernel.rise[:, state], kernel.level[:, state], np.ones_like(kernel.spent)]
    total = np.zeros_like(kernel.spent)
    for i in range(CURVES):
        for j in range(i + 1):
            steps = after[:, i] * after[:, j] - (after[:, i] - change[:, i]) * (after[:, j] - change[:, j])
            held = np.cumsum(by_cell(moves.cell, steps, placed.units, placed.k), axis=1)
            total += (1 if i == j else 2) * curves[i] * curves[j] * held
    return total


def _running(owner: Ints, values: Floats) -> Floats:
    """Cumulative sums of values, (2m, 3), that start anew with each owner."""
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    starts = np.flatnonzero(np.concatenate(([True], np.diff(owner) != 0))) if owner.size else np.zeros(0, dtype=np.int64)
    found: Floats = total[1:] - np.repeat(total[starts], np.diff(np.append(starts, owner.size)), axis=0)
    return found


def _area(rows: PlacedCauses, kernel: Kernels, state: int, width: Floats) -> Floats:
    """(m,) influence of each row, per unit of weight, on the area under the state's curve."""
    placed = rows.placed
    at_risk, gone = _combinations(rows, kernel, state)
    curves = [kernel.rise[:, state], kernel.level[:, state], np.ones_like(kernel.spent)]
    found = np.zeros(placed.last.size)
    for i, curve in enumerate(curves):
        area = _upto(np.cumsum(curve * width, axis=1))
        at_last = area[placed.unit, placed.last]
        found += at_risk[:, i] * (at_last - area[placed.unit, placed.first]) + gone[:, i] * (area[placed.unit, -1] - at_last)
    return found
