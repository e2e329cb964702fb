"""Criteria on dated records: one class a domain, its attributes in Circe's own words.

`codeset_id` and `..._source_concept` are ids of concept sets (the standard and the source concept column); None filters nothing, nor
does an empty tuple. `first`: only the person's first record of the set, chosen before any other attribute filters.
"""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.cohort.circe.model.concepts import Concept, ConceptSetSelection
from equipoise.cohort.circe.model.groups import Criterion
from equipoise.cohort.circe.model.ranges import DateRange, NumericRange, TextFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionOccurrence(Criterion):
    """Records of `condition_occurrence`. A missing end is the day after the start."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    occurrence_end_date: DateRange | None = None
    condition_type: tuple[Concept, ...] = ()
    condition_type_cs: ConceptSetSelection | None = None
    condition_type_exclude: bool = False
    stop_reason: TextFilter | None = None
    condition_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    provider_specialty: tuple[Concept, ...] = ()
    provider_specialty_cs: ConceptSetSelection | None = None
    visit_type: tuple[Concept, ...] = ()
    visit_type_cs: ConceptSetSelection | None = None
    condition_status: tuple[Concept, ...] = ()
    condition_status_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Death(Criterion):
    """The record of `death`; it ends the day after. `codeset_id` is held against the cause."""

    codeset_id: int | None = None
    occurrence_start_date: DateRange | None = None
    death_type: tuple[Concept, ...] = ()
    death_type_cs: ConceptSetSelection | None = None
    death_type_exclude: bool = False
    death_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceExposure(Criterion):
    """Records of `device_exposure`. A missing end is the day after the start."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    occurrence_end_date: DateRange | None = None
    device_type: tuple[Concept, ...] = ()
    device_type_cs: ConceptSetSelection | None = None
    device_type_exclude: bool = False
    unique_device_id: TextFilter | None = None
    quantity: NumericRange | None = None
    device_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    provider_specialty: tuple[Concept, ...] = ()
    provider_specialty_cs: ConceptSetSelection | None = None
    visit_type: tuple[Concept, ...] = ()
    visit_type_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugExposure(Criterion):
    """Records of `drug_exposure`. A missing end is the start and `days_supply`, or else the day after the start."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    occurrence_end_date: DateRange | None = None
    drug_type: tuple[Concept, ...] = ()
    drug_type_cs: ConceptSetSelection | None = None
    drug_type_exclude: bool = False
    stop_reason: TextFilter | None = None
    refills: NumericRange | None = None
    quantity: NumericRange | None = None
    days_supply: NumericRange | None = None
    route_concept: tuple[Concept, ...] = ()
    route_concept_cs: ConceptSetSelection | None = None
    effective_drug_dose: NumericRange | None = None
    dose_unit: tuple[Concept, ...] = ()
    dose_unit_cs: ConceptSetSelection | None = None
    lot_number: TextFilter | None = None
    drug_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    provider_specialty: tuple[Concept, ...] = ()
    provider_specialty_cs: ConceptSetSelection | None = None
    visit_type: tuple[Concept, ...] = ()
    visit_type_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement(Criterion):
    """Records of `measurement`. They end the day after. Ratios: the value divided by the record's own limit of normal."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    measurement_type: tuple[Concept, ...] = ()
    measurement_type_cs: ConceptSetSelection | None = None
    measurement_type_exclude: bool = False
    operator: tuple[Concept, ...] = ()
    operator_cs: ConceptSetSelection | None = None
    value_as_number: NumericRange | None = None
    value_as_concept: tuple[Concept, ...] = ()
    value_as_concept_cs: ConceptSetSelection | None = None
    unit: tuple[Concept, ...] = ()
    unit_cs: ConceptSetSelection | None = None
    range_low: NumericRange | None = None
    range_high: NumericRange | None = None
    range_low_ratio: NumericRange | None = None
    range_high_ratio: NumericRange | None = None
    abnormal: bool = False
    measurement_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    provider_specialty: tuple[Concept, ...] = ()
    provider_specialty_cs: ConceptSetSelection | None = None
    visit_type: tuple[Concept, ...] = ()
    visit_type_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Criterion):
    """Records of `observation`. They end the day after."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    observation_type: tuple[Concept, ...] = ()
    observation_type_cs: ConceptSetSelection | None = None
    observation_type_exclude: bool = False
    value_as_number: NumericRange | None = None
    value_as_string: TextFilter | None = None
    value_as_concept: tuple[Concept, ...] = ()
    value_as_concept_cs: ConceptSetSelection | None = None
    qualifier: tuple[Concept, ...] = ()
    qualifier_cs: ConceptSetSelection | None = None
    unit: tuple[Concept, ...] = ()
    unit_cs: ConceptSetSelection | None = None
    observation_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    provider_specialty: tuple[Concept, ...] = ()
    provider_specialty_cs: ConceptSetSelection | None = None
    visit_type: tuple[Concept, ...] = ()
    visit_type_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureOccurrence(Criterion):
    """Records of `procedure_occurrence`. They end the day after."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    procedure_type: tuple[Concept, ...] = ()
    procedure_type_cs: ConceptSetSelection | None = None
    procedure_type_exclude: bool = False
    modifier: tuple[Concept, ...] = ()
    modifier_cs: ConceptSetSelection | None = None
    quantity: NumericRange | None = None
    procedure_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    provider_specialty: tuple[Concept, ...] = ()
    provider_specialty_cs: ConceptSetSelection | None = None
    visit_type: tuple[Concept, ...] = ()
    visit_type_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen(Criterion):
    """Records of `specimen`. They end the day after."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    specimen_type: tuple[Concept, ...] = ()
    specimen_type_cs: ConceptSetSelection | None = None
    specimen_type_exclude: bool = False
    quantity: NumericRange | None = None
    unit: tuple[Concept, ...] = ()
    unit_cs: ConceptSetSelection | None = None
    anatomic_site: tuple[Concept, ...] = ()
    anatomic_site_cs: ConceptSetSelection | None = None
    disease_status: tuple[Concept, ...] = ()
    disease_status_cs: ConceptSetSelection | None = None
    source_id: TextFilter | None = None
    specimen_source_concept: int | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDetail(Criterion):
    """Visit details of `visit_detail`. Circe knows concept sets alone here, no lists of concepts."""

    codeset_id: int | None = None
    first: bool = False
    visit_detail_start_date: DateRange | None = None
    visit_detail_end_date: DateRange | None = None
    visit_detail_type_cs: ConceptSetSelection | None = None
    visit_detail_source_concept: int | None = None
    visit_detail_length: NumericRange | None = None
    age: NumericRange | None = None
    gender_cs: ConceptSetSelection | None = None
    provider_specialty_cs: ConceptSetSelection | None = None
    place_of_service_cs: ConceptSetSelection | None = None
    place_of_service_location: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOccurrence(Criterion):
    """Visits of `visit_occurrence`. `place_of_service_location` is a concept set of regions; CDM 6 only."""

    codeset_id: int | None = None
    first: bool = False
    occurrence_start_date: DateRange | None = None
    occurrence_end_date: DateRange | None = None
    visit_type: tuple[Concept, ...] = ()
    visit_type_cs: ConceptSetSelection | None = None
    visit_type_exclude: bool = False
    visit_source_concept: int | None = None
    visit_length: NumericRange | None = None
    age: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    provider_specialty: tuple[Concept, ...] = ()
    provider_specialty_cs: ConceptSetSelection | None = None
    place_of_service: tuple[Concept, ...] = ()
    place_of_service_cs: ConceptSetSelection | None = None
    place_of_service_location: int | None = None
