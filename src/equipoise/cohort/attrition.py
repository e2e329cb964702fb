"""The lines of the flow diagram that a plan leads to, the same at every site."""

from __future__ import annotations

from equipoise.cohort.plan import CohortPlan

INDEX_EVENT = "With the index event"
IN_PERIOD = "Index date in the study period"
IN_AN_ARM = "In one of the arms"


def arms_can_miss(plan: CohortPlan) -> bool:
    """Whether an index day may be in no arm: some index set belongs to none, or sessions are told apart by evidence that may lack."""
    return plan.classes is not None or not set(plan.index.sets) <= {name for arm in plan.arms for name in arm.sets}


def attrition_labels(plan: CohortPlan) -> tuple[str, ...]:
    """Label of each line in order: index event, period, (arms, when the plan can miss them), then the steps."""
    arms = (IN_AN_ARM,) if arms_can_miss(plan) else ()
    return (INDEX_EVENT, IN_PERIOD, *arms, *(step.label for step in plan.steps))
