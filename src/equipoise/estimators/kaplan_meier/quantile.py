"""Where a survival curve crosses a level, by the convention of R's `quantile.survfit`."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats

TOLERANCE = float(np.sqrt(np.finfo(float).eps))


def crossing(time: Floats, survival: Floats, p: float) -> float:
    """The time at which 1 - survival reaches p; midway along a plateau that lies exactly at p; NaN if never reached.

    time, survival: (c,), the step function after each time; it starts at 1 at time 0.
    """
    known = ~np.isnan(survival)
    steps = np.concatenate(([0.0], 1 - survival[known]))
    starts = np.concatenate(([0.0], time[known]))
    if not known.any():
        return float("nan")
    keep = np.concatenate(([True], np.diff(steps) != 0))
    level, start = steps[keep], starts[keep]
    reached = int(np.argmax(level >= p - TOLERANCE)) if level[-1] >= p - TOLERANCE else -1
    if reached < 0:
        return float("nan")
    if abs(level[reached] - p) >= TOLERANCE:
        return float(start[reached])
    end = start[reached + 1] if reached + 1 < start.size else time[-1]
    return float((start[reached] + end) / 2)
