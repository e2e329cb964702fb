"""Measures of association from counts over sites."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NO_PEOPLE
from equipoise.estimators.shape import Done
from equipoise.estimators.two_by_two.interval import Interval, critical, difference_interval, ratio_interval
from equipoise.estimators.two_by_two.mantel_haenszel import mantel_haenszel
from equipoise.estimators.two_by_two.rates import RateComparison, compare_rates
from equipoise.estimators.two_by_two.summary import TwoByTwoAsk, TwoByTwoResult, TwoByTwoSummary, WeightedRisks
from equipoise.estimators.two_by_two.table import two_by_two


@dataclass(frozen=True, slots=True)
class TwoByTwoHub:
    """Settings. Strata may be sites. horizon: events after it do not count, in the unit of time. exact: the exact stratified test too."""

    n_strata: int = 1
    horizon: float = math.inf
    confidence: float = 0.95
    exact: bool = False

    def __post_init__(self) -> None:
        critical(self.confidence)
        if self.n_strata < 1 or not self.horizon >= 0:
            raise BAD_ARGUMENT.error("there must be at least one stratum, and a horizon of at least 0")

    def first(self) -> TwoByTwoAsk:
        """The only question."""
        return TwoByTwoAsk(self.n_strata, self.horizon)

    def finish(self, _ask: TwoByTwoAsk, total: TwoByTwoSummary) -> Done[TwoByTwoResult]:
        """All measures. Raises EQ-EST-105 when nobody was counted."""
        if not total.people.any():
            raise NO_PEOPLE.error("nobody to count")
        tables = np.stack([total.events, total.people - total.events], axis=2)[:, ::-1]
        (a, b), (c, d) = tables.sum(axis=0).tolist()
        person_time = total.person_time[:, ::-1]
        return Done(
            TwoByTwoResult(
                tables=tables,
                person_time=person_time,
                crude=two_by_two(a, b, c, d, confidence=self.confidence),
                stratified=mantel_haenszel(tables, confidence=self.confidence, exact=self.exact),
                rates=_rates((a, c), person_time.sum(axis=0), self.confidence),
                weighted=_weighted(total, self.confidence),
            )
        )


def _rates(events: tuple[int, int], time: Floats, confidence: float) -> RateComparison | None:
    if not np.all(time > 0):
        return None
    return compare_rates(events[0], float(time[0]), events[1], float(time[1]), confidence=confidence)


def _weighted(total: TwoByTwoSummary, confidence: float) -> WeightedRisks | None:
    """Ratios of sums; variance sum w^2 (y - p)^2 / (sum w)^2, from the sums of squared weights over all and over events."""
    weight, square = total.weight.sum(axis=0), total.square.sum(axis=0)
    if not np.all(weight[:, 0] > 0):
        return None
    risk = weight[:, 1] / weight[:, 0]
    spread = np.maximum(square[:, 1] * (1 - 2 * risk) + square[:, 0] * risk**2, 0.0)
    (low, high), (low_se, high_se) = risk.tolist(), (np.sqrt(spread) / weight[:, 0]).tolist()
    return WeightedRisks(
        exposed=difference_interval(high, high_se, confidence),
        unexposed=difference_interval(low, low_se, confidence),
        difference=difference_interval(high - low, math.hypot(low_se, high_se), confidence),
        ratio=_ratio((high, high_se), (low, low_se), confidence),
    )


def _ratio(exposed: tuple[float, float], unexposed: tuple[float, float], confidence: float) -> Interval:
    (high, high_se), (low, low_se) = exposed, unexposed
    if high == 0 or low == 0:
        ratio = math.nan if high == low else (0.0 if high == 0 else math.inf)
        return Interval(ratio, math.inf, 0.0, math.nan)
    return ratio_interval(high / low, math.hypot(high_se / high, low_se / low), confidence)
