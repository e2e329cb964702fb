"""One pass over the rows at a beta: linear predictors, and sums of hazard weight times x over risk sets and events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.at_risk import Placed, before_entry
from equipoise.estimators.data import BLOCK, Columns, Floats, SurvivalData, scatter

MANY = 4 * BLOCK
"""Rows whose sums by time are made at once where that takes no copy of them."""


@dataclass(frozen=True, slots=True)
class AtBeta:
    """The m rows in use at a beta. columns: their x less `center`; weight, eta, risk = weight * exp(eta): (m,).

    at_risk, at_death: (s, k) sums of risk over those at risk and over events; risk_x, death_risk_x: (s, k, p) the same of risk times x.
    """

    placed: Placed
    columns: Columns
    beta: Floats
    center: Floats
    weight: Floats
    eta: Floats
    risk: Floats
    at_risk: Floats
    at_death: Floats
    risk_x: Floats
    death_risk_x: Floats

    def is_at(self, beta: Floats, center: Floats) -> bool:
        """Whether these are the rows at that beta."""
        return np.array_equal(self.beta, beta) and np.array_equal(self.center, center)


def sweep(data: SurvivalData, placed: Placed, beta: Floats, center: Floats) -> AtBeta:
    """The pass. A beta that is far too large gives infinities."""
    columns = Columns(data.x, placed.chosen, center if center.any() else None)
    weight, offset = (v if v is None or placed.chosen is None else v[placed.keep] for v in (data.weight, data.offset))
    assert weight is not None  # noqa: S101
    cells = placed.units * placed.k
    cell = placed.exit_cell + cells * placed.event
    eta, risk = np.empty(weight.size), np.empty(weight.size)
    of_x: Floats | None = None
    for part, block in columns.views(max(MANY, 16 * cells) if columns.as_they_are else max(BLOCK, 2 * cells)):
        np.dot(block, beta, out=eta[part])
        if offset is not None:
            eta[part] += offset[part]
        with np.errstate(over="ignore", invalid="ignore"):
            np.multiply(weight[part], np.exp(eta[part]), out=risk[part])
        made: Floats = scatter(cell[part], risk[part], 2 * cells) @ block
        of_x = made if of_x is None else np.add(of_x, made, out=of_x)
    of_x = np.zeros((2 * cells, columns.width)) if of_x is None else of_x
    shape = (placed.units, placed.k, columns.width)
    ending: Floats = np.bincount(cell, risk, 2 * cells).astype(np.float64, copy=False)
    dying, dying_x = ending[cells:], of_x[cells:]
    leaving, leaving_x = ending[:cells] + dying, np.add(of_x[:cells], dying_x, out=of_x[:cells])
    _take_later_off(placed, columns, risk, (leaving, leaving_x))
    return AtBeta(
        placed=placed,
        columns=columns,
        beta=beta,
        center=center,
        weight=weight,
        eta=eta,
        risk=risk,
        at_risk=_summed_from_the_end(leaving.reshape(shape[:2])),
        at_death=dying.reshape(shape[:2]),
        risk_x=_summed_from_the_end(leaving_x.reshape(shape)),
        death_risk_x=dying_x.reshape(shape),
    )


def _take_later_off(placed: Placed, columns: Columns, risk: Floats, leaving: tuple[Floats, Floats]) -> None:
    """From sums of risk and of risk times x by the last time at risk, in place: those that come under observation after it."""
    late = placed.first > 0
    if late.any():
        entering, cell = Columns(columns.x, np.flatnonzero(placed.keep)[late], columns.center), before_entry(placed, late)
        leaving[0][:] -= np.bincount(cell, risk[late], leaving[0].size)
        leaving[1][:] -= entering.by_cell(cell, risk[late], leaving[0].size)


def _summed_from_the_end(values: Floats) -> Floats:
    """Sums over each time and those after it, in place. values: (units, k) or (units, k, p)."""
    backwards = values[:, ::-1]
    np.cumsum(backwards, axis=1, out=backwards)
    return values
