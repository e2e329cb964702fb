"""The checks that run with every study, and the two calls that run them."""

from __future__ import annotations

from dataclasses import replace

from equipoise.checks import dc03_time_zero, dc09_overlap, dc15_balance, dc21_proportional_hazards, dc40_follow_up
from equipoise.checks.check import Check
from equipoise.results.study_result import Note, StudyResult
from equipoise.study.model import Study

CHECKS: tuple[Check, ...] = tuple(
    module.CHECK for module in (dc03_time_zero, dc09_overlap, dc15_balance, dc21_proportional_hazards, dc40_follow_up)
)


def review_design(study: Study) -> tuple[Note, ...]:
    """What the checks say of a study before it runs."""
    return tuple(check.note(finding) for check in CHECKS for finding in check.design(study))


def review_result(result: StudyResult) -> StudyResult:
    """The result with the findings of all checks put before its own notes."""
    found = tuple(check.note(finding) for check in CHECKS for finding in check.result(result))
    return replace(result, notes=(*review_design(result.study), *found, *result.notes))
