"""Which code sets a criterion or a plan needs."""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.cohort.algebra import Between, DaysSpanned, HowMany, PriorLines, RecordsNear, Truth, leaves
from equipoise.cohort.meaning import meaning
from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.sessions import criteria_of
from equipoise.study.model import Criterion


def sets_of_criterion(criterion: Criterion) -> frozenset[str]:
    """Names of the sets whose records the criterion asks for."""
    return frozenset(name for near in records_asked(meaning(criterion)) for name in near.sets)


def sets_of_plan(plan: CohortPlan) -> frozenset[str]:
    """Names of all sets of the index, the arms and the steps."""
    of_steps = (sets_of_criterion(step.criterion) for step in plan.steps)
    of_classes = map(sets_of_criterion, criteria_of(plan.classes) if plan.classes else ())
    return frozenset(plan.index.sets).union(*(arm.sets for arm in plan.arms), *of_steps, *of_classes)


def asks_for_lines(criterion: Criterion) -> bool:
    """Whether the criterion looks at lines of therapy."""
    return any(isinstance(leaf, Between) and isinstance(leaf.number, PriorLines) for leaf in leaves(meaning(criterion)))


def records_asked(truth: Truth) -> tuple[RecordsNear, ...]:
    """Every selection of records that the truth looks at, in order of appearance."""
    return tuple(dict.fromkeys(_of_leaves(leaves(truth))))


def _of_leaves(truths: Iterable[Truth]) -> Iterable[RecordsNear]:
    for truth in truths:
        if isinstance(truth, Between) and isinstance(truth.number, HowMany | DaysSpanned):
            yield truth.number.of
