from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimators.histogram.summary import HistogramResult
from equipoise.guard.policy import Policy
from equipoise.network.hub.analysis.scoring import merge_bins


def histogram(target: list[int], comparator: list[int]) -> HistogramResult:
    count = np.array([comparator, target], dtype=np.int64)
    none = np.zeros(2, dtype=np.int64)
    return HistogramResult(np.linspace(0, 1, count.shape[1] + 1), count, count.astype(float), none, none, none)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20))
def test_no_bin_holds_a_small_count_and_nobody_is_lost(bins: list[tuple[int, int]]) -> None:
    before = histogram([t for t, _ in bins], [c for _, c in bins])
    after = merge_bins(before, Policy())
    assert (after.edges[0], after.edges[-1]) == (0.0, 1.0)
    assert np.all(np.diff(after.edges) > 0)
    assert after.count.shape == (2, len(after.edges) - 1)
    assert after.count.sum(axis=1).tolist() == before.count.sum(axis=1).tolist()
    small = (after.count > 0) & (after.count < 11)
    assert not small.any() or after.count.shape[1] == 1


def test_bins_that_hold_enough_are_kept() -> None:
    before = histogram([11, 20, 0, 30], [0, 15, 12, 0])
    assert merge_bins(before, Policy()).edges.tolist() == before.edges.tolist()


def test_a_small_end_joins_its_neighbour() -> None:
    assert merge_bins(histogram([20, 20, 3], [20, 20, 0]), Policy()).edges.tolist() == [0.0, 1 / 3, 1.0]
