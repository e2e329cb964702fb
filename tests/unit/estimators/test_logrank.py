"""The log-rank test: a table worked by hand, and the robust test against the weighted Cox score test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.site import summarise as cox_summarise
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.logrank.hub import LogrankHub
from equipoise.estimators.logrank.site import summarise
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError

GRID = np.arange(13.0)


def weighted_rows(n: int = 80) -> SurvivalData:
    rng = np.random.default_rng(2)
    time = rng.integers(1, 12, n).astype(float)
    group = rng.integers(0, 2, n)
    return SurvivalData(
        time=time,
        event=(rng.uniform(size=n) < 0.6).astype(np.int64),
        group=group,
        stratum=rng.integers(0, 2, n),
        x=group[:, None].astype(float),
        weight=rng.uniform(0.3, 2.5, n),
        entry=np.floor(time / 2) - 0.5,
        cluster=rng.integers(0, 20, n),
    )


FOUR = SurvivalData(
    time=np.array([1.0, 3.0, 4.0, 4.0]),
    event=np.array([1, 1, 0, 0]),
    group=np.array([0, 1, 0, 1]),
    stratum=np.zeros(4, dtype=np.int64),
    x=np.zeros((4, 0)),
    weight=np.ones(4),
)


def test_late_differences_by_hand() -> None:
    """Day 1 weighs 1 - S(1-) = 0, day 3 weighs 1 - 3/4."""
    found = run_local(LogrankHub(GRID, 2, gamma=1.0), summarise, FOUR)
    np.testing.assert_allclose(found.observed, [0, 1 / 4])
    np.testing.assert_allclose(found.expected, [1 / 12, 2 / 12])
    assert found.chisq == pytest.approx((1 / 12) ** 2 / (1 / 16 * 2 / 9))


def test_a_stratum_whose_survival_ended_does_not_spoil_a_negative_rho() -> None:
    """Stratum 1 ends on day 3; the events of day 9 are those of stratum 0 alone."""
    time, event = np.array([2.0, 9, 9, 10, 1, 3]), np.array([1, 1, 0, 0, 1, 1])
    rows = SurvivalData(time, event, np.array([0, 1, 0, 1, 0, 1]), np.array([0, 0, 0, 0, 1, 1]), np.zeros((6, 0)), np.ones(6))
    found = run_local(LogrankHub(GRID, 2, n_strata=2, rho=-1.0), summarise, rows)
    np.testing.assert_allclose(found.observed, [1 + 1, 4 / 3 + 2])


def test_two_event_times_by_hand() -> None:
    """Day 1: 1 event, group 1 has 2 of 4; day 3: 1 event, group 1 has 2 of 3. Variance 1/4 + 2/9."""
    data = FOUR
    found = run_local(LogrankHub(GRID, 2), summarise, data)
    np.testing.assert_allclose(found.expected, [1 / 2 + 1 / 3, 1 / 2 + 2 / 3])
    np.testing.assert_allclose(found.variance[1, 1], 1 / 4 + 2 / 9)
    assert found.chisq == pytest.approx((1 - 7 / 6) ** 2 / (1 / 4 + 2 / 9))


def test_the_robust_test_is_the_weighted_cox_score_test() -> None:
    data = weighted_rows()
    test = run_local(LogrankHub(GRID, 2, n_strata=2, robust=True), summarise, data)
    cox = run_local(CoxHub(GRID, 1, n_strata=2, ties="breslow", robust=True), cox_summarise, data)
    assert test.chisq == pytest.approx(cox.robust_score_test, rel=1e-10)


def test_a_p_value_beyond_the_reach_of_a_float_has_a_logarithm() -> None:
    n = 20_000
    time = np.concatenate([np.full(n, 2.0), np.full(n, 10.0)])
    data = SurvivalData(
        time=time,
        event=np.ones(2 * n, dtype=np.int64),
        group=np.repeat([0, 1], n),
        stratum=np.zeros(2 * n, dtype=np.int64),
        x=np.zeros((2 * n, 0)),
        weight=np.ones(2 * n),
    )
    found = run_local(LogrankHub(GRID, 2), summarise, data)
    assert found.p == 0.0
    assert found.log_p == pytest.approx(float(np.log(2) + norm.logsf(np.sqrt(found.chisq))), rel=1e-10)


@pytest.mark.parametrize("robust", [False, True])
def test_groups_never_at_risk_together_cannot_be_compared(robust: bool) -> None:
    data = weighted_rows()
    apart = SurvivalData(data.time, data.event, data.group, data.group, data.x, data.weight)
    found = run_local(LogrankHub(GRID, 2, n_strata=2, robust=robust), summarise, apart)
    assert np.isnan(found.chisq)
    assert np.isnan(found.log_p)


def test_refusals() -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        LogrankHub(GRID, 1)
    silent = weighted_rows()
    with pytest.raises(EquipoiseError, match="EQ-EST-122"):
        run_local(LogrankHub(GRID, 2, n_strata=2), summarise, SurvivalData(silent.time, silent.event * 0, *_rest(silent)))


def _rest(data: SurvivalData) -> tuple[np.ndarray, ...]:
    return data.group, data.stratum, data.x, data.weight
