"""Kaplan-Meier: small integer times, so that ties abound; late entry, clusters, weights, one or two strata."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import Curve, KaplanMeierResult

SLOPES = "no likelihood is exposed"
HORIZON = 9


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, KaplanMeierHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, groups, strata = draw(st.integers(1, 40)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    time = rng.integers(1, HORIZON + 3, n).astype(float)
    data = SurvivalData(
        time=time,
        event=rng.integers(0, 2, n),
        group=rng.integers(0, groups, n),
        stratum=rng.integers(0, strata, n),
        x=np.zeros((n, 0)),
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        entry=rng.integers(-1, np.maximum(time, 1)).astype(float) if draw(st.booleans()) else None,
        cluster=rng.integers(0, 5, n) if draw(st.booleans()) else None,
    )
    hub = KaplanMeierHub(
        grid=np.arange(HORIZON + 1.0),
        n_groups=groups,
        n_strata=strata,
        conf_type=draw(st.sampled_from(["plain", "log", "log-log", "logit", "arcsin"])),
        robust=draw(st.booleans()),
        estimator=draw(st.sampled_from(["product-limit", "breslow"])),
        taus=draw(st.sampled_from([(), (5.0,)])),
    )
    return data, hub


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: KaplanMeierHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    """Estimates agree; numbers of people do not, nor variances over rows."""

    def same(result: KaplanMeierResult) -> list[Any]:
        curves = [(c.time, c.n_risk, c.n_event, c.survival, c.cumulative_hazard) for c in result.curves]
        return curves if hub.robust else [*curves, *((c.std_error, c.lower, c.upper) for c in result.curves)]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def rescaled(data: SurvivalData, hub: KaplanMeierHub, factor: float) -> tuple[SurvivalData, KaplanMeierHub]:
    entry = None if data.entry is None else data.entry * factor
    taus = tuple(tau * factor for tau in hub.taus)
    return replace(data, time=data.time * factor, entry=entry), replace(hub, grid=hub.grid * factor, taus=taus)


def in_old_unit(result: KaplanMeierResult, factor: float) -> KaplanMeierResult:
    def curve(c: Curve) -> Curve:
        return replace(c, time=c.time / factor, restricted=tuple((tau / factor, v / factor**2) for tau, v in c.restricted))

    return KaplanMeierResult(tuple(curve(c) for c in result.curves))
