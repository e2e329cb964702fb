"""The numbers at risk under a figure of curves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes

from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.kernel.masked import Count
from equipoise.report.figures.figure import wrapped
from equipoise.report.look import COMPARATOR, TARGET
from equipoise.report.wording import count

LEFT, PLOT_WIDTH = 0.95, 5.2
"""Inches: where the plot begins, and its width."""
SHORT_NAME = 10


class AtRisk(Protocol):
    """A curve with numbers at risk."""

    @property
    def arm(self) -> str:
        """The arm's name."""
        ...

    @property
    def at_risk_days(self) -> tuple[float, ...]:
        """Days since the start of follow-up."""
        ...

    @property
    def at_risk(self) -> tuple[Count, ...]:
        """Persons, masked where few."""
        ...


def is_tall(curves: Sequence[AtRisk]) -> bool:
    """Whether names stand on lines of their own."""
    return any(len(curve.arm) > SHORT_NAME for curve in curves)


def room(curves: Sequence[AtRisk]) -> float:
    """The height of the numbers, inches."""
    return 0.26 + len(curves) * (0.38 if is_tall(curves) else 0.2)


def write_numbers(axes: Axes, curves: Sequence[AtRisk], target: str, top: float, end: float) -> None:
    """Write the numbers on a sheet from `top` inches on; `end` is the end of the plot's axis in months."""
    tall = is_tall(curves)
    axes.text(0.08, top + 0.06, "Number at risk", weight="bold", va="center")
    line = top + 0.06
    for curve in curves:
        color = TARGET if curve.arm == target else COMPARATOR
        line += 0.2
        axes.text(0.08, line, wrapped(curve.arm, 70 if tall else SHORT_NAME + 2, 1), color=color, weight="bold", va="center")
        line += 0.18 if tall else 0
        for days, number in spread(curve, end):
            x = LEFT + PLOT_WIDTH * days / DAYS_PER_MONTH / end
            axes.text(x, line, count(number), ha="center", va="center")


def spread(curve: AtRisk, end: float) -> list[tuple[float, Count]]:
    """The numbers that can stand without touching: at least 0.5 inches apart."""
    points = list(zip(curve.at_risk_days, curve.at_risk, strict=True))
    if len(points) < 2:
        return points
    nearest = min(b - a for (a, _), (b, _) in pairwise(points)) or 1.0
    every = int(np.ceil(0.5 / (PLOT_WIDTH * nearest / DAYS_PER_MONTH / end)))
    return points[:: max(every, 1)]
