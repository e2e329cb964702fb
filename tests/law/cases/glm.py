"""Generalised linear models: every family with links that keep its means in bounds; weights, offsets, clusters."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import ModelData
from equipoise.estimators.glm.hub import GlmHub
from equipoise.estimators.glm.site import summarise
from equipoise.estimators.glm.summary import GlmResult

TIME_UNITS = "knows no time"
RTOL = 1e-8
"""Fisher scoring for other than canonical links converges by a factor a round: splits may stop a round apart."""
ATOL = 1e-8
MODELS = [
    ("binomial", "logit"),
    ("quasibinomial", "logit"),
    ("binomial", "probit"),
    ("binomial", "cloglog"),
    ("poisson", "log"),
    ("quasipoisson", "log"),
    ("gaussian", "identity"),
    ("binomial", "cauchit"),
    ("poisson", "sqrt"),
    ("gamma", "log"),
    ("gamma", "inverse"),
    ("inverse-gaussian", "log"),
    ("inverse-gaussian", "1/mu^2"),
]
BOUNDED = ("sqrt", "inverse", "1/mu^2")
"""Links whose linear predictor must stay above 0: small effects, and slopes taken far from 0."""


@st.composite
def problems(draw: st.DrawFn) -> tuple[ModelData, GlmHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    family, link = draw(st.sampled_from(MODELS))
    n, p = draw(st.integers(60, 120)), draw(st.integers(1, 3))
    drawn = {
        "poisson": rng.poisson(4, n),
        "gaussian": rng.normal(5, 2, n),
        "gamma": rng.gamma(5, 0.4, n),
        "inverse-gaussian": rng.wald(2, 9, n),
    }
    y = drawn.get(family.removeprefix("quasi"), rng.random(n) < 0.4)
    data = ModelData(
        x=np.column_stack([np.ones(n), rng.normal(size=(n, p))]),
        y=np.asarray(y, dtype=float),
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        block=np.zeros(n, dtype=np.int64),
        offset=rng.normal(size=n) / (50 if link in BOUNDED else 5) if draw(st.booleans()) else None,
        cluster=rng.integers(0, 20, n) if draw(st.booleans()) else None,
    )
    firth = (family, link) == ("binomial", "logit") and draw(st.booleans())
    return data, GlmHub(p + 1, family, link, firth=firth)  # type: ignore[arg-type]


def split(data: ModelData, rows: np.ndarray) -> ModelData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return ModelData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: ModelData, hub: GlmHub, counts: np.ndarray) -> tuple[ModelData, ModelData, Any]:
    """Estimates and deviances; dispersions and robust variances take repeated rows for more evidence."""

    def same(result: GlmResult) -> list[Any]:
        return [result.coef, result.unscaled, result.deviance, result.null_deviance]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(len(data.y)), counts)), same


def slopes(data: ModelData, hub: GlmHub, random: Any) -> list[tuple[Any, Any, np.ndarray]]:
    """The score is the slope of minus half the deviance."""

    def at(coef: np.ndarray) -> Any:
        return summarise(data, replace(hub.first(), coef=coef))

    point = np.array([random.uniform(-0.3, 0.3) for _ in range(hub.n_columns)])
    point[0] += 4.0 if hub.link in BOUNDED else 0.0
    return [(lambda b: -at(b).deviance / 2, lambda b: at(b).score, point)]
