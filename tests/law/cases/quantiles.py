"""Quantiles of several columns with ties and missing values: equal to the last bit, as only counts decide."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import CovariateData
from equipoise.estimators.quantiles.hub import QuantilesHub

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"
WEIGHTS = "weights are not used"
RTOL = 0.0
ATOL = 0.0


@st.composite
def problems(draw: st.DrawFn) -> tuple[CovariateData, QuantilesHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p = draw(st.integers(0, 40)), draw(st.integers(1, 3))
    x = rng.normal(50, 20, size=(n, p)).round(draw(st.integers(0, 6)))
    x[rng.random((n, p)) < 0.1] = np.nan
    return CovariateData(x, np.zeros(n, dtype=np.int64), np.ones(n)), QuantilesHub(p, (0.1, 0.5, draw(st.floats(0, 1))))


def split(data: CovariateData, rows: np.ndarray) -> CovariateData:
    return CovariateData(data.x[rows], data.group[rows], data.weight[rows])
