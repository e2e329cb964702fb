"""Laboratory outcomes at a site as the columns that `study.lab_columns` names. Stays at the site."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.study.lab_columns import BASELINE, SEVERE, LabMeasure, ShiftCell, StoredColumn, lab_measures, shift_cells
from equipoise.study.model import Study
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import real


def lab_matrix(table: AnalysisTable, study: Study) -> Floats:
    """(n, q) a column a measure, NaN where it says nothing of a person."""
    return _stacked([_measure(table, measure) for measure in lab_measures(study)], table)


def shift_matrix(table: AnalysisTable, study: Study) -> Floats:
    """(n, q) a column a cell of a shift table: 1 or 0, NaN without both grades."""
    return _stacked([_cell(table, cell) for cell in shift_cells(study)], table)


def _stacked(columns: list[Floats], table: AnalysisTable) -> Floats:
    return np.column_stack(columns) if columns else np.zeros((table.rows.num_rows, 0))


def _stored(table: AnalysisTable, column: StoredColumn) -> Floats:
    return real(table.rows[column.name])


def _measure(table: AnalysisTable, measure: LabMeasure) -> Floats:
    value = _stored(table, StoredColumn(measure.outcome, measure.window, "value"))
    match measure.measure:
        case "value" | "flagged":
            return value
        case "measured":
            return np.isfinite(value).astype(np.float64)
        case "change":
            return np.asarray(value - _stored(table, StoredColumn(measure.outcome, BASELINE, "value")))
        case "grade_3_or_more":
            grade = _stored(table, StoredColumn(measure.outcome, measure.window, "grade"))
            return np.where(np.isfinite(grade), grade >= SEVERE, np.nan)
        case "fold" | "draws":
            return _stored(table, StoredColumn(measure.outcome, measure.window, measure.measure))


def _cell(table: AnalysisTable, cell: ShiftCell) -> Floats:
    before = _stored(table, StoredColumn(cell.outcome, BASELINE, "grade"))
    worst = _stored(table, StoredColumn(cell.outcome, cell.window, "grade"))
    known = np.isfinite(before) & np.isfinite(worst)
    return np.where(known, (before == cell.baseline_grade) & (worst == cell.worst_grade), np.nan)
