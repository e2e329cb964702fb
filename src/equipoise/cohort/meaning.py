"""From a criterion of the study document to its meaning in the algebra. A new kind of criterion gets its function here."""

from __future__ import annotations

from typing import assert_never

from equipoise.cohort.algebra import (
    AgeAtIndex,
    Between,
    DaysSpanned,
    Every,
    HowMany,
    Negation,
    ObservedAround,
    PriorLines,
    RecordsNear,
    SexIs,
    Some,
    Truth,
    ValueRange,
)
from equipoise.cohort.errors import DAYS_APART_OF_MANY
from equipoise.study.model import (
    AgeCriterion,
    AllOf,
    AnyOf,
    Criterion,
    EventCriterion,
    LinesCriterion,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
)


def meaning(criterion: Criterion) -> Truth:
    """What the criterion says, as a truth of the algebra. Raises EQ-COHORT-001 for `days_apart` with more than two records."""
    match criterion:
        case EventCriterion():
            return _events(criterion)
        case MeasurementCriterion():
            return _measured(criterion)
        case AgeCriterion():
            return Between(AgeAtIndex(), criterion.at_least, criterion.at_most)
        case SexCriterion():
            return SexIs(criterion.sex)
        case PriorObservation():
            return ObservedAround(before=criterion.days, after=criterion.after)
        case LinesCriterion():
            return Between(PriorLines(), criterion.at_least, criterion.at_most)
        case AllOf():
            return Every(tuple(map(meaning, criterion.criteria)))
        case AnyOf():
            return Some(tuple(map(meaning, criterion.criteria)))
        case Not():
            return Negation(meaning(criterion.criterion))
        case _:
            assert_never(criterion)


def _events(criterion: EventCriterion) -> Truth:
    near = RecordsNear(criterion.sets, criterion.window)
    enough = Between(HowMany(near, criterion.count), criterion.at_least, criterion.at_most)
    if not criterion.days_apart:
        return enough
    if criterion.at_least > 2:
        raise DAYS_APART_OF_MANY.error(f"{criterion.at_least} records {criterion.days_apart} days apart of {', '.join(criterion.sets)}")
    return Every((enough, Between(DaysSpanned(near), criterion.days_apart, None)))


def _measured(criterion: MeasurementCriterion) -> Truth:
    wanted = ValueRange(criterion.unit, criterion.low, criterion.high)
    return Between(HowMany(RecordsNear(criterion.sets, criterion.window, wanted)), 1, None)
