"""What each adjustment estimates, for `tables/estimands.csv`."""

from __future__ import annotations

from equipoise.report.selection import adjustments
from equipoise.report.tables.table import Column, Table
from equipoise.results.estimands import estimands
from equipoise.results.study_result import StudyResult


def estimands_table(result: StudyResult) -> Table:
    """One row an adjustment that has any result."""
    there = adjustments(result)
    columns = (
        Column("adjustment", "Adjustment"),
        Column("estimand", "Estimand"),
        Column("population", "Effect in"),
        Column("main", "Main"),
    )
    rows = tuple(
        (one.adjustment, one.short, one.population, "yes" if one.main else "no")
        for one in estimands(result.study)
        if one.adjustment in there
    )
    return Table("estimands", "What each adjustment estimates", columns, rows)
