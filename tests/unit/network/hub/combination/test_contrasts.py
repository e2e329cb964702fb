"""Contrasts of Cox coefficients: against refits with another reference and against numeric derivatives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.estimators.cox import site
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.loop import run_local
from equipoise.network.hub.combination.contrasts import Groups, excess_risk, ratio

NEITHER, EXPOSED, TARGET, BOTH = 0, 1, 2, 3


def fitted(codes: tuple[int, ...], before: int = 0) -> CoxResult:
    """A model of four groups with the first code as reference, after so many columns of noise."""
    rng = np.random.default_rng(4)
    group, noise = rng.integers(0, 4, 600), rng.normal(size=(600, 2))
    time = np.ceil(rng.exponential(300 * np.exp(-np.array([0.0, 0.4, 0.3, 1.0])[group])))
    event = (rng.random(600) < 0.8).astype(np.int64)
    x = np.column_stack([noise[:, :before], *[group == code for code in codes[1:]]]).astype(float)
    zeros = np.zeros(600, dtype=np.int64)
    found: CoxResult = run_local(
        CoxHub(np.unique(time), x.shape[1]), site.summarise, SurvivalData(time, event, zeros, zeros, x, np.ones(600))
    )
    return found


@pytest.mark.parametrize("before", [0, 2])
def test_a_ratio_is_the_coefficient_of_the_model_with_that_reference(before: int) -> None:
    effect = ratio(fitted((0, 1, 2, 3), before), Groups((0, 1, 2, 3), before), (2,), (3,))
    refit = fitted((3, 0, 1, 2), before)
    place = before + 2
    lower, upper = refit.interval
    assert effect.estimate == pytest.approx(refit.hazard_ratio[place], rel=1e-9)
    assert (effect.lower, effect.upper) == pytest.approx((lower[place], upper[place]), rel=1e-7)
    assert effect.p_value == pytest.approx(refit.p[place], rel=1e-6)


def test_the_ratio_of_ratios_is_the_coefficient_of_the_product() -> None:
    groups = (NEITHER, EXPOSED, TARGET, BOTH)
    cox = fitted(groups)
    effect = ratio(cox, Groups(groups), (BOTH, NEITHER), (TARGET, EXPOSED))
    b = dict(zip(groups[1:], cox.coef, strict=True))
    assert effect.estimate == pytest.approx(float(np.exp(b[BOTH] - b[TARGET] - b[EXPOSED])))
    v = cox.vcov
    variance = v.trace() + 2 * (v[0, 1] - v[0, 2] - v[1, 2])
    assert np.log(effect.upper / effect.lower) == pytest.approx(2 * 1.959963984540054 * np.sqrt(variance))


def test_excess_risk_by_the_delta_method() -> None:
    groups = (NEITHER, EXPOSED, TARGET, BOTH)
    cox = fitted(groups)

    def reri(b: np.ndarray) -> float:
        return float(np.exp(b[2]) - np.exp(b[1]) - np.exp(b[0]) + 1)

    effect = excess_risk(cox, Groups(groups), BOTH, TARGET, EXPOSED)
    step = 1e-6
    gradient = np.array([(reri(cox.coef + step * one) - reri(cox.coef - step * one)) / (2 * step) for one in np.eye(3)])
    error = float(np.sqrt(gradient @ cox.vcov @ gradient))
    assert effect.estimate == pytest.approx(reri(cox.coef))
    assert (effect.lower, effect.upper) == pytest.approx(
        (reri(cox.coef) - 1.959963984540054 * error, reri(cox.coef) + 1.959963984540054 * error)
    )
    assert effect.p_value == pytest.approx(2 * norm.sf(abs(reri(cox.coef)) / error))


def test_hazards_that_add_have_no_excess() -> None:
    """HR 2 and 3 alone, 4 together: 4 - 2 - 3 + 1 = 0; on the ratio scale 4 / (2 x 3)."""
    cox = fitted((0, 1, 2, 3))
    cox = CoxResult(**{**{name: getattr(cox, name) for name in CoxResult.__slots__}, "coef": np.log([2.0, 3.0, 4.0])})
    assert excess_risk(cox, Groups((0, 1, 2, 3)), 3, 2, 1).estimate == pytest.approx(0, abs=1e-12)
    assert ratio(cox, Groups((0, 1, 2, 3)), (3, 0), (2, 1)).estimate == pytest.approx(2 / 3)
