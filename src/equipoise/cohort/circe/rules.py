"""Rules that go beyond the type of one value: a definition that breaks one has no meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from equipoise.cohort.circe.errors import COUNT_COLUMN, MISSING_KEY, NEGATIVE
from equipoise.cohort.circe.model import (
    CollapseSettings,
    ConditionEra,
    CorrelatedCriteria,
    CountColumn,
    CriteriaGroup,
    CustomEra,
    DateRange,
    DeviceExposure,
    DoseEra,
    DrugEra,
    DrugExposure,
    Endpoint,
    LocationRegion,
    Measurement,
    NumericRange,
    Observation,
    ObservationWindow,
    Occurrence,
    PayerPlanPeriod,
    ProcedureOccurrence,
    VisitDetail,
)
from equipoise.cohort.circe.place import Place
from equipoise.kernel.errors import ErrorKind

Broken = Iterator[tuple[ErrorKind, str, Place]]

OWN_COLUMNS: dict[type, tuple[CountColumn, ...]] = {
    ConditionEra: ("ERA_OCCURRENCES", "DURATION"),
    DeviceExposure: ("QUANTITY", "DURATION"),
    DoseEra: ("DURATION", "UNIT", "VALUE_AS_NUMBER"),
    DrugEra: ("ERA_OCCURRENCES", "GAP_DAYS", "DURATION"),
    DrugExposure: ("DAYS_SUPPLY", "DURATION", "QUANTITY", "REFILLS"),
    LocationRegion: (),
    Measurement: ("DURATION", "VALUE_AS_NUMBER", "RANGE_HIGH", "RANGE_LOW"),
    Observation: ("VALUE_AS_NUMBER", "DURATION"),
    PayerPlanPeriod: (),
    ProcedureOccurrence: ("DURATION", "QUANTITY"),
    VisitDetail: ("DURATION", "VISIT_DETAIL_ID"),
}
"""Columns whose distinct values can be counted, beside those of all domains; others have `DURATION`."""


def countable(domain: type) -> tuple[CountColumn, ...]:
    """The columns whose distinct values can be counted for a domain, as in the reference."""
    visit: tuple[CountColumn, ...] = () if domain in (ConditionEra, VisitDetail) else ("VISIT_ID",)
    return ("DOMAIN_CONCEPT", "START_DATE", "END_DATE", *visit, *OWN_COLUMNS.get(domain, ("DURATION",)))


def _range(node: NumericRange | DateRange, place: Place) -> Broken:
    value: object = node.value
    if value is None:
        yield MISSING_KEY, "the key Value is empty", place
    if node.op in ("bt", "!bt") and node.extent is None:
        yield MISSING_KEY, f"the key Extent is missing: {node.op} needs both ends", place


def _group(node: CriteriaGroup, place: Place) -> Broken:
    if node.type in ("AT_LEAST", "AT_MOST") and not node.is_empty:
        if node.count is None:
            yield MISSING_KEY, f"the key Count is missing: {node.type} needs it", place
        elif node.count < 0:
            yield NEGATIVE, f"Count is {node.count}", (*place, "Count")


def _occurrence(node: Occurrence, place: Place) -> Broken:
    if node.count < 0:
        yield NEGATIVE, f"Count is {node.count}", (*place, "Count")


def _correlated(node: CorrelatedCriteria, place: Place) -> Broken:
    column, domain = node.occurrence.count_column, type(node.criteria)
    if node.occurrence.is_distinct and column is not None and column not in countable(domain):
        what = f"{domain.__name__} has no column {column} to count; it has {', '.join(countable(domain))}"
        yield COUNT_COLUMN, what, (*place, "Occurrence", "CountColumn")


def _exit(node: CustomEra, place: Place) -> Broken:
    if node.drug_codeset_id is None:
        yield MISSING_KEY, "the key DrugCodesetId is missing: exit by exposure needs the drug's concept set", place
    yield from _negative(("GapDays", node.gap_days), ("DaysSupplyOverride", node.days_supply_override), place=place)


def _negative(*named: tuple[str, int | None], place: Place) -> Broken:
    for key, value in named:
        if value is not None and value < 0:
            yield NEGATIVE, f"{key} is {value}", (*place, key)


RULES: dict[type, Callable[[Any, Place], Broken]] = {
    NumericRange: _range,
    DateRange: _range,
    CriteriaGroup: _group,
    Occurrence: _occurrence,
    CorrelatedCriteria: _correlated,
    CustomEra: _exit,
    Endpoint: lambda node, place: _negative(("Days", node.days), place=place),
    ObservationWindow: lambda node, place: _negative(("PriorDays", node.prior_days), ("PostDays", node.post_days), place=place),
    CollapseSettings: lambda node, place: _negative(("EraPad", node.era_pad), place=place),
}
