"""Two by two counts over sites: what is asked, what leaves a site, what comes of it. Letters: s strata; group 1 exposed, 0 not."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.estimators.two_by_two.mantel_haenszel import MantelHaenszel
from equipoise.estimators.two_by_two.rates import RateComparison
from equipoise.estimators.two_by_two.table import TwoByTwo


@dataclass(frozen=True, slots=True)
class TwoByTwoAsk:
    """Count people, events up to `horizon` and time at risk up to there, by stratum and group."""

    n_strata: int = 1
    horizon: float = float("inf")


@dataclass(frozen=True)
class TwoByTwoSummary(Additive):
    """By stratum and group (not exposed, exposed), over people with a weight above 0.

    With weights of 1 `weight` and `square` are counts of people.
    """

    people: Ints = disclosed("count", "(s, 2)", "people")
    events: Ints = disclosed("count", "(s, 2)", "people with an event by the horizon")
    person_time: Floats = disclosed("sum", "(s, 2)", "time at risk up to the horizon, unweighted")
    weight: Floats = disclosed("sum", "(s, 2, 2)", "weights over all, then over those with an event")
    square: Floats = disclosed("sum", "(s, 2, 2)", "the same of squared weights")


@dataclass(frozen=True, slots=True)
class WeightedRisks:
    """Risks with the rows' weights, and their difference and ratio; robust standard errors that take the weights as known."""

    exposed: Interval
    unexposed: Interval
    difference: Interval
    ratio: Interval


@dataclass(frozen=True, slots=True)
class TwoByTwoResult:
    """tables: (s, 2, 2) counts, rows exposed and not, columns event and not. person_time: (s, 2) in the same order.

    crude: of the summed table. stratified: Mantel-Haenszel. rates: of the sums, None without time at risk in an arm. weighted: None
    when an arm has no weight.
    """

    tables: Ints
    person_time: Floats
    crude: TwoByTwo
    stratified: MantelHaenszel
    rates: RateComparison | None
    weighted: WeightedRisks | None
