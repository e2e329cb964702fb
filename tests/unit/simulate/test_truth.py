"""True estimates against plain arithmetic on individual rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from equipoise.simulate.plan import Habits, Hospital
from equipoise.simulate.survival import NEVER, Observation, death_days, median_days, middle_of_month, observe
from equipoise.simulate.truth.estimates import hazard_ratio
from equipoise.simulate.truth.tally import ESTIMANDS, Potential, tally_block


def days(text: str) -> np.ndarray:
    return np.array([text], "datetime64[D]").astype(np.int64)


def histogram(time: np.ndarray, weight: np.ndarray, arm: np.ndarray) -> np.ndarray:
    return np.array([np.bincount(time[arm == a], weight[arm == a], 60) for a in (0, 1)])


def rows() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(3)
    n = 120
    return rng.integers(1, 50, n), rng.random(n) < 0.6, rng.integers(0, 2, n), rng.uniform(0.2, 3.0, n), rng.integers(0, 3, n)


@pytest.mark.parametrize("stratified", [False, True])
def test_hazard_ratio_maximises_the_partial_likelihood(stratified: bool) -> None:
    time, event, arm, weight, site = rows()
    site = site if stratified else np.zeros_like(site)

    def loss(beta: float) -> float:
        total = 0.0
        for i in np.flatnonzero(event):
            risk = (time >= time[i]) & (site == site[i])
            total -= weight[i] * (beta * arm[i] - np.log((weight[risk] * np.exp(beta * arm[risk])).sum()))
        return total

    best = minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-10}).x
    strata = [site == s for s in np.unique(site)]
    ended = np.stack([histogram(time[s], weight[s], arm[s]) for s in strata])
    died = np.stack([histogram(time[s], weight[s] * event[s], arm[s]) for s in strata])
    assert hazard_ratio(ended, died) == pytest.approx(np.exp(best), rel=1e-6)


def test_what_the_record_shows() -> None:
    index = days("2020-01-01").repeat(4)
    seen = Observation(index, np.array([1000, 1000, 50, 10_000]), np.array([True, False, True, True]), by_month=False)
    shown = observe(np.array([100, 100, 100, 5000]), seen)
    cut = int(days("2025-03-31")[0] - index[0])
    assert shown.last_day.tolist() == [100, 100, 50, cut]
    assert shown.death_day.tolist() == [100, NEVER, NEVER, NEVER]
    assert shown.time.tolist() == [100, 100, 50, 1826]
    assert shown.event.tolist() == [True, False, False, False]


def test_deaths_known_to_the_month() -> None:
    index = days("2020-01-20").repeat(2)
    seen = Observation(index, np.array([1000, 1000]), np.array([True, True]), by_month=True)
    shown = observe(np.array([20, 35]), seen)
    assert (index + shown.death_day).tolist() == [int(days("2020-02-15")[0])] * 2
    assert shown.time.tolist() == [26, 35], "never before the last record"
    assert middle_of_month(days("2024-02-29")) == days("2024-02-15")


def test_median_of_the_draws() -> None:
    predictor = np.full(200_000, 0.4)
    drawn = death_days(predictor, (np.arange(200_000) + 0.5) / 200_000)
    assert np.median(drawn) == pytest.approx(median_days(predictor[:1])[0], abs=1.0)


def test_tally_counts_everyone_once_an_arm() -> None:
    habits = Habits("79445", "96420", 1.0, "standard", False, False, False, False, False, 0.0, 0.0, 0.1)
    hospital = Hospital(0, "H1", 50, 0, 0.0, 0.7, habits)
    propensity = np.linspace(0.2, 0.9, 50)
    block = Potential(np.zeros(50), propensity, days("2021-05-01").repeat(50), -0.2)
    total = tally_block(np.random.default_rng(1), hospital, block, 7)
    overlap, crude = ESTIMANDS.index("overlap"), ESTIMANDS.index("crude")
    assert total.ended[overlap].sum(axis=1) == pytest.approx([(propensity * (1 - propensity)).sum()] * 2)
    assert total.true_deaths[crude].sum(axis=1) == pytest.approx([(1 - propensity).sum(), propensity.sum()])
    assert (total.died <= total.ended + 1e-12).all()
