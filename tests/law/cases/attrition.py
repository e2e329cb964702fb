"""Attrition: a row is one source of counts."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.attrition.hub import AttritionHub
from equipoise.estimators.attrition.summary import AttritionData

TIME_UNITS = "knows no time"
SLOPES = "no likelihood"
WEIGHTS = "counts carry no weights"


@st.composite
def problems(draw: st.DrawFn) -> tuple[AttritionData, AttritionHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sources, steps = draw(st.integers(0, 8)), draw(st.integers(1, 6))
    target, comparator = rng.integers(0, 1000, size=(2, sources, steps))
    return AttritionData(target + comparator, target, comparator), AttritionHub(steps)


def split(data: AttritionData, rows: np.ndarray) -> AttritionData:
    return AttritionData(data.n[rows], data.n_target[rows], data.n_comparator[rows])
