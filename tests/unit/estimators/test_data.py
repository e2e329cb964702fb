"""Sums over a design block by block, against the plain formulas on the whole of it."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimators.data import _MEMOS, BLOCK, Columns, SurvivalData, memo, scatter
from equipoise.kernel.errors import EquipoiseError

N = 2 * BLOCK + 17


@pytest.fixture(params=["C", "F"])
def x(request: pytest.FixtureRequest) -> np.ndarray:
    return np.asarray(np.random.default_rng(1).normal(2020, 5, (N, 3)), order=request.param)


@pytest.mark.parametrize("some", [True, False])
def test_blocks_add_up_to_the_whole(x: np.ndarray, some: bool) -> None:
    rng = np.random.default_rng(2)
    chosen = np.flatnonzero(rng.random(N) < 0.7) if some else None
    center = x.mean(axis=0)
    rows = (x if chosen is None else x[chosen]) - center
    columns = Columns(x, chosen, center)
    signed, positive = rng.normal(size=len(rows)), rng.random(len(rows))
    squares, sums = columns.squares_and_sums(np.stack([signed, positive]), np.stack([positive, signed]))
    np.testing.assert_allclose(squares, [rows.T @ (rows * w[:, None]) for w in (signed, positive)], rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(sums, [positive @ rows, signed @ rows], rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(columns.dot(np.array([1.0, -2.0, 0.5])), rows @ [1.0, -2.0, 0.5], rtol=0, atol=1e-10)
    np.testing.assert_array_equal(columns.whole(), rows)
    cell = rng.integers(0, 5, len(rows))
    expected = [(rows[cell == c] * signed[cell == c, None]).sum(axis=0) for c in range(5)]
    np.testing.assert_allclose(columns.by_cell(cell, signed, 5), expected, rtol=1e-9, atol=1e-8)


def test_ones_stand_before_the_other_columns(x: np.ndarray) -> None:
    np.testing.assert_array_equal(Columns(x, ones=True).whole(), np.column_stack([np.ones(N), x]))


@given(st.integers(0, 3))
def test_nobody_gives_zeros(width: int) -> None:
    squares, sums = Columns(np.zeros((0, width))).squares_and_sums(np.zeros((1, 0)), np.zeros((1, 0)))
    assert squares.shape == (1, width, width)
    assert not sums.any()


def test_what_was_worked_out_goes_with_the_rows() -> None:
    whole = np.zeros(2, dtype=np.int64)
    data = SurvivalData(np.ones(2), whole, whole, whole, np.zeros((2, 0)), np.ones(2))
    memo(data)["found"] = 1
    assert memo(data) == {"found": 1}
    before = len(_MEMOS)
    del data
    gc.collect()
    assert len(_MEMOS) < before


def test_a_block_that_was_written_over_leaves_no_trace_in_the_next(x: np.ndarray) -> None:
    columns = Columns(x, ones=True)
    for part, block in columns.blocks():
        np.testing.assert_array_equal(block, np.column_stack([np.ones(part.stop - part.start), x[part]]))
        block *= 2


def test_rows_that_need_nothing_are_read_where_they_lie(x: np.ndarray) -> None:
    columns = Columns(x)
    assert columns.as_they_are == x.flags.c_contiguous
    for part, block in columns.views():
        np.testing.assert_array_equal(block, x[part])
        assert np.shares_memory(block, x) == columns.as_they_are
    for other in (Columns(x, center=x.mean(axis=0)), Columns(x, chosen=np.arange(N)), Columns(x, ones=True)):
        assert not other.as_they_are
        assert not any(np.shares_memory(block, x) for _, block in other.views())
    positive = np.random.default_rng(3).random((2, N))
    squares, sums = columns.squares_and_sums(positive, positive[:0])
    np.testing.assert_allclose(squares, [x.T @ (x * w[:, None]) for w in positive])
    assert sums.shape == (0, 3)


@pytest.mark.parametrize("cell", [[0, 3], [-1, 0], [10**9]])
def test_a_cell_that_is_not_there_is_refused_and_not_written_to(cell: list[int]) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        scatter(np.array(cell), np.ones(len(cell)), 3)
