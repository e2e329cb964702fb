"""Parametric survival against closed forms, a general optimiser, and a table worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import gumbel_l, logistic, norm, weibull_min

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.loop import run_local
from equipoise.estimators.parametric_aft import site
from equipoise.estimators.parametric_aft.distributions import DISTRIBUTIONS
from equipoise.estimators.parametric_aft.hub import ParametricAftHub
from equipoise.kernel.errors import EquipoiseError


def rows(time: np.ndarray, event: np.ndarray, x: np.ndarray, weight: np.ndarray | None = None) -> SurvivalData:
    zero = np.zeros(len(time), dtype=np.int64)
    ones = np.ones(len(time))
    return SurvivalData(
        time.astype(float), event.astype(np.int64), zero, zero, np.column_stack([ones, x]), ones if weight is None else weight
    )


def test_an_exponential_with_two_arms_by_hand() -> None:
    """Rates 4/20 and 3/60: the intercept is log(5), the effect log(20) - log(5), and each variance 1/deaths."""
    time = np.array([2.0, 3, 4, 5, 6, 10, 20, 30])
    event, arm = np.array([1, 1, 1, 1, 0, 1, 1, 1]), np.array([0.0, 0, 0, 0, 0, 1, 1, 1])
    fit = run_local(ParametricAftHub(2, "exponential"), site.summarise, rows(time, event, arm[:, None]))
    np.testing.assert_allclose(fit.coef, [np.log(20 / 4), np.log(60 / 3) - np.log(20 / 4)], atol=1e-12)
    np.testing.assert_allclose(fit.se, [np.sqrt(1 / 4), np.sqrt(1 / 4 + 1 / 3)], atol=1e-12)
    assert fit.loglik == pytest.approx(4 * np.log(4 / 20) + 3 * np.log(3 / 60) - 7, abs=1e-12)
    assert fit.loglik_null == pytest.approx(7 * np.log(7 / 80) - 7, abs=1e-12)
    assert (fit.rows, fit.events, fit.scale) == (8, 7, 1.0)
    np.testing.assert_allclose(fit.quantile(0.5, np.array([[1.0, 0.0]])), 5 * np.log(2), rtol=1e-12)


def test_uncensored_lognormal_is_least_squares() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 2))
    log_time = 2 + x @ [0.5, -1] + rng.normal(size=60)
    fit = run_local(ParametricAftHub(3, "lognormal"), site.summarise, rows(np.exp(log_time), np.ones(60), x))
    design = np.column_stack([np.ones(60), x])
    coef, left = np.linalg.lstsq(design, log_time)[:2]
    variance = float(left[0]) / 60
    np.testing.assert_allclose(fit.coef, coef, atol=1e-10)
    assert fit.scale == pytest.approx(np.sqrt(variance), rel=1e-10)
    np.testing.assert_allclose(fit.vcov[:3, :3], variance * np.linalg.inv(design.T @ design), rtol=1e-8, atol=1e-12)
    assert fit.se[3] == pytest.approx(np.sqrt(1 / 120), rel=1e-8)


LAWS = {
    "weibull": lambda eta, s: weibull_min(1 / s, scale=np.exp(eta)),
    "rayleigh": lambda eta, s: weibull_min(2, scale=np.exp(eta)),
    "exponential": lambda eta, s: weibull_min(1, scale=np.exp(eta)),
}


@pytest.mark.parametrize("name", sorted(DISTRIBUTIONS))
def test_against_a_general_optimiser_on_scipys_laws(name: str) -> None:
    rng = np.random.default_rng(11)
    n = 150
    x, weight = rng.normal(size=(n, 1)), rng.uniform(0.5, 2, n)
    latent, censor = np.exp(1 + 0.4 * x[:, 0] + 0.6 * rng.logistic(size=n)), rng.exponential(8, n)
    time, event = np.minimum(latent, censor), latent <= censor

    def minus_loglik(point: np.ndarray) -> float:
        eta, s = point[0] + point[1] * x[:, 0], np.exp(point[2])
        if name in LAWS:
            law = LAWS[name](eta, s)
            density, survival = law.logpdf(time), law.logsf(time)
        else:
            error = {"gaussian": norm, "extreme": gumbel_l}.get(name.removeprefix("log").replace("normal", "gaussian"), logistic)
            of_log = name.startswith("log") and name != "logistic"
            w = ((np.log(time) if of_log else time) - eta) / s
            density, survival = error.logpdf(w) - np.log(s * time if of_log else s), error.logsf(w)
        return -float(weight @ np.where(event, density, survival))

    best = minimize(minus_loglik, [1.0, 0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000})
    fit = run_local(ParametricAftHub(2, name), site.summarise, rows(time, event, x, weight))  # type: ignore[arg-type]
    np.testing.assert_allclose(fit.coef, best.x[:2], atol=2e-6)
    assert fit.loglik == pytest.approx(-best.fun, abs=1e-9)
    if fit.scale_estimated:
        assert np.log(fit.scale) == pytest.approx(best.x[2], abs=2e-6)
    at = np.array([[1.0, 0.3]])
    np.testing.assert_allclose(fit.survival(fit.quantile(0.25, at), at), 0.75, rtol=1e-12)


def refusal(data: SurvivalData, name: str = "weibull") -> tuple[str, str | None]:
    with pytest.raises(EquipoiseError) as error:
        run_local(ParametricAftHub(data.x.shape[1], name), site.summarise, data)  # type: ignore[arg-type]
    return error.value.code, error.value.problems[0].where.column


@pytest.mark.parametrize("name", sorted(DISTRIBUTIONS))
def test_what_cannot_be_estimated_is_refused(name: str) -> None:
    rng = np.random.default_rng(2)
    time, arm = rng.exponential(3, 40) + 0.1, (np.arange(40) % 2).astype(float)
    died = (arm == 0) & (np.arange(40) % 3 > 0)
    assert refusal(rows(time, died, arm[:, None]), name) == ("EQ-EST-101", "1")
    assert refusal(rows(time, np.ones(40), np.column_stack([arm, 2 - arm])), name) == ("EQ-EST-102", "2")
    assert refusal(rows(time, np.zeros(40), arm[:, None]), name)[0] == "EQ-EST-122"
    assert refusal(rows(time * 0, np.ones(40), arm[:, None]), name)[0] == ("EQ-EST-121" if DISTRIBUTIONS[name].of_log else "EQ-EST-104")
    assert refusal(rows(time[:0], np.ones(0), arm[:0, None]), name)[0] == "EQ-EST-105"


def test_times_far_from_one_and_a_start_far_away() -> None:
    """In nanoseconds or in centuries the effect is the same."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(80, 1))
    time, event = rng.weibull(0.3, 80) * np.exp(2 * x[:, 0]), rng.random(80) < 0.5
    fits = [run_local(ParametricAftHub(2), site.summarise, rows(time * unit, event, x)) for unit in (1e-12, 1.0, 1e15)]
    for fit in fits:
        np.testing.assert_allclose([fit.coef[1], fit.scale], [fits[1].coef[1], fits[1].scale], rtol=1e-9)


def test_a_climb_that_does_not_settle_tells_its_path() -> None:
    rng = np.random.default_rng(3)
    data = rows(rng.exponential(5, 60), rng.random(60) < 0.7, rng.normal(size=(60, 1)))
    with pytest.raises(EquipoiseError, match=r"EQ-EST-104 .* in 3 rounds; the log-likelihood went -\d"):
        run_local(ParametricAftHub(2, max_rounds=3), site.summarise, data)


def test_an_arm_without_an_event_is_named() -> None:
    """No finite coefficient describes an arm in which nobody has the event."""
    time, arm = np.r_[np.arange(1.0, 21), np.arange(1.0, 21)], np.repeat([0.0, 1.0], 20)
    with pytest.raises(EquipoiseError) as raised:
        run_local(ParametricAftHub(2), site.summarise, rows(time, 1 - arm, arm[:, None]))
    assert (raised.value.code, raised.value.problems[0].where.column) == ("EQ-EST-101", "1")
