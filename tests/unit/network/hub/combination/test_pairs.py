"""Pairwise tests from sums by arm: the estimator's own log-rank test on the persons of two arms, and Holm's correction by hand."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.kaplan_meier import site as curves
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import KaplanMeierResult
from equipoise.estimators.logrank import site as tests
from equipoise.estimators.logrank.hub import LogrankHub
from equipoise.estimators.logrank.summary import LogrankResult
from equipoise.estimators.loop import run_local
from equipoise.network.hub.combination.pairs import holm, logrank, pairs_of


def test_pairs_in_order() -> None:
    assert pairs_of((4, 5, 1)) == ((4, 5), (4, 1), (5, 1))


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (2, 0)])
def test_the_log_rank_test_of_two_arms_of_three(one: int, other: int) -> None:
    rng = np.random.default_rng(8)
    group = rng.integers(0, 3, 300)
    time, event = np.ceil(rng.exponential(200 + 80 * group)), (rng.random(300) < 0.7).astype(np.int64)
    zeros, grid = np.zeros(300, dtype=np.int64), np.unique(time)
    data = SurvivalData(time, event, group, zeros, np.zeros((300, 0)), np.ones(300))
    made: KaplanMeierResult = run_local(KaplanMeierHub(grid, 3), curves.summarise, data)
    two = (group == one) | (group == other)
    some = SurvivalData(
        time[two], event[two], (group[two] == one).astype(np.int64), zeros[two], np.zeros((int(two.sum()), 0)), np.ones(int(two.sum()))
    )
    expected: LogrankResult = run_local(LogrankHub(grid, 2), tests.summarise, some)
    found = logrank(made.curve(one), made.curve(other))
    assert found.estimate == pytest.approx(expected.chisq, rel=1e-12)
    assert found.p_value == pytest.approx(expected.p, rel=1e-9)


def test_an_arm_without_events_against_one_with() -> None:
    time, group = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 1, 0, 1])
    zeros = np.zeros(4, dtype=np.int64)
    data = SurvivalData(time, np.array([1, 0, 0, 0]), group, zeros, np.zeros((4, 0)), np.ones(4))
    made: KaplanMeierResult = run_local(KaplanMeierHub(time, 2), curves.summarise, data)
    assert logrank(made.curve(0), made.curve(1)).estimate == pytest.approx(1.0)


def test_holm_by_hand() -> None:
    assert holm((0.01, 0.04, 0.03, float("nan"))) == pytest.approx((0.03, 0.06, 0.06, float("nan")), nan_ok=True)
