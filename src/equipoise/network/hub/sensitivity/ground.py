"""What every sensitivity analysis works from: the sums of the whole cohort, and the estimates as they may be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.bias.misclassified_arms import ArmSums
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.kernel.masked import Masked
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.effects import Effect, Effects
from equipoise.network.hub.errors import NOT_THERE
from equipoise.network.hub.withheld import may_be_shown
from equipoise.results.analyses import MAIN
from equipoise.results.records import Record
from equipoise.results.study_result import MatchOrderEstimate, Note, StudyResult
from equipoise.study.model import Adjustment, Study


@dataclass(frozen=True, slots=True)
class Part:
    """What one sensitivity analysis adds to the result."""

    records: tuple[Record, ...] = ()
    notes: tuple[Note, ...] = ()
    orders: tuple[MatchOrderEstimate, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """The result so far, and the sums behind it."""

    effects: Effects
    result: StudyResult

    @property
    def study(self) -> Study:
        """The study."""
        return self.result.study

    def effect(self, outcome: str, adjustment: Adjustment) -> Effect | None:
        """One outcome under one adjustment; None when it was not estimated."""
        found = (one for one in self.effects.outcomes if (one.outcome, one.adjustment) == (outcome, adjustment))
        return next(found, None)

    def shown(self, outcome: str, adjustment: str, measure: str = "hazard_ratio") -> tuple[Record, ...]:
        """Records of the whole cohort that have an estimate and may be shown."""
        wanted = (MAIN, outcome, adjustment, measure)
        found = (r for r in self.result.records if (r.analysis, r.outcome, r.adjustment, r.measure) == wanted)
        return tuple(record for record in map(may_be_shown, found) if record.estimate is not None)

    def arm_records(self, outcome: str, adjustment: str, measure: str, arm: str) -> tuple[Record, ...]:
        """Those of them that speak of one arm."""
        return tuple(r for r in self.shown(outcome, adjustment, measure) if r.comparator is None and r.target == arm)

    def ratio(self, outcome: str, adjustment: str) -> Record | None:
        """The hazard ratio."""
        return next(iter(self.shown(outcome, adjustment)), None)


def outcome_of(study: Study, named: str | None) -> str:
    """The outcome that an analysis names, or the study's first with a time; "" when there is none."""
    return named or (study.primary.name if study.primary else "")


def uncounted(record: Record) -> Record:
    """The record without counts: what it will tell is of other persons than its parent."""
    return replace(record, n_target=None, n_comparator=None, events_target=None, events_comparator=None)


def nothing(ground: Ground, analysis: str, outcome: str) -> Part:
    """Why an analysis has no record: the estimate that it would question is not there."""
    text = f"Not run for {outcome} ({analysis}): there is no hazard ratio under {ground.study.analysis.main} to question."
    return Part(notes=(Note("info", NOT_THERE.code, text),))


def counted(record: Record) -> bool:
    """Whether none of the counts behind a record is hidden: what follows from exact sums may then be shown."""
    counts = record.n_target, record.n_comparator, record.events_target, record.events_comparator
    return not any(isinstance(count, Masked) for count in counts)


def arm_sums(effect: Effect) -> ArmSums:
    """Events and days at risk by arm, every person counted once."""
    target, comparator = effect.people.curve(1), effect.people.curve(0)
    return ArmSums(target.people_with_event, comparator.people_with_event, time_at_risk(target), time_at_risk(comparator))


def time_at_risk(curve: Curve) -> float:
    """The days that all persons of a curve spent at risk: those at risk at each day when someone leaves, times the days since the last."""
    return float(curve.n_risk @ np.diff(curve.time, prepend=0.0))


def interval_of(cox: CoxResult) -> Interval:
    """The hazard ratio of the arms with its limits and the standard error of its logarithm."""
    lower, upper = cox.interval
    return Interval(float(cox.hazard_ratio[0]), float(cox.se[0]), float(lower[0]), float(upper[0]))


def told(parent: Record, analysis: str, population: str, measure: str, found: Interval | None) -> Record:
    """A record like its parent with another estimate; None where there is none."""
    values = (None,) * 3 if found is None else (number(found.estimate), number(found.lower), number(found.upper))
    estimate, lower, upper = values
    return replace(
        parent, analysis=analysis, population=population, measure=measure, estimate=estimate, lower=lower, upper=upper, p_value=None
    )


def leaves_out_one(record: Record) -> bool | None:
    """Whether the interval leaves out a ratio of 1; None without an interval."""
    return None if record.lower is None or record.upper is None else not record.lower <= 1 <= record.upper


def turned(parent: Record, records: tuple[Record, ...]) -> tuple[int, int]:
    """How many records with an interval there are, and of these how many say otherwise than their parent of whether 1 is left out."""
    said = [verdict for record in records if (verdict := leaves_out_one(record)) is not None]
    return len(said), sum(verdict != leaves_out_one(parent) for verdict in said)


def turned_note(parent: Record, records: tuple[Record, ...], code: str, what: str) -> tuple[Note, ...]:
    """A warning when the interval's verdict changes anywhere; none when it holds everywhere."""
    tried, changed = turned(parent, records)
    if not changed:
        return ()
    verdict = "leaves out 1" if leaves_out_one(parent) else "holds 1"
    text = f"The interval of {parent.outcome} ({parent.adjustment}) {verdict}; {what} that changes in {changed} of {tried} settings."
    return (Note("warning", code, text),)
