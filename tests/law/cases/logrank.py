"""Log-rank: the Kaplan-Meier case's rows, two or three groups, any rho."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.logrank.hub import LogrankHub
from equipoise.estimators.logrank.summary import LogrankResult

SLOPES = "no likelihood is exposed"
HORIZON = 9


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, LogrankHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups, strata = draw(st.integers(2, 3)), draw(st.integers(1, 2))
    n = draw(st.integers(10 * groups, 60))
    time = rng.integers(1, HORIZON + 3, n).astype(float)
    data = SurvivalData(
        time=time,
        event=rng.integers(0, 2, n),
        group=np.concatenate([np.repeat(np.arange(groups), 5), rng.integers(0, groups, n - 5 * groups)]),
        stratum=rng.integers(0, strata, n),
        x=np.zeros((n, 0)),
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        entry=rng.integers(-1, np.maximum(time, 1)).astype(float) if draw(st.booleans()) else None,
        cluster=rng.integers(0, 12, n) if draw(st.booleans()) else None,
    )
    rho = draw(st.sampled_from([-1.0, 0.0, 0.5, 1.0]))
    gamma = draw(st.sampled_from([0.0, 1.0]))
    return data, LogrankHub(np.arange(HORIZON + 1.0), groups, n_strata=strata, rho=rho, robust=draw(st.booleans()), gamma=gamma)


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: LogrankHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    """Everything agrees but the number of people; a robust variance takes repeated rows for more evidence."""

    def same(result: LogrankResult) -> list[Any]:
        tested = [] if hub.robust else [result.variance, result.chisq]
        return [result.observed, result.expected, *tested]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def rescaled(data: SurvivalData, hub: LogrankHub, factor: float) -> tuple[SurvivalData, LogrankHub]:
    entry = None if data.entry is None else data.entry * factor
    return replace(data, time=data.time * factor, entry=entry), replace(hub, grid=hub.grid * factor)


def in_old_unit(result: LogrankResult, factor: float) -> LogrankResult:
    return result
