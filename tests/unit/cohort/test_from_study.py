from __future__ import annotations

from datetime import date

from equipoise.cohort.attrition import IN_AN_ARM, IN_PERIOD, INDEX_EVENT, arms_can_miss, attrition_labels
from equipoise.cohort.from_study import cohort_plan
from equipoise.cohort.sets_used import sets_of_criterion, sets_of_plan
from equipoise.study.model import (
    AgeCriterion,
    AllOf,
    Arm,
    CodeSet,
    DeathOutcome,
    EventCriterion,
    Index,
    MeasurementCriterion,
    Not,
    Step,
    Study,
)

STUDY = Study(
    name="s",
    title="A versus B",
    period_start=date(2016, 1, 1),
    period_end=date(2024, 7, 31),
    code_sets=tuple(CodeSet(name=name, codes=()) for name in "abcd"),
    index=Index(sets=("a", "b"), nth=2),
    steps=(
        Step(label="adults", criterion=AgeCriterion(at_least=18)),
        Step(
            label="no c, d in range",
            criterion=AllOf(criteria=(Not(criterion=EventCriterion(sets=("c", "a"))), MeasurementCriterion(sets=("d",), low=1))),
        ),
    ),
    arms=(Arm(name="A", role="comparator", sets=("a",)), Arm(name="B", role="target", sets=("b",))),
    outcomes=(DeathOutcome(name="os"),),
)


def test_the_plan_is_what_the_study_says():
    plan = cohort_plan(STUDY)
    assert (plan.index, plan.period_start, plan.period_end, plan.arms) == (STUDY.index, STUDY.period_start, STUDY.period_end, STUDY.arms)
    assert [(step.label, step.criterion) for step in plan.steps] == [(step.label, step.criterion) for step in STUDY.steps]


def test_sets_used():
    assert sets_of_criterion(STUDY.steps[0].criterion) == frozenset()
    assert sets_of_criterion(STUDY.steps[1].criterion) == {"a", "c", "d"}
    assert sets_of_plan(cohort_plan(STUDY)) == {"a", "b", "c", "d"}


def test_attrition_has_a_line_for_arms_only_when_the_index_can_miss_them():
    assert not arms_can_miss(cohort_plan(STUDY))
    assert attrition_labels(cohort_plan(STUDY)) == (INDEX_EVENT, IN_PERIOD, "adults", "no c, d in range")
    wider = STUDY.model_copy(update={"index": Index(sets=("a", "b", "c"))})
    assert attrition_labels(cohort_plan(wider)) == (INDEX_EVENT, IN_PERIOD, IN_AN_ARM, "adults", "no c, d in range")
