"""Every attribute of every domain: which column it looks at. Person 1's record matches, person 2's does not, person 3's is null there."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from types import SimpleNamespace

import pytest

from equipoise.cohort.circe.model import (
    DOMAINS,
    Concept,
    ConceptSet,
    ConceptSetSelection,
    DateAdjustment,
    DateOffset,
    DateRange,
    NumericRange,
    ObservationPeriod,
    PayerPlanPeriod,
    Period,
    TextFilter,
    VisitOccurrence,
)

SPANS = {
    "ConditionOccurrence": "condition_occurrence",
    "ConditionEra": "condition_era",
    "Death": "death",
    "DeviceExposure": "device_exposure",
    "DoseEra": "dose_era",
    "DrugEra": "drug_era",
    "DrugExposure": "drug_exposure",
    "Measurement": "measurement",
    "Observation": "observation",
    "ObservationPeriod": "observation_period",
    "PayerPlanPeriod": "payer_plan_period",
    "ProcedureOccurrence": "procedure_occurrence",
    "Specimen": "specimen",
    "VisitDetail": "visit_detail",
    "VisitOccurrence": "visit_occurrence",
}
"""Domains and their tables; LocationRegion stands apart."""
WITH_END = {
    "ConditionOccurrence",
    "ConditionEra",
    "DeviceExposure",
    "DoseEra",
    "DrugEra",
    "DrugExposure",
    "ObservationPeriod",
    "PayerPlanPeriod",
    "VisitDetail",
    "VisitOccurrence",
}

CONCEPTS = {
    "ConditionOccurrence": {"condition_type": "condition_type_concept_id", "condition_status": "condition_status_concept_id"},
    "Death": {"death_type": "death_type_concept_id"},
    "DeviceExposure": {"device_type": "device_type_concept_id"},
    "DoseEra": {"unit": "unit_concept_id"},
    "DrugExposure": {"drug_type": "drug_type_concept_id", "route_concept": "route_concept_id", "dose_unit": "dose_unit_concept_id"},
    "Measurement": {
        "measurement_type": "measurement_type_concept_id",
        "operator": "operator_concept_id",
        "value_as_concept": "value_as_concept_id",
        "unit": "unit_concept_id",
    },
    "Observation": {
        "observation_type": "observation_type_concept_id",
        "value_as_concept": "value_as_concept_id",
        "qualifier": "qualifier_concept_id",
        "unit": "unit_concept_id",
    },
    "ObservationPeriod": {"period_type": "period_type_concept_id"},
    "ProcedureOccurrence": {"procedure_type": "procedure_type_concept_id", "modifier": "modifier_concept_id"},
    "Specimen": {
        "specimen_type": "specimen_type_concept_id",
        "unit": "unit_concept_id",
        "anatomic_site": "anatomic_site_concept_id",
        "disease_status": "disease_status_concept_id",
    },
    "VisitDetail": {"visit_detail_type": "visit_detail_type_concept_id"},
    "VisitOccurrence": {"visit_type": "visit_type_concept_id"},
}
"""Attributes that list concepts, or take a set of them under the name with `_cs`."""

NUMBERS = {
    "ConditionEra": {"occurrence_count": "condition_occurrence_count"},
    "DeviceExposure": {"quantity": "quantity"},
    "DoseEra": {"dose_value": "dose_value"},
    "DrugEra": {"occurrence_count": "drug_exposure_count", "gap_days": "gap_days"},
    "DrugExposure": {
        "refills": "refills",
        "quantity": "quantity",
        "days_supply": "days_supply",
        "effective_drug_dose": "effective_drug_dose",
    },
    "Measurement": {"value_as_number": "value_as_number", "range_low": "range_low", "range_high": "range_high"},
    "Observation": {"value_as_number": "value_as_number"},
    "ProcedureOccurrence": {"quantity": "quantity"},
    "Specimen": {"quantity": "quantity"},
}
TEXTS = {
    "ConditionOccurrence": {"stop_reason": "stop_reason"},
    "DeviceExposure": {"unique_device_id": "unique_device_id"},
    "DrugExposure": {"stop_reason": "stop_reason", "lot_number": "lot_number"},
    "Observation": {"value_as_string": "value_as_string"},
    "Specimen": {"source_id": "specimen_source_id"},
}
SOURCES = {
    "ConditionOccurrence": {"condition_source_concept": "condition_source_concept_id"},
    "Death": {"death_source_concept": "cause_source_concept_id"},
    "DeviceExposure": {"device_source_concept": "device_source_concept_id"},
    "DrugExposure": {"drug_source_concept": "drug_source_concept_id"},
    "Measurement": {"measurement_source_concept": "measurement_source_concept_id"},
    "Observation": {"observation_source_concept": "observation_source_concept_id"},
    "ProcedureOccurrence": {"procedure_source_concept": "procedure_source_concept_id"},
    "VisitDetail": {"visit_detail_source_concept": "visit_detail_source_concept_id"},
    "VisitOccurrence": {"visit_source_concept": "visit_source_concept_id"},
    "PayerPlanPeriod": {
        "payer_concept": "payer_concept_id",
        "plan_concept": "plan_concept_id",
        "sponsor_concept": "sponsor_concept_id",
        "stop_reason_concept": "stop_reason_concept_id",
        "payer_source_concept": "payer_source_concept_id",
        "plan_source_concept": "plan_source_concept_id",
        "sponsor_source_concept": "sponsor_source_concept_id",
        "stop_reason_source_concept": "stop_reason_source_concept_id",
    },
}
"""Attributes that are the id of a concept set."""
STARTS = {
    "ConditionEra": "era_start_date",
    "DoseEra": "era_start_date",
    "DrugEra": "era_start_date",
    "ObservationPeriod": "period_start_date",
    "PayerPlanPeriod": "period_start_date",
    "VisitDetail": "visit_detail_start_date",
}
ENDS = {
    **{one: name.replace("start", "end") for one, name in STARTS.items()},
    **dict.fromkeys(("ConditionOccurrence", "DeviceExposure", "VisitOccurrence"), "occurrence_end_date"),
}
LENGTHS = {
    "ConditionEra": "era_length",
    "DoseEra": "era_length",
    "DrugEra": "era_length",
    "ObservationPeriod": "period_length",
    "PayerPlanPeriod": "period_length",
    "VisitDetail": "visit_detail_length",
    "VisitOccurrence": "visit_length",
}
WANTED, OTHER = 701, 702


def pairs(table: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(domain, attribute, column) for domain, columns in table.items() for attribute, column in columns.items()]


def records(domain: str, column: str, values: tuple[object, object, object], more: str = "") -> str:
    """One record a person, alike but for the column."""
    ended = " | end" if domain in WITH_END else ""
    numbered = "" if domain == "Death" else "id | "
    days = "0 | 9" if ended else "0"
    lines = [f"{f'{n} | ' if numbered else ''}{n} | {days} | {'' if value is None else value}" for n, value in enumerate(values, start=1)]
    return f"{SPANS[domain]}\n{numbered}person | start{ended} | {column}\n" + "\n".join(lines) + "\n\n" + more


VOCABULARY = "concept\nconcept_id\n701\n702"


def persons(cohort, say: SimpleNamespace, text: str, criterion: object) -> set[int]:
    wanted = ConceptSet(id=9, items=(say.item(WANTED),))
    return {row[0] for row in cohort(text, say.define(criterion, sets=(wanted,)))}


@pytest.mark.parametrize(("domain", "attribute", "column"), pairs(CONCEPTS))
def test_lists_and_sets_of_concepts(cohort, say, domain, attribute, column):
    text = records(domain, column, (WANTED, OTHER, None), VOCABULARY)
    of = DOMAINS[domain]
    known = {one.name for one in fields(of)}
    if attribute in known:
        assert persons(cohort, say, text, of(**{attribute: (Concept(concept_id=WANTED),)})) == {1}
    if f"{attribute}_exclude" in known:
        assert persons(cohort, say, text, of(**{attribute: (Concept(concept_id=WANTED),), f"{attribute}_exclude": True})) == {2}
    cs = f"{attribute}_cs"
    assert persons(cohort, say, text, of(**{cs: ConceptSetSelection(codeset_id=9)})) == {1}
    assert persons(cohort, say, text, of(**{cs: ConceptSetSelection(codeset_id=9, is_exclusion=True)})) == {2}
    assert persons(cohort, say, text, of(**{cs: ConceptSetSelection()})) == {1, 2}
    assert persons(cohort, say, text, of(**{cs: ConceptSetSelection(is_exclusion=True)})) == {3}


@pytest.mark.parametrize(("domain", "attribute", "column"), pairs(SOURCES))
def test_source_concepts_and_other_sets(cohort, say, domain, attribute, column):
    text = records(domain, column, (WANTED, OTHER, None), VOCABULARY)
    assert persons(cohort, say, text, DOMAINS[domain](**{attribute: 9})) == {1}


@pytest.mark.parametrize(("domain", "attribute", "column"), pairs(NUMBERS))
def test_numbers(cohort, say, domain, attribute, column):
    text = records(domain, column, (5, 4, None))
    asked = DOMAINS[domain](**{attribute: NumericRange(op="gte", value=5)})
    assert persons(cohort, say, text, asked) == {1}


@pytest.mark.parametrize(
    ("op", "value", "extent", "expected"),
    [
        ("lt", 5, None, {2}),
        ("lte", 4, None, {2}),
        ("eq", 5, None, {1}),
        ("!eq", 5, None, {2}),
        ("gt", 4, None, {1}),
        ("gte", 5, None, {1}),
        ("bt", 5, 9, {1}),
        ("bt", 3, 4, {2}),
        ("!bt", 3, 4, {1}),
        ("gt", 4.00004, None, {1}),
        ("gt", 4.99996, None, set()),
    ],
)
def test_ranges(cohort, say, op, value, extent, expected):
    """What is null is in no range, and numbers are rounded to four places."""
    text = records("Measurement", "value_as_number", (5, 4, None))
    asked = DOMAINS["Measurement"](value_as_number=NumericRange(op=op, value=value, extent=extent))
    assert persons(cohort, say, text, asked) == expected


def test_whole_numbers_are_cut(cohort, say):
    text = records("DrugExposure", "refills", (5, 4, None))
    assert persons(cohort, say, text, DOMAINS["DrugExposure"](refills=NumericRange(op="eq", value=5.9))) == {1}


def test_a_gap_beside_a_length_takes_the_range_of_the_length(cohort, say):
    """As the reference does."""
    text = records("DrugEra", "gap_days", (9, 4, None))
    asked = DOMAINS["DrugEra"](gap_days=NumericRange(op="eq", value=4), era_length=NumericRange(op="eq", value=9))
    assert persons(cohort, say, text, asked) == {1}


@pytest.mark.parametrize(("domain", "attribute", "column"), pairs(TEXTS))
def test_text(cohort, say, domain, attribute, column):
    text = records(domain, column, ("abc", "xab", None))
    for op, said, expected in (
        ("startsWith", "ab", {1}),
        ("!startsWith", "ab", {2}),
        ("endsWith", "ab", {2}),
        ("!endsWith", "ab", {1}),
        ("contains", "ab", {1, 2}),
        ("!contains", "bc", {2}),
        ("eq", "abc", {1}),
        ("!eq", "abc", {2}),
        ("contains", "it's", set()),
    ):
        assert persons(cohort, say, text, DOMAINS[domain](**{attribute: TextFilter(op=op, text=said)})) == expected, op


def at(day: date) -> DateRange:
    return DateRange(op="eq", value=day)


@pytest.mark.parametrize("domain", sorted(SPANS))
def test_start_and_end_dates_and_lengths(cohort, say, domain):
    """The record is from 1 to 10 January 2020."""
    of, text = DOMAINS[domain], records(domain, "other", (None, None, None))
    start = STARTS.get(domain, "occurrence_start_date")
    assert persons(cohort, say, text, of(**{start: at(date(2020, 1, 1))})) == {1, 2, 3}
    assert persons(cohort, say, text, of(**{start: at(date(2020, 1, 2))})) == set()
    between = DateRange(op="bt", value=date(2019, 12, 31), extent=date(2020, 1, 1))
    assert persons(cohort, say, text, of(**{start: between})) == {1, 2, 3}
    if domain in ENDS:
        assert persons(cohort, say, text, of(**{ENDS[domain]: at(date(2020, 1, 10))})) == {1, 2, 3}
        assert persons(cohort, say, text, of(**{ENDS[domain]: at(date(2020, 1, 1))})) == set()
    if domain in LENGTHS:
        assert persons(cohort, say, text, of(**{LENGTHS[domain]: NumericRange(op="eq", value=9)})) == {1, 2, 3}
        assert persons(cohort, say, text, of(**{LENGTHS[domain]: NumericRange(op="lt", value=9)})) == set()


def test_ranges_of_dates(run, say):
    """Persons 1, 2, 3 have a record on 1, 2, 3 January 2020."""
    text = "condition_occurrence\nid | person | concept | start\n1 | 1 | A | 0\n2 | 2 | A | 1\n3 | 3 | A | 2"
    second, third = date(2020, 1, 2), date(2020, 1, 3)
    ranges = {
        DateRange(op="lt", value=second): {1},
        DateRange(op="lte", value=second): {1, 2},
        DateRange(op="eq", value=second): {2},
        DateRange(op="!eq", value=second): {1, 3},
        DateRange(op="gt", value=second): {3},
        DateRange(op="gte", value=second): {2, 3},
        DateRange(op="bt", value=second, extent=third): {2, 3},
        DateRange(op="!bt", value=second, extent=third): {1},
    }
    found = run(text, *(say.define(DOMAINS["ConditionOccurrence"](occurrence_start_date=one)) for one in ranges)).rows.to_pylist()
    kept = [{row["subject_id"] for row in found if row["cohort_definition_id"] == place} for place in range(1, len(ranges) + 1)]
    assert kept == list(ranges.values())


def test_both_dates_can_be_moved_from_either(run, say):
    """From day 0 to 9: where the cohort begins and ends tells from which date each was moved."""
    text = "condition_occurrence\nid | person | concept | start | end\n1 | 1 | A | 0 | 9"
    moves = {
        DateAdjustment(start_with="START_DATE", start_offset=2, end_with="END_DATE", end_offset=-3): (2, 6),
        DateAdjustment(start_with="START_DATE", start_offset=-1, end_with="START_DATE", end_offset=4): (-1, 4),
        DateAdjustment(start_with="END_DATE", start_offset=-5, end_with="START_DATE", end_offset=7): (4, 7),
        DateAdjustment(start_with="END_DATE", start_offset=0, end_with="END_DATE", end_offset=1): (9, 10),
    }
    exit_at_end = DateOffset(date_field="EndDate")
    asked = (say.define(DOMAINS["ConditionOccurrence"](date_adjustment=one), end_strategy=exit_at_end) for one in moves)
    found = run(text, *asked).rows.to_pylist()
    first = date(2020, 1, 1)
    days = [((row["cohort_start_date"] - first).days, (row["cohort_end_date"] - first).days) for row in found]
    assert days == list(moves.values())


def test_the_end_date_of_a_drug_exposure_is_held_against_its_start(cohort, say):
    """As the reference does."""
    text, of = records("DrugExposure", "other", (None, None, None)), DOMAINS["DrugExposure"]
    assert persons(cohort, say, text, of(occurrence_end_date=at(date(2020, 1, 1)))) == {1, 2, 3}
    assert persons(cohort, say, text, of(occurrence_end_date=at(date(2020, 1, 10)))) == set()


PERSONS = """
    person
    person_id | gender_concept_id | year_of_birth
    1         | 701               | 1980
    2         | 702               | 1981
    3         |                   |
"""
AGED = {
    "VisitDetail": "age",
    **dict.fromkeys(("ConditionEra", "DoseEra", "DrugEra", "ObservationPeriod", "PayerPlanPeriod"), "age_at_start"),
}


@pytest.mark.parametrize("domain", sorted(SPANS))
def test_age_and_sex(cohort, say, domain):
    text, of = records(domain, "other", (None, None, None), f"{VOCABULARY}\n\n{PERSONS}"), DOMAINS[domain]
    known = {one.name for one in fields(of)}
    assert persons(cohort, say, text, of(**{AGED.get(domain, "age"): NumericRange(op="gte", value=40)})) == {1}
    if "age_at_end" in known:
        assert persons(cohort, say, text, of(age_at_end=NumericRange(op="lt", value=40))) == {2}
    if "gender" in known:
        assert persons(cohort, say, text, of(gender=(Concept(concept_id=WANTED),))) == {1}
    if "gender_cs" in known:
        assert persons(cohort, say, text, of(gender_cs=ConceptSetSelection(codeset_id=9, is_exclusion=True))) == {2}


CARE = """
    provider
    provider_id | specialty_concept_id
    1           | 701
    2           | 702

    care_site
    care_site_id | place_of_service_concept_id
    1            | 701
    2            | 702
"""


@pytest.mark.parametrize("domain", [one for one in sorted(SPANS) if hasattr(DOMAINS[one], "provider_specialty_cs")])
def test_specialty_of_the_provider(cohort, say, domain):
    text, of = records(domain, "provider_id", (1, 2, None), f"{VOCABULARY}\n\n{CARE}"), DOMAINS[domain]
    assert persons(cohort, say, text, of(provider_specialty_cs=ConceptSetSelection(codeset_id=9))) == {1}
    assert persons(cohort, say, text, of(provider_specialty_cs=ConceptSetSelection(is_exclusion=True))) == {3}
    if hasattr(of, "provider_specialty"):
        assert persons(cohort, say, text, of(provider_specialty=(Concept(concept_id=WANTED),))) == {1}


@pytest.mark.parametrize("domain", ["VisitDetail", "VisitOccurrence"])
def test_place_of_service(cohort, say, domain):
    text, of = records(domain, "care_site_id", (1, 2, None), f"{VOCABULARY}\n\n{CARE}"), DOMAINS[domain]
    assert persons(cohort, say, text, of(place_of_service_cs=ConceptSetSelection(codeset_id=9))) == {1}
    if domain == "VisitOccurrence":
        assert persons(cohort, say, text, of(place_of_service=(Concept(concept_id=OTHER),))) == {2}


@pytest.mark.parametrize("domain", ["VisitDetail", "VisitOccurrence"])
def test_region_of_the_place_of_service(cohort, say, domain):
    places = """
        location
        location_id | region_concept_id
        1           | 701
        2           | 702

        location_history
        location_id | entity_id | domain_id | start | end
        1           | 1         | CARE_SITE | -5    |
        2           | 2         | CARE_SITE | -5    |
        1           | 2         | CARE_SITE | 5     |
    """
    text = records(domain, "care_site_id", (1, 2, None), f"{VOCABULARY}\n\n{places}")
    assert persons(cohort, say, text, DOMAINS[domain](place_of_service_location=9)) == {1}


@pytest.mark.parametrize("domain", [one for one in sorted(SPANS) if hasattr(DOMAINS[one], "visit_type") and one != "VisitOccurrence"])
def test_type_of_the_visit(cohort, say, domain):
    visits = """
        visit_occurrence
        id | person | concept | start
        1  | 1      | 701     | 0
        2  | 2      | 702     | 0
        3  | 9      | 701     | 0
    """
    text, of = records(domain, "visit_occurrence_id", (1, 2, 3), f"{VOCABULARY}\n\n{visits}"), DOMAINS[domain]
    assert persons(cohort, say, text, of(visit_type=(Concept(concept_id=WANTED),))) == {1}
    assert persons(cohort, say, text, of(visit_type_cs=ConceptSetSelection(codeset_id=9, is_exclusion=True))) == {2}


MEASURED = """
    measurement
    id | person | start | value | range_low | range_high | value_as_concept_id
    1  | 1      | 0     | 10    | 5         | 8          |
    2  | 2      | 0     | 4     | 5         | 8          |
    3  | 3      | 0     | 6     | 5         | 0          |
    4  | 4      | 0     |       |           |            | 4155142
    5  | 5      | 0     |       |           |            | 4155143
    6  | 6      | 0     | 6     |           |            |
"""


def test_abnormal_values_and_ratios_to_the_limits_of_normal(cohort, say):
    of = DOMAINS["Measurement"]
    assert persons(cohort, say, MEASURED, of(abnormal=True)) == {1, 2, 3, 4, 5}
    assert persons(cohort, say, MEASURED, of(range_low_ratio=NumericRange(op="gte", value=1.2))) == {1, 3}
    assert persons(cohort, say, MEASURED, of(range_high_ratio=NumericRange(op="lt", value=1.25))) == {2}


@pytest.mark.parametrize("domain", ["ObservationPeriod", "PayerPlanPeriod"])
def test_periods_that_the_user_defines(cohort, say, domain):
    """Only periods that hold the dates given, and these instead of their own."""
    observed = "observation_period\nid | person | start | end\n1 | 1 | 0 | 100\n2 | 2 | 0 | 40"
    payers = "payer_plan_period\nid | person | start | end\n1 | 1 | 0 | 100\n2 | 2 | 0 | 40"
    text = f"{observed}\n\n{payers}"
    of = ObservationPeriod if domain == "ObservationPeriod" else PayerPlanPeriod
    both = Period(start_date=date(2020, 1, 11), end_date=date(2020, 2, 20))
    assert cohort(text, say.define(of(user_defined_period=both))) == [(1, 10, 100)]
    start = Period(start_date=date(2020, 1, 11))
    assert cohort(text, say.define(of(user_defined_period=start))) == [(1, 10, 100), (2, 10, 40)]


def test_the_first_payer_plan(cohort, say):
    text = "payer_plan_period\nid | person | start | end\n2 | 1 | 10 | 20\n3 | 1 | 0 | 5"
    assert cohort(text, say.define(PayerPlanPeriod(first=True))) == [(1, 0, 1000)]


@pytest.mark.parametrize("domain", [one for one in sorted(SPANS) if one not in ("Specimen", "Death")])
def test_moved_dates(cohort, say, domain):
    """From day 0 to 9 (or to 1 where records last a day): the start a day after the end, the end two days after."""
    last = 9 if domain in WITH_END else 1
    moved = DateAdjustment(start_with="END_DATE", start_offset=1, end_with="END_DATE", end_offset=2)
    text, of = records(domain, "other", (None, None, None)), DOMAINS[domain]
    if domain == "ObservationPeriod":
        moved = DateAdjustment(start_with="END_DATE", start_offset=-1, end_with="END_DATE", end_offset=2)
        assert [row[1] for row in cohort(text, say.define(of(date_adjustment=moved)))] == [8, 8, 8]
        return
    assert [row[1] for row in cohort(text, say.define(of(date_adjustment=moved)))] == [last + 1] * 3
    nothing_left = DateAdjustment(start_with="END_DATE", start_offset=1, end_with="START_DATE", end_offset=0)
    assert cohort(text, say.define(of(date_adjustment=nothing_left))) == []


def test_moved_dates_of_deaths_and_specimens(cohort, say):
    """As the reference: a death is moved from its day and the day after, whatever is named; a specimen is not moved."""
    moved = DateAdjustment(start_with="END_DATE", start_offset=3, end_with="START_DATE", end_offset=3)
    for domain, first in (("Death", 3), ("Specimen", 0)):
        text = records(domain, "other", (None, None, None))
        assert [row[1] for row in cohort(text, say.define(DOMAINS[domain](date_adjustment=moved)))] == [first] * 3


def test_where_a_person_lives(cohort, say):
    text = f"""
        person
        person_id | gender_concept_id | year_of_birth
        1 | 0 | 1980
        2 | 0 | 1980

        observation_period
        id | person | start | end
        1  | 1      | -100  | 100
        2  | 2      | -100  | 100

        location
        location_id | region_concept_id
        1           | 701
        2           | 702

        location_history
        id | location_id | entity_id | domain_id | start | end
        1  | 1           | 1         | PERSON    | 5     |
        2  | 2           | 2         | PERSON    | 5     |
        3  | 1           | 2         | CARE_SITE | 5     |

        {VOCABULARY}
    """
    wanted = ConceptSet(id=9, items=(say.item(WANTED),))
    assert cohort(text, say.define(DOMAINS["LocationRegion"](codeset_id=9), sets=(wanted,))) == [(1, 5, 100)]


def test_an_empty_set_excludes_nobody(cohort, say):
    """NOT IN nothing is true even of what is null, as in SQL."""
    visits = records("VisitOccurrence", "visit_type_concept_id", (WANTED, OTHER, None))
    none = ConceptSet(id=9)
    asked = VisitOccurrence(visit_type_cs=ConceptSetSelection(codeset_id=9, is_exclusion=True))
    assert {row[0] for row in cohort(visits, say.define(asked, sets=(none,)))} == {1, 2, 3}


COMMON = {
    "correlated_criteria",
    "date_adjustment",
    "codeset_id",
    "first",
    "user_defined_period",
    "abnormal",
    "range_low_ratio",
    "range_high_ratio",
    "place_of_service_location",
    "place_of_service",
    "age",
    "age_at_start",
    "age_at_end",
    "gender",
    "provider_specialty",
    "visit_type",
}
IGNORED = {"Specimen": {"specimen_source_concept"}, "LocationRegion": {"start_date", "end_date"}, "DrugExposure": {"occurrence_end_date"}}


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_no_attribute_is_left_out(domain):
    tested = COMMON | IGNORED.get(domain, set())
    for table in (CONCEPTS, NUMBERS, TEXTS, SOURCES):
        tested |= set(table.get(domain, {}))
    tested |= {STARTS.get(domain, "occurrence_start_date"), ENDS.get(domain, ""), LENGTHS.get(domain, "")}
    left = {one.name.removesuffix("_cs").removesuffix("_exclude") for one in fields(DOMAINS[domain])} - tested
    assert left == set()
