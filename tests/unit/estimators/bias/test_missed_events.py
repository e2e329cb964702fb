"""Missed events: hand arithmetic, and simulated deaths of which a known share is recorded."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.bias.missed_events import median_with_all, missed, missed_events_factor, recorded_share_to
from equipoise.estimators.data import Floats, SurvivalData
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.site import summarise
from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import cox


def curve_of(time: Floats, event: np.ndarray) -> Curve:
    n = len(time)
    zeros = np.zeros(n, dtype=np.int64)
    data = SurvivalData(time, event.astype(np.int64), zeros, zeros, np.zeros((n, 0)), np.ones(n))
    return run_local(KaplanMeierHub(np.arange(1.0, 1827), 1), summarise, data).curves[0]


def test_by_hand() -> None:
    assert missed(66, 0.66) == pytest.approx(34)
    assert missed_events_factor(0.66, 0.66) == 1
    assert 0.8 * missed_events_factor(0.8, 1.0) == pytest.approx(1.0)
    assert recorded_share_to(0.8) == (pytest.approx(0.8), None)
    assert recorded_share_to(1.25) == (None, pytest.approx(0.8))
    assert recorded_share_to(1.0) == (None, None)


def test_medians_of_the_protocol() -> None:
    """Exponential: a recorded median of 36 months with 0.66 of the deaths is a true one of 23.8."""
    days = np.round(np.random.default_rng(1).exponential(36 * 30.4375 / math.log(2), 200_000) + 0.5)
    found = median_with_all(curve_of(np.minimum(days, 1826), days <= 1826), 0.66)
    assert found[0] / 30.4375 == pytest.approx(23.8, abs=0.3)
    assert found[1] < found[0] < found[2]


def test_a_known_truth_comes_back() -> None:
    """Deaths missed in 40 % of one arm and 10 % of the other, persons then leave as censored on the day: ratio 0.7, median 500 days."""
    rng = np.random.default_rng(2)
    arm = np.repeat([1, 0], 40_000)
    death = np.ceil(rng.exponential(500 / math.log(2) / np.where(arm == 1, 0.7, 1.0)))
    end = np.ceil(rng.uniform(200, 1826, arm.size))
    recorded = rng.random(arm.size) < np.where(arm == 1, 0.6, 0.9)
    time, event = np.minimum(death, end), (death <= end) & recorded
    ratio = float(np.exp(cox(time, event, arm).coef[0]))
    assert ratio == pytest.approx(0.7 * 0.6 / 0.9, rel=0.03)
    assert ratio * missed_events_factor(0.6, 0.9) == pytest.approx(0.7, rel=0.03)
    comparator = curve_of(time[arm == 0], event[arm == 0])
    assert comparator.median[0] > 520
    assert median_with_all(comparator, 0.9)[0] == pytest.approx(500, rel=0.03)


def test_refusals() -> None:
    for share in (0.0, -0.1, 1.01):
        with pytest.raises(EquipoiseError, match="share of events"):
            missed(10, share)
    with pytest.raises(EquipoiseError, match="above 0"):
        recorded_share_to(0.0)
