"""Matching of de-identified rows: `+` puts rows one after the other, and their order is forgotten."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.matching.hub import MatchRowsHub
from equipoise.estimators.matching.site import tokens
from equipoise.estimators.matching.summary import MatchRowsData

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"
WEIGHTS = "a person is matched or not"
CONCATENATED = True


@st.composite
def problems(draw: st.DrawFn) -> tuple[MatchRowsData, MatchRowsHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(4, 60))
    score = rng.beta(2, 3, n).round(draw(st.sampled_from([1, 15]))).clip(0.01, 0.99)
    data = MatchRowsData(tokens(["A"] * n, range(n), b"key"), score, (rng.random(n) < 0.4).astype(np.int64))
    order = draw(st.sampled_from(["largest", "smallest", "random"]))
    caliper = draw(st.sampled_from([None, 0.05, 0.2]))
    return data, MatchRowsHub(draw(st.integers(1, 2)), caliper, draw(st.sampled_from(["logit", "score"])), order)  # type: ignore[arg-type]


def split(data: MatchRowsData, rows: np.ndarray) -> MatchRowsData:
    return MatchRowsData(data.token[rows], data.score[rows], data.treated[rows])
