"""The records of the results file, one estimate each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import norm

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.kaplan_meier.summary import Curve, z_of
from equipoise.estimators.logrank.summary import LogrankResult
from equipoise.estimators.rmst.hub import rmst_from_curves
from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.effects import Effect, horizons, last_day_of
from equipoise.network.hub.analysis.incidence import Incidence, incidence_records
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.rounds import Failed
from equipoise.results.records import Record
from equipoise.results.study_result import Note, ProportionalHazards
from equipoise.study.model import DeathOutcome, Study


def all_records(people: People, effect: Effect, incidences: Iterable[Incidence], masked: MaskedCounts) -> Iterator[Record]:
    """All estimates of an outcome under an adjustment; for an event that death precludes, its cumulative incidence too."""
    whole = _both_arms(people, effect, masked)
    arms = _one_arm(people, effect, masked, 1), _one_arm(people, effect, masked, 0)
    yield from records(people, effect, whole, arms)
    for found in incidences:
        if (found.outcome, found.adjustment) == (effect.outcome, effect.adjustment):
            yield from incidence_records(people.plan.study, found, whole, arms)


def _both_arms(people: People, effect: Effect, masked: MaskedCounts) -> Record:
    study = people.plan.study
    return Record(
        analysis="main",
        population="all",
        outcome=effect.outcome,
        measure="",
        target=study.target.name,
        comparator=study.comparator.name,
        adjustment=effect.adjustment,
        n_target=people.persons(masked, effect, 1),
        n_comparator=people.persons(masked, effect, 0),
        events_target=people.events(masked, effect, 1),
        events_comparator=people.events(masked, effect, 0),
    )


def records(people: People, effect: Effect, whole: Record, arms: tuple[Record, Record]) -> Iterator[Record]:
    """The hazard ratio first, then tests, curves by arm (target, comparator), restricted means."""
    study = people.plan.study
    if isinstance(effect.cox, CoxResult):
        yield _hazard_ratio(whole, effect.cox)
    if isinstance(effect.logrank, LogrankResult):
        yield replace(whole, measure="logrank", estimate=number(effect.logrank.chisq), p_value=number(effect.logrank.p))
    grouped = [(1, arms[0]), (0, arms[1])]
    days_of_survival = survival_days(study, effect.outcome)
    for group, arm in grouped:
        yield from _of_curve(arm, effect.curves.curve(group), days_of_survival)
    if effect.outcome in {outcome.name for outcome in study.timed_outcomes if isinstance(outcome, DeathOutcome)}:
        yield from _survival_differences(whole, effect, days_of_survival, study.analysis.confidence)
    for days in horizons(study, effect.outcome):
        yield from _restricted_means(whole, grouped, effect, days)


def survival_days(study: Study, outcome: str) -> tuple[int, ...]:
    """Days at which survival is reported: those of the study, those that the outcome names, and the end of its risk window, if reached."""
    last, days = last_day_of(study, outcome), set(study.analysis.survival_at_days)
    for one in study.timed_outcomes:
        if one.name == outcome:
            days |= set(one.report_at or ()) | ({last} if last < study.follow.max_days else set())
    return tuple(sorted(day for day in days if day <= last))


def _one_arm(people: People, effect: Effect, masked: MaskedCounts, group: int) -> Record:
    study = people.plan.study
    return Record(
        analysis="main",
        population="all",
        outcome=effect.outcome,
        measure="",
        target=study.target.name if group else study.comparator.name,
        adjustment=effect.adjustment,
        n_target=people.persons(masked, effect, group),
        events_target=people.events(masked, effect, group),
    )


def _hazard_ratio(whole: Record, cox: CoxResult) -> Record:
    lower, upper = cox.interval
    ratio = number(cox.hazard_ratio[0])
    return replace(whole, measure="hazard_ratio", estimate=ratio, lower=number(lower[0]), upper=number(upper[0]), p_value=number(cox.p[0]))


def _of_curve(arm: Record, curve: Curve, days: tuple[int, ...]) -> Iterator[Record]:
    estimate, lower, upper = map(number, curve.median)
    yield replace(arm, measure="median_survival", estimate=estimate, lower=lower, upper=upper)
    at = curve.at(np.array(days, dtype=np.float64))
    for place, day in enumerate(days):
        values = (
            (at.survival[place], at.lower[place], at.upper[place]) if at.n_risk[place] > 0 or at.survival[place] == 0 else (np.nan,) * 3
        )
        estimate, lower, upper = map(number, values)
        yield replace(arm, measure="survival", estimate=estimate, lower=lower, upper=upper, time_days=float(day))


def _survival_differences(whole: Record, effect: Effect, days: tuple[int, ...], confidence: float) -> Iterator[Record]:
    """Target minus comparator with a normal interval, the arms taken as independent; none where a curve has ended above 0."""
    at = [effect.curves.curve(group).at(np.array(days, dtype=np.float64)) for group in (1, 0)]
    for place, day in enumerate(days):
        reached = all(arm.n_risk[place] > 0 or arm.survival[place] == 0 for arm in at)
        target, comparator = (float(arm.survival[place]) if reached else np.nan for arm in at)
        error = float(np.hypot(*(arm.std_error[place] for arm in at)))
        half = z_of(confidence) * error
        difference = target - comparator
        p_value = float(2 * norm.sf(abs(difference) / error)) if error > 0 else np.nan
        values: dict[str, Any] = {"estimate": difference, "lower": difference - half, "upper": difference + half, "p_value": p_value}
        values = {name: number(value) for name, value in values.items()}
        yield replace(whole, measure="survival_difference", time_days=float(day), **values)


def _restricted_means(whole: Record, arms: list[tuple[int, Record]], effect: Effect, days: int) -> Iterator[Record]:
    result = rmst_from_curves(effect.curves, float(days))
    for group, arm in arms:
        mean = next(found for found in result.means if found.group == group)
        values: dict[str, Any] = {"estimate": number(mean.estimate), "lower": number(mean.lower), "upper": number(mean.upper)}
        yield replace(arm, measure="rmst", time_days=float(days), **values)
    found = result.contrasts[0]
    yield replace(
        whole,
        measure="rmst_difference",
        estimate=number(found.difference),
        lower=number(found.difference_lower),
        upper=number(found.difference_upper),
        p_value=number(found.difference_p),
        time_days=float(days),
    )


def proportional_hazards(effect: Effect) -> tuple[ProportionalHazards, ...]:
    """The test for the hazard ratio of the arms."""
    if not isinstance(effect.cox, CoxResult) or not effect.cox.proportional_hazards:
        return ()
    test = effect.cox.proportional_hazards[0]
    chisq, p_value = number(test.chisq[0]), number(test.p[0])
    if chisq is None or p_value is None:
        return ()
    return (ProportionalHazards(effect.outcome, effect.adjustment, chisq, int(test.df[0]), p_value),)


NO_RATIO = {
    "EQ-EST-101": "every event is in one arm, or the arms' events follow on each other, so that the ratio has no finite value",
    "EQ-EST-102": "at no event were both arms at risk",
}
"""Why a model of the arm alone has no answer; other errors say it themselves."""


def failures(study: Study, effects: tuple[Effect, ...]) -> Iterator[Note]:
    """Why estimates are missing: one note an outcome and cause, with the adjustments that it befell."""
    labels = {outcome.name: outcome.label or outcome.name for outcome in study.outcomes}
    befell: dict[tuple[str, str, str, str], list[str]] = {}
    for effect in effects:
        for what, found in (("hazard ratio", effect.cox), ("log-rank test", effect.logrank)):
            if isinstance(found, Failed):
                why = NO_RATIO.get(found.error.code) if what == "hazard ratio" else None
                key = (what, effect.outcome, found.error.code, why or found.error.problems[0].what)
                befell.setdefault(key, []).append(effect.adjustment)
                break
    for (what, outcome, code, why), adjustments in befell.items():
        yield Note("warning", code, f"No {what} for {labels.get(outcome, outcome)} ({', '.join(adjustments)}): {why}.")
