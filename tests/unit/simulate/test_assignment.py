"""The draw of the arms: exact totals, exact chances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.simulate.assignment import expit, solve_intercept, systematic_sample


@given(st.integers(2, 300), st.integers(0, 10_000), st.floats(0, 0.999))
def test_total_is_exact(n: int, seed: int, start: float) -> None:
    rng = np.random.default_rng(seed)
    predictor = rng.normal(0, 1.5, n)
    wanted = int(rng.integers(1, n))
    probability = expit(solve_intercept(predictor, wanted) + predictor)
    assert probability.sum() == pytest.approx(wanted, abs=1e-6)
    assert systematic_sample(probability, start).sum() == wanted


def test_each_has_exactly_its_chance() -> None:
    probability = np.array([0.9, 0.35, 0.5, 0.05, 0.7, 0.5])
    starts = (np.arange(20_000) + 0.5) / 20_000
    share = np.mean([systematic_sample(probability, float(start)) for start in starts], axis=0)
    np.testing.assert_allclose(share, probability, atol=1e-4)


@pytest.mark.parametrize("wanted", [0, 7])
def test_none_and_all(wanted: int) -> None:
    predictor = np.linspace(-2, 2, 7)
    probability = expit(solve_intercept(predictor, wanted) + predictor)
    assert systematic_sample(probability, 0.3).sum() == wanted
