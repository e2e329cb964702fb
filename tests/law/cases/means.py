"""Weighted means with robust variances, values missing at random."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import CovariateData
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.summary import MeansResult

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"


@st.composite
def problems(draw: st.DrawFn) -> tuple[CovariateData, MeansHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p, groups = draw(st.integers(0, 60)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    x = np.where(rng.random(p) < 0.4, (rng.random((n, p)) < 0.3).astype(float), rng.normal(140, 3, size=(n, p)))
    x[rng.random((n, p)) < 0.3] = np.nan
    weight = rng.uniform(0, 3, n) if draw(st.booleans()) else np.ones(n)
    return CovariateData(x, rng.integers(0, groups, n), weight), MeansHub(groups, p)


def split(data: CovariateData, rows: np.ndarray) -> CovariateData:
    return CovariateData(data.x[rows], data.group[rows], data.weight[rows])


def repeated(data: CovariateData, hub: MeansHub, counts: np.ndarray) -> tuple[CovariateData, CovariateData, Any]:
    """Means and sums of weights; the robust variance takes repeated rows for more evidence."""

    def same(result: MeansResult) -> list[Any]:
        return [result.mean, result.weight]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(len(data.group)), counts)), same
