"""Logistic regression: weights, offsets, with and without site intercepts, now and then a redundant column."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import ModelData
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.site import summarise
from equipoise.estimators.logistic.summary import LogisticResult

TIME_UNITS = "knows no time"


@st.composite
def problems(draw: st.DrawFn) -> tuple[ModelData, LogisticHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p, sd = draw(st.integers(60, 120)), draw(st.integers(1, 3)), draw(st.sampled_from([None, 0.2, 2.0]))
    x = np.column_stack([np.ones(n), rng.normal(size=(n, p)) + 3])
    if draw(st.booleans()):
        x = np.column_stack([x, x[:, 1] * 2 - 1])
    data = ModelData(
        x=x,
        y=(rng.random(n) < 0.4).astype(float),
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        block=rng.integers(0, 5, n) if sd else np.zeros(n, dtype=np.int64),
        offset=rng.normal(size=n) / 3 if draw(st.booleans()) else None,
    )
    return data, LogisticHub(x.shape[1], sd, drop_redundant=draw(st.booleans()))


def split(data: ModelData, rows: np.ndarray) -> ModelData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return ModelData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: ModelData, hub: LogisticHub, counts: np.ndarray) -> tuple[ModelData, ModelData, Any]:
    """All but the number of people."""

    def same(result: LogisticResult) -> list[Any]:
        return [result.coef, result.vcov, result.loglik, result.null_loglik, result.weight]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(len(data.y)), counts)), same


def slopes(data: ModelData, hub: LogisticHub, random: Any) -> list[tuple[Any, Any, np.ndarray]]:
    """The (profiled, penalised) log-likelihood and its score; the score and the information."""

    def at(coef: np.ndarray) -> Any:
        return summarise(data, replace(hub.first(), coef=coef))

    point = np.array([random.uniform(-0.3, 0.3) for _ in range(hub.n_columns)])
    return [(lambda b: at(b).loglik, lambda b: at(b).gradient, point), (lambda b: at(b).gradient, lambda b: -at(b).information, point)]
