"""Informative censoring: by hand, against drawn imputations, and against simulated data whose censored have a known hazard."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.bias.informative_censoring import (
    Process,
    log_hazard_ratio,
    processes,
    shift,
    tipping_delta,
    tips,
    with_hazard_after,
)
from equipoise.estimators.data import Floats, SurvivalData
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.site import summarise
from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import cox

END = 60


def curves(time: Floats, event: np.ndarray, arm: np.ndarray) -> tuple[Curve, Curve]:
    zeros = np.zeros(len(time), dtype=np.int64)
    data = SurvivalData(time, event.astype(np.int64), arm.astype(np.int64), zeros, np.zeros((len(time), 0)), np.ones(len(time)))
    found = run_local(KaplanMeierHub(np.arange(1.0, END + 1), 2), summarise, data)
    return found.curve(1), found.curve(0)


def cohort(
    rng: np.random.Generator, n: int, ratio: float, delta: float = 1.0, rate: float = 0.04
) -> tuple[Floats, np.ndarray, np.ndarray, Floats]:
    """Times, events and arms as recorded, and the true times; the target's censored have `delta` times the hazard afterwards."""
    arm = np.arange(n) % 2
    hazard = rate * np.where(arm == 1, ratio, 1.0)
    death, leaving = rng.exponential(1 / hazard), rng.exponential(1 / 0.03, n)
    after = leaving + rng.exponential(1 / (hazard * np.where(arm == 1, delta, 1.0)))
    true = np.where(death <= leaving, death, after)
    time = np.minimum(np.minimum(death, leaving), END)
    return np.ceil(time), (death <= leaving) & (death <= END), arm, np.ceil(true)


def test_by_hand() -> None:
    """Ten at risk, one dies and two leave on day 1; two of seven die on day 2: with delta 1 two more go on, each dying with 2/7."""
    arm = Process(np.array([10.0, 7.0]), np.array([1.0, 2.0]), np.array([2.0, 0.0]))
    alike = with_hazard_after(arm, 1.0)
    assert alike.at_risk.tolist() == [10.0, 9.0]
    assert alike.events.tolist() == pytest.approx([1.0, 2 + 2 * 2 / 7])
    assert with_hazard_after(arm, 2.0).events[1] == pytest.approx(2 + 2 * (1 - (5 / 7) ** 2))
    assert with_hazard_after(arm, 0.0).events.tolist() == [1.0, 2.0]


def test_the_ratio_is_that_of_cox_with_ties_by_breslow() -> None:
    time, event, arm, _ = cohort(np.random.default_rng(3), 300, 0.7)
    expected = float(cox(time, event, arm, ties="breslow").coef[0])
    assert log_hazard_ratio(*processes(*curves(time, event, arm))) == pytest.approx(expected, rel=1e-9)


def test_expected_numbers_are_what_drawn_imputations_come_to() -> None:
    """300 imputations of the target's censored, each from the arm's own day hazards times delta, analysed by Cox; the mean agrees."""
    rng, delta = np.random.default_rng(4), 2.5
    time, event, arm, _ = cohort(rng, 400, 0.8)
    both = processes(*curves(time, event, arm))
    days = np.arange(1, END + 1)
    dying = {
        a: np.array([(event & (arm == a) & (time == d)).sum() / max(((arm == a) & (time >= d)).sum(), 1) for d in days]) for a in (0, 1)
    }
    hazard = {0: dying[0], 1: 1 - (1 - dying[1]) ** delta}
    found = []
    for _ in range(300):
        times, events = time.copy(), event.copy()
        for person in np.flatnonzero(~event & (time < END)):
            later = days[days > time[person]]
            falls = rng.random(later.size) < hazard[arm[person]][later - 1]
            times[person], events[person] = (later[falls.argmax()], True) if falls.any() else (END, False)
        found.append(log_hazard_ratio(*processes(*curves(times, events, arm))))
    expected = log_hazard_ratio(with_hazard_after(both[0], delta), with_hazard_after(both[1], 1.0))
    assert expected == pytest.approx(np.mean(found), abs=3 * np.std(found) / math.sqrt(300) + 0.005)


def test_a_known_truth_comes_back() -> None:
    """The target's censored die at three times the hazard: the recorded ratio misses it, the shift with delta 3 finds the full data's."""
    rng = np.random.default_rng(5)
    time, event, arm, true = cohort(rng, 40_000, 0.7, delta=3.0)
    both = processes(*curves(time, event, arm))
    recorded = float(cox(time, event, arm).coef[0])
    complete = float(cox(np.minimum(true, END), true <= END, arm).coef[0])
    assert recorded == pytest.approx(math.log(0.7), abs=0.03)
    assert complete - recorded > 0.15
    assert recorded + shift(*both, 3.0) == pytest.approx(complete, abs=0.02)


def test_without_informative_censoring_nothing_moves() -> None:
    time, event, arm, _ = cohort(np.random.default_rng(6), 400, 0.8)
    both = processes(*curves(time, event, arm))
    assert shift(*both) == 0
    assert shift(*both, 2.0) > 0 > shift(*both, 0.5)
    assert shift(*both, 1.0, 2.0) < 0


def test_a_tip_brings_the_ratio_to_one() -> None:
    time, event, arm, _ = cohort(np.random.default_rng(7), 1200, 0.75)
    both = processes(*curves(time, event, arm))
    target, comparator = tips(both, 0.75, 0.65, 0.86)
    assert target.estimate is not None
    assert target.limit is not None
    assert 1 < target.limit < target.estimate
    assert math.log(0.75) + shift(*both, target.estimate) == pytest.approx(0, abs=1e-8)
    assert math.log(0.86) + shift(*both, target.limit) == pytest.approx(0, abs=1e-8)
    assert comparator.limit is not None
    assert comparator.limit < 1
    assert tips(both, 0.75, 0.5, 1.2)[0].limit is None
    assert tipping_delta(both, math.log(0.01), 0) is None
    assert tips(both, 1.3, 1.1, 1.6)[0].estimate < 1  # type: ignore[operator]


def test_refusals() -> None:
    arm = Process(np.ones(1), np.ones(1), np.zeros(1))
    with pytest.raises(EquipoiseError, match="delta"):
        with_hazard_after(arm, -1.0)
    with pytest.raises(EquipoiseError, match="above 0"):
        tips((arm, arm), 0.0, 0.0, 1.0)
