"""A study's criteria in Circe's words: each becomes a group about the entry event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isclose
from typing import Literal

from equipoise.cohort.circe.errors import NOT_EXPRESSIBLE
from equipoise.cohort.circe.exporting.sets import Place, Shelf
from equipoise.cohort.circe.model import (
    Concept,
    CorrelatedCriteria,
    CountColumn,
    CriteriaGroup,
    Criterion,
    DemographicCriteria,
    Endpoint,
    EndWindow,
    NumericRange,
    ObservationPeriod,
    Occurrence,
    OccurrenceType,
)
from equipoise.cohort.circe.model import Window as CirceWindow
from equipoise.omop.units import analyte_of_set, factors_to
from equipoise.study import model as study
from equipoise.study.model import Window

GENDERS = {
    "female": Concept(concept_id=8532, concept_name="FEMALE", concept_code="F", domain_id="Gender", vocabulary_id="Gender"),
    "male": Concept(concept_id=8507, concept_name="MALE", concept_code="M", domain_id="Gender", vocabulary_id="Gender"),
}
ANY_TIME = Window()
ANY_VALUE = NumericRange(op="gte", value=-1_000_000_000)
"""A value must be there: below this, none is."""
NEVER = CriteriaGroup(type="AT_MOST", count=0, groups=(CriteriaGroup(),))
"""Holds for nobody: not what holds for everybody."""


def said(criterion: study.Criterion, shelf: Shelf, path: str) -> CriteriaGroup:
    """The criterion as a group; what cannot be said is noted on the shelf under `path`, and stands as an empty group."""
    match criterion:
        case study.EventCriterion():
            return _events(criterion, shelf, path)
        case study.MeasurementCriterion():
            return _measured(criterion, shelf)
        case study.AgeCriterion():
            age = number_range(criterion.at_least, criterion.at_most)
            return CriteriaGroup() if age is None else _person(DemographicCriteria(age=age))
        case study.SexCriterion():
            return _person(DemographicCriteria(gender=(GENDERS[criterion.sex],)))
        case study.PriorObservation():
            return _observed(criterion)
        case study.AllOf():
            return all_of(said(part, shelf, path) for part in criterion.criteria)
        case study.AnyOf():
            return any_of(said(part, shelf, path) for part in criterion.criteria)
        case study.Not():
            return none_of(said(criterion.criterion, shelf, path))
        case _:
            shelf.report(NOT_EXPRESSIBLE, f"Circe has no words for a criterion of the kind `{criterion.kind}`", path)
            return CriteriaGroup()


# --- groups -----------------------------------------------------------------------------------------------------------


def all_of(groups: Iterable[CriteriaGroup]) -> CriteriaGroup:
    """Every group holds; the members of inner groups of the same type move up."""
    return _merged("ALL", tuple(groups))


def any_of(groups: Iterable[CriteriaGroup]) -> CriteriaGroup:
    """At least one group holds; of no groups, none does."""
    return _merged("ANY", tuple(groups)) if (groups := tuple(groups)) else NEVER


def none_of(group: CriteriaGroup) -> CriteriaGroup:
    """The group does not hold."""
    return CriteriaGroup(type="AT_MOST", count=0, groups=(group,))


def _merged(kind: Literal["ALL", "ANY"], groups: tuple[CriteriaGroup, ...]) -> CriteriaGroup:
    if len(groups) == 1:
        return groups[0]
    up = [group for group in groups if (group.type == kind or _single(group)) and not group.is_empty]
    return CriteriaGroup(
        type=kind,
        criteria_list=tuple(member for group in up for member in group.criteria_list),
        demographic_criteria_list=tuple(member for group in up for member in group.demographic_criteria_list),
        groups=(*(inner for group in up for inner in group.groups), *(group for group in groups if group not in up)),
    )


def _single(group: CriteriaGroup) -> bool:
    members = len(group.criteria_list) + len(group.demographic_criteria_list) + len(group.groups)
    return members == 1 and group.type in ("ALL", "ANY")


def _person(person: DemographicCriteria) -> CriteriaGroup:
    return CriteriaGroup(demographic_criteria_list=(person,))


# --- records ----------------------------------------------------------------------------------------------------------


def _events(criterion: study.EventCriterion, shelf: Shelf, path: str) -> CriteriaGroup:
    if criterion.days_apart:
        apart = _two_apart(criterion, criterion.days_apart, shelf, path)
        rest = replace_bounds(criterion, 0, criterion.at_most)
        return apart if criterion.at_most is None else all_of((apart, _events(rest, shelf, path)))
    if criterion.count == "sets":
        present = tuple(present_in(shelf.places((name,)), criterion.window) for name in criterion.sets)
        return _of_groups(present, criterion.at_least, criterion.at_most)
    return _counted(criterion, shelf, path)


def replace_bounds(criterion: study.EventCriterion, low: int, high: int | None) -> study.EventCriterion:
    """The same criterion with other numbers, and no distance."""
    return criterion.model_copy(update={"at_least": low, "at_most": high, "days_apart": 0})


def _of_groups(groups: tuple[CriteriaGroup, ...], low: int, high: int | None) -> CriteriaGroup:
    bounds = [CriteriaGroup(type="AT_LEAST", count=low, groups=groups)] if low else []
    bounds += [CriteriaGroup(type="AT_MOST", count=high, groups=groups)] if high is not None else []
    return all_of(bounds) if bounds else CriteriaGroup()


def _counted(criterion: study.EventCriterion, shelf: Shelf, path: str) -> CriteriaGroup:
    places, low, high = shelf.places(criterion.sets), criterion.at_least, criterion.at_most
    if (low, high) == (0, None):
        return CriteriaGroup()
    if high == 0:
        return absent_from(places, criterion.window) if low == 0 else NEVER
    if (low, high) == (1, None):
        return present_in(places, criterion.window)
    if len(places) == 1:
        column: CountColumn | None = "START_DATE" if criterion.count == "dates" else None
        return CriteriaGroup(criteria_list=tuple(_bounded(places[0], criterion.window, low, high, column)))
    if (low, high, criterion.count) == (2, None, "dates"):
        return _two_apart(criterion, 1, shelf, path)
    where = ", ".join(f"{place.domain} ({place.column} concepts)" for place in places)
    shelf.report(NOT_EXPRESSIBLE, f"records of {', '.join(criterion.sets)} are counted together over {where}; Circe counts one kind", path)
    return CriteriaGroup()


def _bounded(place: Place, window: Window, low: int, high: int | None, column: CountColumn | None) -> list[CorrelatedCriteria]:
    bounds = [(OccurrenceType.EXACTLY, low)] if low == high else []
    if not bounds:
        bounds += [(OccurrenceType.AT_LEAST, low)] if low else []
        bounds += [(OccurrenceType.AT_MOST, high)] if high is not None else []
    member = near(place.criterion(), window)
    counts = [Occurrence(type=kind, count=count, is_distinct=column is not None, count_column=column) for kind, count in bounds]
    return [replace(member, occurrence=count) for count in counts]


def _two_apart(criterion: study.EventCriterion, days: int, shelf: Shelf, path: str) -> CriteriaGroup:
    """Two records so far apart: one in the window, and around it another on the side where the window is open."""
    window, places = criterion.window, shelf.places(criterion.sets)
    if window.start is None:
        other = Window(start=None, end=-days)
    elif window.end is None:
        other = Window(start=days, end=None)
    else:
        what = f"two records of {', '.join(criterion.sets)} {days} days apart, both in a window that is closed at both ends"
        shelf.report(NOT_EXPRESSIBLE, what, path)
        return CriteriaGroup()
    around = present_in(places, other)
    return CriteriaGroup(type="ANY", criteria_list=tuple(near(place.criterion(around), window) for place in places))


def present_in(places: tuple[Place, ...], window: Window) -> CriteriaGroup:
    """At least one record in any of the places; without places, nobody has one."""
    if not places:
        return NEVER
    members = tuple(near(place.criterion(), window) for place in places)
    return CriteriaGroup(type="ANY" if len(members) > 1 else "ALL", criteria_list=members)


def absent_from(places: tuple[Place, ...], window: Window) -> CriteriaGroup:
    """No record in any of the places."""
    none = Occurrence(type=OccurrenceType.EXACTLY, count=0)
    return CriteriaGroup(criteria_list=tuple(replace(near(place.criterion(), window), occurrence=none) for place in places))


def near(criterion: Criterion, window: Window) -> CorrelatedCriteria:
    """At least one record that starts in the window, whether or not it lies in an observation period, as in a study."""
    return CorrelatedCriteria(
        criteria=criterion,
        start_window=CirceWindow(start=_endpoint(window.start, -1), end=_endpoint(window.end, 1)),
        occurrence=Occurrence(type=OccurrenceType.AT_LEAST, count=1),
        ignore_observation_period=True,
    )


def _endpoint(day: int | None, side: Literal[-1, 1]) -> Endpoint:
    if day is None:
        return Endpoint(days=None, coeff=side)
    return Endpoint(days=abs(day), coeff=side if day == 0 else -1 if day < 0 else 1)


def _observed(criterion: study.PriorObservation) -> CriteriaGroup:
    start = CirceWindow(start=Endpoint(coeff=-1), end=Endpoint(days=criterion.days, coeff=-1))
    end = EndWindow(start=Endpoint(days=criterion.after, coeff=1), end=Endpoint(coeff=1))
    return CriteriaGroup(criteria_list=(replace(near(ObservationPeriod(), ANY_TIME), start_window=start, end_window=end),))


# --- values -----------------------------------------------------------------------------------------------------------


def number_range(low: float | None, high: float | None) -> NumericRange | None:
    """[low, high] as a range; None when both ends are open."""
    if low is not None and high is not None:
        return NumericRange(op="bt", value=_tidy(low), extent=_tidy(high))
    if low is not None:
        return NumericRange(op="gte", value=_tidy(low))
    return None if high is None else NumericRange(op="lte", value=_tidy(high))


def _tidy(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value


def _measured(criterion: study.MeasurementCriterion, shelf: Shelf) -> CriteriaGroup:
    places = [place for place in shelf.places(criterion.sets) if place.domain == "measurement"]
    members = [
        near(place.measured(number_range(low, high) or ANY_VALUE, units), criterion.window)
        for place in places
        for units, low, high in _in_units(criterion, shelf)
    ]
    return CriteriaGroup(type="ANY", criteria_list=tuple(members)) if members else NEVER


def _in_units(criterion: study.MeasurementCriterion, shelf: Shelf) -> list[tuple[tuple[Concept, ...], float | None, float | None]]:
    """The range in each unit that converts to the one asked for; units of one factor together."""
    if criterion.unit is None:
        return [((), criterion.low, criterion.high)]
    analyte = analyte_of_set(code for name in criterion.sets for code in shelf.codes[name].codes)
    factors = factors_to(analyte, criterion.unit)
    found = []
    for factor in sorted(set(factors.values())):
        units = tuple(Concept(concept_id=unit) for unit, known in factors.items() if isclose(known, factor))
        low, high = (None if end is None else end / factor for end in (criterion.low, criterion.high))
        found.append((units, low, high))
    return found
