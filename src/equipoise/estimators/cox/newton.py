"""One Newton step of a partial likelihood, the refusals that go with it, and what is taken off the columns so that nothing cancels."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import COLLINEAR, SEPARATION
from equipoise.kernel.errors import Where

PIVOT = 1e-10
"""A column whose scaled pivot falls below this is taken for a combination of those before it."""
SETTLED = 1e-10
"""Twice the gain in log likelihood that a Newton step promises, below which one more step is the last."""
RUNAWAY = 1e-3
"""A last step larger than this, in standard deviations of its column, means that the coefficient has no end."""
FAR = 8.0
"""Standard deviations. Up to so far from 0 a column is used as it lies: squares about 0 then lose less than two digits of sixteen."""


def newton_step(information: Floats, score: Floats) -> Floats:
    """(p,) the step. Raises EQ-EST-102 naming a column that is a combination of others, EQ-EST-101 one whose information is spent."""
    diagonal = np.diag(information)
    if not np.all(np.isfinite(information)):
        raise SEPARATION.error("the partial likelihood cannot be evaluated: some linear predictor is too large")
    for column in np.flatnonzero(diagonal <= 0):
        raise SEPARATION.error(f"column {column} carries no information any more", Where(column=str(column)))
    scale = 1 / np.sqrt(diagonal)
    scaled = information * np.outer(scale, scale)
    refuse_collinear(scaled)
    step: Floats = scale * np.linalg.solve(scaled, scale * score)
    return step


def refuse_collinear(scaled: Floats) -> None:
    """Raise EQ-EST-102 for the first column that those before it determine. scaled: (p, p) with ones on the diagonal."""
    for column in range(scaled.shape[0]):
        before = scaled[:column, :column]
        cross = scaled[:column, column]
        if scaled[column, column] - cross @ np.linalg.solve(before, cross) < PIVOT:
            raise COLLINEAR.error(f"column {column} is a linear combination of the columns before it", Where(column=str(column)))


def refuse_constant(information: Floats, means: Floats, spread: Floats, events: float) -> None:
    """Raise EQ-EST-102 for a column without spread, over all or within every risk set. means, spread: (p,) of the columns."""
    floor = 1e-12 * events * (means**2 + spread**2)
    for column in np.flatnonzero((spread <= 0) | (np.diag(information) <= floor)):
        raise COLLINEAR.error(f"column {column} does not vary among the people at risk together", Where(column=str(column)))


def refuse_runaway(step: Floats, spread: Floats) -> None:
    """Raise EQ-EST-101 for a coefficient that still moves when the likelihood does not."""
    for column in np.flatnonzero(np.abs(step) * spread > RUNAWAY):
        raise SEPARATION.error(f"the coefficient of column {column} grows without end", Where(column=str(column)))


def means_and_spread(weight: float, x: Floats, x_sq: Floats) -> tuple[Floats, Floats]:
    """(p,) means and standard deviations; 0 for a spread that is lost in rounding. x, x_sq: (p,) sums of the columns and their squares."""
    means = x / weight
    spread = np.sqrt(np.maximum(x_sq / weight - means**2, 0.0))
    return means, np.where(spread > 1e-7 * np.abs(means), spread, 0.0)


def center_of(means: Floats, spread: Floats) -> Floats:
    """(p,) the means; or zeros where all columns lie near 0, since rows of which nothing is taken off need not be copied."""
    return means if np.any(np.abs(means) > FAR * spread) else np.zeros_like(means)
