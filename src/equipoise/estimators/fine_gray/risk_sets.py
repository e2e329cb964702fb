"""The subdistribution's risk sets: those at risk, and those whom another cause took, weighted by the probability of being uncensored still.

Letters: n rows, m rows in use, s strata, c censoring groups, k times, p columns. A row that another cause took at T counts at t > T with
G(t-) / G(T-), G the probability of not being censored in its group.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.aalen_johansen.causes import place_causes
from equipoise.estimators.at_risk import Placed, by_cell, over_at_risk, while_at_risk
from equipoise.estimators.data import Floats, Ints, SurvivalData
from equipoise.estimators.fine_gray.summary import Follow
from equipoise.estimators.hazard import ratio


@dataclass(frozen=True, slots=True)
class Subdistribution:
    """placed: an event is one of the cause. taken: (m,) rows that another cause took. group: (m,) censoring group.

    per_uncensored: (m,) 1 / G(T-) for the taken, 0 for others. uncensored: (c, k).
    """

    placed: Placed
    taken: NDArray[np.bool_]
    group: Ints
    per_uncensored: Floats
    uncensored: Floats

    def over_risk_sets(self, values: Floats) -> Floats:
        """Sums of values over the risk set at each time: (s, k) or (s, k, p). values: (m,) or (m, p)."""
        past = np.cumsum(self.at_taking(values), axis=2)
        before = np.concatenate([np.zeros_like(past[:, :, :1]), past[:, :, :-1]], axis=2)
        found: Floats = over_at_risk(self.placed, values) + np.einsum("ck,sck...->sk...", self.uncensored, before)
        return found

    def at_taking(self, values: Floats) -> Floats:
        """Sums of values / G(T-) over the taken, at the time T when they were: (s, c, k) or (s, c, k, p)."""
        return self._at_last(self.taken, values * (self.per_uncensored if values.ndim == 1 else self.per_uncensored[:, None]))

    def at_cause(self, values: Floats) -> Floats:
        """Sums of values over the events of the cause by censoring group: (s, c, k). values: (m,)."""
        return self._at_last(self.placed.event, values)

    def _at_last(self, which: NDArray[np.bool_], values: Floats) -> Floats:
        placed, groups = self.placed, self.uncensored.shape[0]
        cell = (placed.unit * groups + self.group) * placed.k + placed.last
        total = by_cell(cell[which], values[which], placed.units * groups, placed.k)
        return total.reshape(placed.units, groups, *total.shape[1:])

    def while_in_risk_set(self, increments: Floats) -> Floats:
        """For each row the sum of increments over its time in the risk set, weighted: (m,) or (m, p). increments: (s, k) or (s, k, p)."""
        placed, taken = self.placed, self.taken
        found = while_at_risk(placed, increments)
        total = np.cumsum(np.einsum("ck,sk...->sck...", self.uncensored, increments), axis=2)
        after = total[placed.unit[taken], self.group[taken], -1] - total[placed.unit[taken], self.group[taken], placed.last[taken]]
        scale = self.per_uncensored[taken]
        found[taken] += after * (scale if after.ndim == 1 else scale[:, None])
        return found


def subdistribution(data: SurvivalData, grid: Floats, n_strata: int, follow: Follow) -> Subdistribution:
    """Place the rows. data.group: (n,) censoring group."""
    rows = place_causes(data, grid, data.stratum, n_strata, follow.n_causes)
    placed, cause = rows.placed, rows.cause
    group = data.group[placed.keep]
    taken = (cause > 0) & (cause != follow.cause)
    at_last = follow.uncensored[group, placed.last]
    per_uncensored = np.where(taken, ratio(np.ones_like(at_last), at_last), 0.0)
    return Subdistribution(replace(placed, event=cause == follow.cause), taken, group, per_uncensored, follow.uncensored)
