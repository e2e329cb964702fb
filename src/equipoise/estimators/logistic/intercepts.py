"""Site intercepts with a normal prior, solved where the rows are. Used by the site half and again when scores are computed."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import NOT_CONVERGED

TOLERANCE = 1e-13
NEAR = 1e-9
"""Steps of this relative size that no longer shrink are rounding error."""
MAX_STEPS = 200


def inverse_logit(eta: Floats) -> Floats:
    """The probability at log odds `eta`, without overflow at either end."""
    tail = np.exp(-np.abs(eta))
    return np.where(eta >= 0, 1.0, tail) / (1.0 + tail)


def solve_intercepts(eta: Floats, y: Floats, weight: Floats, block: Ints, sd: float) -> Floats:
    """The deviations u (b,) of blocks 0..b-1 that maximise sum w loglik(eta + u[block]) - u^2 / (2 sd^2).

    eta: (n,) log odds without u. block: (n,) in [0, b). Each is the root of a decreasing function, so Newton's steps are kept
    inside a bracket, which is halved where they leave it or do not shrink. A block without people gets 0.
    """
    n_blocks = int(block.max()) + 1 if len(block) else 0
    reach = sd**2 * np.bincount(block, weights=weight, minlength=n_blocks)
    low, high = -reach, reach.copy()
    u, last = np.zeros(n_blocks), np.full(n_blocks, np.inf)
    for _ in range(MAX_STEPS):
        mu = inverse_logit(eta + u[block])
        slope = np.bincount(block, weights=weight * (y - mu), minlength=n_blocks) - u / sd**2
        curve = np.bincount(block, weights=weight * mu * (1 - mu), minlength=n_blocks) + 1 / sd**2
        low, high = np.where(slope > 0, u, low), np.where(slope > 0, high, u)
        size = 1 + np.abs(u)
        trial = u + slope / curve
        far = np.abs(trial - u) > NEAR * size
        astray = far & ((trial < low) | (trial > high) | (np.abs(trial - u) > last / 2))
        trial = np.where(astray, (low + high) / 2, trial)
        moved = np.abs(trial - u)
        u = trial
        stalled = (moved <= NEAR * size) & (moved > last / 2)
        if np.all((moved <= TOLERANCE * size) | stalled):
            return u
        last = moved
    raise NOT_CONVERGED.error("the intercept of a site did not settle")
