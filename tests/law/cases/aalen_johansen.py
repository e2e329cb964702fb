"""Cumulative incidence: small integer times, so that ties abound; two or three causes, late entry, clusters, weights."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.aalen_johansen.hub import AalenJohansenHub
from equipoise.estimators.aalen_johansen.summary import AalenJohansenResult, IncidenceCurves
from equipoise.estimators.data import SurvivalData

SLOPES = "no likelihood is exposed"
HORIZON = 9


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, AalenJohansenHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, groups, causes = draw(st.integers(1, 40)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    time = rng.integers(1, HORIZON + 3, n).astype(float)
    data = SurvivalData(
        time=time,
        event=rng.integers(0, causes + 1, n),
        group=rng.integers(0, groups, n),
        stratum=np.zeros(n, dtype=np.int64),
        x=np.zeros((n, 0)),
        weight=rng.uniform(0.2, 3, n) if draw(st.booleans()) else np.ones(n),
        entry=rng.integers(-1, np.maximum(time, 1)).astype(float) if draw(st.booleans()) else None,
        cluster=rng.integers(0, 5, n) if draw(st.booleans()) else None,
    )
    hub = AalenJohansenHub(
        grid=np.arange(HORIZON + 1.0),
        n_groups=groups,
        n_causes=causes,
        conf_type=draw(st.sampled_from(["plain", "log", "log-log"])),
        variance=draw(st.sampled_from(["influence", "counting"])),
        taus=draw(st.sampled_from([(), (5.0,), (2.5, 20.0)])),
    )
    return data, hub


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: AalenJohansenHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    """Estimates agree; numbers of people do not, nor variances over rows."""

    def same(result: AalenJohansenResult) -> list[Any]:
        curves = [(c.time, c.n_risk, c.n_event, c.probability, [m.mean for m in c.mean_times]) for c in result.curves]
        return curves if hub.variance == "influence" else [*curves, *((c.std_error, c.lower, c.upper) for c in result.curves)]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def rescaled(data: SurvivalData, hub: AalenJohansenHub, factor: float) -> tuple[SurvivalData, AalenJohansenHub]:
    entry = None if data.entry is None else data.entry * factor
    taus = tuple(tau * factor for tau in hub.taus)
    return replace(data, time=data.time * factor, entry=entry), replace(hub, grid=hub.grid * factor, taus=taus)


def in_old_unit(result: AalenJohansenResult, factor: float) -> AalenJohansenResult:
    def curves(c: IncidenceCurves) -> IncidenceCurves:
        times = tuple(replace(m, tau=m.tau / factor, mean=m.mean / factor, se=m.se / factor) for m in c.mean_times)
        return replace(c, time=c.time / factor, mean_times=times)

    return AalenJohansenResult(tuple(curves(c) for c in result.curves))
