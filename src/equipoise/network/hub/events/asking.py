"""Events over the network: who met them in the window and who was washed out, rates, instances, and how alike those at risk are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np

from equipoise.estimators.incidence_rates.hub import RatesHub
from equipoise.estimators.incidence_rates.summary import ComparedRates, RatesResult
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.summary import MeansResult
from equipoise.estimators.moments.balance import standardised_differences
from equipoise.estimators.moments.hub import MomentsHub
from equipoise.estimators.moments.summary import MomentsResult
from equipoise.network.hub.analysis.effects import answers_of
from equipoise.network.hub.analysis.incidence import WHOLE_PEOPLE
from equipoise.network.hub.analysis.learning import moments_job
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Job
from equipoise.network.wire.views import View
from equipoise.study.event_columns import EventCount, event_counts, event_outcomes, with_instances
from equipoise.study.model import Adjustment

Key: TypeAlias = tuple[str, Adjustment]
"""An outcome and an adjustment."""


@dataclass(frozen=True, slots=True)
class Instances:
    """Days with a record in the risk window, of persons at risk: means with their errors, and spreads, of one outcome's column."""

    means: MeansResult
    moments: MomentsResult
    place: int


@dataclass(frozen=True, slots=True)
class Found:
    """One outcome under one adjustment. `rates`: None without time at risk in an arm. `instances`: None for a composite or death.

    `largest_smd`: the largest standardised difference among those at risk; None where the outcome leaves nobody out.
    """

    outcome: str
    adjustment: Adjustment
    rates: ComparedRates | None
    instances: Instances | None
    largest_smd: float | None


@dataclass(frozen=True, slots=True)
class EventFindings:
    """counts: the columns of `people`, which come crude and, where there is one, of the matched population."""

    found: tuple[Found, ...]
    counts: tuple[EventCount, ...]
    people: tuple[tuple[Adjustment, MeansResult], ...]

    def place(self, outcome: str, count: str) -> int | None:
        """The column of a count; None where the study does not have it."""
        return next((place for place, c in enumerate(self.counts) if (c.outcome, c.count) == (outcome, count)), None)


def ask_events(stage: Stage) -> EventFindings:
    """Ask for everything, in as few messages as the memory of the hub allows."""
    study = stage.plan.study
    counts = event_counts(study)
    counted = [adjustment for adjustment in stage.plan.adjustments if adjustment in WHOLE_PEOPLE]
    jobs = [Job("means", MeansHub(2, len(counts)), View(columns="event_counts", weighting=adjustment)) for adjustment in counted]
    people = tuple(zip(counted, answers_of(stage.talk, stage.setting, jobs), strict=True)) if counts else ()
    rates, instances, alike = _rates(stage), _instances(stage), _balance(stage)
    keys = [(outcome.name, adjustment) for outcome in study.timed_outcomes for adjustment in stage.plan.adjustments]
    return EventFindings(tuple(Found(*key, rates[key], instances.get(key), alike.get(key)) for key in keys), counts, people)


def _views(stage: Stage, columns: Literal["event_rates", "instances"], outcomes: tuple[str, ...]) -> Mapping[Key, View]:
    """One view for all outcomes of an adjustment; one of its own for each whose washout breaks matched sets."""
    views = {}
    for adjustment in stage.plan.adjustments:
        broken = {part.outcome for w in stage.setting.weightings if w.method == adjustment for part in w.of_outcomes}
        for outcome in outcomes:
            views[outcome, adjustment] = View(outcome if outcome in broken else None, columns, adjustment)
    return views


def _answers(stage: Stage, views: Iterable[View], hub: Any, estimator: str) -> dict[View, Any]:
    once = list(dict.fromkeys(views))
    return dict(zip(once, answers_of(stage.talk, stage.setting, [Job(estimator, hub, view) for view in once]), strict=True))


def _rates(stage: Stage) -> dict[Key, ComparedRates | None]:
    """Rates of all timed outcomes: exact where each person counts once, else with the weights."""
    study = stage.plan.study
    outcomes = tuple(outcome.name for outcome in study.timed_outcomes)
    views = _views(stage, "event_rates", outcomes)
    found: dict[View, RatesResult] = _answers(stage, views.values(), RatesHub(2, len(outcomes)), "incidence_rates")
    rates = {}
    for (outcome, adjustment), view in views.items():
        once = adjustment == "crude" or (adjustment in WHOLE_PEOPLE and study.analysis.matching.ratio == 1)
        compare = found[view].exact if once else found[view].weighted
        rates[outcome, adjustment] = compare(outcomes.index(outcome), study.analysis.confidence)
    return rates


def _instances(stage: Stage) -> dict[Key, Instances]:
    outcomes = tuple(outcome.name for outcome in with_instances(stage.plan.study))
    if not outcomes:
        return {}
    views = _views(stage, "instances", outcomes)
    means = _answers(stage, views.values(), MeansHub(2, len(outcomes)), "means")
    moments = _answers(stage, views.values(), MomentsHub(2, len(outcomes)), "moments")
    return {key: Instances(means[view], moments[view], outcomes.index(key[0])) for key, view in views.items()}


def _balance(stage: Stage) -> dict[Key, float]:
    """The largest absolute standardised difference of a covariate among those at risk, in the standard deviations of the cohort."""
    outcomes = [outcome.name for outcome in event_outcomes(stage.plan.study) if outcome.washout is not None]
    if not stage.lesson.columns:
        return {}
    keys = [(outcome, adjustment) for outcome in outcomes for adjustment in stage.plan.adjustments]
    jobs = [moments_job(len(stage.lesson.columns), stage.lesson.shift, View(outcome, "raw", adjustment)) for outcome, adjustment in keys]
    found = zip(keys, answers_of(stage.talk, stage.setting, jobs), strict=True)
    return {key: value for key, moments in found if (value := largest_difference(moments, stage.lesson.crude)) is not None}


def largest_difference(moments: MomentsResult, crude: MomentsResult) -> float | None:
    """The largest absolute standardised difference; None where no column has one."""
    smd = standardised_differences(replace(moments, crude_variance=crude.crude_variance))
    finite = np.abs(smd[np.isfinite(smd)])
    return float(finite.max()) if finite.size else None
