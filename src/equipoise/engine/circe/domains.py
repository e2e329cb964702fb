"""The sixteen domains of Circe as data: which table, which columns, how an end is found, what each attribute is held against.

Three attributes do not do what they are called, since the reference does not either: the end date of a drug exposure is held against its
start, the age at a visit detail is the age at its end, and a drug era's gap takes the range of its length when both are given. The
reference ignores the dates of a location region, the date adjustment of regions and specimens, and the source concept of a specimen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from equipoise.cohort.circe.model import CountColumn

EndRule = Literal["recorded", "or_next_day", "next_day", "or_supply", "or_far_future"]
"""Where a record's end comes from: its column; its column or else the day after the start; always the day after; its column, then
`days_supply`, then the day after; its column or else the end of 2099."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a criterion (its name in the model) and the value it filters.

    `of`: a column of the domain's own table, or of a table joined to it (`person.`, `visit.`, `provider.`, `care_site.`), or one of the
    values that every event has: `start_day`, `end_day`, `length`, `age_at_start`, `age_at_end`, `low_ratio`, `high_ratio`.
    """

    name: str
    of: str
    whole: bool = False
    """Whether a range's numbers are cut to whole numbers, as the reference does for this attribute."""


@dataclass(frozen=True, slots=True)
class Domain:
    """How a domain's records lie in the CDM."""

    table: str
    id: str
    start: str
    end: str | None
    ends: EndRule
    concept: str | None
    source: str | None = None
    source_attribute: str | None = None
    visit: str | None = None
    attributes: tuple[Attribute, ...] = ()
    counted: Mapping[CountColumn, str] = field(default_factory=dict)
    """What distinct values can be counted of, beside those that every event has (START_DATE, END_DATE, VISIT_ID)."""
    adjustable: bool = True


def _concept(name: str, of: str) -> tuple[Attribute, Attribute]:
    return Attribute(name, of), Attribute(f"{name}_cs", of)


_SEX = _concept("gender", "person.gender_concept_id")
_PERSON = (Attribute("age", "age_at_start", whole=True), *_SEX)
_AGES = (Attribute("age_at_start", "age_at_start", whole=True), Attribute("age_at_end", "age_at_end", whole=True))
_SPECIALTY = _concept("provider_specialty", "provider.specialty_concept_id")
_CARE = (*_PERSON, *_SPECIALTY, *_concept("visit_type", "visit.visit_concept_id"))
_DATES = (Attribute("occurrence_start_date", "start_day"), Attribute("occurrence_end_date", "end_day"))
_DATE = _DATES[:1]
_ERA = (
    Attribute("era_start_date", "start_day"),
    Attribute("era_end_date", "end_day"),
    Attribute("era_length", "length", whole=True),
    *_AGES,
    *_SEX,
)
_PERIOD = (
    Attribute("period_start_date", "start_day"),
    Attribute("period_end_date", "end_day"),
    Attribute("period_length", "length", whole=True),
    *_AGES,
)
_ONE_DAY = "1"

DOMAINS: dict[str, Domain] = {
    "ConditionOccurrence": Domain(
        table="condition_occurrence",
        id="condition_occurrence_id",
        start="condition_start_date",
        end="condition_end_date",
        ends="or_next_day",
        concept="condition_concept_id",
        source="condition_source_concept_id",
        source_attribute="condition_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            *_DATES,
            *_concept("condition_type", "condition_type_concept_id"),
            Attribute("stop_reason", "stop_reason"),
            *_CARE,
            *_concept("condition_status", "condition_status_concept_id"),
        ),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": "length"},
    ),
    "Death": Domain(
        table="death",
        id="person_id",
        start="death_date",
        end=None,
        ends="next_day",
        concept="cause_concept_id",
        source="cause_source_concept_id",
        source_attribute="death_source_concept",
        attributes=(*_DATE, *_concept("death_type", "death_type_concept_id"), *_PERSON),
        counted={"DOMAIN_CONCEPT": "concept_or_zero", "DURATION": _ONE_DAY},
    ),
    "DeviceExposure": Domain(
        table="device_exposure",
        id="device_exposure_id",
        start="device_exposure_start_date",
        end="device_exposure_end_date",
        ends="or_next_day",
        concept="device_concept_id",
        source="device_source_concept_id",
        source_attribute="device_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            *_DATES,
            *_concept("device_type", "device_type_concept_id"),
            Attribute("unique_device_id", "unique_device_id"),
            Attribute("quantity", "quantity", whole=True),
            *_CARE,
        ),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": "length", "QUANTITY": "quantity"},
    ),
    "DrugExposure": Domain(
        table="drug_exposure",
        id="drug_exposure_id",
        start="drug_exposure_start_date",
        end="drug_exposure_end_date",
        ends="or_supply",
        concept="drug_concept_id",
        source="drug_source_concept_id",
        source_attribute="drug_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            Attribute("occurrence_start_date", "start_day"),
            Attribute("occurrence_end_date", "start_day"),
            *_concept("drug_type", "drug_type_concept_id"),
            Attribute("stop_reason", "stop_reason"),
            Attribute("refills", "refills", whole=True),
            Attribute("quantity", "quantity"),
            Attribute("days_supply", "days_supply", whole=True),
            *_concept("route_concept", "route_concept_id"),
            Attribute("effective_drug_dose", "effective_drug_dose"),
            *_concept("dose_unit", "dose_unit_concept_id"),
            Attribute("lot_number", "lot_number"),
            *_CARE,
        ),
        counted={
            "DOMAIN_CONCEPT": "concept_id",
            "DURATION": "length",
            "DAYS_SUPPLY": "days_supply",
            "QUANTITY": "quantity",
            "REFILLS": "refills",
        },
    ),
    "Measurement": Domain(
        table="measurement",
        id="measurement_id",
        start="measurement_date",
        end=None,
        ends="next_day",
        concept="measurement_concept_id",
        source="measurement_source_concept_id",
        source_attribute="measurement_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            *_DATE,
            *_concept("measurement_type", "measurement_type_concept_id"),
            *_concept("operator", "operator_concept_id"),
            Attribute("value_as_number", "value_as_number"),
            *_concept("value_as_concept", "value_as_concept_id"),
            *_concept("unit", "unit_concept_id"),
            Attribute("range_low", "range_low"),
            Attribute("range_high", "range_high"),
            Attribute("range_low_ratio", "low_ratio"),
            Attribute("range_high_ratio", "high_ratio"),
            Attribute("abnormal", "abnormal"),
            *_CARE,
        ),
        counted={
            "DOMAIN_CONCEPT": "concept_id",
            "DURATION": _ONE_DAY,
            "VALUE_AS_NUMBER": "value_as_number",
            "RANGE_LOW": "range_low",
            "RANGE_HIGH": "range_high",
            "UNIT": "unit_concept_id",
        },
    ),
    "Observation": Domain(
        table="observation",
        id="observation_id",
        start="observation_date",
        end=None,
        ends="next_day",
        concept="observation_concept_id",
        source="observation_source_concept_id",
        source_attribute="observation_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            *_DATE,
            *_concept("observation_type", "observation_type_concept_id"),
            Attribute("value_as_number", "value_as_number"),
            Attribute("value_as_string", "value_as_string"),
            *_concept("value_as_concept", "value_as_concept_id"),
            *_concept("qualifier", "qualifier_concept_id"),
            *_concept("unit", "unit_concept_id"),
            *_CARE,
        ),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": _ONE_DAY, "VALUE_AS_NUMBER": "value_as_number", "UNIT": "unit_concept_id"},
    ),
    "ProcedureOccurrence": Domain(
        table="procedure_occurrence",
        id="procedure_occurrence_id",
        start="procedure_date",
        end=None,
        ends="next_day",
        concept="procedure_concept_id",
        source="procedure_source_concept_id",
        source_attribute="procedure_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            *_DATE,
            *_concept("procedure_type", "procedure_type_concept_id"),
            *_concept("modifier", "modifier_concept_id"),
            Attribute("quantity", "quantity", whole=True),
            *_CARE,
        ),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": _ONE_DAY, "QUANTITY": "quantity"},
    ),
    "Specimen": Domain(
        table="specimen",
        id="specimen_id",
        start="specimen_date",
        end=None,
        ends="next_day",
        concept="specimen_concept_id",
        attributes=(
            *_DATE,
            *_concept("specimen_type", "specimen_type_concept_id"),
            Attribute("quantity", "quantity"),
            *_concept("unit", "unit_concept_id"),
            *_concept("anatomic_site", "anatomic_site_concept_id"),
            *_concept("disease_status", "disease_status_concept_id"),
            Attribute("source_id", "specimen_source_id"),
            *_PERSON,
        ),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": _ONE_DAY},
        adjustable=False,
    ),
    "VisitDetail": Domain(
        table="visit_detail",
        id="visit_detail_id",
        start="visit_detail_start_date",
        end="visit_detail_end_date",
        ends="recorded",
        concept="visit_detail_concept_id",
        source="visit_detail_source_concept_id",
        source_attribute="visit_detail_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            Attribute("visit_detail_start_date", "start_day"),
            Attribute("visit_detail_end_date", "end_day"),
            Attribute("visit_detail_type_cs", "visit_detail_type_concept_id"),
            Attribute("visit_detail_length", "length", whole=True),
            Attribute("age", "age_at_end", whole=True),
            Attribute("gender_cs", "person.gender_concept_id"),
            Attribute("provider_specialty_cs", "provider.specialty_concept_id"),
            Attribute("place_of_service_cs", "care_site.place_of_service_concept_id"),
            Attribute("place_of_service_location", "region"),
        ),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": "length", "VISIT_DETAIL_ID": "event_id"},
    ),
    "VisitOccurrence": Domain(
        table="visit_occurrence",
        id="visit_occurrence_id",
        start="visit_start_date",
        end="visit_end_date",
        ends="recorded",
        concept="visit_concept_id",
        source="visit_source_concept_id",
        source_attribute="visit_source_concept",
        visit="visit_occurrence_id",
        attributes=(
            *_DATES,
            *_concept("visit_type", "visit_type_concept_id"),
            Attribute("visit_length", "length", whole=True),
            *_PERSON,
            *_SPECIALTY,
            *_concept("place_of_service", "care_site.place_of_service_concept_id"),
            Attribute("place_of_service_location", "region"),
        ),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": "length"},
    ),
    "ConditionEra": Domain(
        table="condition_era",
        id="condition_era_id",
        start="condition_era_start_date",
        end="condition_era_end_date",
        ends="recorded",
        concept="condition_concept_id",
        attributes=(*_ERA, Attribute("occurrence_count", "condition_occurrence_count", whole=True)),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": "length", "ERA_OCCURRENCES": "condition_occurrence_count"},
    ),
    "DrugEra": Domain(
        table="drug_era",
        id="drug_era_id",
        start="drug_era_start_date",
        end="drug_era_end_date",
        ends="recorded",
        concept="drug_concept_id",
        attributes=(
            *_ERA,
            Attribute("occurrence_count", "drug_exposure_count", whole=True),
            Attribute("gap_days", "gap_days", whole=True),
        ),
        counted={
            "DOMAIN_CONCEPT": "concept_id",
            "DURATION": "length",
            "ERA_OCCURRENCES": "drug_exposure_count",
            "GAP_DAYS": "gap_days",
        },
    ),
    "DoseEra": Domain(
        table="dose_era",
        id="dose_era_id",
        start="dose_era_start_date",
        end="dose_era_end_date",
        ends="recorded",
        concept="drug_concept_id",
        attributes=(*_ERA, *_concept("unit", "unit_concept_id"), Attribute("dose_value", "dose_value")),
        counted={"DOMAIN_CONCEPT": "concept_id", "DURATION": "length", "UNIT": "unit_concept_id", "VALUE_AS_NUMBER": "dose_value"},
    ),
    "ObservationPeriod": Domain(
        table="observation_period",
        id="observation_period_id",
        start="observation_period_start_date",
        end="observation_period_end_date",
        ends="recorded",
        concept=None,
        attributes=(*_PERIOD, *_concept("period_type", "period_type_concept_id")),
        counted={"DOMAIN_CONCEPT": "period_type_concept_id", "DURATION": "length"},
    ),
    "PayerPlanPeriod": Domain(
        table="payer_plan_period",
        id="payer_plan_period_id",
        start="payer_plan_period_start_date",
        end="payer_plan_period_end_date",
        ends="recorded",
        concept=None,
        attributes=(
            *_PERIOD,
            *_SEX,
            *(
                Attribute(f"{of}_{kind}concept", f"{of}_{kind}concept_id")
                for of in ("payer", "plan", "sponsor", "stop_reason")
                for kind in ("", "source_")
            ),
        ),
        counted={"DOMAIN_CONCEPT": "payer_concept_id", "DURATION": "length"},
    ),
    "LocationRegion": Domain(
        table="location_history",
        id="location_history_id",
        start="start_date",
        end="end_date",
        ends="or_far_future",
        concept="region_concept_id",
        counted={"DOMAIN_CONCEPT": "concept_id"},
        adjustable=False,
    ),
}

JOINED = {
    "person": ("person_id", "gender_concept_id", "race_concept_id", "ethnicity_concept_id", "year_of_birth"),
    "visit": ("visit_occurrence_id", "person_id", "visit_concept_id"),
    "provider": ("provider_id", "specialty_concept_id"),
    "care_site": ("care_site_id", "place_of_service_concept_id"),
}
"""Tables that attributes look into, by the name they go by, and the columns read of them."""

JOINED_TABLES = {"person": "person", "visit": "visit_occurrence", "provider": "provider", "care_site": "care_site"}

TABLES = frozenset(
    {domain.table for domain in DOMAINS.values()}
    | set(JOINED_TABLES.values())
    | {"location", "concept", "concept_ancestor", "concept_relationship"}
)
"""Every table that a cohort definition can read."""

TEXT = frozenset({"stop_reason", "unique_device_id", "lot_number", "value_as_string", "specimen_source_id"})
NUMBERS = frozenset(
    {
        "quantity",
        "refills",
        "days_supply",
        "effective_drug_dose",
        "value_as_number",
        "range_low",
        "range_high",
        "condition_occurrence_count",
        "drug_exposure_count",
        "gap_days",
        "dose_value",
        "year_of_birth",
    }
)
"""Columns that are not ids."""
