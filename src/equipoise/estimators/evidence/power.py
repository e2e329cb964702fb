"""How many people or events a comparison needs, and what it can find."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.stats import nct, norm, t

from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.two_by_two.roots import R_TOLERANCE, root

R_LARGEST = 1e7
"""Where R's searches for a number of people begin at the upper end."""


@dataclass(frozen=True, slots=True)
class Power:
    """One design: people per group (or events in all), the difference, the significance level and the power that belong together.

    effect: difference in means, in proportions, or the hazard ratio. n: per group; for survival `events` in all instead (NaN otherwise).
    """

    kind: str
    n: float
    events: float
    effect: float
    alpha: float
    power: float
    sides: int


def _checked(alpha: float, power: float | None, n: float | None, sides: int) -> float:
    """The upper normal quantile of the level; one of power and n must be given. Raises EQ-EST-106."""
    if not 0 < alpha < 1 or sides not in (1, 2):
        raise BAD_ARGUMENT.error("alpha must lie between 0 and 1, and sides be 1 or 2")
    if (power is None) == (n is None):
        raise BAD_ARGUMENT.error("give either the power wanted or the number there is")
    if power is not None and not 0 < power < 1:
        raise BAD_ARGUMENT.error("power must lie between 0 and 1")
    if n is not None and n < 2:
        raise BAD_ARGUMENT.error("the number must be at least 2")
    return float(norm.isf(alpha / sides))


def _quantile(power: float | None) -> float:
    return math.nan if power is None else float(norm.ppf(power))


def power_proportions(
    p1: float,
    p2: float,
    *,
    n: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    as_r: bool = False,
) -> Power:
    """People per group to tell proportion p1 from p2, or the power of n per group; R's power.prop.test. Raises EQ-EST-106.

    as_r : n is where R's root search stops, 1e-4 from the root.
    Misleads when: events are few: the normal approximation promises too much. Source: Fleiss, Levin and Paik, chapter 4.
    """
    z = _checked(alpha, power, n, sides)
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1) or p1 == p2:
        raise BAD_ARGUMENT.error("p1 and p2 must be two different proportions")
    gap, middle = abs(p1 - p2), (p1 + p2) / 2
    under_null, under_effect = math.sqrt(2 * middle * (1 - middle)), math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))

    def reached(size: float) -> float:
        return float(norm.cdf((math.sqrt(size) * gap - z * under_null) / under_effect)) if under_effect else 1.0

    if n is None and as_r and power is not None:
        n = root(lambda size: reached(size) - power, 1.0, R_LARGEST, R_TOLERANCE)
    elif n is None:
        n = ((z * under_null + _quantile(power) * under_effect) / gap) ** 2
    return Power("two proportions", n, math.nan, p2 - p1, alpha, reached(n), sides)


def power_means(
    delta: float,
    sd: float = 1.0,
    *,
    n: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    paired: bool = False,
    as_r: bool = False,
) -> Power:
    """People per group (or pairs) to find a difference delta of two means with standard deviation sd by a t test; R's power.t.test.

    Only findings in the direction of delta count. as_r : n is where R's root search stops, 1e-4 from the root. Raises EQ-EST-106.
    Source: Cohen (1988); the non-central t distribution.
    """
    _checked(alpha, power, n, sides)
    if not (sd > 0 and delta != 0):
        raise BAD_ARGUMENT.error("sd must be above 0 and delta not 0")
    groups = 1 if paired else 2

    def reached(size: float) -> float:
        df = max(1e-7, size - 1) * groups
        return float(nct.sf(t.isf(alpha / sides, df), df, math.sqrt(size / groups) * abs(delta) / sd))

    size = n if n is not None else _smallest(reached, math.nan if power is None else power, as_r=as_r)
    return Power("paired means" if paired else "two means", size, math.nan, delta, alpha, reached(size), sides)


def _smallest(reached: Callable[[float], float], power: float, *, as_r: bool) -> float:
    if as_r and reached(2.0) < power < reached(R_LARGEST):
        return root(lambda size: reached(size) - power, 2.0, R_LARGEST, R_TOLERANCE)
    high = 4.0
    while reached(high) < power:
        high *= 2
        if high > 1e12:
            raise BAD_ARGUMENT.error("the difference is too small to be found by any number of people")
    return 2.0 if reached(2.0) >= power else root(lambda size: reached(size) - power, 2.0, high)


def power_survival(
    hazard_ratio: float,
    *,
    share_exposed: float = 0.5,
    events: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
) -> Power:
    """Events in all to tell a hazard ratio from 1 by the log-rank test, or the power of so many events. Raises EQ-EST-106.

    Misleads when: hazards are not proportional; and under confounding, which no number of events removes.
    Source: Schoenfeld (1983), Biometrics 39: 499.
    """
    z = _checked(alpha, power, events, sides)
    if not hazard_ratio > 0 or hazard_ratio == 1 or not 0 < share_exposed < 1:
        raise BAD_ARGUMENT.error("hazard_ratio must be above 0 and not 1, and share_exposed between 0 and 1")
    information = share_exposed * (1 - share_exposed)
    if events is None:
        events = (z + _quantile(power)) ** 2 / (information * math.log(hazard_ratio) ** 2)
    reached = float(norm.cdf(math.sqrt(events * information) * abs(math.log(hazard_ratio)) - z))
    return Power("survival", math.nan, events, hazard_ratio, alpha, reached, sides)


def detectable_hazard_ratio(events: float, *, share_exposed: float = 0.5, power: float = 0.8, alpha: float = 0.05, sides: int = 2) -> float:
    """The smallest hazard ratio above 1 that so many events find with this power (its inverse below 1). Raises EQ-EST-106.

    Source: Schoenfeld (1983); the "minimum detectable relative risk" of OHDSI's CohortMethod.
    """
    z = _checked(alpha, power, None, sides)
    if not (events > 0 and 0 < share_exposed < 1):
        raise BAD_ARGUMENT.error("events must be above 0 and share_exposed between 0 and 1")
    return math.exp((z + _quantile(power)) / math.sqrt(events * share_exposed * (1 - share_exposed)))
