"""Events that death precludes: cumulative incidence by arm, risks compared, Gray's test, subdistribution hazards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log, nan
from typing import Any, TypeAlias

import numpy as np
from scipy.stats import norm

from equipoise.estimators.aalen_johansen.hub import AalenJohansenHub
from equipoise.estimators.aalen_johansen.summary import AalenJohansenResult
from equipoise.estimators.data import Floats
from equipoise.estimators.fine_gray.hub import FineGrayHub
from equipoise.estimators.fine_gray.summary import FineGrayResult
from equipoise.estimators.gray.hub import GrayHub
from equipoise.estimators.gray.summary import GrayResult
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.effects import Effects, Plan, days_left, last_day_of
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.wire.views import Setting, View
from equipoise.results.records import Record
from equipoise.study.model import Adjustment, EventOutcome, Study

CAUSES = 2
"""1 the event, 2 death before it."""
WHOLE_PEOPLE: frozenset[Adjustment] = frozenset({"crude", "matched"})
"""Adjustments in which each person counts once: Gray's test and the variance of subdistribution hazards are known for these."""


@dataclass(frozen=True, slots=True)
class Incidence:
    """One outcome under one adjustment. `gray`, `fine_gray`: None where people carry weights; a failure where there is no answer."""

    outcome: str
    adjustment: Adjustment
    curves: AalenJohansenResult
    gray: GrayResult | Failed | None = None
    fine_gray: FineGrayResult | Failed | None = None


def competing_outcomes(study: Study) -> tuple[EventOutcome, ...]:
    """Outcomes that death precludes."""
    return tuple(outcome for outcome in study.timed_outcomes if isinstance(outcome, EventOutcome))


def days_of(study: Study, outcome: EventOutcome) -> tuple[int, ...]:
    """Days at which risks are reported, and the window's end: the outcome's own, else those of the study within the risk window.

    A day after the window's end that the outcome asks for has the risk at that end: later records are not counted.
    """
    last = last_day_of(study, outcome.name)
    asked = study.analysis.survival_at_days if outcome.report_at is None else outcome.report_at
    days = {day for day in asked if day <= last or (outcome.report_at is not None and day <= study.follow.max_days)}
    return tuple(sorted(days | ({last} if outcome.risk_window.end is not None else set())))


def incidences(talk: Conversation, setting: Setting, plan: Plan, effects: Effects) -> tuple[Incidence, ...]:
    """Curves for each outcome and adjustment, on the days on which anyone left; tests where each person counts once."""
    views = [
        View(outcome=outcome.name, weighting=adjustment, competing=True)
        for outcome in competing_outcomes(plan.study)
        for adjustment in plan.adjustments
    ]
    jobs = [(view, _jobs(plan.study, view, days_left(effects, view.outcome or ""))) for view in views]
    found = iter(run_jobs(talk, setting, [job for _, several in jobs for job in several]))
    return tuple(_incidence(view, [next(found) for _ in several]) for view, several in jobs)


def _jobs(study: Study, view: View, grid: Floats) -> list[Job]:
    confidence = study.analysis.confidence
    curves = Job("aalen_johansen", AalenJohansenHub(grid, 2, CAUSES, confidence), view)
    if view.weighting not in WHOLE_PEOPLE:
        return [curves]
    model = FineGrayHub(grid, 1, 1, CAUSES, confidence=confidence)
    one_group = replace(view, columns="arm", group="none")
    return [curves, Job("gray", GrayHub(grid, 2, CAUSES), view), Job("fine_gray", model, one_group)]


def _incidence(view: View, found: list[Any]) -> Incidence:
    if isinstance(found[0], Failed):
        raise found[0].error
    return Incidence(view.outcome or "", view.weighting, *found)


def incidence_records(study: Study, found: Incidence, whole: Record, arms: tuple[Record, Record]) -> Iterator[Record]:
    """The records of one outcome. whole: the counts of both arms; arms: those of the target, then the comparator."""
    outcome = next(outcome for outcome in competing_outcomes(study) if outcome.name == found.outcome)
    days = np.array(days_of(study, outcome), dtype=np.float64)
    z = float(norm.ppf((1 + study.analysis.confidence) / 2))
    read = [found.curves.curves[group].at(np.minimum(days, last_day_of(study, outcome.name))) for group in (1, 0)]
    for place, day in enumerate(days):
        for arm, at in zip(arms, read, strict=True):
            values = (at.probability[1, place], at.lower[1, place], at.upper[1, place])
            yield _with(replace(arm, measure="cumulative_incidence", time_days=float(day)), values)
        target, comparator = ((float(at.probability[1, place]), float(at.std_error[1, place])) for at in read)
        for name, values, p_value in compared(target, comparator, z):
            yield _with(replace(whole, measure=name, time_days=float(day)), values, p_value)
    if isinstance(found.gray, GrayResult):
        test = found.gray.tests[0]
        yield replace(whole, measure="gray_test", estimate=number(test.statistic), p_value=number(test.p))
    if isinstance(found.fine_gray, FineGrayResult):
        yield _subdistribution(whole, found.fine_gray, z)


Compared: TypeAlias = tuple[str, tuple[float, float, float], float]
"""A measure, its estimate with bounds, and its p-value."""


def compared(target: tuple[float, float], comparator: tuple[float, float], z: float) -> Iterator[Compared]:
    """Risk difference, risk ratio and odds ratio of two independent risks, each with its standard error.

    Ratios by the delta method on the log scale; not a number where a risk is 0 (or 1, for odds).
    """
    difference, error = target[0] - comparator[0], float(np.hypot(target[1], comparator[1]))
    yield "risk_difference", (difference, difference - z * error, difference + z * error), _p(difference, error)
    for name, scale in (("risk_ratio", _log_risk), ("odds_ratio", _log_odds)):
        (one, se_one), (other, se_other) = scale(*target), scale(*comparator)
        log, error = one - other, float(np.hypot(se_one, se_other))
        yield name, _exponentials(log, z * error), _p(log, error)


def _log_risk(risk: float, se: float) -> tuple[float, float]:
    return (log(risk), se / risk) if risk > 0 else (nan, nan)


def _log_odds(risk: float, se: float) -> tuple[float, float]:
    return (log(risk / (1 - risk)), se / (risk * (1 - risk))) if 0 < risk < 1 else (nan, nan)


def _exponentials(middle: float, half: float) -> tuple[float, float, float]:
    low, mid, high = np.exp([middle - half, middle, middle + half])
    return float(mid), float(low), float(high)


def _p(estimate: float, error: float) -> float:
    return float(2 * norm.sf(abs(estimate) / error)) if error > 0 and np.isfinite(estimate) else float("nan")


def _subdistribution(whole: Record, result: FineGrayResult, z: float) -> Record:
    coef, error = float(result.fit.coef[0]), float(np.sqrt(result.fit.vcov[0, 0]))
    return _with(replace(whole, measure="subdistribution_hazard_ratio"), _exponentials(coef, z * error), _p(coef, error))


def _with(record: Record, values: tuple[float, float, float], p_value: float = float("nan")) -> Record:
    estimate, lower, upper = map(number, values) if np.isfinite(values[0]) else (None, None, None)
    return replace(record, estimate=estimate, lower=lower, upper=upper, p_value=number(p_value))
