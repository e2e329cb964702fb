"""State probabilities from sums, and the kernels of a row's influence on them. Letters: u units, c causes, k times.

State 0 is being free of every event; state j having had the event of cause j.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.hazard import discrete_hazard, ratio, survivors


@dataclass(frozen=True, slots=True)
class States:
    """probability: (u, c + 1, k) after each time. before: (u, k) free of every event just before it."""

    probability: Floats
    before: Floats


def state_probabilities(at_risk: Floats, events: Floats) -> States:
    """Aalen and Johansen's estimate. at_risk: (u, k); events: (u, c, k)."""
    free = np.cumprod(1 - discrete_hazard(events.sum(axis=1), at_risk), axis=-1)
    before = np.concatenate([np.ones((*free.shape[:-1], 1)), free[..., :-1]], axis=-1)
    incidence = np.cumsum((before * ratio(np.ones_like(at_risk), at_risk))[:, None] * events, axis=-1)
    return States(np.concatenate([free[:, None], incidence], axis=1), before)


@dataclass(frozen=True, slots=True)
class Kernels:
    """A row's influence on state j at t is a combination of three curves: rise_j(t), level_j(t), and 1.

    rise, level: (u, c + 1, k). spent: (u, k) cumulated hazard / (n - d). leaving: (u, k) 1 / (n - d), what an event takes off `spent`.
    landing: (u, k) what an event adds to the incidence of its cause, per unit of weight.
    """

    rise: Floats
    level: Floats
    spent: Floats
    leaving: Floats
    landing: Floats


def kernels(at_risk: Floats, events: Floats) -> Kernels:
    """The kernels, from sums over all sites. at_risk: (u, k); events: (u, c, k)."""
    states = state_probabilities(at_risk, events)
    ended = events.sum(axis=1)
    left = survivors(at_risk, ended)
    spent = np.cumsum(ratio(ended, at_risk * left), axis=-1)
    spent_before = np.concatenate([np.zeros((spent.shape[0], 1)), spent[:, :-1]], axis=-1)
    each = ratio(np.ones_like(at_risk), at_risk)
    landing = states.before * each
    rise = np.cumsum((landing * (spent_before - each))[:, None] * events, axis=-1)
    free = states.probability[:, :1]
    return Kernels(
        rise=np.concatenate([free * spent[:, None], rise], axis=1),
        level=states.probability,
        spent=spent,
        leaving=ratio(np.ones_like(left), left),
        landing=landing,
    )


def widths(grid: Floats, tau: float) -> Floats:
    """(k,) how long each grid time's step lasts before the next one or tau, 0 beyond tau."""
    found: Floats = np.diff(np.minimum(np.append(grid, np.inf), tau))
    return found


def mean_times(grid: Floats, probability: Floats, tau: float) -> Floats:
    """(u, c + 1) mean time in each state up to tau, everybody free of events at time 0. probability: (u, c + 1, k)."""
    found: Floats = probability @ widths(grid, tau)
    found[:, 0] += min(float(grid[0]), tau) if grid.size else tau
    return found
