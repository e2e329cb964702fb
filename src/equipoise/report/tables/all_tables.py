"""Every table of a study result as data, each a file of the report's `tables/` folder."""

from __future__ import annotations

from dataclasses import fields

from equipoise.report.combination.tables import combination_curves_table
from equipoise.report.naming import plain_name
from equipoise.report.selection import curves_of
from equipoise.report.tables.baseline import balance_table, baseline_table
from equipoise.report.tables.estimands import estimands_table
from equipoise.report.tables.journeys.incidence import incidence_at_risk_table, incidence_curves_table
from equipoise.report.tables.journeys.pathways import pathways_table
from equipoise.report.tables.labs import lab_shifts_table
from equipoise.report.tables.sensitivity import match_orders_table, sensitivity_table
from equipoise.report.tables.sessions import sessions_table
from equipoise.report.tables.table import Cell, Column, Table, as_p, as_percent, fixed
from equipoise.results.records import RECORD_FIELDS, Record
from equipoise.results.study_result import StudyResult

MOST_SITES_NAMED = 8


def all_tables(result: StudyResult) -> tuple[Table, ...]:
    """The tables in the order of the report; empty ones too, so that a file is always there."""
    builders = (
        flow_table, baseline_table, balance_table, estimands_table, estimates_table, proportional_hazards_table, propensity_table,
        overlap_table,
        weights_table, curves_table, at_risk_table, incidence_curves_table, incidence_at_risk_table, lab_shifts_table,
        combination_curves_table, sensitivity_table, match_orders_table, pathways_table,
        sites_table, released_table, sessions_table,
        code_sets_table, codes_table, masked_table, notes_table,
    )  # fmt: skip
    return tuple(build(result) for build in builders)


def flow_table(result: StudyResult) -> Table:
    """Persons left after each step."""
    study = result.study
    columns = (
        Column("step", "Step"),
        Column("n", "Left", numeric=True),
        Column("excluded", "Excluded here", numeric=True),
        Column("n_target", study.target.name, numeric=True),
        Column("n_comparator", study.comparator.name, numeric=True),
    )
    rows = tuple((s.label, s.n, s.excluded, s.n_target, s.n_comparator) for s in result.flow)
    return Table("flow", "Patients left after each step", columns, rows)


def estimates_table(result: StudyResult) -> Table:
    """The records of `results.json`, masked counts as text."""
    numbers = set(RECORD_FIELDS[7:])
    columns = tuple(Column(name, name.replace("_", " ").capitalize(), numeric=name in numbers) for name in RECORD_FIELDS)
    return Table("estimates", "All estimates", columns, tuple(_cells(record) for record in result.records))


def _cells(record: Record) -> tuple[Cell, ...]:
    return tuple(getattr(record, field.name) for field in fields(record))


def proportional_hazards_table(result: StudyResult) -> Table:
    """Tests of proportional hazards."""
    columns = (
        Column("outcome", "Outcome"),
        Column("adjustment", "Adjustment"),
        Column("chisq", "χ²", numeric=True),
        Column("df", "Degrees of freedom", numeric=True),
        Column("p_value", "p", numeric=True, show=as_p),
    )
    rows = tuple((t.outcome, t.adjustment, t.chisq, t.df, t.p_value) for t in result.proportional_hazards)
    return Table("proportional_hazards", "Tests of proportional hazards", columns, rows)


def propensity_table(result: StudyResult) -> Table:
    """Coefficients of the propensity model."""
    columns = (
        Column("term", "Column"),
        Column("label", "Term"),
        Column("estimate", "Log odds ratio", numeric=True, show=fixed(3)),
        Column("se", "Standard error", numeric=True, show=fixed(3)),
    )
    rows = tuple((t.term, t.label, t.estimate, t.se) for t in result.propensity)
    return Table("propensity_model", "The propensity model", columns, rows)


def overlap_table(result: StudyResult) -> Table:
    """Densities of the scores by bin."""
    columns = tuple(Column(name, name, numeric=name != "scale") for name in ("scale", "from", "to", "density_target", "density_comparator"))
    rows = tuple(
        (o.scale, low, high, target, comparator)
        for o in result.overlap
        for low, high, target, comparator in zip(o.edges, o.edges[1:], o.target, o.comparator, strict=False)
    )
    return Table("overlap", "Densities of the propensity and preference scores", columns, rows)


def weights_table(result: StudyResult) -> Table:
    """Weights and effective sample sizes by arm."""
    columns = (
        Column("adjustment", "Adjustment"),
        Column("arm", "Arm"),
        Column("n", "Patients", numeric=True),
        Column("effective_n", "Effective sample size", numeric=True, show=fixed(1)),
        Column("sum_of_weights", "Sum of weights", numeric=True, show=fixed(1)),
        Column("largest", "Largest weight", numeric=True),
    )
    rows = tuple((w.adjustment, w.arm, w.n, w.effective_n, w.sum_of_weights, w.largest) for w in result.weights)
    return Table("weights", "Weights and effective sample sizes", columns, rows)


def curves_table(result: StudyResult) -> Table:
    """Every step of every curve."""
    names = ("outcome", "adjustment", "arm", "time_days", "survival", "lower", "upper")
    columns = tuple(Column(name, name, numeric=place > 2) for place, name in enumerate(names))
    rows = tuple(
        (c.outcome, c.adjustment, c.arm, *step) for c in result.curves for step in zip(c.time, c.survival, c.lower, c.upper, strict=True)
    )
    return Table("survival_curves", "Kaplan-Meier curves", columns, rows)


def at_risk_table(result: StudyResult) -> Table:
    """Numbers at risk, one row a time point."""
    names = ("outcome", "adjustment", "arm", "time_days", "at_risk")
    columns = tuple(Column(name, name, numeric=place > 2) for place, name in enumerate(names))
    rows = tuple((c.outcome, c.adjustment, c.arm, *point) for c in result.curves for point in zip(c.at_risk_days, c.at_risk, strict=True))
    return Table("numbers_at_risk", "Numbers at risk", columns, rows)


def survival_points(result: StudyResult, outcome: str, adjustment: str) -> Table:
    """The curve's value at the times of the numbers at risk: the text alternative of one figure."""
    columns = (
        Column("arm", "Arm"),
        Column("time_days", "Months", numeric=True, show=lambda d: fixed(0)(d / 30.4375 if isinstance(d, float) else d)),
        Column("survival", "Free of the event", numeric=True, show=as_percent),
        Column("at_risk", "At risk", numeric=True),
    )
    rows = tuple(
        (c.arm, float(day), _at(c.time, c.survival, day), n)
        for c in curves_of(result, outcome, adjustment)
        for day, n in zip(c.at_risk_days, c.at_risk, strict=True)
    )
    return Table(f"curve_{plain_name(outcome)}_{plain_name(adjustment)}", "The curves in numbers", columns, rows)


def _at(times: tuple[float, ...], survival: tuple[float, ...], day: float) -> float | None:
    before = [s for t, s in zip(times, survival, strict=True) if t <= day]
    return before[-1] if before and day <= times[-1] else None


def sites_table(result: StudyResult) -> Table:
    """Each hospital's part; those that failed first."""
    study, order = result.study, {"failed": 0, "contributed": 1, "empty": 2}
    columns = (
        Column("site", "Site"),
        Column("status", "Status"),
        Column("n_target", study.target.name, numeric=True),
        Column("n_comparator", study.comparator.name, numeric=True),
        Column("version", "Version"),
        Column("why", "Why"),
    )
    ranked = sorted(result.sites, key=lambda site: order.get(site.status, 3))
    return Table("sites", "Sites", columns, tuple((s.site, s.status, s.n_target, s.n_comparator, s.version, s.why) for s in ranked))


def released_table(result: StudyResult) -> Table:
    """What every site let out."""
    columns = (
        Column("site", "Site"),
        Column("terms", "Shares"),
        Column("way", "Way"),
        Column("answers", "Messages", numeric=True),
        Column("summaries", "Summaries", numeric=True),
        Column("bytes", "Bytes", numeric=True),
        Column("kinds", "Of which"),
    )
    rows = tuple((r.site, r.terms, r.way, r.answers, r.summaries, r.bytes, r.kinds) for r in result.released)
    return Table("released", "What left each site", columns, rows)


def _first_sites(value: Cell) -> str:
    names = str(value or "").split("; ")
    return (
        "; ".join(names)
        if len(names) <= MOST_SITES_NAMED
        else f"{'; '.join(names[:MOST_SITES_NAMED])} and {len(names) - MOST_SITES_NAMED} more"
    )


def code_sets_table(result: StudyResult) -> Table:
    """What each code set found."""
    columns = (
        Column("name", "Code set"),
        Column("concepts", "Concepts", numeric=True),
        Column("records", "Records", numeric=True),
        Column("sites_with", "Sites with a record", numeric=True),
        Column("sites_without", "Sites without one", show=_first_sites),
    )
    rows = tuple((c.name, c.concepts, c.records, c.sites_with, "; ".join(c.sites_without)) for c in result.code_sets)
    return Table("code_sets", "What the code sets found", columns, rows)


def codes_table(result: StudyResult) -> Table:
    """Every code of the study, in the format of a code file, with ids as text."""
    columns = tuple(Column(name, name) for name in ("set_id", "vocabulary", "code", "match", "concept_id", "description"))
    rows = tuple(
        (found.name, code.vocabulary, code.code, code.match, str(code.concept_id or ""), code.description)
        for found in result.study.code_sets
        for code in found.codes
    )
    return Table("codes", "Code lists", columns, rows)


def masked_table(result: StudyResult) -> Table:
    """Where counts were hidden."""
    columns = (Column("table", "Table"), Column("cell", "Cell"), Column("reason", "Reason"))
    return Table("masked", "Counts that were masked", columns, tuple((m.table, m.cell, m.reason) for m in result.masked))


def notes_table(result: StudyResult) -> Table:
    """Notes and warnings."""
    columns = (Column("severity", "Severity"), Column("code", "Code"), Column("text", "Text"))
    return Table("notes", "Notes and warnings", columns, tuple((n.severity, n.code, n.text) for n in result.notes))
