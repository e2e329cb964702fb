"""Laboratory outcomes as columns of the analysis table: the value that counts, its fold, the worst grade, the number of values."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa

from equipoise.study.grading_units import grading_factor
from equipoise.study.lab_columns import BASELINE, StoredColumn
from equipoise.study.model import LabOutcome, LabWindow, Study
from equipoise.table.analysis_table import ValueCount
from equipoise.table.arrow import Floats, Ints, NewColumn, coded, numbers
from equipoise.table.covariates import Sources
from equipoise.table.labs.scores import score_columns, score_ground
from equipoise.table.labs.values import LabValues, lab_values
from equipoise.table.records import no_records
from equipoise.table.scores.ctcae import Measured, ctcae_rules, worst_grade
from equipoise.table.scores.fibrosis import fold_of_limit

Which = Literal["nearest", "highest", "lowest"]


def lab_columns(study: Study, sources: Sources) -> tuple[dict[str, NewColumn], tuple[ValueCount, ...]]:
    """The columns that `study.lab_columns.stored_columns` names, and what became of the values."""
    columns: dict[str, NewColumn] = {}
    counts: list[ValueCount] = []
    codes, names = coded(sources.persons["sex"])
    female = np.array([*(name == "female" for name in names), False])[codes]
    chosen: dict[tuple[str, str], Measured] = {}
    for lab in (lab for lab in study.labs if lab.score is None):
        values, count = lab_values(lab, sources.records.get(f"lab {lab.name}", no_records()), female, sources.code_sets)
        columns |= _of_one(lab, values, len(sources.index_day), chosen)
        counts.append(count)
    ground = score_ground(study, sources, chosen)
    for lab in (lab for lab in study.labs if lab.score is not None):
        columns |= score_columns(lab, ground)
    return columns, tuple(counts)


def _of_one(lab: LabOutcome, values: LabValues, n: int, kept: dict[tuple[str, str], Measured]) -> dict[str, NewColumn]:
    """The columns of an outcome; the value that counts in each window is kept for scores."""
    before = _within(values, lab.baseline_start, lab.baseline_end)
    baseline = _spread(before, first_least(before.row, np.abs(before.day)), n)
    found = _columns(lab, BASELINE, baseline, _grades(lab, baseline, None))
    kept[lab.name, BASELINE] = baseline
    for window in lab.windows:
        inside = _within(values, window.start, window.end)
        worst = np.full(n, np.nan)
        np.fmax.at(worst, inside.row, _grades(lab, _measured(inside), _measured_at(baseline, inside.row)))
        chosen = _spread(inside, first_least(inside.row, _key(inside, lab.value, window)), n)
        kept[lab.name, window.name] = chosen
        found |= _columns(lab, window.name, chosen, worst)
        draws = np.bincount(inside.row, minlength=n)
        found[StoredColumn(lab.name, window.name, "draws").name] = pa.array(draws, pa.int64())
    return found


def _columns(lab: LabOutcome, window: str, chosen: Measured, grade: Floats) -> dict[str, NewColumn]:
    found = {
        StoredColumn(lab.name, window, "value").name: numbers(chosen.value),
        StoredColumn(lab.name, window, "fold").name: numbers(fold_of_limit(chosen.value, chosen.upper)),
    }
    return found | ({StoredColumn(lab.name, window, "grade").name: numbers(grade)} if lab.ctcae else {})


def first_least(row: Ints, key: Floats | Ints) -> Ints:
    """The place of each person's record with the least key, the first on ties; records sorted by row."""
    order = np.lexsort((np.arange(len(row)), key, row))
    firsts = np.flatnonzero(np.r_[True, row[order][1:] != row[order][:-1]]) if len(row) else np.zeros(0, dtype=np.int64)
    return order[firsts]


def _key(values: LabValues, which: Which, window: LabWindow) -> Floats:
    return {"nearest": np.abs(values.day - window.target).astype(np.float64), "highest": -values.value, "lowest": values.value}[which]


def _within(values: LabValues, start: int, end: int) -> LabValues:
    return values.take((values.day >= start) & (values.day <= end))


def _measured(values: LabValues) -> Measured:
    return Measured(values.value, values.lower, values.upper)


def _measured_at(of: Measured, where: Ints) -> Measured:
    return Measured(of.value[where], of.lower[where], of.upper[where])


def _spread(values: LabValues, chosen: Ints, n: int) -> Measured:
    """(n,) the chosen value of each person; NaN without one."""
    out = [np.full(n, np.nan) for _ in range(3)]
    for column, found in zip(out, (values.value, values.lower, values.upper), strict=True):
        column[values.row[chosen]] = found[chosen]
    return Measured(*out)


def _grades(lab: LabOutcome, now: Measured, baseline: Measured | None) -> Floats:
    """CTCAE grades, values and limits brought to the unit of the bounds; all NaN where the study asks for none."""
    if lab.ctcae is None:
        return np.full(len(now.value), np.nan)
    factor = grading_factor(lab.ctcae, lab.unit) or np.nan
    return worst_grade(ctcae_rules()[lab.ctcae], _scaled(now, factor), None if baseline is None else _scaled(baseline, factor))


def _scaled(of: Measured, factor: float) -> Measured:
    return Measured(of.value * factor, of.lower * factor, of.upper * factor)
