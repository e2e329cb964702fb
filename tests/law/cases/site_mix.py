"""The mixture of arms over sites: a site's rows stay together."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import ModelData
from equipoise.estimators.site_mix.hub import SiteMixHub

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"
WEIGHTS = "counts people"


@st.composite
def problems(draw: st.DrawFn) -> tuple[ModelData, SiteMixHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(2, 80))
    block = np.concatenate([[0, 1], rng.integers(0, draw(st.integers(2, 9)), n - 2)]).astype(np.int64)
    y = (rng.random(n) < draw(st.sampled_from([0.0, 0.1, 0.5]))).astype(np.float64)
    return ModelData(np.zeros((n, 0)), y, np.ones(n), block), SiteMixHub(draw(st.sampled_from([0.1, 0.25, 0.5])))


def split(data: ModelData, rows: np.ndarray) -> ModelData:
    return ModelData(data.x[rows], data.y[rows], data.weight[rows], data.block[rows])
