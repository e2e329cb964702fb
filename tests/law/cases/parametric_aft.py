"""Parametric survival: every law, weights, offsets, ties."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.parametric_aft.distributions import DISTRIBUTIONS
from equipoise.estimators.parametric_aft.hub import ParametricAftHub
from equipoise.estimators.parametric_aft.site import summarise
from equipoise.estimators.parametric_aft.summary import ParametricAftResult

RTOL = 1e-8
"""Newton's last step may come a round earlier or later by rounding alone."""
ATOL = 1e-8


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, ParametricAftHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, p = draw(st.integers(40, 90)), draw(st.integers(0, 3))
    zero = np.zeros(n, dtype=np.int64)
    data = SurvivalData(
        time=np.ceil(rng.weibull(1.3, n) * 20) / 2,
        event=(rng.random(n) < 0.6).astype(np.int64),
        group=zero,
        stratum=zero,
        x=np.column_stack([np.ones(n), rng.normal(size=(n, p)) + 2]),
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        offset=rng.normal(size=n) / 3 if draw(st.booleans()) else None,
    )
    return data, ParametricAftHub(p + 1, draw(st.sampled_from(sorted(DISTRIBUTIONS))))


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: ParametricAftHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    def same(result: ParametricAftResult) -> list[Any]:
        return [result.coef, result.scale, result.vcov, result.loglik, result.loglik_null, result.means]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def slopes(data: SurvivalData, hub: ParametricAftHub, random: Any) -> list[tuple[Any, Any, np.ndarray]]:
    """The log-likelihood and its score; the score and the information."""
    first = hub.first()

    def at(point: np.ndarray) -> Any:
        return summarise(data, replace(first, full=replace(first.full, point=point)))

    point = np.array([random.uniform(-0.3, 0.3) for _ in first.full.point])
    point[0], point[-1] = 1.5, abs(point[-1]) + 0.7
    if not DISTRIBUTIONS[hub.distribution].of_log:
        point[-1] /= 10
    return [(lambda b: at(b).loglik, lambda b: at(b).score, point), (lambda b: at(b).score, lambda b: -at(b).information, point)]


def rescaled(data: SurvivalData, hub: ParametricAftHub, factor: float) -> tuple[SurvivalData, ParametricAftHub]:
    """What is added to time itself, not to its logarithm, is in its unit."""
    offset = data.offset if data.offset is None or DISTRIBUTIONS[hub.distribution].of_log else data.offset * factor
    return replace(data, time=data.time * factor, offset=offset), hub


def in_old_unit(result: ParametricAftResult, factor: float) -> ParametricAftResult:
    """The intercept moves by log(factor), and each event's density per unit of time by its inverse; laws of time itself stretch."""
    coef, moved = result.coef.copy(), result.event_weight * float(np.log(factor))
    if not DISTRIBUTIONS[result.distribution].of_log:
        unit = np.append(np.full(coef.size, factor), 1.0)
        stretched = replace(result, coef=coef / factor, scale=result.scale / factor, vcov=result.vcov / np.outer(unit, unit))
        return replace(stretched, loglik=result.loglik + moved, loglik_null=result.loglik_null + moved)
    coef[0] -= np.log(factor)
    return replace(result, coef=coef, loglik=result.loglik + moved, loglik_null=result.loglik_null + moved)
