"""Rows of several sites under each other, where every site's policy lets de-identified rows be pooled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from equipoise.engine.contract import CodeSetFound, StepCount
from equipoise.engine.session_report import LeftOut, SessionReport
from equipoise.table.analysis_table import AnalysisTable, DeathCount, ValueCount
from equipoise.table.errors import TABLES_DIFFER
from equipoise.table.lines.grid import LineGrid
from equipoise.table.recorded.matrix import pooled_covariates


def pool(tables: Sequence[AnalysisTable]) -> AnalysisTable:
    """All rows in the order of the tables, with their site; a person is known by (site, person_id). Counts are summed.

    Code sets: concepts as the largest number at any site, codes missing at every site. Sites that a rule leaves out are left out, and
    named. Errors: EQ-TABLE-004 when columns or steps differ, or no site is left.
    """
    left_out = tuple(one for table in tables if table.session_report for one in table.session_report.left_out)
    tables = [table for table in tables if not (table.session_report and table.session_report.left_out)]
    if not tables:
        raise TABLES_DIFFER.error("no table to pool")
    first = tables[0]
    for table in tables:
        same = table.rows.schema.equals(first.rows.schema) and _steps(table) == _steps(first)
        if not same:
            raise TABLES_DIFFER.error("columns or steps differ between sites")
    rows = pa.concat_tables([table.rows for table in tables]).unify_dictionaries().combine_chunks()
    return AnalysisTable(
        rows,
        tuple(_summed_step(steps) for steps in zip(*(table.attrition for table in tables), strict=True)),
        tuple(_summed_set(found) for found in zip(*(table.code_report for table in tables), strict=True)),
        tuple(_summed_values(values) for values in zip(*(table.value_report for table in tables), strict=True)),
        _summed_deaths([table.death_report for table in tables]),
        _summed_sessions([table.session_report for table in tables], left_out),
        tuple(dict.fromkeys(note for table in tables for note in table.cdm_notes)),
        _summed_grid([table.line_grid for table in tables]),
        pooled_covariates([table.recorded for table in tables]),
    )


def _steps(table: AnalysisTable) -> tuple[tuple[str, ...], ...]:
    return (
        tuple(step.label for step in table.attrition),
        tuple(found.name for found in table.code_report),
        tuple(value.covariate for value in table.value_report),
    )


def _summed_step(steps: Sequence[StepCount]) -> StepCount:
    return StepCount(steps[0].label, sum(s.n for s in steps), sum(s.n_target for s in steps), sum(s.n_comparator for s in steps))


def _summed_set(found: Sequence[CodeSetFound]) -> CodeSetFound:
    missing_everywhere = set.intersection(*(set(f.missing_codes) for f in found))
    return CodeSetFound(
        found[0].name,
        max(f.concepts for f in found),
        sum(f.records for f in found),
        sum(f.persons for f in found),
        tuple(code for code in found[0].missing_codes if code in missing_everywhere),
    )


def _summed_values(values: Sequence[ValueCount]) -> ValueCount:
    return ValueCount(
        values[0].covariate, sum(v.records for v in values), sum(v.not_convertible for v in values), sum(v.out_of_bounds for v in values)
    )


def _summed_sessions(reports: Sequence[SessionReport | None], left_out: tuple[LeftOut, ...]) -> SessionReport | None:
    counts = [report.counts for report in reports if report is not None]
    return SessionReport(tuple(map(sum, zip(*counts, strict=True))), left_out) if counts else None


def _summed_grid(grids: Sequence[LineGrid | None]) -> LineGrid | None:
    counts = [np.array(grid.counts) for grid in grids if grid is not None]
    return LineGrid(tuple((int(n), int(t), int(c)) for n, t, c in np.sum(counts, axis=0))) if counts else None


def _summed_deaths(counts: Sequence[DeathCount]) -> DeathCount:
    one_day = any(c.one_day_of_month for c in counts)
    return DeathCount(sum(c.recorded for c in counts), sum(c.moved for c in counts), sum(c.dropped for c in counts), one_day)
