"""What every domain has: a concept set, the first record, criteria around its records, and values of which distinct ones are counted."""

from __future__ import annotations

from datetime import date

import pytest

from equipoise.cohort.circe.model import (
    DOMAINS,
    Criterion,
    DateAdjustment,
    DateOffset,
    DateRange,
    LocationRegion,
    ProcedureOccurrence,
    Specimen,
)
from equipoise.cohort.circe.rules import countable

A, B, C = 1, 2, 3
ONE_DAY = DateOffset(offset=0)
SPANS = {
    "ConditionOccurrence": "condition_occurrence",
    "ConditionEra": "condition_era",
    "DeviceExposure": "device_exposure",
    "DoseEra": "dose_era",
    "DrugEra": "drug_era",
    "DrugExposure": "drug_exposure",
    "VisitDetail": "visit_detail",
    "VisitOccurrence": "visit_occurrence",
}
LAST_A_DAY = {
    "Death": "death",
    "Measurement": "measurement",
    "Observation": "observation",
    "ProcedureOccurrence": "procedure_occurrence",
    "Specimen": "specimen",
}
PERIODS = {"ObservationPeriod": "observation_period", "PayerPlanPeriod": "payer_plan_period"}
TABLES = SPANS | LAST_A_DAY | PERIODS
EVERYWHERE = sorted({*TABLES, "LocationRegion"})
WITH_SETS = sorted(name for name in EVERYWHERE if hasattr(DOMAINS[name], "codeset_id"))
WITH_FIRST = sorted(name for name in EVERYWHERE if hasattr(DOMAINS[name], "first"))
Cells = dict[str, object]


def records(domain: str, *rows: Cells) -> str:
    """Rows of the domain's table: `person`, `start`, `end`, `concept`, and whatever else is said. Ids count down: place decides nothing."""
    if domain == "LocationRegion":
        return homes(*rows)
    table, left = TABLES[domain], set()
    left |= {"end"} if domain in LAST_A_DAY else set()
    left |= {"concept"} if domain in PERIODS else set()
    numbered = [({} if domain == "Death" else {"id": 100 - place}) | row for place, row in enumerate(rows, start=1)]
    return block(table, [{name: cell for name, cell in row.items() if name not in left} for row in numbered])


def homes(*rows: Cells) -> str:
    history = [
        {
            "id": 100 - place,
            "location_id": place,
            "entity_id": row["person"],
            "domain_id": "PERSON",
            "start": row["start"],
            "end": row["end"],
        }
        for place, row in enumerate(rows, start=1)
    ]
    places = [{"location_id": place, "region_concept_id": row["concept"]} for place, row in enumerate(rows, start=1)]
    people = [
        {"person_id": one, "gender_concept_id": 0, "year_of_birth": 1980} for one in sorted({int(str(row["person"])) for row in rows})
    ]
    seen = [{"id": row["person_id"], "person": row["person_id"], "start": -1000, "end": 1000} for row in people]
    return "\n\n".join(
        (block("location_history", history), block("location", places), block("person", people), block("observation_period", seen))
    )


def block(table: str, rows: list[Cells]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [" | ".join("" if row.get(name) is None else str(row.get(name)) for name in columns) for row in rows]
    return "\n".join((table, " | ".join(columns), *lines))


def a_record(person: int, start: int = 0, end: int = 5, concept: str = "A", **more: object) -> Cells:
    return {"person": person, "start": start, "end": end, "concept": concept, **more}


@pytest.mark.parametrize("domain", WITH_SETS)
def test_the_concept_set(cohort, say, domain):
    text = records(domain, a_record(1), a_record(2, concept="B"), a_record(3, concept=""))
    rows = cohort(text, say.define(DOMAINS[domain](codeset_id=A), end_strategy=ONE_DAY))
    assert rows == [(1, 0, 0)]


@pytest.mark.parametrize("domain", WITH_FIRST)
def test_the_first_record(cohort, say, domain):
    """Of two on a day the one with the lower id, which is the one that ends first; its end tells. Other sets do not count."""
    rows = [a_record(1, 7, 9), a_record(1, 0, 8), a_record(1, 0, 6), a_record(1, -3, -2, concept="B"), a_record(2, 3, 4)]
    of = DOMAINS[domain]
    if domain in PERIODS:
        rows = [row for row in rows if row["concept"] == "A"] if domain == "PayerPlanPeriod" else [a_record(1, 7, 9), a_record(1, 0, 6)]
        first = of(first=True)
    else:
        first = of(codeset_id=A, first=True)
    found = cohort(records(domain, *rows), say.define(first, end_strategy=DateOffset(date_field="EndDate")))
    last = 1 if domain in LAST_A_DAY else 6
    assert found[0] == (1, 0, last)
    assert [row[0] for row in found] == ([1] if domain == "ObservationPeriod" else [1, 2])


@pytest.mark.parametrize("domain", EVERYWHERE)
def test_criteria_around_a_record(cohort, say, domain):
    """A procedure within a day of the record's start."""
    text = records(domain, a_record(1), a_record(2))
    procedures = block(
        "procedure_occurrence", [{"id": 1, "person": 1, "concept": "C", "start": 1}, {"id": 2, "person": 2, "concept": "C", "start": 2}]
    )
    of = DOMAINS[domain]
    around = of(correlated_criteria=say.every(say.some(ProcedureOccurrence(codeset_id=C), say.window(0, 1))))
    if domain == "ProcedureOccurrence":
        text = records(domain, a_record(1), a_record(2), a_record(1, 1, 1, "C"), a_record(2, 2, 2, "C"))
        around = of(codeset_id=A, correlated_criteria=around.correlated_criteria)
        procedures = ""
    assert [row[0] for row in cohort(f"{text}\n\n{procedures}", say.define(around, end_strategy=ONE_DAY))] == [1]


OWN_COLUMNS: dict[str, dict[str, str]] = {
    "ConditionEra": {"ERA_OCCURRENCES": "condition_occurrence_count"},
    "DeviceExposure": {"QUANTITY": "quantity"},
    "DoseEra": {"UNIT": "unit_concept_id", "VALUE_AS_NUMBER": "dose_value"},
    "DrugEra": {"ERA_OCCURRENCES": "drug_exposure_count", "GAP_DAYS": "gap_days"},
    "DrugExposure": {"DAYS_SUPPLY": "days_supply", "QUANTITY": "quantity", "REFILLS": "refills"},
    "Measurement": {"VALUE_AS_NUMBER": "value_as_number", "RANGE_HIGH": "range_high", "RANGE_LOW": "range_low"},
    "Observation": {"VALUE_AS_NUMBER": "value_as_number"},
    "ProcedureOccurrence": {"QUANTITY": "quantity"},
}
CONCEPTS = {"ObservationPeriod": "period_type_concept_id", "PayerPlanPeriod": "payer_concept_id"}
VISITS = {"ConditionOccurrence", "DeviceExposure", "DrugExposure", "Measurement", "Observation", "ProcedureOccurrence"}


def two_each(domain: str) -> dict[int, tuple[Cells, Cells]]:
    """Two records of each of many persons, alike (person 1) or different in one way; from person 6 on in a column of the domain's own."""
    own = OWN_COLUMNS.get(domain, {}).values()
    usual: Cells = dict.fromkeys(own, 1) | ({"visit": 71} if domain in VISITS else {})
    usual |= {CONCEPTS[domain]: 701} if domain in CONCEPTS else {}
    other_concept: Cells = {CONCEPTS[domain]: 702} if domain in CONCEPTS else {"concept": "B"}
    differences: list[Cells] = [{}, {"start": 11, "end": 16}, {"end": 17}, other_concept, {"visit": 72} if domain in VISITS else {}]
    differences += [{column: 2} for column in own]
    differences.append(dict.fromkeys((*own, *(("visit",) if domain in VISITS else ())), None))
    apart = 0 if domain != "ObservationPeriod" else -20
    return {
        person: (a_record(person, 10 + apart, 15 + apart, **usual), a_record(person, 10, 15) | usual | {"person": person} | changed)
        for person, changed in enumerate(differences, start=1)
    }


def expected(domain: str, column: str) -> set[int]:
    """Persons with two distinct values."""
    pairs = two_each(domain)
    own = OWN_COLUMNS.get(domain, {})
    if column in own:
        return {6 + list(own).index(column)}
    if column == "START_DATE":
        return set(pairs) if domain == "ObservationPeriod" else {2}
    if column == "END_DATE":
        return set(pairs) if domain == "ObservationPeriod" else {2} if domain in LAST_A_DAY else {2, 3}
    if column == "DURATION":
        return set() if domain in LAST_A_DAY else {3}
    if column == "DOMAIN_CONCEPT":
        return {4}
    if column == "VISIT_DETAIL_ID":
        return set(pairs)
    if column == "VISIT_ID" and domain == "VisitOccurrence":
        return set(pairs)
    return {5} if domain in VISITS else set()


@pytest.mark.parametrize("domain", EVERYWHERE)
def test_distinct_values(run, say, domain):
    """At least two of each column, all columns asked at once. Null is no value; records without a visit have none."""
    pairs = two_each(domain)
    rows = [row for pair in pairs.values() for row in pair]
    indexes = [a_record(one, 12, 12, "F") for one in pairs]
    index = records("ConditionOccurrence", *indexes)
    if domain == "ConditionOccurrence":
        rows, index = [*rows, *indexes], ""
    text = records(domain, *rows)
    columns = countable(DOMAINS[domain])
    asked = [say.define(_a_condition(), rules=[say.every(_two_distinct(say, domain, column))], end_strategy=ONE_DAY) for column in columns]
    found = run(f"{text}\n\n{index}", *asked)
    assert found.failed == ()
    kept: dict[str, set[int]] = {column: set() for column in columns}
    for row in found.rows.to_pylist():
        kept[columns[row["cohort_definition_id"] - 1]].add(row["subject_id"])
    assert kept == {column: expected(domain, column) for column in columns}


_AFTER_THE_INDEX = DateRange(op="gt", value=date(2020, 1, 13))
"""The index lasts for day 12 alone."""


def _a_condition() -> Criterion:
    return DOMAINS["ConditionOccurrence"](codeset_id=6)  # type: ignore[call-arg]


def _two_distinct(say, domain: str, column: str):
    of = DOMAINS[domain]
    found = of(occurrence_end_date=_AFTER_THE_INDEX) if domain == "ConditionOccurrence" else of()  # type: ignore[call-arg]
    return say.some(found, n=("at least", 2), distinct=True, column=column, ignore_observation_period=True)


def test_a_death_without_a_cause_counts_as_a_concept(cohort, say):
    """As the reference: a missing cause is concept 0."""
    text = "death\nperson | start | concept\n1 | 0 | A\n1 | 0 | \n2 | 0 | A\n2 | 0 | A"
    index = "condition_occurrence\nid | person | concept | start\n1 | 1 | F | 0\n2 | 2 | F | 0"
    rule = say.every(say.some(DOMAINS["Death"](), n=("at least", 2), distinct=True, column="DOMAIN_CONCEPT"))
    assert [row[0] for row in cohort(f"{text}\n\n{index}", say.define(_a_condition(), rules=[rule]))] == [1]


def test_what_is_read_and_not_used(cohort, say):
    """As the reference: the dates and the date adjustment of a region, the source concept of a specimen."""
    never = DateRange(op="lt", value=date(1900, 1, 1))
    moved = DateAdjustment(start_offset=3, end_offset=3)
    region = LocationRegion(codeset_id=A, start_date=never, end_date=never, date_adjustment=moved)
    assert cohort(records("LocationRegion", a_record(1)), say.define(region, end_strategy=ONE_DAY)) == [(1, 0, 0)]
    specimen = Specimen(codeset_id=A, specimen_source_concept=B)
    assert cohort(records("Specimen", a_record(1)), say.define(specimen, end_strategy=ONE_DAY)) == [(1, 0, 0)]
