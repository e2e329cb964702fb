"""The median of all differences without writing them all down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.stats.comparisons import location
from equipoise.stats.comparisons.location import Samples, hodges_lehmann, r_location


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_counting_finds_what_sorting_finds(seed: int, n: int, m: int, rounded: bool) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=n) * 10, rng.normal(size=m) * 10
    if rounded:
        x, y = np.round(x), np.round(y)
    ordered = np.sort(x)
    expected = np.median(np.subtract.outer(x, y)), np.median([a + b for i, a in enumerate(ordered) for b in ordered[i:]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(location, "ALL_AT_ONCE", 0)
        found = hodges_lehmann(x, y), hodges_lehmann(ordered, -ordered, triangle=True)
    assert found == pytest.approx(expected, abs=1e-12)
    assert hodges_lehmann(ordered, -ordered, triangle=True) == pytest.approx(expected[1], abs=1e-12)


def test_r_s_root_is_near_the_median() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.normal(0.4, 1, 80), rng.normal(0, 1, 90)
    assert r_location(Samples(x, y)) == pytest.approx(hodges_lehmann(x, y), abs=2e-3)


def test_the_rank_sum_counts_pairs() -> None:
    statistic, sd = Samples(np.array([1.0, 2.0, 5.0]), np.array([2.0, 3.0])).rank_sum(0.0)
    assert statistic == 0 + 0.5 + 2
    assert sd == pytest.approx(np.sqrt(6 / 12 * (6 - 6 / 20)))
