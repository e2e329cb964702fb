"""Sums over those at risk against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimators.at_risk import SHORT, at_end, at_event, at_exit, over_at_risk, place, placed_once, times_before, while_at_risk
from equipoise.estimators.data import SurvivalData


def rows(n: int, seed: int, late: bool) -> SurvivalData:
    rng = np.random.default_rng(seed)
    time = np.round(rng.uniform(0, 12, n) * 2) / 2
    return SurvivalData(
        time=time,
        event=rng.integers(0, 2, n),
        group=np.zeros(n, dtype=np.int64),
        stratum=rng.integers(0, 3, n),
        x=np.zeros((n, 0)),
        weight=np.where(rng.uniform(size=n) < 0.1, 0.0, rng.uniform(0.5, 2, n)),
        entry=np.floor(time * rng.uniform(-0.2, 1, n)) - 0.5 if late else None,
    )


@pytest.mark.parametrize("late", [False, True])
def test_sums_equal_those_of_a_plain_loop(late: bool) -> None:
    data, grid = rows(60, 3, late), np.arange(10.0)
    placed = place(data, grid, data.stratum, 3)
    weight = data.weight[placed.keep]
    risk = over_at_risk(placed, weight)
    events, exits = at_event(placed, weight), at_exit(placed, weight)
    for s in range(3):
        for j, t in enumerate(grid):
            here = data.stratum == s
            entered = here if data.entry is None else here & (data.entry < t)
            dying = here & (data.event == 1) & (data.time <= t) & (data.time > t - 1)
            censored_before = (data.event == 0) & (data.time < t)
            dead_before = (data.event == 1) & (np.ceil(data.time) < t)
            assert risk[s, j] == pytest.approx(data.weight[entered & ~censored_before & ~dead_before].sum())
            valid = dying if data.entry is None else dying & (data.entry < t)
            assert events[s, j] == pytest.approx(data.weight[valid].sum())
    assert exits.sum() == pytest.approx(weight.sum())


def test_a_running_sum_over_time_at_risk() -> None:
    data, grid = rows(40, 5, True), np.arange(10.0)
    placed = place(data, grid, data.stratum, 3)
    step = np.random.default_rng(0).uniform(size=(3, 10, 2))
    found = while_at_risk(placed, step)
    for i in range(placed.last.size):
        expected = step[placed.unit[i], placed.first[i] : placed.last[i] + 1].sum(axis=0)
        np.testing.assert_allclose(found[i], expected, atol=1e-12)


def test_after_the_grid_everybody_is_censored() -> None:
    data = SurvivalData(
        time=np.array([3.0, 20.0, 20.0]),
        event=np.array([1, 1, 0]),
        group=np.zeros(3, dtype=np.int64),
        stratum=np.zeros(3, dtype=np.int64),
        x=np.zeros((3, 0)),
        weight=np.ones(3),
    )
    placed = place(data, np.arange(11.0), data.stratum, 1)
    assert at_event(placed, np.ones(3)).sum() == 1
    assert over_at_risk(placed, np.ones(3))[0].tolist() == [3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2]


@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_whole_days_are_looked_up_where_other_times_are_searched(seed: int, whole: bool, dense: bool) -> None:
    rng = np.random.default_rng(seed)
    grid = np.unique(rng.integers(0, 300 if dense else 1800, 200)).astype(np.float64) + rng.integers(0, 10**6)
    time = rng.uniform(grid[0] - 5, grid[-1] + 5, 2 * SHORT)
    time = np.rint(time) if whole else np.where(rng.random(time.size) < 0.3, np.rint(time), time)
    np.testing.assert_array_equal(times_before(grid, time), np.searchsorted(grid, time, side="left"))
    half = grid + 0.5
    np.testing.assert_array_equal(times_before(half, time), np.searchsorted(half, time, side="left"))


def test_placing_is_done_once_for_a_grid() -> None:
    data, grid = rows(60, 3, True), np.arange(10.0)
    first = placed_once(data, grid, 3)
    assert placed_once(data, grid.copy(), 3) is first
    assert placed_once(data, grid[:-1], 3) is not first


def test_sums_at_the_end_tell_the_censored_from_those_with_an_event() -> None:
    data = rows(60, 5, True)
    placed = place(data, np.arange(10.0), data.stratum, 3)
    weight = data.weight[placed.keep]
    censored, events = at_end(placed, weight)
    np.testing.assert_allclose(events, at_event(placed, weight))
    np.testing.assert_allclose(censored + events, at_exit(placed, weight))
    np.testing.assert_allclose(over_at_risk(placed, weight, censored + events), over_at_risk(placed, weight))
