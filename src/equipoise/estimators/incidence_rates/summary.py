"""What crosses the border for incidence rates: events and person-time by group, weighted and not. Letters: g groups, k outcomes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.two_by_two.interval import Interval, critical, difference_interval, ratio_interval
from equipoise.estimators.two_by_two.rates import compare_rates, rate


@dataclass(frozen=True)
class RatesAsk:
    """Sum k outcomes by group 0..n_groups-1: k columns of events, then k of person-time."""

    n_groups: int
    n_outcomes: int


@dataclass(frozen=True)
class RatesSummary(Additive):
    """By group and outcome, over people with a weight above 0 who are at risk (neither column missing)."""

    n: Ints = disclosed("count", "(g, k)", "people")
    events: Ints = disclosed("count", "(g, k)", "their events, whole numbers")
    time: Floats = disclosed("sum", "(g, k)", "their person-time")
    w_events: Floats = disclosed("sum", "(g, k)", "weight times events")
    w_time: Floats = disclosed("sum", "(g, k)", "weight times time")
    ww_events: Floats = disclosed("sum", "(g, k)", "squared weight times squared events")
    ww_both: Floats = disclosed("sum", "(g, k)", "squared weight times events times time")
    ww_time: Floats = disclosed("sum", "(g, k)", "squared weight times squared time")


@dataclass(frozen=True, slots=True)
class ComparedRates:
    """Two groups' rates per unit of person-time, their ratio and difference, each with a two-sided p-value."""

    target: Interval
    comparator: Interval
    ratio: Interval
    ratio_p: float
    difference: Interval
    difference_p: float


@dataclass(frozen=True)
class RatesResult:
    """Rates by group and outcome. Fields as in `RatesSummary`.

    Misleads when the hazard changes over follow-up and groups are followed for different times; when weights are estimated scores taken
    for known (intervals are then mostly too wide); when partners of a matched set are taken for independent.
    """

    sums: RatesSummary

    def exact(self, outcome: int, confidence: float = 0.95, target: int = 1, comparator: int = 0) -> ComparedRates | None:
        """Whole people: Garwood's Poisson limits, the conditional exact ratio and its p, Wald for the difference. None without time."""
        events = [int(self.sums.events[group, outcome]) for group in (target, comparator)]
        time = [float(self.sums.time[group, outcome]) for group in (target, comparator)]
        if min(time) <= 0:
            return None
        found = compare_rates(events[0], time[0], events[1], time[1], confidence=confidence)
        one, other = (rate(count, span, confidence) for count, span in zip(events, time, strict=True))
        difference = found.rate_difference
        return ComparedRates(one, other, found.rate_ratio_exact, found.exact_p, difference, _p(difference.estimate, difference.se))

    def weighted(self, outcome: int, confidence: float = 0.95, target: int = 1, comparator: int = 0) -> ComparedRates | None:
        """Weighted people: ratios of sums with linearised variances, limits of rates and their ratio on the log scale. None without time.

        Variance of a rate r = sum(w y) / sum(w t): n / (n - 1) sum(w^2 (y - r t)^2) / sum(w t)^2.
        Source: Binder, Int Stat Rev 1983; 51: 279.
        """
        if min(self.sums.w_time[group, outcome] for group in (target, comparator)) <= 0:
            return None
        (one, se_one), (other, se_other) = (self._linear(group, outcome) for group in (target, comparator))
        z = critical(confidence)
        apart = difference_interval(one - other, math.hypot(se_one, se_other), confidence)
        log_one, log_other = (_over(se, value) for se, value in ((se_one, one), (se_other, other)))
        log_se = math.hypot(log_one, log_other)
        ratio = ratio_interval(one / other if other > 0 else math.nan, log_se, confidence)
        log_ratio = math.log(ratio.estimate) if ratio.estimate > 0 else math.nan
        return ComparedRates(
            Interval(one, se_one, one * math.exp(-z * log_one), one * math.exp(z * log_one)),
            Interval(other, se_other, other * math.exp(-z * log_other), other * math.exp(z * log_other)),
            ratio,
            _p(log_ratio, log_se),
            apart,
            _p(apart.estimate, apart.se),
        )

    def _linear(self, group: int, outcome: int) -> tuple[float, float]:
        s, at = self.sums, (group, outcome)
        value = float(s.w_events[at] / s.w_time[at])
        squares = max(float(s.ww_events[at] - 2 * value * s.ww_both[at] + value**2 * s.ww_time[at]), 0.0)
        n = int(s.n[at])
        return value, math.sqrt(n / (n - 1) * squares) / float(s.w_time[at]) if n > 1 else math.nan


def _over(se: float, value: float) -> float:
    return se / value if value > 0 else math.nan


def _p(estimate: float, se: float) -> float:
    return math.erfc(abs(estimate) / se / math.sqrt(2)) if se > 0 and np.isfinite(estimate) else math.nan
