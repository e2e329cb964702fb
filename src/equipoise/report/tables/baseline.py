"""Table 1: the patients by arm, before and after each adjustment."""

from __future__ import annotations

from equipoise.kernel.masked import Masked
from equipoise.report.selection import weight_of
from equipoise.report.tables.table import Cell, Column, ShownRow, ShownTable, Table
from equipoise.report.wording import ABSENT, adjustment_label, count, decimal, n_equals, percent
from equipoise.results.study_result import BaselineRow, StudyResult

_TEXT = ("adjustment", "covariate", "label", "level", "kind")
_ARM = ("value", "sd", "count")


def baseline_table(result: StudyResult) -> Table:
    """Table 1 as data, one row a covariate or level and adjustment. A share whose count is masked is left out with it."""
    names = (*_TEXT, *(f"{arm}_{part}" for arm in ("target", "comparator") for part in _ARM), "smd")
    columns = tuple(Column(name, name, numeric=name not in _TEXT) for name in names)
    return Table("table1", "Patients by arm", columns, tuple(_cells(row) for row in result.baseline))


def balance_table(result: StudyResult) -> Table:
    """Standardised mean differences and variance ratios."""
    names = ("adjustment", "covariate", "label", "level", "smd", "variance_ratio")
    columns = tuple(Column(name, name, numeric=place > 3) for place, name in enumerate(names))
    rows = tuple((r.adjustment, r.covariate, r.label, r.level, r.smd, r.variance_ratio) for r in result.baseline)
    return Table("balance", "Balance of the covariates", columns, rows)


def shown_baseline(result: StudyResult, adjustment: str) -> ShownTable | None:
    """Table 1 under one adjustment as printed; None when there is none."""
    rows = [row for row in result.baseline if row.adjustment == adjustment]
    if not rows:
        return None
    study = result.study
    heads = ("Characteristic", *(_head(result, adjustment, arm.name) for arm in (study.target, study.comparator)), "SMD")
    note = "Number (share) or mean (SD). SMD: standardised mean difference, target minus comparator; " + (
        "beyond ±0.1 is usually called imbalance." if adjustment == "crude" else "denominators as before adjustment."
    )
    caption = f"Patients by arm: {adjustment_label(adjustment).lower()}"
    return ShownTable(f"table-1-{adjustment}", caption, heads, (False, True, True, True), tuple(_lines(rows)), note)


def _share_cells(kind: str, value: float | None, sd: float | None, people: object) -> tuple[float | None, float | None]:
    return (None, None) if kind == "share" and isinstance(people, Masked) else (value, sd)


def _cells(row: BaselineRow) -> tuple[Cell, ...]:
    target = _share_cells(row.kind, row.target, row.target_sd, row.target_count)
    comparator = _share_cells(row.kind, row.comparator, row.comparator_sd, row.comparator_count)
    text = (row.adjustment, row.covariate, row.label, row.level, row.kind)
    return (*text, *target, row.target_count, *comparator, row.comparator_count, row.smd)


def _head(result: StudyResult, adjustment: str, arm: str) -> str:
    weights = weight_of(result, adjustment, arm)
    if weights is None:
        return arm
    whole = adjustment in ("crude", "matched")
    return f"{arm} ({n_equals(weights.n)}{'' if whole else f'; effective {decimal(weights.effective_n, 0)}'})"


def _lines(rows: list[BaselineRow]) -> list[ShownRow]:
    lines: list[ShownRow] = []
    group = None
    for row in rows:
        if row.level and row.covariate != group:
            lines.append(ShownRow((row.label, "", "", ""), "group"))
        group = row.covariate if row.level else None
        target = _value(row.kind, row.target, row.target_sd, row.target_count)
        comparator = _value(row.kind, row.comparator, row.comparator_sd, row.comparator_count)
        lines.append(ShownRow((row.level or row.label, target, comparator, decimal(row.smd, 3)), "level" if row.level else ""))
    return lines


def _value(kind: str, value: float | None, sd: float | None, people: int | Masked | None) -> str:
    if isinstance(people, Masked):
        return count(people)
    if value is None:
        return ABSENT if people is None else count(people)
    if kind == "number":
        digits = 1 if abs(value) >= 10 else 2
        return decimal(value, digits) + (f" ({decimal(sd, digits)})" if sd is not None else "")
    return percent(value) if people is None else f"{count(people)} ({percent(value)})"
