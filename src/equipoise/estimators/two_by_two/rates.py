"""Rates: events over person-time, compared, and standardised to another population."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, binomtest, chi2, gamma

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.two_by_two.interval import Interval, critical, difference_interval, ratio_interval


@dataclass(frozen=True, slots=True)
class RateComparison:
    """Rates are events per unit of person-time. `rate_ratio` has Wald limits on the log scale, `rate_ratio_exact` the exact ones.

    `exact_p` is two-sided against a ratio of 1.
    """

    rate_exposed: Interval
    rate_unexposed: Interval
    rate_ratio: Interval
    rate_ratio_exact: Interval
    exact_p: float
    rate_difference: Interval


@dataclass(frozen=True, slots=True)
class StandardisedRate:
    """A crude rate and the rate that the standard population would have, per unit of person-time, with gamma limits."""

    crude: float
    adjusted: float
    variance: float
    lower: float
    upper: float


def rate(events: float, person_time: float, confidence: float = 0.95) -> Interval:
    """Events per unit of person-time with exact Poisson limits; R's poisson.test. Raises EQ-EST-106 for values that cannot be.

    Misleads when: people have several events each, which then cluster: the interval is too narrow. Source: Garwood (1936).
    """
    if not (events >= 0 and person_time > 0 and math.isfinite(person_time)):
        raise BAD_ARGUMENT.error("events must be at least 0 and person-time above 0")
    critical(confidence)
    tail = (1 - confidence) / 2
    lower = 0.0 if events == 0 else float(chi2.ppf(tail, 2 * events)) / 2
    upper = float(chi2.isf(tail, 2 * events + 2)) / 2
    return Interval(events / person_time, math.sqrt(events) / person_time, lower / person_time, upper / person_time)


def compare_rates(
    events_exposed: int, time_exposed: float, events_unexposed: int, time_unexposed: float, *, confidence: float = 0.95
) -> RateComparison:
    """Ratio and difference of two rates; events are whole numbers >= 0, person-times > 0 in one unit. Raises EQ-EST-106.

    Misleads when: the hazard changes over follow-up and the arms are followed for different times.
    Source: Rothman, Greenland and Lash, Modern Epidemiology; exact limits from the binomial distribution of exposed among all events.
    """
    exposed, unexposed = rate(events_exposed, time_exposed, confidence), rate(events_unexposed, time_unexposed, confidence)
    ratio = exposed.estimate / unexposed.estimate if events_unexposed else (math.inf if events_exposed else math.nan)
    log_se = math.sqrt(1 / events_exposed + 1 / events_unexposed) if events_exposed and events_unexposed else math.inf
    lower, upper = _exact_ratio((events_exposed, events_unexposed), time_unexposed / time_exposed, confidence)
    return RateComparison(
        rate_exposed=exposed,
        rate_unexposed=unexposed,
        rate_ratio=ratio_interval(ratio, log_se, confidence),
        rate_ratio_exact=Interval(ratio, log_se, lower, upper),
        exact_p=_exact_p((events_exposed, events_unexposed), time_exposed / (time_exposed + time_unexposed)),
        rate_difference=difference_interval(exposed.estimate - unexposed.estimate, math.hypot(exposed.se, unexposed.se), confidence),
    )


def _exact_ratio(events: tuple[int, int], times: float, confidence: float) -> tuple[float, float]:
    x, y = events
    tail = (1 - confidence) / 2
    low = 0.0 if x == 0 else float(beta.ppf(tail, x, y + 1))
    high = 1.0 if y == 0 else float(beta.isf(tail, x + 1, y))
    return low / (1 - low) * times, math.inf if high == 1 else high / (1 - high) * times


def _exact_p(events: tuple[int, int], share: float) -> float:
    return 1.0 if sum(events) == 0 else float(binomtest(int(events[0]), int(sum(events)), share).pvalue)


def directly_standardised(count: Floats, person_time: Floats, standard: Floats, *, confidence: float = 0.95) -> StandardisedRate:
    """The rate over strata (k,) of `count` events in `person_time`, weighted as `standard` (k,), a population's size by stratum.

    Raises EQ-EST-106 for lengths that differ, negative values and strata without person-time.
    Misleads when: rates of two populations stand in different relations in different strata: no standard is then the right one.
    Source: Fay and Feuer (1997), Stat Med 16: 791; R's epitools::ageadjust.direct.
    """
    if not (count.shape == person_time.shape == standard.shape) or count.ndim != 1:
        raise BAD_ARGUMENT.error("count, person_time and standard must be vectors of one length")
    if np.any(count < 0) or np.any(person_time <= 0) or np.any(standard < 0) or standard.sum() <= 0:
        raise BAD_ARGUMENT.error("counts and standard must be at least 0, and person-time above 0, in each stratum")
    critical(confidence)
    weight = standard / standard.sum()
    adjusted = float((weight * count / person_time).sum())
    variance = float((weight**2 * count / person_time**2).sum())
    widest = float((weight / person_time).max())
    tail = (1 - confidence) / 2
    lower = 0.0 if variance == 0 else float(gamma.ppf(tail, adjusted**2 / variance, scale=variance / adjusted))
    mean, spread = adjusted + widest, variance + widest**2
    upper = float(gamma.isf(tail, mean**2 / spread, scale=spread / mean))
    return StandardisedRate(float(count.sum() / person_time.sum()), adjusted, variance, lower, upper)
