"""Events and person-time of several outcomes, some people not at risk for some."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import CovariateData
from equipoise.estimators.incidence_rates.hub import RatesHub
from equipoise.estimators.incidence_rates.summary import RatesResult

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"


@st.composite
def problems(draw: st.DrawFn) -> tuple[CovariateData, RatesHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, outcomes, groups = draw(st.integers(0, 60)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    event = rng.poisson(0.4, (n, outcomes)).astype(float)
    event[rng.random((n, outcomes)) < 0.2] = np.nan
    time = rng.uniform(0.1, 5, (n, outcomes))
    weight = rng.uniform(0, 3, n) if draw(st.booleans()) else np.ones(n)
    return CovariateData(np.hstack([event, time]), rng.integers(0, groups, n), weight), RatesHub(groups, outcomes)


def split(data: CovariateData, rows: np.ndarray) -> CovariateData:
    return CovariateData(data.x[rows], data.group[rows], data.weight[rows])


def repeated(data: CovariateData, hub: RatesHub, counts: np.ndarray) -> tuple[CovariateData, CovariateData, Any]:
    """Weighted sums; people are people, and the robust variance takes repeated rows for more evidence."""

    def same(result: RatesResult) -> list[Any]:
        return [result.sums.w_events, result.sums.w_time]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(len(data.group)), counts)), same
