"""Tables of r by c counts: whether rows and columns are independent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT, NOT_BUILT
from equipoise.estimators.two_by_two.exact import TIED
from equipoise.estimators.two_by_two.table import Test, chi_square, expected_counts

MOST_PATHS = 4_000_000
"""Partial tables held at once; beyond, the exact test is refused."""
SLACK = 0.005
"""What the approximate maximum of a cell's term may lack."""
MERGED = 1e-10
"""Partial tables with the same margins left and log probabilities this near are one."""


@dataclass(frozen=True, slots=True)
class Contingency:
    """A table (r, c) of counts, the counts expected under independence, Pearson's test and the exact p (None if not asked for)."""

    table: Ints
    expected: Floats
    chi_square: Test
    fisher_p: float | None


def contingency(table: Ints, *, exact: bool = True) -> Contingency:
    """Pearson's and the exact test of a table of counts (r, c), r and c >= 2; R's chisq.test and fisher.test.

    Raises EQ-EST-106 for counts that cannot be, EQ-EST-107 when the exact test would have to follow too many tables.
    Misleads when: levels are ordered (a trend test sees more), or expected counts fall under about 5 and the exact test is left out.
    Source: Pearson (1900); Freeman and Halton (1951).
    """
    if table.ndim != 2 or min(table.shape) < 2 or np.any(table < 0):
        raise BAD_ARGUMENT.error("the table must hold counts in at least two rows and two columns")
    return Contingency(table, expected_counts(table), chi_square(table), exact_p(table) if exact else None)


def exact_p(table: Ints) -> float:
    """The share of tables with these margins, by probability, that are no more probable than the one seen.

    Rows are filled one after the other. Partial tables that leave the same column totals, in any order, and are as probable, are
    followed as one; those whose completions are all less probable, or all more, need not be followed. Raises EQ-EST-107.
    Source: Mehta and Patel (1983), JASA 78: 427.
    """
    cells = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    cells = cells if cells.shape[0] >= cells.shape[1] else cells.T
    if min(cells.shape) < 2:
        return 1.0
    start, rows = np.sort(cells.sum(axis=0)), np.sort(cells.sum(axis=1))
    limit = -float(gammaln(cells + 1.0).sum()) + math.log(TIED)
    everything = float(_log_completions(start[None], rows)[0])
    paths, p = _Paths(start[None], np.zeros(1), np.ones(1)), 0.0
    while rows.size > 1 and paths.ways.size:
        rows, total = rows[:-1], int(rows[-1])
        undecided: list[_Paths] = []
        size = 0
        for left, log_term, ways in _with_row(paths, total):
            low, high = _bounds(left, rows)
            below = log_term + high <= limit
            mass = ways[:, None] * np.exp(log_term + _log_completions(left, rows) - everything)
            p += float(mass[below].sum())
            path, row = np.nonzero(~below & (log_term + low <= limit))
            undecided.append(_Paths(left[row], log_term[path, row], ways[path]))
            size += row.size
            if size > MOST_PATHS:
                raise NOT_BUILT.error("the table is too large for the exact test: use the chi-square test")
        paths = _merged(undecided)
    return min(1.0, p)


def _log_completions(left: Ints, rows: Ints) -> Floats:
    """The logarithm of the sum over all ways to fill `rows` (k,) from `left` (m, c) of one over the product of factorials (m,)."""
    return np.asarray(gammaln(rows.sum() + 1.0) - gammaln(rows + 1.0).sum() - gammaln(left + 1.0).sum(axis=1))


def _bounds(left: Ints, rows: Ints) -> tuple[Floats, Floats]:
    """Between what (m,) minus the sum of log factorials of the cells must lie when `rows` (k,) are filled from `left` (m, c).

    High: the maximum of the Lagrangian at the multipliers of independence, which no table exceeds. Low: each column put into the
    largest rows. With one row left both are the value.
    """
    if rows.size == 1:
        value = -gammaln(left + 1.0).sum(axis=1)
        return value, value
    of_row, of_column = np.log(rows / rows.sum() + 1e-300), np.log(left + 0.5)
    multiplier = of_row[None, :, None] + of_column[:, None, :]
    cell = np.maximum(np.exp(multiplier) - 0.5, 0.0)
    inner = (multiplier * cell - gammaln(cell + 1.0)).sum(axis=(1, 2))
    high = inner + SLACK * rows.size * left.shape[1] - of_row @ rows - (of_column * left).sum(axis=1)
    low, rest = np.zeros(len(left)), left
    for total in rows[::-1]:
        cell = np.minimum(rest, total)
        low -= gammaln(cell + 1.0).sum(axis=1)
        rest = rest - cell
    return low, high


@dataclass(frozen=True, slots=True)
class _Paths:
    """Partial tables: the column totals left (m, c), ascending; minus the sum of log factorials of the cells (m,); how many ways (m,)."""

    left: Ints
    log_term: Floats
    ways: Floats


def _with_row(paths: _Paths, total: int) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Every way to take a row of `total`, for each set of totals left in turn: what is left then (r, c), log terms (m, r), ways (m,)."""
    starts = np.flatnonzero(np.concatenate(([True], np.any(np.diff(paths.left, axis=0) != 0, axis=1))))
    for first, last in zip(starts, [*starts[1:], paths.ways.size], strict=True):
        rows = _rows(paths.left[first], total)
        left = np.sort(paths.left[first] - rows, axis=1)
        yield left, paths.log_term[first:last, None] - gammaln(rows + 1.0).sum(axis=1), paths.ways[first:last]


def _merged(parts: list[_Paths]) -> _Paths:
    """Paths that leave the same totals and are as probable made one, ordered by totals, then by probability."""
    left = np.concatenate([part.left for part in parts])
    log_term, ways = np.concatenate([part.log_term for part in parts]), np.concatenate([part.ways for part in parts])
    if not ways.size:
        return _Paths(left, log_term, ways)
    order = np.lexsort((log_term, *left.T))
    left, log_term = left[order], log_term[order]
    new = np.any(np.diff(left, axis=0) != 0, axis=1) | (np.diff(log_term) > MERGED)
    starts = np.flatnonzero(np.concatenate(([True], new)))
    return _Paths(left[starts], log_term[starts], np.add.reduceat(ways[order], starts))


def _rows(left: Ints, total: int) -> Ints:
    """Every row (m, c) of `total` with cells from 0 to what is left (c,) in the column."""
    rows = np.zeros((1, 0), dtype=np.int64)
    for j in range(left.size - 1):
        used = rows.sum(axis=1)
        low = np.maximum(0, total - used - int(left[j + 1 :].sum()))
        high = np.minimum(int(left[j]), total - used)
        count = high - low + 1
        first = np.repeat(np.cumsum(count) - count, count)
        cell = np.arange(int(count.sum())) - first + np.repeat(low, count)
        rows = np.column_stack([np.repeat(rows, count, axis=0), cell])
    return np.column_stack([rows, total - rows.sum(axis=1)])
