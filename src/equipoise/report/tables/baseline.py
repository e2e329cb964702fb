"""Table 1: the patients by arm, before and after each adjustment."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp

from equipoise.kernel.masked import Masked
from equipoise.report.naming import plain_name
from equipoise.report.selection import covariate_label, is_logarithm, is_year, persons, weight_of
from equipoise.report.tables.table import Cell, Column, ShownRow, ShownTable, Table
from equipoise.report.wording import ABSENT, adjustment_label, count, decimal, lowered, n_equals, percent
from equipoise.results.study_result import BaselineRow, StudyResult

_TEXT = ("adjustment", "covariate", "label", "level", "kind")
_ARM = ("value", "sd", "count")
NOTE = (
    "Number (share) or mean (SD); weighted values have no number. Geometric mean (×/÷ geometric SD) where the logarithm is compared. "
    "SMD: standardised mean difference, target minus comparator, in units of the pooled SD before adjustment (after it where a number "
    "before it is hidden, which that SD would tell); beyond ±0.1 is usually called imbalance. Effective: Kish's effective sample size."
)


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


def shown_baseline(result: StudyResult, adjustments: tuple[str, ...]) -> ShownTable | None:
    """Table 1 under one adjustment, or under several beside each other; None when there is none."""
    rows = {name: [row for row in result.baseline if row.adjustment == name] for name in adjustments}
    rows = {name: found for name, found in rows.items() if found}
    if not rows:
        return None
    labels = [adjustment_label(name) for name in rows]
    heads = ("Characteristic", *(head for name in rows for head in _heads(result, name)))
    spans = (("", 1), *((label, 3) for label in labels)) if len(rows) > 1 else ()
    caption = "Patients by arm: " + " and ".join(lowered(label) for label in labels)
    return ShownTable(
        f"table-1-{'-'.join(plain_name(name) for name in rows)}",
        caption,
        heads,
        (False, *[True] * (len(heads) - 1)),
        tuple(_lines(result, rows)),
        NOTE,
        spans,
    )


def _heads(result: StudyResult, adjustment: str) -> tuple[str, str, str]:
    study = result.study
    return (_head(result, adjustment, study.target.name), _head(result, adjustment, study.comparator.name), "SMD")


def _share_cells(kind: str, value: float | None, sd: float | None, people: object) -> tuple[float | None, float | None]:
    return (None, None) if kind == "share" and isinstance(people, Masked) else (value, sd)


def _cells(row: BaselineRow) -> tuple[Cell, ...]:
    target = _share_cells(row.kind, row.target, row.target_sd, row.target_count)
    comparator = _share_cells(row.kind, row.comparator, row.comparator_sd, row.comparator_count)
    text = (row.adjustment, row.covariate, row.label, row.level, row.kind)
    return (*text, *target, row.target_count, *comparator, row.comparator_count, row.smd)


def _head(result: StudyResult, adjustment: str, arm: str) -> str:
    n, weights = persons(result, adjustment, arm), weight_of(result, adjustment, arm)
    lines = [arm] if n is None else [arm, n_equals(n)]
    if weights is not None and adjustment not in ("crude", "matched"):
        lines.append(f"effective {decimal(weights.effective_n, 0)}")
    return "\n".join(lines)


def _lines(result: StudyResult, rows: dict[str, list[BaselineRow]]) -> list[ShownRow]:
    found = {name: {(row.covariate, row.level): row for row in several} for name, several in rows.items()}
    lines: list[ShownRow] = []
    group = None
    for key, row in {key: row for by_key in reversed(found.values()) for key, row in by_key.items()}.items():
        if row.level and nobody(by_key.get(key) for by_key in found.values()):
            continue
        if row.level and row.covariate != group:
            lines.append(ShownRow((covariate_label(result, row), *[""] * (3 * len(rows))), "group"))
        group = row.covariate if row.level else None
        log = is_logarithm(result, row)
        cells = [cell for by_key in found.values() for cell in _three(by_key.get(key), year=is_year(result, row), log=log)]
        label = f"{row.label}, geometric mean" if log else covariate_label(result, row)
        lines.append(ShownRow((row.level or label, *cells), "level" if row.level else ""))
    return lines


def nobody(rows: Iterable[BaselineRow | None]) -> bool:
    """Whether a level occurs in neither arm under any of the adjustments."""
    return all(row is not None and row.target == 0 and row.comparator == 0 for row in rows)


def _three(row: BaselineRow | None, *, year: bool, log: bool) -> tuple[str, str, str]:
    if row is None:
        return (ABSENT, ABSENT, ABSENT)
    if log:
        return _geometric(row.target, row.target_sd), _geometric(row.comparator, row.comparator_sd), decimal(row.smd, 3)
    target = _value(row.kind, row.target, row.target_sd, row.target_count)
    comparator = _value(row.kind, row.comparator, row.comparator_sd, row.comparator_count)
    if year:
        target, comparator = target.replace(",", ""), comparator.replace(",", "")
    return target, comparator, decimal(row.smd, 3)


def _geometric(mean: float | None, sd: float | None) -> str:
    """The geometric mean and SD of values whose logarithms have this mean and SD."""
    if mean is None:
        return ABSENT
    middle = exp(mean)
    return decimal(middle, 1 if middle >= 10 else 2) + (f" (×/÷ {decimal(exp(sd), 2)})" if sd is not None else "")


def _value(kind: str, value: float | None, sd: float | None, people: int | Masked | None) -> str:
    if isinstance(people, Masked):
        return count(people)
    if value is None:
        return ABSENT if people is None or kind == "number" else count(people)
    if kind == "number":
        digits = 1 if abs(value) >= 10 else 2
        return decimal(value, digits) + (f" ({decimal(sd, digits)})" if sd is not None else "")
    return percent(value) if people is None else f"{count(people)} ({percent(value)})"
