"""The chapter of follow-up: how long people were watched, by the reverse Kaplan-Meier method. Asks nothing: the crude curves tell it.

Event and censoring change places: the median of that curve is the follow-up that a person would have had, had nobody died.
Source: Schemper and Smith, Control Clin Trials 1996; 17: 343.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import Curve, KaplanMeierSummary
from equipoise.estimators.shape import Done
from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.effects import Effect
from equipoise.network.hub.analysis.flow import last_step
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.results.analyses import FOLLOW_UP
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import DeathOutcome

_NONE = np.zeros(0)


def reverse_curve(curves: tuple[Curve, ...], confidence: float) -> Curve:
    """Time to censoring of several arms taken together, from their unweighted Kaplan-Meier curves."""
    grid = np.unique(np.concatenate([curve.time for curve in curves]))
    shape = (1, 1, max(grid.size, 1))
    total = {name: np.zeros(shape) for name in ("at_risk", "events", "censored")}
    for curve in curves if grid.size else ():
        own = np.searchsorted(grid, curve.time)
        total["at_risk"][0, 0] += curve.at(grid).n_risk
        total["events"][0, 0, own] += curve.n_censor
        total["censored"][0, 0, own] += curve.n_event
    swapped = KaplanMeierSummary(
        rows=np.array([[sum(curve.rows for curve in curves)]]),
        event_count=np.rint(total["events"]).astype(np.int64),
        censored_count=np.rint(total["censored"]).astype(np.int64),
        events_sq=_NONE,
        censored_sq=_NONE,
        influence_sq=_NONE,
        dependent_rows=0,
        **total,
    )
    hub = KaplanMeierHub(grid if grid.size else np.ones(1), 1, confidence=confidence)
    step = hub.finish(hub.first(), swapped)
    assert isinstance(step, Done)  # noqa: S101 - rows are independent: there is no second round
    return step.result.curve(0)


@dataclass(frozen=True, slots=True)
class FollowUpChapter:
    """The crude curves of outcomes that nothing precludes."""

    effects: tuple[Effect, ...]

    def enter(self, people: People) -> None:
        """See `Chapter.enter`; the sizes of the arms are entered already."""

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`: the target, the comparator, both together."""
        found = tuple(record for effect in self.effects for record in _records(people, effect, masked))
        return replace(result, records=(*result.records, *found))


def _records(people: People, effect: Effect, masked: MaskedCounts) -> Iterator[Record]:
    study = people.plan.study
    confidence = study.analysis.confidence
    arms = ((study.target.name, (1,)), (study.comparator.name, (0,)), (None, (1, 0)))
    for arm, groups in arms:
        curve = reverse_curve(tuple(effect.people.curve(group) for group in groups), confidence)
        estimate, lower, upper = map(number, curve.median)
        persons = people.persons(masked, effect, groups[0]) if arm else masked[last_step(people.census, "all")]
        yield Record(
            analysis=FOLLOW_UP,
            population="all",
            outcome=effect.outcome,
            measure="median_follow_up",
            target=arm,
            adjustment=effect.adjustment,
            estimate=estimate,
            lower=lower,
            upper=upper,
            n_target=persons,
        )


def open_follow_up(stage: Stage) -> FollowUpChapter | None:
    """Nothing is asked. None for a study in which death precludes every outcome."""
    deaths = {outcome.name for outcome in stage.plan.study.timed_outcomes if isinstance(outcome, DeathOutcome)}
    effects = tuple(one for one in stage.effects.outcomes if one.outcome in deaths and one.adjustment == "crude")
    return FollowUpChapter(effects) if effects else None
