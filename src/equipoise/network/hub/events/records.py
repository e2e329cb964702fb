"""The records of events beside their cumulative incidence: rates, instances, whom the washout left out, how alike those at risk are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite, sqrt
from typing import Literal

from equipoise.estimators.two_by_two.interval import Interval
from equipoise.guard.counts import MaskedCounts
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.events.asking import EventFindings, Found, Instances
from equipoise.network.hub.events.counting import EventCounts
from equipoise.results.analyses import MAIN, WASHOUT
from equipoise.results.records import Record
from equipoise.study.model import Adjustment

DIGITS = 9
"""Whole persons have whole totals."""


@dataclass(frozen=True, slots=True)
class EventWriter:
    """Writes records from what was found, with counts as they may be shown."""

    people: People
    found: EventFindings
    counts: EventCounts
    masked: MaskedCounts

    def records(self) -> Iterator[Record]:
        """All records, outcome by outcome."""
        for one in self.found.found:
            whole, arms = self._both(one), (self._arm(one, 1), self._arm(one, 0))
            yield from self._rates(one, whole, arms)
            if one.instances is not None:
                yield from self._instances(one.instances, whole, arms)
            if one.largest_smd is not None:
                yield replace(whole, analysis=WASHOUT, measure="largest_smd", estimate=number(one.largest_smd))
            yield from self._washed_out(one.outcome, one.adjustment)

    def _rates(self, one: Found, whole: Record, arms: tuple[Record, Record]) -> Iterator[Record]:
        if one.rates is None:
            return
        for arm, rate in zip(arms, (one.rates.target, one.rates.comparator), strict=True):
            yield filled(replace(arm, measure="incidence_rate"), rate)
        yield filled(replace(whole, measure="rate_ratio", p_value=number(one.rates.ratio_p)), one.rates.ratio)
        yield filled(replace(whole, measure="rate_difference", p_value=number(one.rates.difference_p)), one.rates.difference)

    def _instances(self, of: Instances, whole: Record, arms: tuple[Record, Record]) -> Iterator[Record]:
        place, means, moments = of.place, of.means, of.moments
        low, high = means.interval(self.people.plan.study.analysis.confidence)
        for arm, group in zip(arms, (1, 0), strict=True):
            at = group, place
            mean, variance = float(means.mean[at]), float(moments.variance[at])
            yield filled(replace(arm, measure="mean_instances"), Interval(mean, float(means.se[at]), float(low[at]), float(high[at])))
            yield replace(arm, measure="sd_instances", estimate=number(sqrt(variance)) if isfinite(variance) else None)
            yield replace(arm, measure="total_instances", estimate=number(round(mean * float(means.weight[at]), DIGITS)))
        apart = means.difference()
        low, high = apart.interval(self.people.plan.study.analysis.confidence)
        interval = Interval(*(float(side[place]) for side in (apart.estimate, apart.se, low, high)))
        yield filled(replace(whole, measure="mean_instances_difference", p_value=number(apart.p_value[place])), interval)

    def _washed_out(self, outcome: str, adjustment: Adjustment) -> Iterator[Record]:
        """Persons of each arm with the event in the washout, and their share; nothing for outcomes without a washout."""
        if self.found.place(outcome, "washed_out") is None:
            return
        for group in (1, 0):
            out = self.counts.counts.get((outcome, adjustment, group, "washed_out"))
            if out is None:
                return
            n = self.masked[self.people.arm(adjustment, group)]
            share = None if isinstance(n, Masked) or isinstance(out, Masked) or not n else out / n
            yield Record(
                analysis=WASHOUT,
                population="all",
                outcome=outcome,
                measure="excluded_by_washout",
                target=self._name(group),
                adjustment=adjustment,
                estimate=share,
                n_target=n,
                events_target=out,
            )

    def _both(self, one: Found) -> Record:
        target, comparator = self._arm(one, 1), self._arm(one, 0)
        return replace(target, comparator=comparator.target, n_comparator=comparator.n_target, events_comparator=comparator.events_target)

    def _arm(self, one: Found, group: int) -> Record:
        return Record(
            analysis=MAIN,
            population="all",
            outcome=one.outcome,
            measure="",
            target=self._name(group),
            adjustment=one.adjustment,
            n_target=self._count(one, group, "persons"),
            events_target=self._count(one, group, "events"),
        )

    def _count(self, one: Found, group: int, what: Literal["persons", "events"]) -> Count:
        return self.masked[self.people.cell(one.outcome, one.adjustment, group, what)]

    def _name(self, group: int) -> str:
        study = self.people.plan.study
        return study.target.name if group else study.comparator.name


def filled(record: Record, interval: Interval) -> Record:
    """The record with an estimate and its limits, where they are numbers."""
    if not isfinite(interval.estimate):
        return replace(record, p_value=None)
    return replace(record, estimate=interval.estimate, lower=number(interval.lower), upper=number(interval.upper))
