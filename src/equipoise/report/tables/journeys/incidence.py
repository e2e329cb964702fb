"""Curves of cumulative incidence as data, and in numbers under a figure."""

from __future__ import annotations

from equipoise.report.naming import plain_name
from equipoise.report.tables.table import Column, Table, as_percent, fixed
from equipoise.results.study_result import StudyResult


def incidence_curves_table(result: StudyResult) -> Table:
    """Every step of every curve."""
    names = ("outcome", "adjustment", "arm", "time_days", "incidence", "lower", "upper")
    columns = tuple(Column(name, name, numeric=place > 2) for place, name in enumerate(names))
    rows = tuple(
        (c.outcome, c.adjustment, c.arm, *step)
        for c in result.incidence_curves
        for step in zip(c.time, c.incidence, c.lower, c.upper, strict=True)
    )
    return Table("incidence_curves", "Curves of cumulative incidence", columns, rows)


def incidence_at_risk_table(result: StudyResult) -> Table:
    """Numbers at risk, one row a time point."""
    names = ("outcome", "adjustment", "arm", "time_days", "at_risk")
    columns = tuple(Column(name, name, numeric=place > 2) for place, name in enumerate(names))
    rows = tuple(
        (c.outcome, c.adjustment, c.arm, *point) for c in result.incidence_curves for point in zip(c.at_risk_days, c.at_risk, strict=True)
    )
    return Table("incidence_at_risk", "Numbers at risk under curves of cumulative incidence", columns, rows)


def incidence_points(result: StudyResult, outcome: str, adjustment: str) -> Table:
    """The curves at the times of the numbers at risk: the text alternative of one figure."""
    columns = (
        Column("arm", "Arm"),
        Column("time_days", "Days", numeric=True, show=fixed(0)),
        Column("incidence", "Cumulative incidence", numeric=True, show=as_percent),
        Column("at_risk", "At risk", numeric=True),
    )
    rows = tuple(
        (c.arm, float(day), _at(c.time, c.incidence, day), n)
        for c in result.incidence_curves
        if (c.outcome, c.adjustment) == (outcome, adjustment)
        for day, n in zip(c.at_risk_days, c.at_risk, strict=True)
    )
    return Table(f"incidence_{plain_name(outcome)}_{plain_name(adjustment)}", "The curves in numbers", columns, rows)


def _at(times: tuple[float, ...], incidence: tuple[float, ...], day: float) -> float | None:
    before = [value for time, value in zip(times, incidence, strict=True) if time <= day]
    return before[-1] if before and day <= times[-1] else None
