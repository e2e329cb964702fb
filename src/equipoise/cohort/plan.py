"""The cohort plan: what an engine is asked to find. Pure; knows no database. Built from a study by `cohort.from_study`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from equipoise.study.model import Arm, Classification, Criterion, Index


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of the attrition: persons who do not meet the criterion leave."""

    label: str
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """Index events, the period they must lie in, arms, and the steps in order.

    Attrition counts, in order: (1) persons with the index event, (2) index date in the period, then each step.
    """

    index: Index
    period_start: date
    period_end: date
    arms: tuple[Arm, Arm]
    steps: tuple[PlanStep, ...]
    classes: Classification | None = None
    """How sessions are told apart, when the index is a session and arms are treatments."""
