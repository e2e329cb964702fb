"""Conditional logistic: matched sets of many sizes, several cases a set, offsets."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.conditional_logistic.hub import ConditionalLogisticHub
from equipoise.estimators.conditional_logistic.site import summarise
from equipoise.estimators.data import ModelData

WEIGHTS = "a weighted subset of people has no meaning: the exact likelihood refuses weights"
TIME_UNITS = "knows no time"
RTOL = 1e-8
"""Newton takes one step after it promises a gain under 1e-10: rounding may decide which step that is."""
ATOL = 1e-8


@st.composite
def problems(draw: st.DrawFn) -> tuple[ModelData, ConditionalLogisticHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sets, p = draw(st.integers(15, 30)), draw(st.integers(1, 3))
    cluster = np.repeat(np.arange(sets), rng.integers(1, 8, sets))
    n = cluster.size
    data = ModelData(
        x=rng.normal(size=(n, p)) + 3,
        y=(rng.random(n) < draw(st.sampled_from([0.2, 0.5, 0.8]))).astype(float),
        weight=np.ones(n),
        block=np.zeros(n, dtype=np.int64),
        offset=rng.normal(size=n) / 3 if draw(st.booleans()) else None,
        cluster=cluster,
    )
    return data, ConditionalLogisticHub(p)


def split(data: ModelData, rows: np.ndarray) -> ModelData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return ModelData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def slopes(data: ModelData, hub: ConditionalLogisticHub, random: Any) -> list[tuple[Any, Any, np.ndarray]]:
    """The log-likelihood and its score; the score and the information."""

    def at(coef: np.ndarray) -> Any:
        return summarise(data, replace(hub.first(), coef=coef))

    point = np.array([random.uniform(-0.5, 0.5) for _ in range(hub.n_columns)])
    return [(lambda b: at(b).loglik, lambda b: at(b).score, point), (lambda b: at(b).score, lambda b: -at(b).information, point)]
