"""The records of each domain as events with a start, an end, a visit and a concept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from equipoise.engine.reference.circe.rows import Cdm, Table
from equipoise.kernel.days import to_day

Day = int
FAR_FUTURE = to_day(date(2099, 12, 31))


class Event(NamedTuple):
    """A record that matches a criterion. `sort` is the day that it is ordered by; `row` is its place in the table."""

    person: int
    id: int
    start: Day
    end: Day | None
    sort: Day
    visit: int | None
    concept: int | None
    row: int


Until = Literal["recorded", "or_next_day", "next_day", "or_supply", "or_far_future"]


def end_of(until: Until, start: Day, end: Day | None, supply: int | None) -> Day | None:
    """When a record ends: as recorded; or else the day after the start, when the supply ends, or at the end of 2099."""
    if until == "next_day":
        return start + 1
    if end is not None or until == "recorded":
        return end
    if until == "or_far_future":
        return FAR_FUTURE
    return start + (supply if until == "or_supply" and supply is not None else 1)


@dataclass(frozen=True, slots=True)
class Domain:
    """Where a domain's records lie. Names of columns without `start_date`, `end_date` follow from `dates`."""

    table: str
    concept: str | None
    until: Until
    dates: tuple[str, str]
    source: str | None = None
    visit: bool = False

    @property
    def id(self) -> str:
        """The column with the record's own number."""
        return "person_id" if self.table == "death" else f"{self.table}_id"


def _spans(table: str, concept: str | None, until: Until, prefix: str, **more: bool) -> Domain:
    source = f"{concept.removesuffix('_concept_id')}_source_concept_id" if concept and until != "recorded" else None
    return Domain(table, concept, until, (f"{prefix}_start_date", f"{prefix}_end_date"), source, **more)


def _days(table: str, concept: str, dated: str, source: str | None = None, *, visit: bool = True) -> Domain:
    return Domain(table, concept, "next_day", (dated, ""), source, visit)


DOMAINS: dict[str, Domain] = {
    "ConditionOccurrence": _spans("condition_occurrence", "condition_concept_id", "or_next_day", "condition", visit=True),
    "DeviceExposure": _spans("device_exposure", "device_concept_id", "or_next_day", "device_exposure", visit=True),
    "DrugExposure": _spans("drug_exposure", "drug_concept_id", "or_supply", "drug_exposure", visit=True),
    "VisitOccurrence": Domain(
        "visit_occurrence",
        "visit_concept_id",
        "recorded",
        ("visit_start_date", "visit_end_date"),
        "visit_source_concept_id",
        visit=True,
    ),
    "VisitDetail": Domain(
        "visit_detail",
        "visit_detail_concept_id",
        "recorded",
        ("visit_detail_start_date", "visit_detail_end_date"),
        "visit_detail_source_concept_id",
        visit=True,
    ),
    "ConditionEra": _spans("condition_era", "condition_concept_id", "recorded", "condition_era"),
    "DrugEra": _spans("drug_era", "drug_concept_id", "recorded", "drug_era"),
    "DoseEra": _spans("dose_era", "drug_concept_id", "recorded", "dose_era"),
    "ObservationPeriod": _spans("observation_period", None, "recorded", "observation_period"),
    "PayerPlanPeriod": _spans("payer_plan_period", None, "recorded", "payer_plan_period"),
    "Death": _days("death", "cause_concept_id", "death_date", "cause_source_concept_id", visit=False),
    "Measurement": _days("measurement", "measurement_concept_id", "measurement_date", "measurement_source_concept_id"),
    "Observation": _days("observation", "observation_concept_id", "observation_date", "observation_source_concept_id"),
    "ProcedureOccurrence": _days("procedure_occurrence", "procedure_concept_id", "procedure_date", "procedure_source_concept_id"),
    "Specimen": _days("specimen", "specimen_concept_id", "specimen_date", visit=False),
    "LocationRegion": Domain("location_history", None, "or_far_future", ("start_date", "end_date")),
}


def records_of(cdm: Cdm, name: str) -> list[Event]:
    """All records of a domain that have a person, a number and a start. Raises EQ-ENGINE-003 and -004."""
    domain = DOMAINS[name]
    table = cdm.table(domain.table)
    if name == "LocationRegion":
        return _homes(cdm, table)
    table.must_have("person_id", domain.id, domain.dates[0])
    nothing: Sequence[int | None] = [None] * table.length
    columns = (
        table.ids("person_id"),
        table.ids(domain.id),
        table.days(domain.dates[0]),
        table.days(domain.dates[1]) if domain.dates[1] else nothing,
        table.ids("days_supply") if domain.until == "or_supply" else nothing,
        table.ids("visit_occurrence_id") if domain.visit else nothing,
        table.ids(domain.concept) if domain.concept else nothing,
    )
    return [
        Event(person, number, start, end_of(domain.until, start, end, supply), start, visit, concept, row)
        for row, (person, number, start, end, supply, visit, concept) in enumerate(zip(*columns, strict=True))
        if person is not None and number is not None and start is not None
    ]


def periods_of(cdm: Cdm) -> dict[int, list[tuple[int, int]]]:
    """Observation periods by person. Raises EQ-ENGINE-003 and -004."""
    rows = cdm.table("observation_period")
    rows.must_have("person_id", "observation_period_start_date", "observation_period_end_date")
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    starts, ends = (rows.days(f"observation_period_{side}_date") for side in ("start", "end"))
    for person, start, end in zip(rows.ids("person_id"), starts, ends, strict=True):
        if person is not None and start is not None and end is not None:
            found[person].append((start, end))
    return found


def _homes(cdm: Cdm, history: Table) -> list[Event]:
    """Where persons lived; the concept is the region."""
    region = region_of(cdm)
    columns = (history.ids("entity_id"), history.ids("location_history_id"), history.ids("location_id"))
    days, of = (history.days("start_date"), history.days("end_date")), history.texts("domain_id")
    return [
        Event(person, number, start, end_of("or_far_future", start, end, None), start, None, region[place], row)
        for row, (person, number, place, start, end, domain) in enumerate(zip(*columns, *days, of, strict=True))
        if domain == "PERSON" and person is not None and number is not None and start is not None and place in region
    ]


def region_of(cdm: Cdm) -> dict[int | None, int | None]:
    """The region of each location."""
    location = cdm.table("location")
    return dict(zip(location.ids("location_id"), location.ids("region_concept_id"), strict=True))
