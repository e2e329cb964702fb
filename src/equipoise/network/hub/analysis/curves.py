"""Curves of survival and of cumulative incidence in steps, as far as enough people are at risk, and the numbers at risk under them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats
from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.guard.counts import MaskedCounts
from equipoise.guard.policy import Policy
from equipoise.guard.rules import apart, coarse_steps
from equipoise.kernel.days import DAYS_PER_YEAR
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.effects import Effect, last_day_of
from equipoise.network.hub.analysis.flow import small
from equipoise.network.hub.analysis.incidence import Incidence
from equipoise.network.hub.analysis.people import People
from equipoise.results.journeys import IncidenceCurve
from equipoise.results.study_result import SurvivalCurve


def survival_curves(people: People, effect: Effect, masked: MaskedCounts) -> tuple[SurvivalCurve, ...]:
    """The target's curve, then the comparator's."""
    return tuple(_curve(people, effect, group, masked) for group in (1, 0))


def _curve(people: People, effect: Effect, group: int, masked: MaskedCounts) -> SurvivalCurve:
    study, policy = people.plan.study, people.census.policy
    curve, counted = effect.curves.curve(group), effect.people.curve(group)
    end = last_day(counted, policy)
    shown = drawn((curve.n_event > 0) & (curve.time <= end), curve.time, counted, policy)
    days = yearly(study.follow.max_days)
    at_risk = np.rint(counted.at(days).n_risk).astype(int).tolist()
    arm = study.target if group else study.comparator
    return SurvivalCurve(
        outcome=effect.outcome,
        adjustment=effect.adjustment,
        arm=arm.name,
        time=closed(curve.time[shown], 0.0, end),
        survival=closed(curve.survival[shown], 1.0),
        lower=closed(np.nan_to_num(curve.lower[shown], nan=0.0), 1.0),
        upper=closed(np.nan_to_num(curve.upper[shown], nan=1.0), 1.0),
        censored_at=ticks(counted, end, policy),
        at_risk_days=tuple(map(float, days)),
        at_risk=(people.persons(masked, effect, group), *numbers_at_risk(at_risk, policy)[1:]),
    )


def drawn(shown: NDArray[np.bool_], time: Floats, counted: Curve, policy: Policy) -> NDArray[np.bool_]:
    """(r,) which steps of a curve are drawn: all that are shown, or, where a policy says `coarse`, each for enough events."""
    if policy.curves == "exact":
        return shown
    places = np.flatnonzero(shown)
    upto = np.append(0, np.cumsum(counted.n_event))[np.searchsorted(counted.time, time[places], side="right")]
    persons = np.rint(np.diff(upto, prepend=0)).astype(int).tolist()
    kept = np.zeros_like(shown)
    kept[places[list(coarse_steps(persons, policy.minimum_count))]] = True
    return kept


def ticks(counted: Curve, end: float, policy: Policy) -> tuple[float, ...]:
    """The days on which somebody was censored; none where single ones may not be marked."""
    if policy.curves == "coarse":
        return ()
    return tuple(map(float, counted.time[(counted.n_censor > 0) & (counted.time <= end)]))


def numbers_at_risk(numbers: list[int], policy: Policy) -> list[Count]:
    """Small ones masked; where a policy says `coarse`, also those from whose difference to the last shown a few could be worked out."""
    well = apart(numbers, policy.minimum_count) if policy.curves == "coarse" else (True,) * len(numbers)
    between = Masked(policy.minimum_count, None, complementary=True)
    return [small(n, policy) if shown else between for n, shown in zip(numbers, well, strict=True)]


EVENT = 1
"""The place of the event among the causes; 0 is being free of all."""
SHORT = ((45, 7), (200, 30), (800, 90))
"""Windows of at most so many days have numbers at risk every so many days; longer ones every year."""


def incidence_curves(people: People, effects: tuple[Effect, ...], found: Incidence, masked: MaskedCounts) -> tuple[IncidenceCurve, ...]:
    """The target's curve, then the comparator's; nothing when the outcome was not analysed under the adjustment."""
    effect = next((one for one in effects if (one.outcome, one.adjustment) == (found.outcome, found.adjustment)), None)
    return () if effect is None else tuple(_incidence(people, effect, found, group, masked) for group in (1, 0))


def _incidence(people: People, effect: Effect, found: Incidence, group: int, masked: MaskedCounts) -> IncidenceCurve:
    study, policy = people.plan.study, people.census.policy
    curve, last = found.curves.curves[group], last_day_of(study, found.outcome)
    enough = curve.time[(curve.people_at_risk >= policy.minimum_count) & (curve.time <= last)]
    end = float(enough[-1]) if enough.size else 0.0
    shown = drawn((curve.n_event[EVENT - 1] > 0) & (curve.time <= end), curve.time, effect.people.curve(group), policy)
    days = regular(last)
    at_risk = curve.at(days).people_at_risk.astype(int).tolist()
    lower, upper = curve.lower[EVENT], curve.upper[EVENT]
    return IncidenceCurve(
        outcome=found.outcome,
        adjustment=found.adjustment,
        arm=(study.target if group else study.comparator).name,
        time=closed(curve.time[shown], 0.0, end),
        incidence=closed(curve.probability[EVENT, shown], 0.0),
        lower=closed(np.nan_to_num(lower[shown], nan=0.0), 0.0),
        upper=closed(np.nan_to_num(upper[shown], nan=1.0), 0.0),
        at_risk_days=tuple(map(float, days)),
        at_risk=(people.persons(masked, effect, group), *numbers_at_risk(at_risk, policy)[1:]),
    )


def regular(last: int) -> Floats:
    """Day 0 and regular days up to the last: a week, a month or a quarter apart in short windows, else whole years."""
    step = next((step for longest, step in SHORT if last <= longest), None)
    return yearly(last) if step is None else np.arange(0, last + 1, step, dtype=np.float64)


def closed(values: Floats, first: float, last: float | None = None) -> tuple[float, ...]:
    """The values with a start before them and an end after them: the last value goes on to the curve's end."""
    kept = [first, *map(float, values)]
    return (*kept, kept[-1] if last is None else max(last, kept[-1]))


def last_day(counted: Curve, policy: Policy) -> float:
    """The last day before which at least the policy's minimum were at risk; 0 when there never were so many."""
    enough = counted.time[counted.n_risk >= policy.minimum_count]
    return float(enough[-1]) if enough.size else 0.0


def yearly(max_days: int) -> Floats:
    """Day 0 and the days that close whole years of follow-up."""
    years = np.arange(int(max_days / DAYS_PER_YEAR + 0.5) + 1)
    return np.asarray(np.floor(years * DAYS_PER_YEAR + 0.5), dtype=np.float64)
