"""Larger tables: the exact p against every table written out."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma, gammaln, polygamma
from scipy.stats import fisher_exact

from equipoise.estimators.data import Ints
from equipoise.estimators.two_by_two import contingency as module
from equipoise.estimators.two_by_two.contingency import contingency, exact_p
from equipoise.kernel.errors import EquipoiseError

JOB = np.array([[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]])


def written_out(table: Ints) -> float:
    """All tables with the margins, each row's columns but the last free, by brute force."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    probabilities = []
    for free in product(*[range(int(min(r, c)) + 1) for r in rows[:-1] for c in columns[:-1]]):
        inner = np.array(free).reshape(len(rows) - 1, -1)
        whole = np.column_stack([inner, rows[:-1] - inner.sum(axis=1)])
        whole = np.vstack([whole, columns - whole.sum(axis=0)])
        if (whole >= 0).all():
            probabilities.append((weight(whole), np.array_equal(whole, table)))
    seen = next(p for p, same in probabilities if same)
    return sum(p for p, _ in probabilities if p <= seen * (1 + 1e-7)) / sum(p for p, _ in probabilities)


def weight(table: Ints) -> float:
    """Ways to fill the rows from the column totals, as a whole number."""
    left, ways = table.sum(axis=0).copy(), 1
    for row in table:
        for j, cell in enumerate(row):
            ways *= comb(int(left[j]), int(cell))
        left = left - row
    return float(ways)


def test_job_satisfaction_and_income() -> None:
    """Agresti, Categorical Data Analysis (2002), p. 57: p = 0.7827."""
    assert exact_p(JOB) == pytest.approx(0.7827, abs=5e-5)


@settings(max_examples=40)
@given(st.sampled_from([(2, 3), (3, 2), (3, 3), (2, 4)]), st.integers(0, 2**32 - 1))
def test_equals_all_tables_written_out(shape: tuple[int, int], seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 4, size=shape)
    if (table.sum(axis=0) == 0).any() or (table.sum(axis=1) == 0).any():
        table = table + 1
    assert exact_p(table) == pytest.approx(written_out(table), rel=1e-9)


def test_two_by_two_is_fisher_s() -> None:
    table = np.array([[8, 2], [1, 5]])
    assert exact_p(table) == pytest.approx(fisher_exact(table).pvalue, rel=1e-10)


def test_empty_levels_are_left_out() -> None:
    padded = np.insert(np.insert(JOB, 1, 0, axis=0), 2, 0, axis=1)
    assert exact_p(padded) == pytest.approx(exact_p(JOB), rel=1e-12)
    assert exact_p(np.array([[3, 4], [0, 0]])) == 1


def test_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        contingency(np.array([[1, 2]]))
    monkeypatch.setattr(module, "MOST_PATHS", 5)
    with pytest.raises(EquipoiseError, match="EQ-EST-107"):
        exact_p(JOB)
    assert contingency(JOB, exact=False).fisher_p is None


def test_the_approximate_maximum_lacks_less_than_the_slack() -> None:
    multiplier = np.linspace(-12, 12, 4001)
    cell = np.maximum(np.exp(multiplier) - 0.5, 0.0)
    exact = np.zeros_like(cell)
    for _ in range(60):
        exact = np.maximum(exact - (digamma(exact + 1) - multiplier) / polygamma(1, exact + 1), 0.0)
    lacking = (multiplier * exact - gammaln(exact + 1)) - (multiplier * cell - gammaln(cell + 1))
    assert np.abs(digamma(exact + 1) - multiplier)[exact > 0].max() < 1e-8
    assert lacking.max() < module.SLACK


def test_bounds_hold_what_they_bound() -> None:
    left, rows = np.array([[3, 4, 6]]), np.array([2, 5, 6])
    low, high = module._bounds(left, rows)
    terms = []
    for free in product(range(7), repeat=4):
        inner = np.array(free).reshape(2, 2)
        whole = np.column_stack([inner, rows[:2] - inner.sum(axis=1)])
        whole = np.vstack([whole, left[0] - whole.sum(axis=0)])
        if (whole >= 0).all():
            terms.append(-gammaln(whole + 1.0).sum())
    assert low[0] <= min(terms)
    assert max(terms) <= high[0] <= max(terms) + 1.5
