"""Where a function of one number is zero: Brent's method, which stops when asked to."""

from __future__ import annotations

import math
from collections.abc import Callable

from equipoise.estimators.errors import NOT_CONVERGED

EPSILON = 2.220446049250313e-16
R_TOLERANCE = EPSILON**0.25
"""How near the root R's `uniroot` comes when not told otherwise (1.2e-4)."""
ROUNDS = 2000


def root(f: Callable[[float], float], lower: float, upper: float, tolerance: float = 0.0) -> float:
    """The zero of f between lower and upper, where f has opposite signs, to `tolerance` (0: to rounding error).

    With R's tolerance it stops where R's `uniroot` stops, which is the same method: bisection, the secant and inverse quadratic
    interpolation by turns. Raises EQ-EST-104 when the signs do not differ.
    Source: Brent, Algorithms for Minimization without Derivatives (1973), chapter 4.
    """
    before, best, other = lower, upper, lower
    f_before, f_best = f(before), f(best)
    f_other = f_before
    if f_before == 0:
        return before
    if f_best != 0 and math.copysign(1, f_best) == math.copysign(1, f_before):
        raise NOT_CONVERGED.error("there is no change of sign between the limits of the search")
    for _ in range(ROUNDS):
        step_before = best - before
        if abs(f_other) < abs(f_best):
            before, best, other = best, other, best
            f_before, f_best, f_other = f_best, f_other, f_best
        smallest = 2 * EPSILON * abs(best) + tolerance / 2
        step = (other - best) / 2
        if abs(step) <= smallest or f_best == 0:
            return best
        if abs(step_before) >= smallest and abs(f_before) > abs(f_best):
            p, q = _interpolated((before, best, other), (f_before, f_best, f_other))
            if p < min(0.75 * (other - best) * q - abs(smallest * q) / 2, abs(step_before * q / 2)):
                step = p / q
        before, f_before = best, f_best
        best += step if abs(step) >= smallest else math.copysign(smallest, step)
        f_best = f(best)
        if f_best * f_other > 0 or (f_best > 0) == (f_other > 0):
            other, f_other = before, f_before
    raise NOT_CONVERGED.error("the search for a root did not settle")


def _interpolated(x: tuple[float, float, float], f: tuple[float, float, float]) -> tuple[float, float]:
    """Numerator (>= 0) and denominator of the step from the best point, by the secant or the inverse parabola."""
    before, best, other = x
    f_before, f_best, f_other = f
    if before == other:
        ratio = f_best / f_before
        p, q = (other - best) * ratio, 1 - ratio
    else:
        r, s, t = f_before / f_other, f_best / f_other, f_best / f_before
        p = t * ((other - best) * r * (r - s) - (best - before) * (s - 1))
        q = (r - 1) * (s - 1) * (t - 1)
    return (p, -q) if p > 0 else (-p, q)
