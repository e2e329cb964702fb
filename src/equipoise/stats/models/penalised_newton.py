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
from equipoise.stats.models.penalised_losses import Loss

MAX_STEPS = 100
MAX_PASSES = 1000
ROUNDING = 1e-13


@dataclass(frozen=True, slots=True)
class Penalty:
    """lasso, ridge: (p,) factors of |b| and of b^2 / 2 for each column."""

    lasso: Floats
    ridge: Floats

    def value(self, b: Floats) -> float:
        """At coefficients b (p,)."""
        return float(self.lasso @ np.abs(b) + self.ridge @ b**2 / 2)

    def of(self, columns: Ints) -> Penalty:
        """The same for some columns."""
        return Penalty(self.lasso[columns], self.ridge[columns])


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
    part, loss = objective.of(columns), objective.loss
    for _ in range(MAX_STEPS):
        if objective.violation(at)[columns].max(initial=0.0) <= tolerance:
            return at
        base = at.b[columns]
        target = quadratic_minimum(loss.curvature(at.eta, part.x), at.gradient[columns], base, part.penalty)
        moved = _line_search(part, at.eta, base, target)
        eta = at.eta + part.x @ (moved - base)
        b = at.b.copy()
        b[columns] = moved
        at = Point(b, eta, -(objective.x.T @ loss.descent(eta)))
    raise NOT_CONVERGED.error(f"the penalised model did not settle in {MAX_STEPS} steps")


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


def quadratic_minimum(hessian: Floats, gradient: Floats, start: Floats, penalty: Penalty) -> Floats:
    """The b (k,) that minimises gradient (b - start) + (b - start)' hessian (b - start) / 2 + penalty: descent by coordinates, and
    once their signs stand, the linear system of those that are not zero."""
    b = start.copy()
    slope = gradient.copy()
    for _ in range(MAX_PASSES):
        before = b.copy()
        for _ in range(3):
            _descend(hessian, slope, b, penalty)
        exact = _finish(hessian, gradient, start, b, penalty)
        if exact is not None:
            return exact
        if np.array_equal(before, b):
            break
    return b


def _descend(hessian: Floats, slope: Floats, b: Floats, penalty: Penalty) -> None:
    """One pass over the coordinates; b and slope (of the quadratic at b) change in place."""
    for j in range(b.size):
        curve = hessian[j, j] + penalty.ridge[j]
        if curve <= 0:
            continue
        free = hessian[j, j] * b[j] - slope[j]
        new = np.sign(free) * max(abs(free) - penalty.lasso[j], 0.0) / curve
        if new != b[j]:
            slope += hessian[:, j] * (new - b[j])
            b[j] = new


def _finish(hessian: Floats, gradient: Floats, start: Floats, b: Floats, penalty: Penalty) -> Floats | None:
    """The exact minimum given the signs of b, or None when it has other signs or a zero column wants in."""
    sign = np.sign(b)
    on = np.flatnonzero(sign)
    if not on.size:
        return b
    inner = hessian[np.ix_(on, on)] + np.diag(penalty.ridge[on])
    right = hessian[on] @ start - gradient[on] - penalty.lasso[on] * sign[on]
    scale = 1 / np.sqrt(np.diag(inner))
    try:
        solved = scale * np.linalg.solve(inner * np.outer(scale, scale), scale * right)
    except np.linalg.LinAlgError:
        return None
    if np.any((np.sign(solved) != sign[on]) & (penalty.lasso[on] > 0)):
        return None
    exact = np.zeros_like(b)
    exact[on] = solved
    slope = gradient + hessian @ (exact - start)
    off = sign == 0
    return None if np.any(np.abs(slope[off]) > penalty.lasso[off] * (1 + 1e-12) + 1e-15) else exact
