"""Two by two counts: events by a horizon in two groups, some late entries, strata, weights."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.two_by_two.hub import TwoByTwoHub
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.estimators.two_by_two.rates import RateComparison
from equipoise.estimators.two_by_two.summary import TwoByTwoResult

SLOPES = "no likelihood is maximised"


@st.composite
def problems(draw: st.DrawFn) -> tuple[SurvivalData, TwoByTwoHub]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, strata = draw(st.integers(0, 60)), draw(st.integers(1, 3))
    time = rng.integers(0, 12, n).astype(float)
    data = SurvivalData(
        time=time,
        event=rng.integers(0, 2, n),
        group=rng.integers(0, 2, n),
        stratum=rng.integers(0, strata, n),
        x=np.zeros((n, 0)),
        weight=rng.uniform(0.2, 3, n) * (rng.random(n) < 0.9) if draw(st.booleans()) else np.ones(n),
        entry=time - rng.integers(1, 4, n) if draw(st.booleans()) else None,
    )
    horizon = draw(st.sampled_from([np.inf, 6.0]))
    return data, TwoByTwoHub(strata, horizon, draw(st.sampled_from([0.9, 0.95])), exact=draw(st.booleans()))


def split(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    parts: dict[str, Any] = {f.name: getattr(data, f.name) for f in fields(data)}
    return SurvivalData(**{name: None if column is None else column[rows] for name, column in parts.items()})


def repeated(data: SurvivalData, hub: TwoByTwoHub, counts: np.ndarray) -> tuple[SurvivalData, SurvivalData, Any]:
    """Weighted estimates; counts of people and robust variances take repeated rows for more evidence."""

    def same(result: TwoByTwoResult) -> list[float]:
        w = result.weighted
        return [] if w is None else [part.estimate for part in (w.exposed, w.unexposed, w.difference, w.ratio)]

    return replace(data, weight=data.weight * counts), split(data, np.repeat(np.arange(data.time.size), counts)), same


def rescaled(data: SurvivalData, hub: TwoByTwoHub, factor: float) -> tuple[SurvivalData, TwoByTwoHub]:
    entry = None if data.entry is None else data.entry * factor
    return replace(data, time=data.time * factor, entry=entry), replace(hub, horizon=hub.horizon * factor)


def in_old_unit(result: TwoByTwoResult, factor: float) -> TwoByTwoResult:
    """Rates per unit of time grow by the factor; ratios stay."""
    return replace(result, person_time=result.person_time / factor, rates=None if result.rates is None else _rates(result.rates, factor))


def _rates(rates: RateComparison, factor: float) -> RateComparison:
    scaled = {name: _times(getattr(rates, name), factor) for name in ("rate_exposed", "rate_unexposed", "rate_difference")}
    return replace(rates, **scaled)


def _times(interval: Interval, factor: float) -> Interval:
    return Interval(*(getattr(interval, f.name) * factor for f in fields(interval)))
