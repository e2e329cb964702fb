"""Cox: ties, strata, late entry, clusters, offsets, weights; shared strata and strata that stay at a site."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.site import summarise
from equipoise.estimators.cox.summary import CoxResult, LocalAsk, LocalFit
from equipoise.estimators.data import SurvivalData

HORIZON = 12
ATOL = 1e-10
"""Coefficients near 0 keep the rounding error of their neighbours."""
NEVER_ASKED = ["Curvature.slopes", "LocalFit.slopes"]
"""The weights are known here; what estimated ones add is held against the stacked equations in the unit tests."""


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, CoxHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p, strata, local = draw(st.integers(40, 80)), draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.booleans())
    time = rng.integers(1, HORIZON + 3, n).astype(float)
    stratum = rng.integers(0, strata, n)
    clustered = rng.integers(0, 15, n) if draw(st.booleans()) else None
    data = SurvivalData(
        time=time,
        event=(rng.uniform(size=n) < 0.7).astype(np.int64),
        group=np.zeros(n, dtype=np.int64),
        stratum=stratum,
        x=rng.normal(size=(n, p)) + 5,
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        entry=rng.integers(-1, np.maximum(time - 1, 0)).astype(float) if draw(st.booleans()) else None,
        # Local strata never cross sites: the law's split keeps clusters together, so each stratum is one cluster.
        cluster=stratum if local else clustered,
        offset=rng.normal(size=n) / 3 if draw(st.booleans()) else None,
    )
    ties = draw(st.sampled_from(["efron", "breslow"]))
    settings = {
        "robust": draw(st.booleans()),
        "leverage": draw(st.booleans()),
        "zph": draw(st.booleans()),
        "local_strata": local,
        "prediction": draw(st.booleans()),
    }
    return data, CoxHub(np.arange(HORIZON + 1.0), p, n_strata=strata, ties=ties, **settings)


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: CoxHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    """With Breslow's ties only: Efron's correction counts the tied rows, so a row of weight 2 is not two tied rows."""

    def same(result: CoxResult) -> list[Any]:
        return [result.coef, result.naive_vcov, result.loglik, result.score_test] if hub.ties == "breslow" else []

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def slopes(data: SurvivalData, hub: CoxHub, random: Any) -> list[tuple[Any, Any, np.ndarray]]:
    """The log partial likelihood and its score; the score and the information."""

    def fit(beta: np.ndarray) -> LocalFit:
        ask = replace(hub, local_strata=True).first()
        assert isinstance(ask, LocalAsk)
        found = summarise(data, replace(ask, beta=beta, center=data.x.mean(axis=0)))
        assert isinstance(found, LocalFit)
        return found

    point = np.array([random.uniform(-0.5, 0.5) for _ in range(hub.n_columns)])
    return [
        (lambda b: fit(b).loglik, lambda b: fit(b).score[0], point),
        (lambda b: fit(b).score[0], lambda b: -fit(b).information[0], point),
    ]


def rescaled(data: SurvivalData, hub: CoxHub, factor: float) -> tuple[SurvivalData, CoxHub]:
    entry = None if data.entry is None else data.entry * factor
    return replace(data, time=data.time * factor, entry=entry), replace(hub, grid=hub.grid * factor)


def in_old_unit(result: CoxResult, factor: float) -> CoxResult:
    return replace(result, time=result.time / factor)
