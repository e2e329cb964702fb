"""Scores in bins by arm: integers decide, so a split changes nothing at all."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import CovariateData
from equipoise.estimators.score_bins.hub import ScoreBinsHub

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"
WEIGHTS = "weights are not used"
RTOL = 0.0
ATOL = 0.0


@st.composite
def problems(draw: st.DrawFn) -> tuple[CovariateData, ScoreBinsHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(0, 80))
    score = rng.random((n, 1)).round(draw(st.integers(0, 6)))
    population = draw(st.sampled_from(["matched", "target", "everyone", "overlap"]))
    return CovariateData(score, rng.integers(0, 2, n), np.ones(n)), ScoreBinsHub(draw(st.integers(1, 20)), population)


def split(data: CovariateData, rows: np.ndarray) -> CovariateData:
    return CovariateData(data.x[rows], data.group[rows], data.weight[rows])
