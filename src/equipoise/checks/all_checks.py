"""The checks that run with every study, and the calls that run them. An error that no override answers stops the study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.checks.check import Check
from equipoise.checks.design import dc01_immortal_time, dc03_time_zero, dc13_synergy, dc16_indication
from equipoise.checks.errors import UNANSWERED
from equipoise.checks.found import (
    dc09_overlap,
    dc15_balance,
    dc21_proportional_hazards,
    dc24_measured_differently,
    dc28_site_clustering,
    dc29_positivity_by_site,
    dc40_follow_up,
)
from equipoise.checks.published import dc02_subset_medians, dc41_published_p_values
from equipoise.kernel.errors import EquipoiseError
from equipoise.results.study_result import Note, StudyResult
from equipoise.study.model import Study

CHECKS: tuple[Check, ...] = tuple(
    module.CHECK
    for module in (
        dc01_immortal_time,
        dc02_subset_medians,
        dc03_time_zero,
        dc09_overlap,
        dc13_synergy,
        dc15_balance,
        dc16_indication,
        dc21_proportional_hazards,
        dc24_measured_differently,
        dc28_site_clustering,
        dc29_positivity_by_site,
        dc40_follow_up,
        dc41_published_p_values,
    )
)


def review_design(study: Study) -> tuple[Note, ...]:
    """What the checks say of a study before it runs."""
    found = (_answered(study, check.note(finding)) for check in CHECKS for finding in check.design(study))
    return (*found, *_idle_overrides(study))


def review_result(result: StudyResult) -> StudyResult:
    """The result with the findings of all checks put before its own notes."""
    found = tuple(_answered(result.study, check.note(finding)) for check in CHECKS for finding in check.result(result))
    return replace(result, notes=(*review_design(result.study), *found, *result.notes))


def refuse_unanswered(notes: tuple[Note, ...]) -> None:
    """Raise EQ-CHECK-001 for every error that a check found and no override answers."""
    codes = {check.code for check in CHECKS}
    open_errors = [note for note in notes if note.severity == "error" and note.code in codes]
    if open_errors:
        raise EquipoiseError(*(UNANSWERED.error(f"{note.code}: {note.text}").problems[0] for note in open_errors))


def _answered(study: Study, note: Note) -> Note:
    """The note; where the study overrides the check, one degree milder, and with the authors' reason."""
    reasons = {override.check: override.reason for override in study.overrides or ()}
    if note.code not in reasons:
        return note
    return Note("warning" if note.severity == "error" else "info", note.code, f"{note.text} The authors go on: “{reasons[note.code]}”")


def _idle_overrides(study: Study) -> Iterator[Note]:
    known = {check.code for check in CHECKS}
    for override in study.overrides or ():
        if override.check not in known:
            yield Note("warning", override.check, f"The study overrides {override.check}, which is no check of this version.")
