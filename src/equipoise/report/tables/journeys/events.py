"""Adverse events and other outcomes that death precludes, one row an outcome and day: the table that a paper prints."""

from __future__ import annotations

from equipoise.report.selection import comparison, one_arm, outcome_label
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.report.wording import ABSENT, adjustment_label, count, lowered
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult


def shown_events(result: StudyResult) -> ShownTable | None:
    """All outcomes with a risk difference, under the main adjustment; None when there is none."""
    study, main = result.study, result.study.analysis.main
    names = [outcome.name for outcome in study.timed_outcomes if comparison(result, outcome.name, "risk_difference", main)]
    if not names:
        return None
    level = f"{study.analysis.confidence * 100:g}% CI"
    arms = [study.target.name, study.comparator.name]
    heads = (
        "Outcome",
        "By day",
        *(f"Events, {a}" for a in arms),
        *(f"Risk, {a}" for a in arms),
        f"Difference ({level})",
        f"Ratio ({level})",
    )
    rows = tuple(
        _row(result, name, found, first=place == 0)
        for name in names
        for place, found in enumerate(comparison(result, name, "risk_difference", main))
    )
    note = (
        f"Risks with death competing (Aalen-Johansen), {lowered(adjustment_label(main))}; events are persons with the event in the "
        "whole risk window, unweighted. Coded, medically attended events: mild ones are often not coded."
    )
    return ShownTable("events", "Events that death precludes", heads, (False, *[True] * 7), rows, note)


def _row(result: StudyResult, outcome: str, found: Record, *, first: bool) -> ShownRow:
    study, main, day = result.study, result.study.analysis.main, found.time_days
    risks = one_arm(result, outcome, "cumulative_incidence", main)
    ratios = comparison(result, outcome, "risk_ratio", main)
    cells = (
        outcome_label(result, outcome) if first else "",
        ABSENT if day is None else count(round(day)),
        *((count(found.events_target), count(found.events_comparator)) if first else ("", "")),
        *(_at(risks[arm.name], day) for arm in (study.target, study.comparator)),
        estimate_text(found),
        _at(ratios, day),
    )
    return ShownRow(cells)


def _at(records: tuple[Record, ...], day: float | None) -> str:
    return next((estimate_text(record) for record in records if record.time_days == day), ABSENT)
