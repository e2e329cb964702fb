"""Network quantiles against numpy's (type 7)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimators.data import CovariateData
from equipoise.estimators.loop import run_local, run_sites
from equipoise.estimators.quantiles.hub import QuantilesHub
from equipoise.estimators.quantiles.site import summarise

PROBABILITIES = (0.05, 0.25, 0.5, 0.9, 1.0)


def data_of(x: np.ndarray) -> CovariateData:
    return CovariateData(x, np.zeros(len(x), dtype=np.int64), np.ones(len(x)))


def test_many_columns_at_once() -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack(
        [rng.normal(size=201), rng.lognormal(8, 2, 201), rng.integers(0, 5, 201), np.full(201, 54.0), -rng.random(201) * 1e-3]
    )
    found = run_local(QuantilesHub(5, PROBABILITIES), summarise, data_of(x))
    np.testing.assert_allclose(found.value, np.quantile(x, PROBABILITIES, axis=0).T, rtol=3e-9)
    np.testing.assert_array_equal(found.value[2:4], np.quantile(x[:, 2:4], PROBABILITIES, axis=0).T)


def test_the_split_does_not_matter_at_all() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(60, 12, size=(100, 2))
    x[rng.random((100, 2)) < 0.2] = np.nan
    sites = [data_of(x[:1]), data_of(x[1:60]), data_of(x[:0]), data_of(x[60:])]
    pooled = run_local(QuantilesHub(2, PROBABILITIES), summarise, data_of(x))
    np.testing.assert_array_equal(run_sites(QuantilesHub(2, PROBABILITIES), summarise, sites).value, pooled.value)
    np.testing.assert_allclose(pooled.value, np.nanquantile(x, PROBABILITIES, axis=0).T, rtol=3e-9)


def test_a_column_without_values_has_no_quantiles() -> None:
    found = run_local(QuantilesHub(1), summarise, data_of(np.full((3, 1), np.nan)))
    assert np.isnan(found.value).all()
    assert found.n[0] == 0


@given(st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=30), st.floats(0, 1))
def test_any_numbers(values: list[float], probability: float) -> None:
    x = np.array(values)
    found = run_local(QuantilesHub(1, (probability,)), summarise, data_of(x[:, None]))
    scale = max(np.abs(x).max(), 2.0**-24)
    assert found.value[0, 0] == pytest.approx(np.quantile(x, probability), abs=5e-9 * scale + 1e-7)
