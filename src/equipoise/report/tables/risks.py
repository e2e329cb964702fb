"""Risks of an event that death precludes, one row an adjustment and day."""

from __future__ import annotations

from equipoise.report.naming import plain_name
from equipoise.report.selection import adjustments, comparison, one_arm, outcome_label
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.report.wording import ABSENT, adjustment_label, whole_months
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

COMPARED = ("risk_difference", "risk_ratio")
NOTE = (
    "Risk: cumulative incidence with death before the event as a competing cause (Aalen-Johansen). Differences and ratios are of the "
    "target to the comparator; their intervals treat the arms as independent. Other adjustments and odds ratios: all estimates, below."
)


def shown_risks(result: StudyResult, outcome: str) -> ShownTable | None:
    """Risks by arm and compared, unadjusted and under the main adjustment; None when the outcome has none."""
    wanted = ("crude", result.study.analysis.main)
    names = [name for name in adjustments(result) if name in wanted and comparison(result, outcome, "risk_difference", name)]
    if not names:
        return None
    study = result.study
    level = f"{study.analysis.confidence * 100:g}% CI"
    arms = [f"Risk, {arm.name}" for arm in (study.target, study.comparator)]
    heads = ("Adjustment", "By month", *arms, f"Difference ({level})", "Ratio")
    rows = tuple(
        _row(result, outcome, name, found.time_days) for name in names for found in comparison(result, outcome, "risk_difference", name)
    )
    caption = f"{outcome_label(result, outcome)}: risk with death competing"
    return ShownTable(f"risks-{plain_name(outcome)}", caption, heads, (False, *[True] * 5), rows, NOTE)


def _row(result: StudyResult, outcome: str, name: str, day: float | None) -> ShownRow:
    study = result.study
    of_arms = one_arm(result, outcome, "cumulative_incidence", name)
    cells = [_at(of_arms[arm.name], day) for arm in (study.target, study.comparator)]
    cells += [_at(comparison(result, outcome, measure, name), day) for measure in COMPARED]
    return ShownRow((adjustment_label(name), whole_months(day), *cells), "main" if name == study.analysis.main else "")


def _at(records: tuple[Record, ...], day: float | None) -> str:
    return next((estimate_text(record) for record in records if record.time_days == day), ABSENT)
