"""What follows from the coefficients of a Cox model: hazard ratios between its groups, and interaction on both scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats


@dataclass(frozen=True, slots=True)
class Effect:
    """An estimate with its interval and two-sided p-value."""

    estimate: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a model by code, the reference first; their columns begin at `offset`."""

    codes: tuple[int, ...]
    offset: int = 0

    def direction(self, plus: tuple[int, ...], minus: tuple[int, ...], size: int) -> Floats:
        """(size,) the coefficients' sum over `plus` less that over `minus`; the reference's is 0."""
        found = np.zeros(size)
        for sign, codes in ((1.0, plus), (-1.0, minus)):
            for code in codes:
                if code != self.codes[0]:
                    found[self.offset + self.codes.index(code) - 1] += sign
        return found


def ratio(cox: CoxResult, groups: Groups, plus: tuple[int, ...], minus: tuple[int, ...]) -> Effect:
    """exp of a sum of log hazard ratios: one code each side gives a hazard ratio, two each side a ratio of hazard ratios."""
    direction = groups.direction(plus, minus, cox.coef.size)
    log, error = float(direction @ cox.coef), float(np.sqrt(direction @ cox.vcov @ direction))
    df = _degrees_of_freedom(cox, direction)
    half = _quantile(cox, df) * error
    return Effect(float(np.exp(log)), float(np.exp(log - half)), float(np.exp(log + half)), _two_sided(abs(log) / error, df))


def excess_risk(cox: CoxResult, groups: Groups, both: int, first: int, second: int) -> Effect:
    """Relative excess risk due to interaction: HR(both) - HR(first alone) - HR(second alone) + 1, all against the reference.

    0 when hazards add; above 0, more than that. Interval and p-value by the delta method (Hosmer and Lemeshow, Epidemiology 1992;3:452).
    Misleads when the two factors lower the hazard (recode so that the reference has the lowest), and in small samples, where its
    distribution is skewed.
    """
    directions = [groups.direction((code,), (), cox.coef.size) for code in (both, first, second)]
    ratios = [float(np.exp(direction @ cox.coef)) for direction in directions]
    gradient = ratios[0] * directions[0] - ratios[1] * directions[1] - ratios[2] * directions[2]
    found, error = ratios[0] - ratios[1] - ratios[2] + 1, float(np.sqrt(gradient @ cox.vcov @ gradient))
    df = _degrees_of_freedom(cox, gradient)
    half = _quantile(cox, df) * error
    return Effect(found, found - half, found + half, _two_sided(abs(found) / error, df))


def _degrees_of_freedom(cox: CoxResult, direction: Floats) -> float | None:
    """The fewest of the coefficients' in use, for Student's distribution; None for the normal one."""
    return float(cox.df[direction != 0].min()) if cox.df.size else None


def _quantile(cox: CoxResult, df: float | None) -> float:
    level = 0.5 + cox.confidence / 2
    return float(norm.ppf(level) if df is None else t.ppf(level, df))


def _two_sided(statistic: float, df: float | None) -> float:
    return float(2 * (norm.sf(statistic) if df is None else t.sf(statistic, df)))
