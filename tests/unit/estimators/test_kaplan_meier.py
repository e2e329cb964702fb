"""Survival curves: worked by hand, and robust variances against the derivative of the estimate by each row's weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.site import summarise
from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.estimators.loop import run_local
from equipoise.estimators.rmst.hub import rmst_from_curves
from equipoise.kernel.errors import EquipoiseError

GRID = np.arange(13.0)


def rows(n: int, seed: int, *, late: bool = False, clusters: bool = False) -> SurvivalData:
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 12, n).astype(float)
    return SurvivalData(
        time=time,
        event=(rng.uniform(size=n) < 0.6).astype(np.int64),
        group=rng.integers(0, 2, n),
        stratum=np.zeros(n, dtype=np.int64),
        x=np.zeros((n, 0)),
        weight=rng.uniform(0.3, 2.5, n),
        entry=np.floor(time * rng.uniform(-0.5, 0.9, n)) - 0.5 if late else None,
        cluster=rng.integers(0, 9, n) if clusters else None,
    )


def curve(data: SurvivalData, robust: bool = True, taus: tuple[float, ...] = ()) -> Curve:
    return run_local(KaplanMeierHub(GRID, 2, robust=robust, taus=taus), summarise, data).curve(1)


def one_group(time: list[float], event: list[int]) -> SurvivalData:
    n = len(time)
    zeros = np.zeros(n, dtype=np.int64)
    return SurvivalData(np.array(time), np.array(event), zeros, zeros, np.zeros((n, 0)), np.ones(n))


def test_five_people_by_hand() -> None:
    """At 2: 1 of 5; at 4: 1 of 3; at 5: 1 of 2. Greenwood's variance of log S is the sum of d / (n (n - d))."""
    result = run_local(KaplanMeierHub(GRID, 1, conf_type="plain"), summarise, one_group([2, 3, 4, 5, 6], [1, 0, 1, 1, 0])).curves[0]
    np.testing.assert_allclose(result.survival, [4 / 5, 4 / 5, 8 / 15, 4 / 15, 4 / 15])
    np.testing.assert_allclose(result.std_error[3], 4 / 15 * np.sqrt(1 / 20 + 1 / 6 + 1 / 2))
    np.testing.assert_allclose(result.cumulative_hazard[-1], 1 / 5 + 1 / 3 + 1 / 2)
    assert result.median[0] == 5
    assert (result.rows, result.people_with_event) == (5, 3)


def test_a_quantile_on_a_plateau_lies_midway() -> None:
    result = run_local(KaplanMeierHub(GRID, 1), summarise, one_group([2, 4, 6, 8], [1, 1, 1, 1])).curves[0]
    assert result.quantile(0.5)[0] == 5
    assert result.quantile(0.25)[0] == 3
    assert np.isnan(run_local(KaplanMeierHub(GRID, 1), summarise, one_group([2, 4], [0, 0])).curves[0].median[0])


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("clusters", [False, True])
def test_the_robust_variance_is_the_infinitesimal_jackknife(late: bool, clusters: bool) -> None:
    data = rows(60, 11, late=late, clusters=clusters)
    tau = 7.5
    found = curve(data, taus=(tau,))
    restricted = rmst_from_curves(run_local(KaplanMeierHub(GRID, 2, robust=True, taus=(tau,)), summarise, data), tau).means[1]
    influence, areas = np.zeros((60, found.time.size)), np.zeros(60)
    for i in range(60):
        values, means = [], []
        for step in (1e-4, -1e-4):
            weight = data.weight.copy()
            weight[i] += step
            moved = run_local(KaplanMeierHub(GRID, 2), summarise, replace(data, weight=weight))
            values.append(moved.curve(1).survival)
            means.append(rmst_from_curves(moved, tau).means[1].estimate)
        influence[i] = data.weight[i] * (values[0] - values[1]) / 2e-4
        areas[i] = data.weight[i] * (means[0] - means[1]) / 2e-4
    owner = np.arange(60) if data.cluster is None else data.cluster
    summed = np.stack([influence[owner == c].sum(axis=0) for c in np.unique(owner)])
    np.testing.assert_allclose(found.std_error, np.sqrt((summed**2).sum(axis=0)), rtol=1e-5, atol=1e-7)
    area_sums = np.array([areas[owner == c].sum() for c in np.unique(owner)])
    assert restricted.se == pytest.approx(np.sqrt((area_sums**2).sum()), rel=1e-5)


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        KaplanMeierHub(GRID, 1, conf_type="wald")  # type: ignore[arg-type]


def test_robust_sums_leave_a_site_only_when_asked() -> None:
    summary = summarise(rows(20, 1), KaplanMeierHub(GRID, 2).first())
    assert (summary.events_sq.size, summary.censored_sq.size, summary.influence_sq.size) == (0, 0, 0)
