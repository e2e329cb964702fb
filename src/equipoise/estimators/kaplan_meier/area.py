"""The area under a survival curve up to a horizon, and what each time's hazard takes from it."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.hazard import discrete_hazard, ratio, survivors
from equipoise.estimators.kaplan_meier.summary import KaplanMeierSummary


def area_after(time: Floats, survival: Floats, tau: float) -> tuple[Floats, float]:
    """Area under the step curve from each time to tau (0 beyond it), and from 0 to tau.

    time: (..., c) ascending or (c,); survival: (..., c) after each time. Returns ((..., c), total or (...)).
    """
    edges = np.minimum(np.append(time, np.inf), tau)
    pieces = survival * np.diff(edges)
    after = np.flip(np.cumsum(np.flip(pieces, axis=-1), axis=-1), axis=-1)
    return np.where(time <= tau, after, 0.0), min(float(time[0]), tau) if time.size else tau


def area_kernels(grid: Floats, total: KaplanMeierSummary, tau: float) -> tuple[Floats, Floats]:
    """Kernels of a row's influence on the restricted mean: area after t times hazard / (n - d), and area after t / (n - d)."""
    n, d = total.at_risk, total.events
    survival: Floats = np.cumprod(1 - discrete_hazard(d, n), axis=-1, dtype=np.float64)
    after, _ = area_after(grid, survival, tau)
    left = survivors(n, d)
    return after * ratio(d, n * left), after * ratio(np.ones_like(left), left)
