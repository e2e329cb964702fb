"""Criteria around an event: which records match, how many lie in a window, which groups hold.

`Around` answers for one definition on one CDM. Every question is asked anew of the records of one person; nothing is clever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from equipoise.cohort.circe.model import (
    CorrelatedCriteria,
    CriteriaGroup,
    Criterion,
    CustomEra,
    DemographicCriteria,
    Endpoint,
    Occurrence,
    OccurrenceType,
    Window,
)
from equipoise.cohort.circe.rules import countable
from equipoise.engine.circe.errors import NO_COUNT, NOTHING_TO_COUNT
from equipoise.engine.reference.circe.attributes import People, counted_of, source_attribute, tests_of
from equipoise.engine.reference.circe.filters import Sets, held
from equipoise.engine.reference.circe.records import DOMAINS, Day, Event, periods_of, records_of
from equipoise.kernel.days import to_day
from equipoise.kernel.errors import Where

Found = Mapping[int, Sequence[Event]]
"""Events by person."""


class Index(NamedTuple):
    """An event in the observation period that holds its start: what criteria are asked around."""

    person: int
    id: int
    start: Day
    end: Day | None
    visit: int | None
    op_start: Day
    op_end: Day


@dataclass(slots=True)
class Site:
    """What all definitions share: people, the records of each domain, and observation periods by person."""

    people: People
    _periods: dict[int, list[tuple[Day, Day]]] | None = None
    _records: dict[str, list[Event]] = field(default_factory=dict)
    _by_concept: dict[tuple[str, str], dict[int | None, list[Event]]] = field(default_factory=dict)

    @property
    def periods(self) -> Mapping[int, Sequence[tuple[Day, Day]]]:
        """Observation periods by person."""
        if self._periods is None:
            self._periods = periods_of(self.people.cdm)
        return self._periods

    def records(self, domain: str) -> list[Event]:
        """All records of a domain."""
        if domain not in self._records:
            self._records[domain] = records_of(self.people.cdm, domain)
        return self._records[domain]

    def of_concepts(self, domain: str, column: str | None, concepts: frozenset[int]) -> list[Event]:
        """The records with one of the concepts in a column (None: the domain's own concept)."""
        key = (domain, column or "")
        if key not in self._by_concept:
            values = self.people.cdm.table(DOMAINS[domain].table).ids(column) if column else None
            index: dict[int | None, list[Event]] = defaultdict(list)
            for event in self.records(domain):
                index[values[event.row] if values else event.concept].append(event)
            self._by_concept[key] = index
        return [event for concept in concepts for event in self._by_concept[key].get(concept, ())]


def index_of(event: Event, periods: Iterable[tuple[Day, Day]]) -> list[Index]:
    """The event in each observation period that holds its start."""
    return [
        Index(event.person, event.id, event.start, event.end, event.visit, start, end)
        for start, end in periods
        if start <= event.start <= end
    ]


@dataclass(slots=True)
class Around:
    """One definition's questions to a site."""

    site: Site
    sets: Sets
    _found: dict[int, Found] = field(default_factory=dict)

    def events(self, criterion: Criterion) -> Found:
        """The records that match a criterion, by person."""
        key = id(criterion)
        if key not in self._found:
            by_person: dict[int, list[Event]] = defaultdict(list)
            for event in self._matching(criterion):
                by_person[event.person].append(event)
            self._found[key] = by_person
        return self._found[key]

    def exposures(self, strategy: CustomEra) -> Found:
        """Exposures to the drug of an era, by its concept or by its source concept."""
        key = id(strategy)
        if key not in self._found:
            concepts, by_person = self.sets.concepts(strategy.drug_codeset_id or 0), defaultdict(list)
            for column in (None, "drug_source_concept_id"):
                for event in self.site.of_concepts("DrugExposure", column, concepts):
                    by_person[event.person].append(event)
            self._found[key] = by_person
        return self._found[key]

    def _matching(self, criterion: Criterion) -> list[Event]:
        found = self._of_sets(criterion)
        if getattr(criterion, "first", False):
            found = _earliest(found)
        found = _moved(criterion, found)
        found = _in_period(criterion, found)
        for test in tests_of(criterion, self.site.people, self.sets):
            found = [event for event in found if test(event)]
        found = _with_period(criterion, found)
        around = criterion.correlated_criteria
        if around is None or around.is_empty:
            return found
        periods = self.site.periods
        return [event for event in found if self.holds_around(around, index_of(event, periods.get(event.person, ())))]

    def _of_sets(self, criterion: Criterion) -> list[Event]:
        """The records whose concept, and whose source concept, is in the sets that are named."""
        name = type(criterion).__name__
        own: int | None = getattr(criterion, "codeset_id", None)
        source: int | None = getattr(criterion, source_attribute(name), None) if DOMAINS[name].source else None
        found = self.site.records(name) if own is None else self.site.of_concepts(name, None, self.sets.concepts(own))
        if source is None:
            return found
        rows = {event.row for event in self.site.of_concepts(name, DOMAINS[name].source, self.sets.concepts(source))}
        return [event for event in found if event.row in rows]

    def holds_around(self, group: CriteriaGroup, indexes: Sequence[Index]) -> bool:
        """Whether a group holds around an event, which is in no observation period, in one, or, where these overlap, in several."""
        return bool(indexes) and self.holds(group, indexes)

    def holds(self, group: CriteriaGroup, indexes: Sequence[Index]) -> bool:
        """Whether as many members hold as the group asks for."""
        if group.is_empty:
            return True
        members: list[Callable[[], bool]] = [
            *(lambda one=one: self._enough(one, indexes) for one in group.criteria_list),
            *(lambda one=one: any(self._is_such(one, index) for index in indexes) for one in group.demographic_criteria_list),
            *(lambda one=one: self.holds(one, indexes) for one in group.groups),
        ]
        return _enough_hold(group, sum(member() for member in members), len(members))

    def _enough(self, criteria: CorrelatedCriteria, indexes: Sequence[Index]) -> bool:
        found = [event for index in indexes for event in self._near(criteria, index)]
        occurrence = criteria.occurrence
        if not occurrence.is_distinct:
            return _as_many(occurrence, len(found))
        column = occurrence.count_column or "DOMAIN_CONCEPT"
        value = counted_of(criteria.criteria, column, self.site.people)
        return _as_many(occurrence, len({value(event) for event in found} - {None}))

    def _near(self, criteria: CorrelatedCriteria, index: Index) -> list[Event]:
        """The events in the windows."""
        anywhere = criteria.ignore_observation_period
        windows = [one for one in (criteria.start_window, criteria.end_window) if one is not None]
        return [
            event
            for event in self.events(criteria.criteria).get(index.person, ())
            if (anywhere or index.op_start <= event.start <= index.op_end)
            and all(_inside(window, event, index, anywhere=anywhere) for window in windows)
            and (not criteria.restrict_visit or (event.visit is not None and event.visit == index.visit))
        ]

    def _is_such(self, wanted: DemographicCriteria, index: Index) -> bool:
        """Whether the person is known and is on the index day as asked for."""
        people = self.site.people
        if index.person not in people.by_id("person", "gender_concept_id"):
            return False
        values: dict[str, object] = {
            "age": people.age(index.person, index.start),
            "occurrence_start_date": index.start,
            "occurrence_end_date": index.end,
        }
        for of in ("gender", "race", "ethnicity"):
            values[of] = values[f"{of}_cs"] = people.by_id("person", f"{of}_concept_id").get(index.person)
        asked = {name: getattr(wanted, name) for name in values}
        return all(held(values[name], one, self.sets) for name, one in asked.items() if one is not None and one != ())


def check(group: CriteriaGroup) -> None:
    """Raise EQ-ENGINE-101 and -102 for what cannot be counted, here or in any group inside."""
    if group.type in ("AT_LEAST", "AT_MOST") and group.count is None and not group.is_empty:
        raise NO_COUNT.error(f"a group of type {group.type} says no count")
    for one in group.criteria_list:
        column, domain = one.occurrence.count_column, type(one.criteria)
        if one.occurrence.is_distinct and column is not None and column not in countable(domain):
            where = Where(path=f"{domain.__name__}.Occurrence.CountColumn")
            raise NOTHING_TO_COUNT.error(f"{domain.__name__} has no {column} to count", where)
        if one.criteria.correlated_criteria is not None:
            check(one.criteria.correlated_criteria)
    for inner in group.groups:
        check(inner)


def _earliest(events: Iterable[Event]) -> list[Event]:
    """Each person's first record: by its recorded start, then by its number."""
    found: dict[int, Event] = {}
    for event in events:
        best = found.get(event.person)
        if best is None or (event.start, event.id) < (best.start, best.id):
            found[event.person] = event
    return list(found.values())


def _moved(criterion: Criterion, events: list[Event]) -> list[Event]:
    """With a date adjustment: moved, unless the end then lies before the start. Specimens and regions are not moved."""
    moved, name = criterion.date_adjustment, type(criterion).__name__
    if moved is None or name in ("Specimen", "LocationRegion"):
        return events
    fixed = name == "Death"
    found = []
    for event in events:
        start = event.start if fixed or moved.start_with == "START_DATE" else event.end
        end = event.end if fixed or moved.end_with == "END_DATE" else event.start
        if start is None or end is None or end + moved.end_offset < start + moved.start_offset:
            continue
        day = start + moved.start_offset
        found.append(event._replace(start=day, end=end + moved.end_offset, sort=day))
    return found


def _user_days(criterion: Criterion) -> list[Day | None]:
    period = getattr(criterion, "user_defined_period", None)
    return [None, None] if period is None else [None if day is None else to_day(day) for day in (period.start_date, period.end_date)]


def _in_period(criterion: Criterion, events: list[Event]) -> list[Event]:
    """Periods that hold the days that the user defined."""
    wanted = [day for day in _user_days(criterion) if day is not None]
    return [event for event in events if all(event.end is not None and event.start <= day <= event.end for day in wanted)]


def _with_period(criterion: Criterion, events: list[Event]) -> list[Event]:
    """The days that the user defined instead of the period's own."""
    start, end = _user_days(criterion)
    if start is None and end is None:
        return events
    return [event._replace(start=event.start if start is None else start, end=event.end if end is None else end) for event in events]


def _inside(window: Window, event: Event, index: Index, *, anywhere: bool) -> bool:
    """Whether the event's day is in the window. What is not known is in none."""
    day = event.end if window.use_event_end else event.start
    low, high = (_bound(one, window, index, anywhere=anywhere) for one in (window.start, window.end))
    if low is None and high is None:
        return True
    first = -inf if low is None else low(index)
    last = inf if high is None else high(index)
    return day is not None and first is not None and last is not None and first <= day <= last


def _bound(endpoint: Endpoint, window: Window, index: Index, *, anywhere: bool) -> Callable[[Index], float | None] | None:
    """A day that bounds the window (None there: not known); None: that side is open."""
    offset = endpoint.offset
    if offset is not None:
        side = index.end if window.use_index_end else index.start
        return lambda _: None if side is None else side + offset
    if anywhere:
        return None
    return lambda of: of.op_start if endpoint.coeff == -1 else of.op_end


def _as_many(occurrence: Occurrence, found: int) -> bool:
    if occurrence.type is OccurrenceType.EXACTLY:
        return found == occurrence.count
    return found <= occurrence.count if occurrence.type is OccurrenceType.AT_MOST else found >= occurrence.count


def _enough_hold(group: CriteriaGroup, holding: int, members: int) -> bool:
    if group.type == "ALL":
        return holding == members
    if group.type == "ANY":
        return holding > 0
    wanted = group.count or 0
    return holding >= wanted if group.type == "AT_LEAST" else holding <= wanted
