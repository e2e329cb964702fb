"""Fine-Gray: ties, strata, censoring groups, clusters, offsets, weights; the censoring distribution estimated or known."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.cox.tied_events import log_likelihood, tied_events
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.fine_gray.hub import FineGrayHub
from equipoise.estimators.fine_gray.site import summarise
from equipoise.estimators.fine_gray.summary import FineGrayResult, WeightedCurvatureAsk, WeightedSetsAsk
from equipoise.estimators.shape import Again

HORIZON = 12
RTOL = 1e-7
"""Newton stops a last step after it promises a gain under 1e-10; splits may differ in that step by rounding alone."""
ATOL = 1e-8
NEVER_ASKED = ["RiskSets.leaving", "RiskSets.dying", "RiskSets.at_risk", "Curvature.carried", "Curvature.slopes"]
"""Cox's alone: its test of proportional hazards, and weights that come from a model."""


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, FineGrayHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p, strata, groups = draw(st.integers(50, 90)), draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    data = SurvivalData(
        time=rng.integers(1, HORIZON + 3, n).astype(float),
        event=rng.choice(3, n, p=[0.3, 0.4, 0.3]),
        group=rng.integers(0, groups, n),
        stratum=rng.integers(0, strata, n),
        x=rng.normal(size=(n, p)) + 5,
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        cluster=rng.integers(0, 15, n) if draw(st.booleans()) else None,
        offset=rng.normal(size=n) / 3 if draw(st.booleans()) else None,
    )
    how = {
        "ties": draw(st.sampled_from(["breslow", "efron"])),
        "censoring": draw(st.sampled_from(["estimated", "known", "estimated-as-cmprsk"])),
        "censoring_ties": draw(st.sampled_from(["together", "events-first"])),
    }
    return data, FineGrayHub(np.arange(HORIZON + 1.0), p, draw(st.integers(1, 2)), 2, n_groups=groups, n_strata=strata, **how)


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: FineGrayHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    """With Breslow's ties only: Efron's correction counts the tied rows, so a row of weight 2 is not two tied rows."""

    def same(result: FineGrayResult) -> list[Any]:
        found = [result.fit.coef, result.fit.naive_vcov, result.fit.loglik, result.uncensored]
        return found if hub.ties == "breslow" else [result.uncensored]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def slopes(data: SurvivalData, hub: FineGrayHub, random: Any) -> list[tuple[Any, Any, np.ndarray]]:
    """The log partial likelihood and its score; the score and the information."""
    opening = hub.finish(hub.first(), summarise(data, hub.first()))
    assert isinstance(opening, Again)
    at_zero = opening.ask
    assert isinstance(at_zero, WeightedSetsAsk)
    center = data.x.mean(axis=0)

    def at(beta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        ask = replace(at_zero, step=replace(at_zero.step, beta=beta, center=center))
        sets = summarise(data, ask)
        then = hub.finish(ask, sets)
        assert isinstance(then, Again)
        assert isinstance(then.ask, WeightedCurvatureAsk)
        step = then.ask.step
        found = summarise(data, then.ask)
        loglik = log_likelihood(sets, tied_events(sets, hub.ties == "efron"))
        return loglik, found.death_x[0] - step.death_means[0], found.second[0] - step.mean_squares[0]

    point = np.array([random.uniform(-0.5, 0.5) for _ in range(hub.n_columns)])
    return [(lambda b: at(b)[0], lambda b: at(b)[1], point), (lambda b: at(b)[1], lambda b: -at(b)[2], point)]


def rescaled(data: SurvivalData, hub: FineGrayHub, factor: float) -> tuple[SurvivalData, FineGrayHub]:
    return replace(data, time=data.time * factor), replace(hub, grid=hub.grid * factor)


def in_old_unit(result: FineGrayResult, factor: float) -> FineGrayResult:
    return replace(result, fit=replace(result.fit, time=result.fit.time / factor))
