"""Moments by group with missing values and weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import CovariateData
from equipoise.estimators.moments.hub import MomentsHub
from equipoise.estimators.moments.summary import MomentsResult

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"


@st.composite
def problems(draw: st.DrawFn) -> tuple[CovariateData, MomentsHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p, groups = draw(st.integers(0, 60)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    x = rng.normal(50, 5, size=(n, p))
    x[rng.random((n, p)) < 0.15] = np.nan
    weight = rng.uniform(0, 3, n) if draw(st.booleans()) else np.ones(n)
    return CovariateData(x, rng.integers(0, groups, n), weight), MomentsHub(groups, p, np.full(p, 48.0))


def split(data: CovariateData, rows: np.ndarray) -> CovariateData:
    return CovariateData(data.x[rows], data.group[rows], data.weight[rows])


def repeated(data: CovariateData, hub: MomentsHub, counts: np.ndarray) -> tuple[CovariateData, CovariateData, Any]:
    """Means and sums of weights; the unbiased variance takes repeated rows for more evidence."""

    def same(result: MomentsResult) -> list[Any]:
        return [result.mean, result.weight, result.sum_of_weights]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(len(data.group)), counts)), same
