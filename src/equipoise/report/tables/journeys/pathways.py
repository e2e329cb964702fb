"""Lines of therapy as data: persons by the regimens that they went through, in order."""

from __future__ import annotations

from equipoise.report.tables.table import Column, ShownTable, Table, shown
from equipoise.results.study_result import StudyResult

THEN = " \N{RIGHTWARDS ARROW} "
EVERYBODY = "all"
NOTE = (
    "Persons whose lines of therapy began with the regimens before, in this order, and went on with the regimen. Lines are what records "
    "show of treatment; why one ended is not known."
)


def pathways_table(result: StudyResult) -> Table:
    """One row a sequence of regimens, the first line first."""
    columns = (
        Column("arm", "Arm"),
        Column("line", "Line", numeric=True),
        Column("before", "Before"),
        Column("regimen", "Regimen"),
        Column("n", "Patients", numeric=True),
    )
    ordered = sorted(result.pathways, key=lambda step: (step.arm, step.level, step.before, step.regimen))
    rows = tuple((s.arm or EVERYBODY, s.level, THEN.join(s.before), s.regimen or "no further line", s.n) for s in ordered)
    return Table("pathways", "Lines of therapy", columns, rows)


def shown_pathways(result: StudyResult) -> ShownTable | None:
    """The table on the page; None without pathways."""
    return shown(pathways_table(result), note=NOTE) if result.pathways else None
