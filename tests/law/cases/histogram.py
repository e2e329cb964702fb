"""Histograms by group, with values on the edges, outside and missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import CovariateData
from equipoise.estimators.histogram.hub import HistogramHub
from equipoise.estimators.histogram.summary import HistogramResult

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"


@st.composite
def problems(draw: st.DrawFn) -> tuple[CovariateData, HistogramHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, bins = draw(st.integers(0, 60)), draw(st.integers(1, 12))
    x = rng.integers(-2, 15, size=(n, 1)) / rng.choice([1.0, 2.0], size=(n, 1))
    x[rng.random((n, 1)) < 0.1] = np.nan
    return CovariateData(x, rng.integers(0, 2, n), rng.uniform(0, 3, n)), HistogramHub(np.arange(bins + 1.0), 2)


def split(data: CovariateData, rows: np.ndarray) -> CovariateData:
    return CovariateData(data.x[rows], data.group[rows], data.weight[rows])


def repeated(data: CovariateData, hub: HistogramHub, counts: np.ndarray) -> tuple[CovariateData, CovariateData, Any]:
    """Weights; counts are of people."""

    def same(result: HistogramResult) -> list[Any]:
        return [result.weight, result.density(weighted=True)]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(len(data.group)), counts)), same
