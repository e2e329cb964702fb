"""Variances of state probabilities from numbers of events and of people at risk: Greenwood's, and its counterpart for incidences."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.aalen_johansen.curves import state_probabilities
from equipoise.estimators.data import Floats
from equipoise.estimators.hazard import ratio, survivors


def counting_variance(at_risk: Floats, events: Floats) -> Floats:
    """(u, c + 1, k) by the delta method, for rows (or weights) that count people. at_risk: (u, k); events: (u, c, k).

    At each time an event of the cause itself moves its incidence at t by (S(u-) / n) (1 - phi) and one of another cause by
    -(S(u-) / n) phi, phi = (F(t) - F(u)) / S(u); tied events vary as a draw without replacement. Gray (1988), Ann Stat 16:1141.
    """
    states = state_probabilities(at_risk, events)
    ended = events.sum(axis=1)
    free = states.probability[:, 0]
    greenwood = np.cumsum(ratio(ended, at_risk * survivors(at_risk, ended)), axis=-1)
    each = (states.before * ratio(np.ones_like(at_risk), at_risk)) ** 2
    found = [free**2 * greenwood]
    for cause in range(events.shape[1]):
        own, other = events[:, cause], ended - events[:, cause]
        incidence = states.probability[:, cause + 1]
        found.append(_incidence_variance(incidence, free, each * drawn(own, at_risk), each * drawn(other, at_risk)))
    return np.stack(found, axis=1)


def drawn(events: Floats, at_risk: Floats) -> Floats:
    """events, times the share of those at risk that a draw without replacement leaves to vary; up to one event nothing is taken off."""
    tied = 1 - ratio(events - 1, at_risk - 1)
    return events * np.where(events > 1, tied, 1.0)


def _incidence_variance(incidence: Floats, free: Floats, own: Floats, other: Floats) -> Floats:
    """Sum over u up to t of own (1 + F(u)/S(u) - F(t)/S(u))^2 + other (F(u)/S(u) - F(t)/S(u))^2, expanded in F(t). All (u, k)."""
    per_free = ratio(np.ones_like(free), free)
    passed = incidence * per_free
    constant = np.cumsum(own * (1 + passed) ** 2 + other * passed**2, axis=-1)
    linear = np.cumsum((own * (1 + passed) + other * passed) * per_free, axis=-1)
    square = np.cumsum((own + other) * per_free**2, axis=-1)
    found: Floats = constant - 2 * incidence * linear + incidence**2 * square
    return found
