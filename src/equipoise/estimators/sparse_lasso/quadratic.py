"""The minimum of a quadratic with an elastic-net penalty: descent by coordinates, and once their signs stand, a linear system.

Friedman, Hastie and Tibshirani (2010), J Stat Softw 33(1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dposv

from equipoise.estimators.data import Floats, Ints

MAX_PASSES = 1000
MAX_MENDS = 20
STEADY = (1e-13, 1e-10)


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


def quadratic_minimum(hessian: Floats, gradient: Floats, start: Floats, penalty: Penalty) -> Floats:
    """The b (k,) that minimises gradient (b - start) + (b - start)' hessian (b - start) / 2 + penalty: signs guessed from the last
    solution and mended until they stand, or else descent by coordinates and then the linear system of those that are not zero."""
    guessed = _by_signs(hessian, gradient, start, penalty)
    if guessed is not None:
        return guessed
    b = start.copy()
    slope = gradient.copy()
    for _ in range(MAX_PASSES):
        before = b.copy()
        for _ in range(3):
            _descend(hessian, slope, b, penalty)
        exact = _solved(hessian, gradient, start, np.sign(b), penalty)
        if exact is not None and _stands(exact, gradient + hessian @ (exact - start), np.sign(b), penalty):
            return exact
        if np.array_equal(before, b):
            break
    return b


def _by_signs(hessian: Floats, gradient: Floats, start: Floats, penalty: Penalty) -> Floats | None:
    """The minimum by mending signs: columns that turned leave, columns whose slope is steeper than their penalty enter. None when the
    signs do not settle, which can happen. Hintermüller, Ito and Kunisch (2002), SIAM J Optim 13: 865."""
    steep = (np.abs(gradient) > penalty.lasso) & (start == 0)
    sign = np.where(steep, -np.sign(gradient), np.sign(start))
    for _ in range(MAX_MENDS):
        b = _solved(hessian, gradient, start, sign, penalty)
        if b is None:
            return None
        slope = gradient + hessian @ (b - start)
        if _stands(b, slope, sign, penalty):
            return b
        enter = (sign == 0) & (np.abs(slope) > penalty.lasso)
        turned = (np.sign(b) != sign) & (penalty.lasso > 0)
        sign = np.where(enter, -np.sign(slope), np.where(turned, 0.0, sign))
    return None


def _solved(hessian: Floats, gradient: Floats, start: Floats, sign: Floats, penalty: Penalty) -> Floats | None:
    """The minimum (k,) among those with these signs, 0 where the sign is; None when it is not defined. Steps are drawn to 0 by `STEADY`
    of the curvature: columns that repeat each other share a coefficient, and a minimum stays where it is."""
    curve = hessian.diagonal() + penalty.ridge
    wanted = ((sign != 0) | (penalty.lasso == 0)) & (curve > 0)
    on, off = np.flatnonzero(wanted), np.flatnonzero(~wanted & (start != 0))
    exact = np.zeros_like(start)
    if not on.size:
        return exact
    scale = 1 / np.sqrt(curve[on])
    inner = hessian[np.ix_(on, on)] * np.outer(scale, scale)
    right = hessian[np.ix_(on, off)] @ start[off] - gradient[on] - penalty.lasso[on] * sign[on] - penalty.ridge[on] * start[on]
    for steady in STEADY:
        inner[np.diag_indices(on.size)] = 1 + steady
        _, step, wrong = dposv(inner, scale * right, lower=1)
        if not wrong:
            exact[on] = start[on] + scale * step
            return exact
    return None


def _stands(b: Floats, slope: Floats, sign: Floats, penalty: Penalty) -> bool:
    """Whether coefficients b with slopes `slope` (k,) of the quadratic bear the signs that they were solved for, and no other wants in."""
    if np.any((np.sign(b) != sign) & (penalty.lasso > 0) & (sign != 0)):
        return False
    off = (sign == 0) & (penalty.lasso > 0)
    return not np.any(np.abs(slope[off]) > penalty.lasso[off] * (1 + 1e-12) + 1e-15)


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
