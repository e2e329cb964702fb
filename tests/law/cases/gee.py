"""Generalised estimating equations: every working correlation, weights or none, people with some of their occasions."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import ModelData
from equipoise.estimators.gee.hub import GeeHub
from equipoise.estimators.gee.summary import GeeResult

TIME_UNITS = "knows no time"
SLOPES = "estimating equations have no likelihood"
RTOL = 1e-8
"""Coefficients and correlation in turn converge by a factor a round: splits may stop a round apart."""
ATOL = 1e-8


@st.composite
def problems(draw: st.DrawFn) -> tuple[ModelData, GeeHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    people, k, p = draw(st.integers(30, 60)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    kind = draw(st.sampled_from(["independence", "exchangeable", "ar1", "unstructured"]))
    cluster, occasion = (part.ravel() for part in np.indices((people, k)))
    own = rng.normal(size=people)[cluster]
    kept = rng.random(people * k) < 0.8
    n = int(kept.sum())
    data = ModelData(
        x=np.column_stack([np.ones(n), rng.normal(size=(n, p))]),
        y=5 + own[kept] + rng.normal(size=n),
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        block=np.zeros(n, dtype=np.int64),
        offset=rng.normal(size=n) if draw(st.booleans()) else None,
        cluster=cluster[kept],
        occasion=occasion[kept],
    )
    return data, GeeHub(p + 1, k, kind)  # type: ignore[arg-type]


def split(data: ModelData, rows: np.ndarray) -> ModelData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return ModelData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: ModelData, hub: GeeHub, counts: np.ndarray) -> tuple[ModelData, ModelData, Any]:
    """Of people who are each a cluster of their own: with several rows, repeating one adds pairs. Coefficients and scale."""
    one = replace(data, cluster=np.arange(len(data.y)), occasion=np.zeros(len(data.y), dtype=np.int64))
    many = split(one, np.repeat(np.arange(len(data.y)), counts))

    def same(result: GeeResult) -> list[Any]:
        return [result.coef, result.naive_vcov, result.scale]

    return replace(one, weight=one.weight * counts), replace(many, cluster=np.arange(len(many.y))), same
