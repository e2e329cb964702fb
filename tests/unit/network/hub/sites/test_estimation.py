"""The second stage against its formulas, worked out from scratch."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import chi2, norm, t

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.errors import NO_EVENTS
from equipoise.network.hub.rounds import Failed
from equipoise.network.hub.sites.estimation import pooled
from equipoise.network.wire.messages import Part

Y = np.array([-0.5, 0.1, -0.9, 0.4, -0.2])
V = np.array([0.02, 0.05, 0.04, 0.09, 0.03])


def model(log_hr: float, variance: float) -> CoxResult:
    made: CoxResult = object.__new__(CoxResult)
    object.__setattr__(made, "coef", np.array([log_hr]))
    object.__setattr__(made, "vcov", np.array([[variance]]))
    return made


FOUND = tuple((Part(f"s{k}", 50, 50), model(y, v)) for k, (y, v) in enumerate(zip(Y, V, strict=True)))


def test_fixed_effect_and_heterogeneity() -> None:
    made = pooled(FOUND, 0.95).fixed
    w = 1 / V
    mean, se = (w @ Y) / w.sum(), w.sum() ** -0.5
    q = float(w @ (Y - mean) ** 2)
    assert made is not None
    assert (made.coef[0], made.lower[0], made.upper[0]) == pytest.approx((mean, mean - norm.ppf(0.975) * se, mean + norm.ppf(0.975) * se))
    assert (made.q, made.q_p, made.i2) == pytest.approx((q, chi2.sf(q, 4), 100 * (q - 4) / q))


def test_dersimonian_and_laird() -> None:
    made = pooled(FOUND, 0.95).dersimonian_laird
    w = 1 / V
    q = w @ (Y - (w @ Y) / w.sum()) ** 2
    tau2 = (q - 4) / (w.sum() - (w**2).sum() / w.sum())
    u = 1 / (V + tau2)
    assert made is not None
    assert (made.tau2, made.coef[0], made.se[0]) == pytest.approx((tau2, (u @ Y) / u.sum(), u.sum() ** -0.5))


def test_restricted_likelihood_with_hartung_and_knapp() -> None:
    def loss(tau2: float) -> float:
        u = 1 / (V + tau2)
        mean = (u @ Y) / u.sum()
        return float(np.log(V + tau2).sum() + np.log(u.sum()) + u @ (Y - mean) ** 2)

    tau2 = minimize_scalar(loss, bounds=(0, 3), method="bounded", options={"xatol": 1e-12}).x
    u = 1 / (V + tau2)
    mean = (u @ Y) / u.sum()
    se = np.sqrt((u @ (Y - mean) ** 2) / 4 / u.sum())
    made = pooled(FOUND, 0.95).hartung_knapp
    assert made is not None
    assert made.tau2 == pytest.approx(tau2, rel=1e-5)
    limits = mean - t.ppf(0.975, 4) * se, mean + t.ppf(0.975, 4) * se
    assert (made.coef[0], made.lower[0], made.upper[0]) == pytest.approx((mean, *limits), rel=1e-5)
    spread = t.ppf(0.975, 4) * np.sqrt(tau2 + se**2)
    assert made.prediction == pytest.approx((mean - spread, mean + spread), rel=1e-5)


def test_sites_without_an_estimate_are_named_and_one_alone_is_no_meta_analysis() -> None:
    failed = (Part("empty", 20, 20), Failed(NO_EVENTS.error("no event")))
    made = pooled((*FOUND, failed), 0.95)
    assert made.none_at == ("empty",)
    assert made.fixed is not None
    assert made.fixed.k == 5
    alone = pooled((FOUND[0], failed), 0.95)
    assert (alone.fixed, alone.dersimonian_laird, alone.hartung_knapp) == (None, None, None)
