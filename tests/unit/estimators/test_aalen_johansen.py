"""Cumulative incidence: worked by hand, and influence variances against the derivative of the estimate by each row's weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.aalen_johansen.hub import AalenJohansenHub
from equipoise.estimators.aalen_johansen.site import summarise
from equipoise.estimators.aalen_johansen.summary import IncidenceCurves
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.site import summarise as survival
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError

GRID = np.arange(13.0)
TAU = 7.5


def rows(n: int, seed: int, *, late: bool = False, clusters: bool = False) -> SurvivalData:
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 12, n).astype(float)
    return SurvivalData(
        time=time,
        event=rng.integers(0, 3, n),
        group=rng.integers(0, 2, n),
        stratum=np.zeros(n, dtype=np.int64),
        x=np.zeros((n, 0)),
        weight=rng.uniform(0.3, 2.5, n),
        entry=np.floor(time * rng.uniform(-0.5, 0.9, n)) - 0.5 if late else None,
        cluster=rng.integers(0, 9, n) if clusters else None,
    )


def one_group(time: list[float], event: list[int]) -> SurvivalData:
    n = len(time)
    zeros = np.zeros(n, dtype=np.int64)
    return SurvivalData(np.array(time), np.array(event), zeros, zeros, np.zeros((n, 0)), np.ones(n))


def curves(data: SurvivalData, group: int = 0, **settings: object) -> IncidenceCurves:
    groups = int(data.group.max(initial=0)) + 1
    return run_local(AalenJohansenHub(GRID, groups, 2, **settings), summarise, data).curves[group]  # type: ignore[arg-type]


def test_five_people_by_hand() -> None:
    """At 2 cause 1 takes 1 of 5; at 3 one is censored; at 4 cause 2 takes 1 of 3; at 5 cause 1 takes 1 of 2."""
    found = curves(one_group([2, 3, 4, 5, 6], [1, 0, 2, 1, 0]), taus=(6.0,))
    np.testing.assert_allclose(found.probability[0], [4 / 5, 4 / 5, 8 / 15, 4 / 15, 4 / 15])
    np.testing.assert_allclose(found.probability[1], [1 / 5, 1 / 5, 1 / 5, 1 / 5 + 4 / 15, 7 / 15])
    np.testing.assert_allclose(found.probability[2], [0, 0, 4 / 15, 4 / 15, 4 / 15])
    np.testing.assert_allclose(found.mean_times[0].mean, [2 + 2 * 4 / 5 + 8 / 15 + 4 / 15, 3 / 5 + 7 / 15, 8 / 15])
    np.testing.assert_array_equal(found.people_with_event, [2, 1])
    np.testing.assert_array_equal(found.people_at_risk, [5, 4, 3, 2, 1])


def test_a_proportion_by_hand() -> None:
    """Without censoring an incidence is a proportion, and all variances are p (1 - p) / n."""
    data = one_group([1, 1, 2, 3, 3, 4, 5, 6, 8, 9], [1, 2, 1, 2, 2, 1, 1, 2, 1, 2])
    expected = np.array([1, 2, 2, 3, 4, 4, 5, 5]) / 10
    for variance in ("influence", "counting"):
        found = curves(data, variance=variance)
        np.testing.assert_allclose(found.probability[1], expected)
        np.testing.assert_allclose(found.probability.sum(axis=0), 1)
    np.testing.assert_allclose(curves(data).std_error[1], np.sqrt(expected * (1 - expected) / 10))
    free = 1 - np.array([2, 3, 5, 6, 7, 8, 9, 10]) / 10
    np.testing.assert_allclose(curves(data).std_error[0], np.sqrt(free * (1 - free) / 10), atol=1e-12)


def test_the_counting_variance_by_hand() -> None:
    """Four people: cause 1 at 1, cause 2 at 2, cause 1 at 3, censored at 4.

    F1(3) = 1/4 + 1/4. phi is (F1(3) - F1(u)) / S(u): 1/3, 1/2, 0; the steps (S(u-) / n) are all 1/4.
    """
    found = curves(one_group([1, 2, 3, 4], [1, 2, 1, 0]), variance="counting")
    np.testing.assert_allclose(found.std_error[1][2] ** 2, ((1 - 1 / 3) ** 2 + (1 / 2) ** 2 + 1) / 16)


def test_with_one_cause_it_is_one_minus_survival() -> None:
    data = replace(rows(80, 3, late=True), event=np.minimum(rows(80, 3).event, 1))
    incidence = run_local(AalenJohansenHub(GRID, 2, 1), summarise, data).curves[1]
    kept = run_local(KaplanMeierHub(GRID, 2, robust=True), survival, data).curves[1]
    np.testing.assert_allclose(incidence.probability[1], 1 - kept.survival)
    np.testing.assert_allclose(incidence.std_error, [kept.std_error, kept.std_error])


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("clusters", [False, True])
def test_the_influence_variance_is_the_infinitesimal_jackknife(late: bool, clusters: bool) -> None:
    data = rows(60, 11, late=late, clusters=clusters)
    found = curves(data, 1, taus=(TAU,))
    influence, areas = np.zeros((60, *found.probability.shape)), np.zeros((60, 3))
    for i in range(60):
        step = np.zeros(60)
        step[i] = 1e-6 * data.weight[i]
        up, down = (curves(replace(data, weight=data.weight + sign * step), 1, taus=(TAU,)) for sign in (1, -1))
        influence[i] = (up.probability - down.probability) / 2e-6
        areas[i] = (up.mean_times[0].mean - down.mean_times[0].mean) / 2e-6
    owner = np.eye(9)[data.cluster] if data.cluster is not None else np.eye(60)
    np.testing.assert_allclose(found.std_error, np.sqrt(((owner.T @ influence.reshape(60, -1)) ** 2).sum(0)).reshape(3, -1), atol=1e-8)
    np.testing.assert_allclose(found.mean_times[0].se, np.sqrt(((owner.T @ areas) ** 2).sum(0)), atol=1e-7)


def test_when_all_have_had_an_event_nothing_is_left() -> None:
    found = curves(one_group([1, 2, 3], [1, 2, 1]), conf_type="log")
    assert found.probability[0, -1] == 0
    assert found.std_error[0, -1] == 0
    np.testing.assert_allclose(found.std_error[1, -1], np.sqrt(2 / 27))
    assert np.all(found.upper[1] <= 1)


def test_reading_at_times() -> None:
    at = curves(one_group([2, 3, 4, 5, 6], [1, 0, 2, 1, 0])).at(np.array([0.0, 2.0, 3.5, 99.0]))
    np.testing.assert_allclose(at.probability[1], [0, 1 / 5, 1 / 5, 7 / 15])
    np.testing.assert_array_equal(at.people_at_risk, [5, 5, 3, 0])
    np.testing.assert_array_equal(at.lower[0, 0], 1)


@pytest.mark.parametrize(
    "settings", [{"conf_type": "square"}, {"variance": "none"}, {"taus": (-1.0,)}, {"taus": (np.inf,)}, {"n_causes": 0}]
)
def test_unusable_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(EquipoiseError) as caught:
        AalenJohansenHub(**{"grid": GRID, "n_groups": 1, "n_causes": 2, **settings})  # type: ignore[arg-type]
    assert caught.value.code == "EQ-EST-106"


def test_an_unknown_cause_is_refused() -> None:
    with pytest.raises(EquipoiseError) as caught:
        curves(one_group([1, 2], [1, 3]))
    assert caught.value.code == "EQ-EST-121"
