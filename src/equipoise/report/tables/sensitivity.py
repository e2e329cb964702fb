"""Sensitivity analyses: their records and the matching orders as data, and one table an analysis for readers."""

from __future__ import annotations

from equipoise.report.naming import plain_name
from equipoise.report.selection import outcome_label
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.tables.table import Column, ShownRow, ShownTable, Table
from equipoise.report.wording import adjustment_label, bare_p, measure_label
from equipoise.results.analyses import (
    E_VALUES,
    GRIDS,
    MATCH_ORDER,
    MISCLASSIFIED_ARMS,
    MISSED_DEATHS,
    NEGATIVE_CONTROLS,
    SENSITIVITY,
    TIPPING_POINT,
)
from equipoise.results.records import RECORD_FIELDS, Record
from equipoise.results.study_result import StudyResult

TITLES = {
    E_VALUES: "Unmeasured confounding: E-values",
    NEGATIVE_CONTROLS: "Negative controls: systematic error, and estimates calibrated by it",
    MISCLASSIFIED_ARMS: "Patients recorded in the wrong arm",
    MISSED_DEATHS: "Deaths that no record holds",
    TIPPING_POINT: "Tipping points: what would undo the answer",
    MATCH_ORDER: "The matching in random orders",
    GRIDS: "One choice of the analysis changed at a time",
}
NOTES = {
    E_VALUES: "The risk ratio that a confounder nobody measured must have with the treatment and with the outcome, beyond all covariates, "
    "to explain the ratio (or to bring the nearer limit of its interval to 1). Hazard ratios of common outcomes are first read as risk "
    "ratios (VanderWeele and Ding 2017). It says how much confounding is needed, not how much there is.",
    NEGATIVE_CONTROLS: "Neither treatment can cause these outcomes, so what is found for them is error. Systematic error: the ratio that "
    "they have on average, and where those of most lie. Calibrated: the interval and p-value with that error added (Schuemie et al. 2014, "
    "2018), as far as the controls are confounded as the outcome is.",
    MISCLASSIFIED_ARMS: "Sensitivity: share of the true target arm that is recorded as such; specificity: of the true comparator arm; "
    "alike with and without the event. The rate ratio is corrected from events and time at risk; the hazard ratio is moved by the same "
    "bias, its interval widened alike (Fox, MacLehose and Lash 2021). Drawn: medians with percentile limits.",
    MISSED_DEATHS: "As if patients whose death was missed had left near its day: each arm's hazard is then its recorded hazard over the "
    "share of deaths recorded. Where records stop long before the death, or go on after it, this is not so.",
    TIPPING_POINT: "The censored of one arm are given their arm's hazard times a number for the rest of follow-up (delta adjustment, "
    "Jackson et al. 2014; expected instead of drawn times). All who leave before the end count as censored, those of the end of the data "
    "too. Shares of deaths: all recorded in the other arm.",
    MATCH_ORDER: "The interval is that of the quartiles, or of the extremes, over the orders; it is not a confidence interval.",
    GRIDS: "Everything else as in the main analysis; the scores are those of the study's one propensity model.",
}


def sensitivity_records(result: StudyResult, analysis: str) -> tuple[Record, ...]:
    """The records of one sensitivity analysis, in the order of the results."""
    return tuple(record for record in result.records if record.analysis == analysis)


def sensitivity_table(result: StudyResult) -> Table:
    """Every record of every sensitivity analysis."""
    numbers = set(RECORD_FIELDS[7:])
    columns = tuple(Column(name, name.replace("_", " ").capitalize(), numeric=name in numbers) for name in RECORD_FIELDS)
    records = (record for analysis in SENSITIVITY for record in sensitivity_records(result, analysis))
    return Table("sensitivity", "Sensitivity analyses", columns, tuple(tuple(getattr(r, name) for name in RECORD_FIELDS) for r in records))


def match_orders_table(result: StudyResult) -> Table:
    """The matched hazard ratio of each random order."""
    names = ("outcome", "seed", "hazard_ratio", "lower", "upper")
    columns = tuple(Column(name, name, numeric=place > 0) for place, name in enumerate(names))
    rows = tuple((o.outcome, o.seed, o.hazard_ratio, o.lower, o.upper) for o in result.match_orders)
    return Table("match_orders", "Matching in random orders", columns, rows)


def shown_sensitivity(result: StudyResult) -> tuple[ShownTable, ...]:
    """One table for each sensitivity analysis that has a record."""
    return tuple(_shown(result, analysis, found) for analysis in SENSITIVITY if (found := sensitivity_records(result, analysis)))


def _shown(result: StudyResult, analysis: str, records: tuple[Record, ...]) -> ShownTable:
    level = f"{result.study.analysis.confidence * 100:g}% CI"
    estimate = "Estimate" if analysis in (E_VALUES, MATCH_ORDER) else f"Estimate ({level})"
    heads = ("Outcome", "Setting", "Adjustment", "Measure", estimate, "p")
    rows = tuple(_row(result, record) for record in records)
    name = f"sensitivity-{plain_name(analysis.removeprefix('sensitivity: ').replace(' ', '-'))}"
    return ShownTable(name, TITLES[analysis], heads, (False,) * 4 + (True,) * 2, rows, NOTES[analysis])


def _row(result: StudyResult, record: Record) -> ShownRow:
    arm = "" if record.comparator is not None else f", {record.target}"
    months = f" by month {record.time_days / 30.4375:.0f}" if record.time_days is not None else ""
    return ShownRow(
        (
            outcome_label(result, record.outcome),
            setting(record),
            adjustment_label(record.adjustment),
            measure_label(record.measure) + arm + months,
            text_of(record),
            bare_p(record.p_value) if record.p_value is not None else "",
        ),
        "main" if record.adjustment == result.study.analysis.main and record.measure == "calibrated_hazard_ratio" else "",
    )


def setting(record: Record) -> str:
    """What was changed, with a capital first letter."""
    return record.population[:1].upper() + record.population[1:]


def text_of(record: Record) -> str:
    """The estimate; a tipping point that is nowhere says so."""
    if record.measure == "tipping_hazard" and record.estimate is None:
        return "none does"
    return estimate_text(record)
