"""What is taken off the columns before they are multiplied, so that nothing cancels."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats

FAR = 8.0
"""Standard deviations. Up to so far from 0 a column is used as it lies: squares about 0 then lose less than two digits of sixteen."""


def means_and_spread(weight: float, x: Floats, x_sq: Floats) -> tuple[Floats, Floats]:
    """(p,) means and standard deviations; 0 for a spread that is lost in rounding. x, x_sq: (p,) sums of the columns and their squares."""
    means = x / weight
    spread = np.sqrt(np.maximum(x_sq / weight - means**2, 0.0))
    return means, np.where(spread > 1e-7 * np.abs(means), spread, 0.0)


def center_of(means: Floats, spread: Floats) -> Floats:
    """(p,) the means; or zeros where all columns lie near 0, since rows of which nothing is taken off need not be copied."""
    return means if np.any(np.abs(means) > FAR * spread) else np.zeros_like(means)
