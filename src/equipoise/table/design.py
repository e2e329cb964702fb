"""The design matrix: the learned recipe replayed on a site's rows; and the plain columns of Table 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from equipoise.kernel.errors import closest
from equipoise.study.learned import Learned, LearnedColumn, RawColumn
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import Column, Floats, coded, real
from equipoise.table.errors import NO_SUCH_COLUMN


def design_matrix(table: AnalysisTable, names: Sequence[str], learned: Learned) -> Floats:
    """(n, p) float64 without missing values: the recipe's columns whose source is among `names`, in the recipe's order.

    No intercept. Errors: EQ-TABLE-005 when a covariate is not in the table.
    """
    columns = [column for column in learned.columns if column.source in set(names)]
    read: dict[str, Column] = {name: _column(table, name) for name in dict.fromkeys(column.source for column in columns)}
    out = np.empty((table.rows.num_rows, len(columns)))
    for position, column in enumerate(columns):
        out[:, position] = _replayed(column, read[column.source])
    return out


def _column(table: AnalysisTable, name: str) -> Column:
    if name not in table.rows.column_names:
        raise NO_SUCH_COLUMN.error(f"no covariate {name}", did_you_mean=closest(name, table.rows.column_names))
    return table.rows[name]


def _replayed(column: LearnedColumn, source: Column) -> Floats:
    if column.role == "level":
        return _is_level(source, column.level or "")
    values = real(source)
    missing = np.isnan(values)
    if column.role == "missing":
        return missing.astype(np.float64)
    filled = np.where(missing, np.nan if column.fill is None else column.fill, values)
    return spline_term(filled, column.knots, column.term) if column.role == "spline" else filled


def spline_term(x: Floats, knots: Sequence[float], term: int) -> Floats:
    """Term `term` (1 ... k - 2) of a restricted cubic spline over k knots, linear beyond the outer ones.

    Divided by the squared distance of the outer knots, so that all terms have the unit of x.
    Source: Harrell, Regression Modeling Strategies (2nd ed.), equation 2.25; `rcspline.eval(norm=2)` of R's Hmisc.
    """
    first, before_last, last, own = knots[0], knots[-2], knots[-1], knots[term - 1]
    span = last - before_last
    cubic = _cubed(x - own) - _cubed(x - before_last) * (last - own) / span + _cubed(x - last) * (before_last - own) / span
    return np.asarray(cubic / (last - first) ** 2, dtype=np.float64)


def _cubed(x: Floats) -> Floats:
    return np.maximum(x, 0.0) ** 3


def _is_level(source: Column, level: str) -> Floats:
    codes, levels = coded(source)
    return (codes == levels.index(level)).astype(np.float64) if level in levels else np.zeros(len(codes))


def raw_columns(table: AnalysisTable, names: Sequence[str]) -> tuple[Floats, tuple[RawColumn, ...]]:
    """(n, q) float64 with NaN where missing, and what each column is: a number, or one level of a category (every level has a column).

    The same columns in the same order as `study.learned.raw_columns_of(study, names)`, but labels are the covariates' names.
    """
    columns: list[Floats] = []
    labels: list[RawColumn] = []
    for name in names:
        source = _column(table, name)
        if not pa.types.is_dictionary(source.type):
            columns.append(real(source))
            labels.append(RawColumn(name, name))
        else:
            codes, levels = coded(source)
            columns += [np.where(codes < 0, np.nan, codes == position) for position in range(len(levels))]
            labels += [RawColumn(name, name, level, True) for level in levels]
    return np.column_stack(columns) if columns else np.zeros((table.rows.num_rows, 0)), tuple(labels)
