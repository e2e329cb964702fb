"""Gray's test: worked by hand, and its size on simulated data. Its numbers: see tests/gold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.gray.hub import GrayHub
from equipoise.estimators.gray.site import summarise
from equipoise.estimators.gray.summary import GrayResult
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError


def rows(time: list[float], event: list[int], group: list[int]) -> SurvivalData:
    n = len(time)
    return SurvivalData(np.array(time), np.array(event), np.array(group), np.zeros(n, dtype=np.int64), np.zeros((n, 0)), np.ones(n))


def gray(data: SurvivalData, **settings: object) -> GrayResult:
    return run_local(GrayHub(np.unique(data.time), 2, 2, **settings), summarise, data)  # type: ignore[arg-type]


SIX = rows([1, 2, 3, 4, 5, 6], [1, 2, 1, 1, 0, 1], [0, 1, 1, 0, 0, 1])


def test_the_score_by_hand() -> None:
    """R_g = n_g (1 - F_g(t-)) / S_g(t-). At 1: 3 and 3. At 3, after the other cause took one of group 1: group 0 has 2 (2/3)/(2/3) = 2,
    group 1 has 2 (1)/(2/3) = 3. At 4: 2 and 1 (2/3)/(1/3) = 2. At 6: none and 2.
    """
    test = gray(SIX).tests[0]
    np.testing.assert_allclose(test.score, [2 - (3 / 6 + 2 / 5 + 2 / 4), 2 - (3 / 6 + 3 / 5 + 2 / 4 + 1)])
    assert test.df == 1


def test_time_weights_by_hand() -> None:
    """F0 grows by d over the sum of n_g / S_g(t-): 1/6 at 1, then 1/(3 + 3), 1/(3 + 3)."""
    test = gray(SIX, rho=1.0).tests[0]
    np.testing.assert_allclose(test.score[0], 1 - 3 / 6 - (5 / 6) * 2 / 5 + (4 / 6) * (1 - 2 / 4))


def test_one_cause_uncensored_has_the_logrank_score() -> None:
    """Without other causes R_g is those at risk: observed less expected events of the log-rank test."""
    data = rows([1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1])
    test = run_local(GrayHub(np.unique(data.time), 2, 1), summarise, data).tests[0]
    np.testing.assert_allclose(test.score[0], 2 - (2 / 4 + 1 / 3 + 1 / 2))


def test_strata_are_added() -> None:
    twice = rows([*SIX.time, *SIX.time], [*SIX.event, *SIX.event], [*SIX.group, *SIX.group])
    one, two = gray(SIX).tests[0], gray(replace(twice, stratum=np.repeat([0, 1], 6)), n_strata=2).tests[0]
    np.testing.assert_allclose(two.score, 2 * one.score)
    np.testing.assert_allclose(two.statistic, 2 * one.statistic)


def test_its_size_under_the_hypothesis() -> None:
    """Of 400 samples without a difference about 5 % should be rejected; censoring differs by group."""
    rng = np.random.default_rng(5)
    zeros = np.zeros(150, dtype=np.int64)
    rejected = 0
    for _ in range(400):
        group = rng.integers(0, 2, 150)
        failure, censoring = rng.exponential(1, 150), rng.exponential(1 + group, 150)
        event = np.where(failure <= censoring, rng.integers(1, 3, 150), 0)
        rejected += (
            gray(SurvivalData(np.minimum(failure, censoring), event, group, zeros, np.zeros((150, 0)), np.ones(150))).tests[0].p < 0.05
        )
    assert 8 <= rejected <= 34


def test_a_cause_without_events_has_no_test() -> None:
    found = gray(replace(SIX, event=np.minimum(SIX.event, 1))).tests
    assert np.isnan(found[1].statistic)
    assert np.isnan(found[1].p)
    assert np.isfinite(found[0].log_p)


def test_refusals() -> None:
    with pytest.raises(EquipoiseError) as caught:
        GrayHub(np.ones(1), 1, 1)
    assert caught.value.code == "EQ-EST-106"
    with pytest.raises(EquipoiseError) as caught:
        GrayHub(np.ones(1), 2, 1, rho=np.nan)
    assert caught.value.code == "EQ-EST-106"
    with pytest.raises(EquipoiseError) as caught:
        gray(replace(SIX, event=np.zeros(6, dtype=np.int64)))
    assert caught.value.code == "EQ-EST-122"
    with pytest.raises(EquipoiseError) as caught:
        gray(replace(SIX, entry=np.zeros(6)))
    assert caught.value.code == "EQ-EST-107"
