"""Proximal Newton's method for a loss with an elastic-net penalty: coordinate descent on its quadratic model, then an exact finish.

The answer is known by the conditions of Karush, Kuhn and Tucker, not by how little it moved. Friedman, Hastie and Tibshirani (2010),
J Stat Softw 33(1); columns screened by the strong rules of Tibshirani and others (2012), J R Stat Soc B 74:245.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import NOT_CONVERGED
from equipoise.estimators.newton import path_taken
from equipoise.estimators.sparse_lasso.quadratic import Penalty, quadratic_minimum
from equipoise.stats.models.penalised_losses import Loss

MAX_STEPS = 100
ROUNDING = 1e-13


@dataclass(frozen=True, slots=True)
class Objective:
    """A loss along columns x (n, p), and their penalty."""

    loss: Loss
    x: Floats
    penalty: Penalty

    def of(self, columns: Ints) -> Objective:
        """The same along some columns."""
        return Objective(self.loss, self.x[:, columns], self.penalty.of(columns))

    def violation(self, at: Point) -> Floats:
        """(p,) how far each column is from the conditions of a minimum."""
        slope = at.gradient + self.penalty.ridge * at.b
        inside = np.maximum(np.abs(slope) - self.penalty.lasso, 0.0)
        return np.where(at.b != 0, np.abs(slope + self.penalty.lasso * np.sign(at.b)), inside)


@dataclass(frozen=True, slots=True)
class Point:
    """b: (p,) coefficients; eta: (n,) linear predictor; gradient: (p,) slope of the loss."""

    b: Floats
    eta: Floats
    gradient: Floats


def minimise(objective: Objective, start: Point, screened: NDArray[np.bool_], tolerance: float) -> Point:
    """The minimum over all columns; `screened` (p,) are tried first. tolerance: on the conditions, in units of the gradient.

    Raises EQ-EST-104 when the conditions cannot be met.
    """
    at, working = start, screened | (start.b != 0)
    for _ in range(MAX_STEPS):
        at = _on(objective, at, np.flatnonzero(working).astype(np.int64), tolerance)
        violating = (objective.violation(at) > tolerance) & ~working
        if not violating.any():
            return at
        working = working | violating
    raise NOT_CONVERGED.error("the columns of the penalised model kept changing")


def _on(objective: Objective, at: Point, columns: Ints, tolerance: float) -> Point:
    """The minimum over some columns."""
    part, loss, path = objective.of(columns), objective.loss, []
    for _ in range(MAX_STEPS):
        path.append(float(objective.violation(at)[columns].max(initial=0.0)))
        if path[-1] <= tolerance:
            return at
        base = at.b[columns]
        target = quadratic_minimum(loss.curvature(at.eta, part.x), at.gradient[columns], base, part.penalty)
        moved = _line_search(part, at.eta, base, target)
        eta = at.eta + part.x @ (moved - base)
        b = at.b.copy()
        b[columns] = moved
        at = Point(b, eta, -(objective.x.T @ loss.descent(eta)))
    raise NOT_CONVERGED.error(
        f"the penalised model did not settle in {MAX_STEPS} steps; {path_taken(path, 'largest slope beyond its bound')}"
    )


def _line_search(part: Objective, eta: Floats, base: Floats, target: Floats) -> Floats:
    """The target, or a point on the way to it that does not raise the penalised loss (rounding aside)."""
    step = target - base
    along = part.x @ step
    height = part.loss.value(eta) + part.penalty.value(base)
    share = 1.0
    while share > 1e-8:
        now = part.loss.value(eta + share * along) + part.penalty.value(base + share * step)
        if now <= height + ROUNDING * (1 + abs(height)):
            return target if share == 1.0 else base + share * step
        share /= 2
    raise NOT_CONVERGED.error("no step lowers the penalised loss")
