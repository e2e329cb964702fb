"""DC03: eligibility decided after time zero."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.checks.check import Check
from equipoise.study.model import AllOf, AnyOf, Criterion, EventCriterion, MeasurementCriterion, Not, Study

TOLERATED_DAYS = 7
"""Diagnoses are often coded some days after the visit; a later end conditions on having survived to it."""


def latest_day(criterion: Criterion) -> Iterator[int | None]:
    """The window ends inside a criterion; None is an open end."""
    match criterion:
        case EventCriterion() | MeasurementCriterion():
            yield criterion.window.end
        case AllOf() | AnyOf():
            for part in criterion.criteria:
                yield from latest_day(part)
        case Not():
            yield from latest_day(criterion.criterion)
        case _:
            pass


def design(study: Study) -> tuple[str, ...]:
    """Name each step whose window reaches past the tolerated days after the index date."""
    late = [step.label for step in study.steps if any(end is None or end > TOLERATED_DAYS for end in latest_day(step.criterion))]
    return tuple(f"“{label}” can be decided more than {TOLERATED_DAYS} days after the index date." for label in late)


CHECK = Check(
    "DC03",
    "eligibility after time zero",
    "a criterion that looks past the index date admits only those who lived to meet it",
    "End the window at the index date, or move time zero to where the window ends (a landmark).",
    "error",
    design=design,
)
