"""Criteria about other records: groups, windows, how many; and the base of every domain's criterion."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from equipoise.cohort.circe.model.concepts import Concept, ConceptSetSelection
from equipoise.cohort.circe.model.ranges import DateAdjustment, DateRange, NumericRange

GroupType = Literal["ALL", "ANY", "AT_LEAST", "AT_MOST"]

CountColumn = Literal[
    "DAYS_SUPPLY",
    "DOMAIN_CONCEPT",
    "DOMAIN_SOURCE_CONCEPT",
    "DURATION",
    "END_DATE",
    "ERA_OCCURRENCES",
    "GAP_DAYS",
    "QUANTITY",
    "RANGE_HIGH",
    "RANGE_LOW",
    "REFILLS",
    "START_DATE",
    "UNIT",
    "VALUE_AS_NUMBER",
    "VISIT_ID",
    "VISIT_DETAIL_ID",
]
"""What distinct values can be counted of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What every domain's criterion may carry beside its own attributes.

    The records that match become events with a start, an end and a visit. `correlated_criteria` keeps those events around which the
    group holds (an empty group keeps all); `date_adjustment` moves their dates first.
    """

    correlated_criteria: CriteriaGroup | None = None
    date_adjustment: DateAdjustment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`coeff * days` from the index day. `days` None: all days before (`coeff` -1) or after (1), within the observation period."""

    days: int | None = None
    coeff: Literal[-1, 1]

    @property
    def offset(self) -> int | None:
        """Days from the index day, negative before it; None when unbounded."""
        return None if self.days is None else self.coeff * self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Days relative to the index event, both ends in it; the event's start is held against it.

    `use_index_end`: counted from the index event's end instead of its start. `use_event_end`: the event's end is held against it
    instead of its start.
    """

    start: Endpoint
    end: Endpoint
    use_index_end: bool = False
    use_event_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWindow(Window):
    """A second window, by default held against the event's end."""

    use_event_end: bool = True


class OccurrenceType(IntEnum):
    """How a number of events is compared."""

    EXACTLY = 0
    AT_MOST = 1
    AT_LEAST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """How many events. With `is_distinct`, how many distinct values of `count_column` (None: the domain's concept); nulls do not count."""

    type: OccurrenceType
    count: int
    is_distinct: bool = False
    count_column: CountColumn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelatedCriteria:
    """So many events of a criterion in a window around the index event.

    Events must begin within the observation period that holds the index event unless `ignore_observation_period`, which also makes
    unbounded ends truly unbounded. `restrict_visit`: only events of the index event's own visit.
    """

    criteria: Criterion
    start_window: Window
    end_window: EndWindow | None = None
    occurrence: Occurrence
    restrict_visit: bool = False
    ignore_observation_period: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DemographicCriteria:
    """Who the person is on the index day. Age is the year of the day less the year of birth. Empty tuples filter nothing.

    The reference holds `race_cs` and `ethnicity_cs` against the person's gender concept.
    """

    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    race: tuple[Concept, ...] = ()
    race_cs: ConceptSetSelection | None = None
    ethnicity: tuple[Concept, ...] = ()
    ethnicity_cs: ConceptSetSelection | None = None
    occurrence_start_date: DateRange | None = None
    """The index event's start."""
    occurrence_end_date: DateRange | None = None
    """The index event's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaGroup:
    """ALL, ANY, or AT_LEAST or AT_MOST `count` of its members hold. A group without members always holds."""

    type: GroupType = "ALL"
    count: int | None = None
    criteria_list: tuple[CorrelatedCriteria, ...] = ()
    demographic_criteria_list: tuple[DemographicCriteria, ...] = ()
    groups: tuple[CriteriaGroup, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it has no members."""
        return not (self.criteria_list or self.demographic_criteria_list or self.groups)
