"""Criteria on eras, periods and places: one class a domain, its attributes in Circe's own words.

`codeset_id` and `..._source_concept` are ids of concept sets (the standard and the source concept column); None filters nothing, nor
does an empty tuple. `first`: only the person's first record of the set, chosen before any other attribute filters.
"""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.cohort.circe.model.concepts import Concept, ConceptSetSelection
from equipoise.cohort.circe.model.groups import Criterion
from equipoise.cohort.circe.model.ranges import DateRange, NumericRange, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEra(Criterion):
    """Spans of `condition_era`. `occurrence_count`: of `condition_occurrence_count`; `era_length`: days from start to end."""

    codeset_id: int | None = None
    first: bool = False
    era_start_date: DateRange | None = None
    era_end_date: DateRange | None = None
    occurrence_count: NumericRange | None = None
    era_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEra(Criterion):
    """Spans of `dose_era`."""

    codeset_id: int | None = None
    first: bool = False
    era_start_date: DateRange | None = None
    era_end_date: DateRange | None = None
    unit: tuple[Concept, ...] = ()
    unit_cs: ConceptSetSelection | None = None
    dose_value: NumericRange | None = None
    era_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugEra(Criterion):
    """Spans of `drug_era`. `occurrence_count`: of `drug_exposure_count`."""

    codeset_id: int | None = None
    first: bool = False
    era_start_date: DateRange | None = None
    era_end_date: DateRange | None = None
    occurrence_count: NumericRange | None = None
    gap_days: NumericRange | None = None
    era_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRegion(Criterion):
    """Spans of `location_history` whose location lies in a region (`region_concept_id`); CDM 6 only."""

    codeset_id: int | None = None
    start_date: DateRange | None = None
    end_date: DateRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationPeriod(Criterion):
    """Periods of `observation_period`. `user_defined_period` takes these dates instead, for periods that hold them."""

    first: bool = False
    period_start_date: DateRange | None = None
    period_end_date: DateRange | None = None
    user_defined_period: Period | None = None
    period_type: tuple[Concept, ...] = ()
    period_type_cs: ConceptSetSelection | None = None
    period_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerPlanPeriod(Criterion):
    """Periods of `payer_plan_period`. The `..._concept` attributes are concept sets."""

    first: bool = False
    period_start_date: DateRange | None = None
    period_end_date: DateRange | None = None
    user_defined_period: Period | None = None
    period_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    gender: tuple[Concept, ...] = ()
    gender_cs: ConceptSetSelection | None = None
    payer_concept: int | None = None
    plan_concept: int | None = None
    sponsor_concept: int | None = None
    stop_reason_concept: int | None = None
    payer_source_concept: int | None = None
    plan_source_concept: int | None = None
    sponsor_source_concept: int | None = None
    stop_reason_source_concept: int | None = None
