"""Misclassified arms: published worked examples, hand arithmetic, and simulated data with a known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.bias.misclassified_arms import (
    ArmSums,
    corrected_ratio,
    counts_by_arm,
    drawn_ratio,
    log_odds_variance,
    moved_interval,
)
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.kernel.errors import EquipoiseError


def odds_ratio(cases: tuple[int, int], controls: tuple[int, int], se: float, sp: float) -> tuple[float, float, float]:
    """The corrected odds ratio with limits, from the same pieces as the rate ratio."""
    true = counts_by_arm(*cases, se, sp), counts_by_arm(*controls, se, sp)
    log = math.log(true[0][0] / true[0][1] / (true[1][0] / true[1][1]))
    variance = sum(log_odds_variance(ArmSums(*seen, 1, 1), t, se, sp) for seen, t in zip((cases, controls), true, strict=True))
    half = 1.959964 * math.sqrt(variance)
    return math.exp(log), math.exp(log - half), math.exp(log + half)


def test_smoking_and_breast_cancer() -> None:
    """Fink and Lash (2003), the book's example: 0.9542 becomes 0.9491 (0.7896 to 1.1408); risk ratio 0.9614."""
    assert odds_ratio((215, 1449), (668, 4296), 0.78, 0.99) == pytest.approx((0.9491, 0.7896, 1.1408), abs=1e-4)
    (a, b), (c, d) = counts_by_arm(215, 1449, 0.78, 0.99), counts_by_arm(668, 4296, 0.78, 0.99)
    assert (a / (a + c)) / (b / (b + d)) == pytest.approx(0.9614, abs=1e-4)


def test_the_example_of_chu() -> None:
    """Chu et al. (2006): 126 of 218 cases and 71 of 295 controls, sensitivity 0.94, specificity 0.97: limits 3.2825 and 7.6909."""
    assert odds_ratio((126, 92), (71, 224), 0.94, 0.97)[1:] == pytest.approx((3.2825, 7.6909), abs=2e-4)


def test_by_hand() -> None:
    """A truth of 100 and 50 events in 1000 and 1000 years, a fifth of the target's recorded as the comparator's."""
    found = corrected_ratio(ArmSums(80, 70, 800, 1200), 0.8, 1.0)
    assert found is not None
    assert (found.sums.events_target, found.sums.events_comparator) == pytest.approx((100, 50))
    assert (found.sums.time_target, found.sums.time_comparator) == pytest.approx((1000, 1000))
    assert found.rate_ratio == pytest.approx(2.0)


def test_without_error_nothing_changes() -> None:
    sums = ArmSums(40, 60, 500, 400)
    found = corrected_ratio(sums, 1.0, 1.0)
    assert found is not None
    assert found.rate_ratio == pytest.approx(40 / 500 / (60 / 400))
    assert found.log_se == pytest.approx(math.sqrt(1 / 40 + 1 / 60))
    assert moved_interval(Interval(0.8, 0.1, 0, 0), found, found) == Interval(
        pytest.approx(0.8), pytest.approx(0.1), pytest.approx(0.8 * math.exp(-0.1959964)), pytest.approx(0.8 * math.exp(0.1959964))
    )


def simulated(rng: np.random.Generator, n: int, se: float, sp: float) -> ArmSums:
    arm = rng.random(n) < 0.6
    event, end = rng.exponential(np.where(arm, 1 / 0.03, 1 / 0.05)), rng.exponential(30, n)
    time, dead = np.minimum(event, end), event <= end
    recorded = np.where(arm, rng.random(n) < se, rng.random(n) >= sp)
    return ArmSums(float(dead[recorded].sum()), float(dead[~recorded].sum()), float(time[recorded].sum()), float(time[~recorded].sum()))


def test_a_known_truth_comes_back_and_is_covered() -> None:
    """Rate ratio 0.6, sensitivity 0.85, specificity 0.9: recorded rates are biased towards 1, corrected ones are not."""
    rng = np.random.default_rng(8)
    found = [(sums, corrected_ratio(sums, 0.85, 0.9)) for sums in (simulated(rng, 1500, 0.85, 0.9) for _ in range(400))]
    seen = np.mean([math.log(sums.rate_ratio) for sums, _ in found])
    logs = np.array([math.log(one.rate_ratio) for _, one in found if one])
    errors = np.array([one.log_se for _, one in found if one])
    assert len(logs) == 400
    assert seen - math.log(0.6) > 0.1
    assert logs.mean() == pytest.approx(math.log(0.6), abs=0.02)
    assert errors.mean() == pytest.approx(logs.std(), rel=0.1)
    assert (np.abs(logs - math.log(0.6)) < 1.96 * errors).mean() == pytest.approx(0.95, abs=0.03)


def test_counts_that_contradict_the_error_rates() -> None:
    assert corrected_ratio(ArmSums(2, 98, 500, 500), 0.9, 0.9) is None
    found = drawn_ratio(ArmSums(12, 98, 500, 500), np.full(100, 0.9), np.repeat([0.99, 0.8], 50), seed=1)
    assert found is not None
    assert found.kept == 0.5
    assert drawn_ratio(ArmSums(2, 98, 500, 500), np.full(9, 0.9), np.full(9, 0.9), seed=1) is None


def test_draws_of_a_known_error_are_the_fixed_answer() -> None:
    """With error rates that do not vary: all systematic draws are equal, and the total limits are the delta method's."""
    sums, fixed = ArmSums(80, 70, 800, 1200), corrected_ratio(ArmSums(80, 70, 800, 1200), 0.8, 0.95)
    found = drawn_ratio(sums, np.full(40_000, 0.8), np.full(40_000, 0.95), seed=4)
    assert found is not None
    assert fixed is not None
    assert (found.systematic.lower, found.systematic.upper) == pytest.approx((fixed.rate_ratio, fixed.rate_ratio))
    assert found.total.estimate == pytest.approx(fixed.rate_ratio, rel=0.01)
    assert found.total.lower == pytest.approx(fixed.rate_ratio * math.exp(-1.96 * fixed.log_se), rel=0.02)
    assert found.total.upper == pytest.approx(fixed.rate_ratio * math.exp(1.96 * fixed.log_se), rel=0.02)
    assert found == drawn_ratio(sums, np.full(40_000, 0.8), np.full(40_000, 0.95), seed=4)


@pytest.mark.parametrize(("se", "sp"), [(0.0, 0.9), (0.4, 0.6), (1.1, 0.9)])
def test_refusals(se: float, sp: float) -> None:
    with pytest.raises(EquipoiseError, match="sensitivity and specificity"):
        counts_by_arm(10, 10, se, sp)
