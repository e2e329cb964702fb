"""Gray's test: ties, two or three groups, causes, strata, any rho."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.gray.hub import GrayHub
from equipoise.estimators.gray.summary import GrayResult

SLOPES = "no likelihood is exposed"
HORIZON = 9


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, GrayHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups, causes, strata = draw(st.integers(2, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    n = draw(st.integers(10 * groups, 60))
    data = SurvivalData(
        time=rng.integers(1, HORIZON + 3, n).astype(float),
        event=rng.integers(0, causes + 1, n),
        group=np.concatenate([np.repeat(np.arange(groups), 5), rng.integers(0, groups, n - 5 * groups)]),
        stratum=rng.integers(0, strata, n),
        x=np.zeros((n, 0)),
        weight=rng.integers(1, 4, n).astype(float) if draw(st.booleans()) else np.ones(n),
    )
    rho = draw(st.sampled_from([-0.5, 0.0, 0.5, 1.0]))
    return data, GrayHub(np.arange(HORIZON + 1.0), groups, causes, n_strata=strata, rho=rho)


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: GrayHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    """Everything agrees but the number of people."""

    def same(result: GrayResult) -> list[Any]:
        return list(result.tests)

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def rescaled(data: SurvivalData, hub: GrayHub, factor: float) -> tuple[SurvivalData, GrayHub]:
    return replace(data, time=data.time * factor), replace(hub, grid=hub.grid * factor)


def in_old_unit(result: GrayResult, factor: float) -> GrayResult:
    return result
