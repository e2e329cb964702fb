"""Counts over sites: the same measures as from one table, horizons, weights."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.loop import run_sites
from equipoise.estimators.two_by_two.hub import TwoByTwoHub
from equipoise.estimators.two_by_two.mantel_haenszel import mantel_haenszel
from equipoise.estimators.two_by_two.rates import compare_rates
from equipoise.estimators.two_by_two.site import summarise
from equipoise.estimators.two_by_two.summary import TwoByTwoResult
from equipoise.estimators.two_by_two.table import two_by_two
from equipoise.kernel.errors import EquipoiseError


def made(n: int = 200, seed: int = 4, weighted: bool = False) -> SurvivalData:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    return SurvivalData(
        time=rng.integers(1, 100, n).astype(float),
        event=(rng.random(n) < 0.2 + 0.2 * group).astype(np.int64),
        group=group,
        stratum=rng.integers(0, 3, n),
        x=np.zeros((n, 0)),
        weight=rng.uniform(0.5, 2, n) if weighted else np.ones(n),
    )


def rows(data: SurvivalData, chosen: np.ndarray) -> SurvivalData:
    return SurvivalData(*(getattr(data, name)[chosen] for name in ("time", "event", "group", "stratum", "x", "weight")))


def answer(hub: TwoByTwoHub, *sites: SurvivalData) -> TwoByTwoResult:
    return run_sites(hub, summarise, sites)


def test_sites_as_strata_are_mantel_haenszel_over_sites() -> None:
    data = made()
    found = answer(TwoByTwoHub(3, exact=True), *(rows(data, data.stratum == site) for site in range(3)))
    tables = np.array(
        [[[np.sum((data.stratum == s) & (data.group == g) & (data.event == e)) for e in (1, 0)] for g in (1, 0)] for s in range(3)]
    )
    assert found.tables.tolist() == tables.tolist()
    assert found.stratified == mantel_haenszel(tables, exact=True)
    assert found.crude == two_by_two(*(int(n) for n in tables.sum(axis=0).ravel()))


def test_rates_are_events_over_time_up_to_the_horizon() -> None:
    data = made()
    found = answer(TwoByTwoHub(3, horizon=30.0), data)
    event = (data.event == 1) & (data.time <= 30)
    time = np.minimum(data.time, 30)
    counts = [(int(event[data.group == g].sum()), float(time[data.group == g].sum())) for g in (1, 0)]
    assert found.rates == compare_rates(*counts[0], *counts[1])
    assert found.crude.a == counts[0][0]


def test_who_enters_after_the_horizon_is_not_counted() -> None:
    late = SurvivalData(
        np.array([5.0, 9.0]), np.array([1, 1]), np.array([1, 0]), np.zeros(2, np.int64), np.zeros((2, 0)), np.ones(2), np.array([1.0, 7.0])
    )
    found = answer(TwoByTwoHub(1, horizon=6.0), late)
    assert found.tables[0].tolist() == [[1, 0], [0, 0]]
    assert found.person_time.tolist() == [[4.0, 0.0]]
    assert found.rates is None
    assert found.weighted is None


def test_weights_of_one_give_the_binomial_error() -> None:
    found = answer(TwoByTwoHub(3), made())
    assert found.weighted is not None
    assert found.weighted.difference.estimate == pytest.approx(found.crude.risk_difference.estimate)
    assert found.weighted.difference.se == pytest.approx(found.crude.risk_difference.se)
    assert found.weighted.ratio.se == pytest.approx(found.crude.risk_ratio.se)


def test_weighted_errors_are_sums_of_squared_influences() -> None:
    data = made(weighted=True)
    found = answer(TwoByTwoHub(3), data).weighted
    assert found is not None
    for g, part in ((1, found.exposed), (0, found.unexposed)):
        w, y = data.weight[data.group == g], data.event[data.group == g]
        p = float(w @ y / w.sum())
        assert part.estimate == pytest.approx(p)
        assert part.se == pytest.approx(math.sqrt(float((w**2) @ (y - p) ** 2)) / w.sum())


def test_refusals() -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-105"):
        answer(TwoByTwoHub(1), rows(made(), np.zeros(200, dtype=bool)))
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        TwoByTwoHub(0)
