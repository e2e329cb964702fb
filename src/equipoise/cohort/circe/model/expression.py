"""A whole cohort definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from equipoise.cohort.circe.model.concepts import ConceptSet
from equipoise.cohort.circe.model.groups import CriteriaGroup, Criterion
from equipoise.cohort.circe.model.ranges import Period

LimitType = Literal["All", "First", "Last"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLimit:
    """Which of a person's events are kept: all, the earliest or the latest. Ties on a day are broken by event id."""

    type: LimitType = "First"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationWindow:
    """Days of continuous observation asked for before and after the event."""

    prior_days: int = 0
    post_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryCriteria:
    """Initial events: the union of the list, inside an observation period, limited."""

    criteria_list: tuple[Criterion, ...] = ()
    observation_window: ObservationWindow = ObservationWindow()
    primary_criteria_limit: ResultLimit = ResultLimit()


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionRule:
    """A named group that qualifying events must meet; counted in the inclusion statistics."""

    name: str = ""
    description: str | None = None
    expression: CriteriaGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOffset:
    """Exit `offset` days after the event's start or end, but not after the end of the observation period."""

    date_field: Literal["StartDate", "EndDate"] = "StartDate"
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEra:
    """Exit at the end of continuous exposure to a drug: exposures at most `gap_days` apart, and `offset` days more.

    `days_supply_override`: each exposure lasts so many days, whatever is recorded.
    """

    drug_codeset_id: int | None = None
    gap_days: int = 0
    offset: int = 0
    days_supply_override: int | None = None


EndStrategy = DateOffset | CustomEra


@dataclass(frozen=True, slots=True, kw_only=True)
class CollapseSettings:
    """Cohort entries of a person at most `era_pad` days apart become one."""

    collapse_type: Literal["ERA"] = "ERA"
    era_pad: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A key that Circe does not have: it changes nothing, and is written back where it stood.

    `place` is the path of the object that holds it (names and positions); `value` is JSON text.
    """

    place: tuple[str | int, ...]
    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortExpression:
    """A Circe cohort definition.

    Initial events, `additional_criteria` and then `qualified_limit` (which applies only with `additional_criteria`), inclusion rules
    and then `expression_limit`, exit by `end_strategy` (None: the end of the observation period) or by the first censoring event,
    entries collapsed, `censor_window` cut.
    """

    title: str | None = None
    cdm_version_range: str | None = None
    concept_sets: tuple[ConceptSet, ...] = ()
    primary_criteria: PrimaryCriteria
    additional_criteria: CriteriaGroup | None = None
    qualified_limit: ResultLimit = ResultLimit()
    expression_limit: ResultLimit = ResultLimit()
    inclusion_rules: tuple[InclusionRule, ...] = ()
    end_strategy: EndStrategy | None = None
    censoring_criteria: tuple[Criterion, ...] = ()
    collapse_settings: CollapseSettings = CollapseSettings()
    censor_window: Period | None = None
    unknown: tuple[Unknown, ...] = ()
