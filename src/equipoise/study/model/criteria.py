"""Criteria: what must hold of a person at the index date. They become cohort plans."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.study.model.base import Model, Window


class EventCriterion(Model):
    """At least (at most) so many records of any of the sets in the window.

    `count` counts records, distinct start dates or distinct sets. `days_apart` > 0: two records at least that far apart must exist
    (then `at_least` is 2 and records are counted greedily from the first).
    """

    kind: Literal["event"] = "event"
    sets: tuple[str, ...]
    window: Window = Window()
    at_least: int = Field(default=1, ge=0)
    at_most: int | None = Field(default=None, ge=0)
    count: Literal["records", "dates", "sets"] = "records"
    days_apart: int = Field(default=0, ge=0)


class MeasurementCriterion(Model):
    """A measurement in the window whose value, converted to `unit`, lies in [low, high] (either may be open)."""

    kind: Literal["measurement"] = "measurement"
    sets: tuple[str, ...]
    window: Window = Window()
    unit: str | None = None
    low: float | None = None
    high: float | None = None


class AgeCriterion(Model):
    """Age at index in whole years (from the birth date; a missing month or day counts as 1 January)."""

    kind: Literal["age"] = "age"
    at_least: int | None = None
    at_most: int | None = None


class SexCriterion(Model):
    """Sex as recorded in `person.gender_concept_id`."""

    kind: Literal["sex"] = "sex"
    sex: Literal["female", "male"]


class PriorObservation(Model):
    """The observation period that holds the index date began at least `days` before it (and, with `after`, runs so long after)."""

    kind: Literal["prior_observation"] = "prior_observation"
    days: int = Field(ge=0)
    after: int = Field(default=0, ge=0)


class LinesCriterion(Model):
    """Lines of therapy begun before the index date, as the study's `lines` tell them; lines for cure do not count."""

    kind: Literal["lines"] = "lines"
    at_least: int = Field(default=0, ge=0)
    at_most: int | None = Field(default=None, ge=0)


class AllOf(Model):
    """Every one holds."""

    kind: Literal["all_of"] = "all_of"
    criteria: tuple[Criterion, ...]


class AnyOf(Model):
    """At least one holds."""

    kind: Literal["any_of"] = "any_of"
    criteria: tuple[Criterion, ...]


class Not(Model):
    """The criterion does not hold."""

    kind: Literal["not"] = "not"
    criterion: Criterion


Criterion = Annotated[
    EventCriterion | MeasurementCriterion | AgeCriterion | SexCriterion | PriorObservation | LinesCriterion | AllOf | AnyOf | Not,
    Field(discriminator="kind"),
]
