"""The estimates as a reader sees them: one table an outcome, ratios and months with their intervals."""

from __future__ import annotations

from equipoise.kernel.masked import Masked
from equipoise.report.naming import plain_name
from equipoise.report.selection import adjustments, comparison, hazard_ratio, one_arm, outcome_label, rmst_difference
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.report.wording import (
    ABSENT,
    DASH,
    RATIOS,
    SHARES,
    TIMES,
    adjustment_label,
    bare_p,
    count,
    decimal,
    measure_label,
    months,
    percent,
    ratio,
    whole_months,
)
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult


def shown_estimates(result: StudyResult, outcome: str) -> ShownTable | None:
    """All records of one outcome, those of combined arms apart, which have tables of their own; None when there is none."""
    block = result.study.combination
    elsewhere = block.analysis_names if block else ()
    records = [record for record in result.records if record.outcome == outcome and record.analysis not in elsewhere]
    if not records:
        return None
    level = f"{result.study.analysis.confidence * 100:g}% CI"
    study = result.study
    events = [f"Events, {arm}" for arm in (study.target.name, study.comparator.name)]
    heads = ("Measure", "Adjustment", "Arm", "At, months", f"Estimate ({level})", "p", *events)
    several = len({(record.analysis, record.population) for record in records}) > 1
    rows = tuple(_line(result, record, several) for record in sorted(records, key=lambda r: _rank(result, r)))
    caption = f"All estimates: {outcome_label(result, outcome)}"
    return ShownTable(f"estimates-{plain_name(outcome)}", caption, heads, (False,) * 3 + (True,) * 5, rows)


def estimate_text(record: Record) -> str:
    """The estimate with its interval, in the unit that readers of the measure expect."""
    if record.estimate is None and _withheld(record):
        return "not shown"
    if record.estimate is None:
        return "not reached" if record.measure == "median_survival" and record.n_target != 0 else "not estimated"
    text = _number(record.measure, record.estimate)
    if record.lower is None and record.upper is None:
        return text
    low, high = (_bound(record.measure, value) for value in (record.lower, record.upper))
    joint = DASH if (low + high).replace(".", "").replace(",", "").replace("%", "").isdigit() else " to "
    return f"{text} ({low}{joint}{high})"


def _withheld(record: Record) -> bool:
    """Whether an estimate that is missing would speak of a handful, or tell a number of events that is hidden."""
    few = isinstance(record.n_target, Masked) or isinstance(record.n_comparator, Masked)
    rare = isinstance(record.events_target, Masked) or isinstance(record.events_comparator, Masked)
    return few or (rare and record.measure != "median_survival")


def versus(target: str, comparator: str) -> str:
    """`TARE v. TACE`, kept on one line when short."""
    text = f"{target} v. {comparator}"
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= 24 else text


def shown_summary(result: StudyResult, outcome: str) -> ShownTable | None:
    """One row an adjustment: the table that a paper prints; None when no adjustment has a hazard ratio."""
    study = result.study
    names = [name for name in adjustments(result) if comparison(result, outcome, "hazard_ratio", name)]
    if not names:
        return None
    level = f"{study.analysis.confidence * 100:g}% CI"
    medians = [f"Median, {arm.name}" for arm in (study.target, study.comparator)]
    heads = ("Adjustment", f"Hazard ratio ({level})", "p", *medians, "RMST difference")
    rows = tuple(ShownRow(_summary(result, outcome, name), "main" if name == study.analysis.main else "") for name in names)
    horizon = rmst_difference(result, outcome, names[0])
    note = "Medians and difference in restricted mean survival time (RMST) in months of 30.4375 days" + (
        f"; RMST to {whole_months(horizon.time_days)} months, target minus comparator." if horizon else "."
    )
    caption = f"{outcome_label(result, outcome)} by adjustment"
    return ShownTable(f"summary-{plain_name(outcome)}", caption, heads, (False, *[True] * 5), rows, note)


def _summary(result: StudyResult, outcome: str, name: str) -> tuple[str, ...]:
    ratio_record, study = hazard_ratio(result, outcome, name), result.study
    medians = one_arm(result, outcome, "median_survival", name)
    of_arms = [estimate_text(medians[arm.name][0]) if medians[arm.name] else ABSENT for arm in (study.target, study.comparator)]
    gap = rmst_difference(result, outcome, name)
    first = (estimate_text(ratio_record), bare_p(ratio_record.p_value)) if ratio_record else (ABSENT, ABSENT)
    return (adjustment_label(name), *first, *of_arms, estimate_text(gap) if gap else ABSENT)


def _bound(measure: str, value: float | None) -> str:
    return ("not reached" if measure == "median_survival" else ABSENT) if value is None else _number(measure, value)


def _number(measure: str, value: float) -> str:
    if measure in RATIOS:
        return ratio(value)
    if measure in TIMES:
        return months(value)
    return percent(value) if measure in SHARES else decimal(value)


def _rank(result: StudyResult, record: Record) -> tuple[int, int, float]:
    measures = ("hazard_ratio", "logrank", "median_survival", "rmst_difference", "rmst", "survival")
    names = result.study.analysis.adjustments
    place = measures.index(record.measure) if record.measure in measures else len(measures)
    adjustment = list(names).index(record.adjustment) if record.adjustment in names else len(names)
    return place, adjustment, record.time_days or 0.0


def _line(result: StudyResult, record: Record, several: bool) -> ShownRow:
    who = versus(record.target or "", record.comparator) if record.comparator else record.target or ABSENT
    measure = measure_label(record.measure) + (f" ({record.population}, {record.analysis})" if several else "")
    of_comparator = record.comparator is None and record.target == result.study.comparator.name
    events = (None, record.events_target) if of_comparator else (record.events_target, record.events_comparator)
    cells = (
        measure,
        adjustment_label(record.adjustment),
        who,
        whole_months(record.time_days),
        estimate_text(record),
        bare_p(record.p_value),
    )
    kind = "main" if record.adjustment == result.study.analysis.main and record.measure == "hazard_ratio" else ""
    return ShownRow((*cells, *(count(n) for n in events)), kind)
