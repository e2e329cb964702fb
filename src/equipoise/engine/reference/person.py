"""One person at a time: all that the CDM holds about them, and whether a criterion holds around an index day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from equipoise.engine.clinical import FEMALE, MALE
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.reference.tables import Record
from equipoise.kernel.days import to_date
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
    Window,
)


@dataclass(frozen=True, slots=True)
class Person:
    """`events`: pairs of set number and record. `periods`: first and last day of each observation period. `records`: all of them."""

    person_id: int
    gender: int | None
    birth: int | None
    race: int | None
    ethnicity: int | None
    records: list[Record]
    events: list[tuple[int, Record]]
    periods: list[tuple[int, int]]
    deaths: list[int]
    prior_lines: int | None = None
    """Lines of therapy begun before the index day in question; None when nobody asked."""

    def age(self, day: int) -> int | None:
        """Whole years."""
        if self.birth is None:
            return None
        now, born = to_date(day), to_date(self.birth)
        return now.year - born.year - ((now.month, now.day) < (born.month, born.day))

    def periods_around(self, day: int) -> list[tuple[int, int]]:
        """Observation periods that hold the day."""
        return [(first, last) for first, last in self.periods if first <= day <= last]

    def near(self, sets: tuple[int, ...], window: Window, index_day: int) -> list[tuple[int, Record]]:
        """Records of the sets in the window."""
        return [(number, record) for number, record in self.events if number in sets and in_window(record.start - index_day, window)]


def in_window(day: int, window: Window) -> bool:
    """Closed at both ends; None is open."""
    return (window.start is None or day >= window.start) and (window.end is None or day <= window.end)


def holds(criterion: Criterion, person: Person, index_day: int, prepared: PreparedSets) -> bool:
    """Whether the criterion holds. What is unknown does not hold."""
    match criterion:
        case EventCriterion():
            return _enough(criterion, person.near(prepared.numbers(criterion.sets), criterion.window, index_day))
        case MeasurementCriterion():
            near = person.near(prepared.numbers(criterion.sets), criterion.window, index_day)
            return any(_in_range(criterion, _value(criterion, number, record, prepared)) for number, record in near)
        case AgeCriterion():
            return _between(person.age(index_day), criterion.at_least, criterion.at_most)
        case SexCriterion():
            return person.gender == (FEMALE if criterion.sex == "female" else MALE)
        case PriorObservation():
            around = person.periods_around(index_day)
            return any(index_day - first >= criterion.days and last - index_day >= criterion.after for first, last in around)
        case LinesCriterion():
            return _between(person.prior_lines, criterion.at_least, criterion.at_most)
        case AllOf():
            return all(holds(part, person, index_day, prepared) for part in criterion.criteria)
        case AnyOf():
            return any(holds(part, person, index_day, prepared) for part in criterion.criteria)
        case Not():
            return not holds(criterion.criterion, person, index_day, prepared)
        case _:
            assert_never(criterion)


def _enough(criterion: EventCriterion, near: list[tuple[int, Record]]) -> bool:
    starts = [record.start for _, record in near]
    things: dict[str, int] = {
        "records": len({(record.table_no, record.row) for _, record in near}),
        "dates": len(set(starts)),
        "sets": len({number for number, _ in near}),
    }
    apart = not criterion.days_apart or any(b - a >= criterion.days_apart for a in starts for b in starts)
    return apart and _between(things[criterion.count], criterion.at_least, criterion.at_most)


def _value(criterion: MeasurementCriterion, number: int, record: Record, prepared: PreparedSets) -> float | None:
    if record.value is None or criterion.unit is None:
        return record.value
    factor = prepared.factors(number, criterion.unit).get(record.unit or 0)
    return None if factor is None else record.value * factor


def _in_range(criterion: MeasurementCriterion, value: float | None) -> bool:
    return _between(value, criterion.low, criterion.high)


def _between(number: float | None, low: float | None, high: float | None) -> bool:
    return number is not None and (low is None or number >= low) and (high is None or number <= high)
