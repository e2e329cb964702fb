"""Discrete hazards from sums of weights, safe against the rounding that late entry brings into the number at risk."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats

NOBODY = 1e-9
"""A share of those at risk so small that it is rounding error: nobody is left."""


def ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom, and 0 where there is nothing to divide by."""
    found: Floats = np.divide(top, bottom, out=np.zeros(np.shape(top)), where=bottom > 0)
    return found


def survivors(at_risk: Floats, events: Floats) -> Floats:
    """Those at risk who have no event, in weights; exactly 0 where all have it."""
    left = at_risk - events
    return np.where(left <= NOBODY * at_risk, 0.0, left)


def discrete_hazard(events: Floats, at_risk: Floats) -> Floats:
    """Events over those at risk, in [0, 1]; exactly 1 where nobody is left."""
    everybody = (events > 0) & (survivors(at_risk, events) == 0)
    return np.where(everybody, 1.0, ratio(events, at_risk))
