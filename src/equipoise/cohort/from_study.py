"""From the study document to the cohort plan, and the names of the attrition's lines."""

from __future__ import annotations

from equipoise.cohort.plan import CohortPlan, PlanStep
from equipoise.study.model import Study


def cohort_plan(study: Study) -> CohortPlan:
    """The plan of the study's two arms: index events, period, arms and steps as written."""
    return CohortPlan(
        index=study.index,
        period_start=study.period_start,
        period_end=study.period_end,
        arms=study.arms,
        steps=tuple(PlanStep(step.label, step.criterion) for step in study.steps),
        classes=study.classification,
    )
