"""A study's arms as Circe definitions, as far as Circe has the words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.cohort.circe.errors import NOT_EXPRESSIBLE
from equipoise.cohort.circe.exporting.criteria import absent_from, all_of, near, present_in, said
from equipoise.cohort.circe.exporting.sets import Shelf
from equipoise.cohort.circe.model import (
    CohortExpression,
    CriteriaGroup,
    DateOffset,
    DateRange,
    Death,
    DemographicCriteria,
    InclusionRule,
    Occurrence,
    OccurrenceType,
    PrimaryCriteria,
    ResultLimit,
)
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import Arm, Criterion, Study, Window

INDEX_DAY = Window(start=0, end=0)
BEFORE = Window(start=None, end=-1)

ALWAYS = (
    "Circe takes entry events from observation periods alone; the study takes them wherever they are recorded.",
    "Concepts are looked for in the domains and the column (standard or source) that are usual for their vocabulary; the study looks "
    "in every domain and in both columns.",
    "Exit is the longest follow-up of the study, the end of observation or death; the follow-up of each outcome is the study's own.",
)
ABOUT_AGE = "Circe counts age in calendar years; the study in years completed on the index day."
ABOUT_UNITS = "Records without any unit concept are not found; the study takes them as being in the unit asked for."


@dataclass(frozen=True, slots=True)
class Exported:
    """The definition of one arm, and in sentences where it may differ from the study."""

    arm: str
    expression: CohortExpression
    notes: tuple[str, ...]


def export(study: Study) -> tuple[Exported, Exported]:
    """Both arms of the study as Circe definitions.

    Raises
    ------
    EquipoiseError
        `EQ-CIRCE-050` for each part that Circe has no words for, `EQ-CIRCE-051` for each code set with codes that lack a concept id.
    """
    shelf = Shelf(study.code_sets)
    if study.index.merge_days is not None or study.classification is not None:
        shelf.report(NOT_EXPRESSIBLE, "the index is a session, told apart by the records around it", "index")
        raise EquipoiseError(*shelf.problems)
    first, second = (_arm(study, arm) for arm in study.arms)
    return first, second


def _arm(study: Study, arm: Arm) -> Exported:
    shelf = Shelf(study.code_sets)
    places = shelf.places(study.index.sets)
    rules = (_nth(study, shelf), _period(study), _of_arm(study, arm, shelf), *_steps(study, shelf))
    if shelf.problems:
        raise EquipoiseError(*shelf.problems)
    expression = CohortExpression(
        title=f"{study.title}: {arm.name}",
        cdm_version_range=">=5.0.0",
        primary_criteria=PrimaryCriteria(
            criteria_list=tuple(place.criterion() for place in places), primary_criteria_limit=ResultLimit(type="All")
        ),
        concept_sets=shelf.concept_sets,
        inclusion_rules=rules,
        expression_limit=ResultLimit(type="First"),
        end_strategy=DateOffset(offset=study.follow.max_days),
        censoring_criteria=(Death(),),
    )
    return Exported(arm.name, expression, _notes(study))


def _nth(study: Study, shelf: Shelf) -> InclusionRule:
    """So many earlier days with a record of the index sets."""
    places, earlier = shelf.places(study.index.sets), study.index.nth - 1
    if earlier == 0:
        return InclusionRule(name="First record ever", expression=absent_from(places, BEFORE))
    if len(places) > 1:
        what = f"the index is day number {study.index.nth} with a record, counted over several kinds of records"
        shelf.report(NOT_EXPRESSIBLE, what, "index")
    days = Occurrence(type=OccurrenceType.EXACTLY, count=earlier, is_distinct=True, count_column="START_DATE")
    counted = CriteriaGroup(criteria_list=(replace(near(places[0].criterion(), BEFORE), occurrence=days),))
    return InclusionRule(name=f"Day number {study.index.nth} with a record", expression=counted)


def _period(study: Study) -> InclusionRule:
    span = DateRange(op="bt", value=study.period_start, extent=study.period_end)
    person = DemographicCriteria(occurrence_start_date=span)
    return InclusionRule(name="Index date in the period", expression=CriteriaGroup(demographic_criteria_list=(person,)))


def _of_arm(study: Study, arm: Arm, shelf: Shelf) -> InclusionRule:
    """A record of the arm's sets on the index day, and, for the second arm, none of the first's."""
    first = study.arms[0]
    groups = [present_in(shelf.places(arm.sets), INDEX_DAY)]
    groups += [absent_from(shelf.places(first.sets), INDEX_DAY)] if arm is not first else []
    return InclusionRule(name=f"In the arm {arm.name}", expression=all_of(groups))


def _steps(study: Study, shelf: Shelf) -> list[InclusionRule]:
    steps = enumerate(study.steps, 1)
    return [InclusionRule(name=step.label, expression=said(step.criterion, shelf, f"step {n} ({step.label})")) for n, step in steps]


def _notes(study: Study) -> tuple[str, ...]:
    kinds = {kind for step in study.steps for kind in _kinds(step.criterion)}
    return (*ALWAYS, *([ABOUT_AGE] if "age" in kinds else []), *([ABOUT_UNITS] if "measurement" in kinds else []))


def _kinds(criterion: Criterion) -> set[str]:
    parts = [*getattr(criterion, "criteria", ()), *([criterion.criterion] if criterion.kind == "not" else [])]
    return {criterion.kind} | {kind for part in parts for kind in _kinds(part)}
