"""Logistic regression: against a dense Newton fit, with site intercepts, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from equipoise.estimators.data import ModelData
from equipoise.estimators.glm.hub import GlmHub
from equipoise.estimators.glm.site import summarise as glm_summarise
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.intercepts import inverse_logit, solve_intercepts
from equipoise.estimators.logistic.site import summarise
from equipoise.estimators.loop import run_local, run_sites
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import logistic


def people(seed: int = 0, n: int = 400, blocks: int = 7) -> ModelData:
    rng = np.random.default_rng(seed)
    block = np.sort(rng.integers(0, blocks, n))
    x = np.column_stack([np.ones(n), rng.normal(size=n), rng.random(n) < 0.3]).astype(float)
    eta = x @ np.array([-0.5, 0.8, -1.0]) + rng.normal(size=blocks)[block]
    y = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    return ModelData(x, y, rng.uniform(0.5, 2, n), block.astype(np.int64), offset=rng.normal(scale=0.1, size=n))


def rows(data: ModelData, keep: np.ndarray) -> ModelData:
    offset = None if data.offset is None else data.offset[keep]
    return ModelData(data.x[keep], data.y[keep], data.weight[keep], data.block[keep], offset)


def joint_fit(data: ModelData, sd: float) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and variance of a fit with a penalised indicator for every site, by dense Newton steps."""
    indicator = (data.block[:, None] == np.unique(data.block)).astype(float)
    x = np.hstack([data.x, indicator])
    penalty = np.diag(np.r_[np.zeros(data.x.shape[1]), np.full(indicator.shape[1], sd**-2)])
    coef = np.zeros(x.shape[1])
    for _ in range(60):
        mu = 1 / (1 + np.exp(-(x @ coef + data.offset)))
        information = (x * (data.weight * mu * (1 - mu))[:, None]).T @ x + penalty
        coef = coef + np.linalg.solve(information, x.T @ (data.weight * (data.y - mu)) - penalty @ coef)
    return coef, np.linalg.inv(information)


def test_it_is_the_binomial_model_that_r_confirms() -> None:
    data = people(3)
    fit, same = run_local(LogisticHub(3), summarise, data), run_local(GlmHub(3), glm_summarise, data)
    np.testing.assert_allclose(fit.coef, same.coef, rtol=1e-12)
    np.testing.assert_allclose(fit.vcov, same.vcov, rtol=1e-11)
    assert (fit.deviance, fit.null_deviance) == pytest.approx((same.deviance, same.null_deviance), rel=1e-12)


@pytest.mark.parametrize("sd", [0.1, 0.5, 3.0])
def test_site_intercepts_reach_the_joint_penalised_fit(sd: float) -> None:
    data = people()
    sites = [rows(data, data.block == b) for b in np.unique(data.block)]
    fit = run_sites(LogisticHub(3, sd), summarise, sites)
    coef, variance = joint_fit(data, sd)
    np.testing.assert_allclose(fit.coef, coef[:3], rtol=1e-10)
    np.testing.assert_allclose(fit.vcov, variance[:3, :3], rtol=1e-8)
    u = solve_intercepts(data.x @ fit.coef + data.offset, data.y, data.weight, data.block, sd)
    np.testing.assert_allclose(u, coef[3:], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("sd", [None, 0.5])
def test_sites_and_pooled_agree(sd: float | None) -> None:
    data = people(3)
    pooled = run_local(LogisticHub(3, sd), summarise, data)
    sites = run_sites(LogisticHub(3, sd), summarise, [rows(data, data.block == b) for b in (5, 2, 0, 1, 6, 3, 4)])
    np.testing.assert_allclose(sites.coef, pooled.coef, rtol=1e-12)
    np.testing.assert_allclose(sites.vcov, pooled.vcov, rtol=1e-11)
    assert sites.n == pooled.n == 400


@pytest.mark.parametrize("sd", [None, 0.7])
def test_gradient_is_the_slope_of_the_log_likelihood(sd: float | None) -> None:
    data = people(1)
    ask = replace(LogisticHub(3, sd).first(), coef=np.array([0.2, -0.3, 0.4]))
    here = summarise(data, ask)
    for j, step in enumerate(np.eye(3) * 1e-5):
        up, down = summarise(data, replace(ask, coef=ask.coef + step)), summarise(data, replace(ask, coef=ask.coef - step))
        assert here.gradient[j] == pytest.approx((up.loglik - down.loglik) / 2e-5, rel=1e-6, abs=1e-6)
        np.testing.assert_allclose(here.information[j], -(up.gradient - down.gradient) / 2e-5, rtol=1e-5, atol=1e-5)


def test_a_site_with_one_arm_stays_finite_under_the_prior() -> None:
    data = people(2)
    data = replace(data, y=np.where(data.block == 0, 1.0, data.y))
    fit = run_local(LogisticHub(3, 1.0), summarise, data)
    u = solve_intercepts(data.x @ fit.coef + data.offset, data.y, data.weight, data.block, 1.0)
    assert np.all(np.isfinite(fit.coef))
    assert 0 < u[0] < 10


def test_one_outcome_at_a_block_far_from_the_start_is_solved() -> None:
    u = solve_intercepts(np.full(1000, 12.0), np.zeros(1000), np.ones(1000), np.zeros(1000, dtype=np.int64), 10.0)
    mu = inverse_logit(12.0 + u)
    assert -1000 * mu[0] - u[0] / 100 == pytest.approx(0, abs=1e-9)


def test_an_empty_site_adds_nothing() -> None:
    data = people(4)
    none = rows(data, np.zeros(400, dtype=bool))
    with_empty = run_sites(LogisticHub(3, 0.5), summarise, [none, data, none])
    np.testing.assert_array_equal(with_empty.coef, run_local(LogisticHub(3, 0.5), summarise, data).coef)


def test_weight_two_is_the_person_twice() -> None:
    data = replace(people(5), weight=np.ones(400))
    twice = rows(data, np.repeat(np.arange(400), 2))
    heavy = run_local(LogisticHub(3), summarise, replace(data, weight=np.full(400, 2.0)))
    np.testing.assert_allclose(run_local(LogisticHub(3), summarise, twice).vcov, heavy.vcov, rtol=1e-11)


def test_separation_names_the_column() -> None:
    data = people(6)
    data = replace(data, y=np.where(data.x[:, 2] == 1, 1.0, data.y))
    with pytest.raises(EquipoiseError) as raised:
        run_local(LogisticHub(3), summarise, data)
    assert raised.value.code == "EQ-EST-101"
    assert raised.value.problems[0].where.column == "2"


def test_complete_separation_is_seen() -> None:
    data = people(6)
    data = replace(data, y=(data.x[:, 1] > 0).astype(float))
    with pytest.raises(EquipoiseError) as raised:
        run_local(LogisticHub(3), summarise, data)
    assert raised.value.code == "EQ-EST-101"


def test_rare_but_finite_levels_are_not_called_separated() -> None:
    rng = np.random.default_rng(8)
    rare = np.zeros(20000)
    rare[:6] = 1
    y = (rng.random(20000) < 0.01).astype(float)
    y[:6] = [1, 0, 0, 0, 0, 0]
    x = np.column_stack([np.ones(20000), rare])
    fit = run_local(LogisticHub(2), summarise, ModelData(x, y, np.ones(20000), np.zeros(20000, dtype=np.int64)))
    assert fit.coef[1] == pytest.approx(np.log(1 / 5) - fit.coef[0], rel=1e-9)


def test_redundant_columns_are_named_or_dropped() -> None:
    data = people(7)
    data = replace(data, x=np.column_stack([data.x, data.x[:, 1] * 2 - data.x[:, 0], np.zeros(400)]))
    with pytest.raises(EquipoiseError) as raised:
        run_local(LogisticHub(5), summarise, data)
    assert raised.value.code == "EQ-EST-102"
    assert raised.value.problems[0].where.column == "3"
    fit = run_local(LogisticHub(5, drop_redundant=True), summarise, data)
    assert fit.dropped == (3, 4)
    assert np.all(fit.coef[3:] == 0)
    assert np.all(np.isnan(fit.se[3:]))
    np.testing.assert_allclose(fit.coef[:3], run_local(LogisticHub(3), summarise, replace(data, x=data.x[:, :3])).coef, rtol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_a_constant_column_is_redundant_beside_windows_and_site_intercepts_however_the_sites_are_cut(seed: int) -> None:
    """Site intercepts explain nearly all of it: what rounding leaves of it is not small beside what is left."""
    rng = np.random.default_rng(seed)
    window = rng.integers(0, 3, 6000)
    x = np.column_stack([window == 0, window == 1, window == 2, np.full(6000, -0.2), rng.normal(size=6000)]).astype(float)
    data = ModelData(x, (rng.random(6000) < 0.5).astype(float), np.ones(6000), np.repeat([0, 1], [2300, 3700]))
    hub = LogisticHub(5, site_intercept_sd=1.0, drop_redundant=True)
    fits = run_local(hub, summarise, data), run_sites(hub, summarise, [rows(data, data.block == site) for site in (0, 1)])
    for fit in fits:
        assert fit.dropped == (3,)
    np.testing.assert_allclose(fits[0].coef, fits[1].coef, rtol=1e-9)


@pytest.mark.parametrize(("y", "n", "code"), [(1.0, 10, "EQ-EST-103"), (0.0, 10, "EQ-EST-103"), (0.0, 0, "EQ-EST-105")])
def test_refusals(y: float, n: int, code: str) -> None:
    data = ModelData(np.ones((n, 1)), np.full(n, y), np.ones(n), np.zeros(n, dtype=np.int64))
    with pytest.raises(EquipoiseError) as raised:
        run_local(LogisticHub(1), summarise, data)
    assert raised.value.code == code


def test_badly_scaled_columns_settle() -> None:
    data = people(9)
    big = replace(data, x=np.column_stack([data.x, 2020 + np.round(data.x[:, 1]), 1e6 * data.x[:, 1] ** 2]))
    fit = run_local(LogisticHub(5), summarise, big)
    centred = replace(data, x=np.column_stack([data.x, np.round(data.x[:, 1]), data.x[:, 1] ** 2]))
    same = run_local(LogisticHub(5), summarise, centred)
    np.testing.assert_allclose(fit.coef[1:] * [1, 1, 1, 1e6], same.coef[1:], rtol=1e-7)


def test_a_hub_resumes_from_the_last_ask() -> None:
    data = people(10)
    hub = LogisticHub(3)
    ask = hub.finish(hub.first(), summarise(data, hub.first())).ask
    resumed = LogisticHub(3).finish(ask, summarise(data, ask))
    np.testing.assert_array_equal(resumed.ask.coef, hub.finish(ask, summarise(data, ask)).ask.coef)


def test_a_weak_prior_gives_separated_data_an_answer() -> None:
    """Against the penalised likelihood maximised by a general-purpose optimiser."""
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(60), rng.normal(size=60), np.repeat([0.0, 1.0], [52, 8])])
    y = np.where(x[:, 2] == 1, 1.0, (rng.random(60) < 0.5).astype(float))
    data = ModelData(x, y, np.ones(60), np.zeros(60, dtype=np.int64))
    found = run_sites(LogisticHub(3, prior_sd=2.5), summarise, [data])

    def penalised(beta: np.ndarray) -> float:
        eta = x @ beta
        return float(-(y @ eta - np.logaddexp(0, eta).sum()) + (beta[1:] ** 2).sum() / (2 * 2.5**2))

    best = minimize(penalised, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(found.coef, best.x, atol=1e-5)
    assert found.loglik == pytest.approx(-best.fun)
    with pytest.raises(EquipoiseError, match="no finite estimate"):
        run_sites(LogisticHub(3), summarise, [data])


def test_many_rows_are_their_few_distinct_rows_with_weights() -> None:
    few_x, few_y = np.array([[0.0], [1.0], [0.0], [1.0]]), np.array([0.0, 0.0, 1.0, 1.0])
    times = np.array([7000, 4000, 3000, 9000])
    order = np.random.default_rng(1).permutation(times.sum())
    many = logistic(np.repeat(few_y, times)[order], np.repeat(few_x, times, axis=0)[order]).fit
    np.testing.assert_allclose(many.coef, [np.log(3 / 7), np.log(9 * 7 / 4 / 3)], rtol=1e-10)
    np.testing.assert_allclose(many.se[1], np.sqrt((1 / times).sum()), rtol=1e-9)
