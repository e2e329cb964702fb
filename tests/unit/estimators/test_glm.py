"""Generalised linear models: closed forms, stopping rules and refusals. R's numbers are in tests/gold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom, gamma, invgauss

from equipoise.estimators.data import ModelData
from equipoise.estimators.glm.families import FAMILIES, LINKS
from equipoise.estimators.glm.hub import GlmHub, _variance
from equipoise.estimators.glm.site import summarise
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError


def people(seed: int = 0, n: int = 200) -> ModelData:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.normal(size=n), rng.random(n) < 0.5]).astype(float)
    y = (rng.random(n) < 0.4).astype(float)
    return ModelData(x, y, np.ones(n), np.zeros(n, dtype=np.int64))


@pytest.mark.parametrize("name", sorted(LINKS))
def test_links_and_slopes_belong_together(name: str) -> None:
    link = LINKS[name]
    mu = np.linspace(0.05, 0.95, 19)
    eta = link.to_eta(mu)
    np.testing.assert_allclose(link.to_mu(eta), mu, rtol=1e-12)
    np.testing.assert_allclose(link.slope(eta), (link.to_mu(eta + 1e-6) - link.to_mu(eta - 1e-6)) / 2e-6, rtol=1e-6)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_deviance_is_zero_at_the_outcome_and_positive_elsewhere(name: str) -> None:
    family, y = FAMILIES[name], np.array([0.25, 0.5])
    np.testing.assert_allclose(family.deviance(y, y), 0.0, atol=1e-15)
    assert np.all(family.deviance(y, y + 0.1) > 0)


def test_one_binary_covariate_has_closed_forms() -> None:
    data = replace(people(), x=people().x[:, [0, 2]])
    p1, p0 = data.y[data.x[:, 1] == 1].mean(), data.y[data.x[:, 1] == 0].mean()
    ratio = run_local(GlmHub(2, "binomial", "log", start=(-1.0, 0.0)), summarise, data)
    gap = run_local(GlmHub(2, "binomial", "identity", start=(0.5, 0.0)), summarise, data)
    odds = run_local(GlmHub(2), summarise, data)
    assert ratio.coef[1] == pytest.approx(np.log(p1 / p0), rel=1e-9)
    assert gap.coef[1] == pytest.approx(p1 - p0, rel=1e-9)
    assert odds.coef[1] == pytest.approx(np.log(p1 / (1 - p1) * (1 - p0) / p0), rel=1e-10)


def test_gaussian_is_least_squares() -> None:
    data = replace(people(1), y=np.random.default_rng(5).normal(size=200))
    fit = run_local(GlmHub(3, "gaussian"), summarise, data)
    coef, residual = np.linalg.lstsq(data.x, data.y)[:2]
    np.testing.assert_allclose(fit.coef, coef, rtol=1e-11)
    assert fit.deviance == pytest.approx(residual[0], rel=1e-12)
    assert fit.dispersion == pytest.approx(residual[0] / 197, rel=1e-12)


def test_stopping_as_r_does_stops_sooner_at_nearly_the_same_place() -> None:
    data = people(2)
    tight = run_local(GlmHub(3, "binomial", "cloglog"), summarise, data)
    like_r = run_local(GlmHub(3, "binomial", "cloglog", deviance_tolerance=1e-14), summarise, data)
    assert like_r.n_rounds < tight.n_rounds
    np.testing.assert_allclose(like_r.coef, tight.coef, rtol=1e-6)


def test_people_of_weight_zero_do_not_count() -> None:
    data = people(3)
    weight = np.r_[np.zeros(20), np.ones(180)]
    with_zero = run_local(GlmHub(3), summarise, replace(data, weight=weight))
    without = run_local(GlmHub(3), summarise, ModelData(data.x[20:], data.y[20:], weight[20:], data.block[20:]))
    np.testing.assert_array_equal(with_zero.coef, without.coef)
    assert with_zero.df_residual == without.df_residual == 177


@pytest.mark.parametrize(
    ("data", "hub", "code"),
    [
        (replace(people(), x=np.column_stack([people().x, people().x[:, 1]])), GlmHub(4), "EQ-EST-102"),
        (replace(people(), x=people().x * 50), GlmHub(3, "binomial", "identity", start=(9.0, 9.0, 9.0)), "EQ-EST-104"),
        (ModelData(np.ones((0, 1)), np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64)), GlmHub(1), "EQ-EST-105"),
    ],
)
def test_refusals(data: ModelData, hub: GlmHub, code: str) -> None:
    with pytest.raises(EquipoiseError) as raised:
        run_local(hub, summarise, data)
    assert raised.value.code == code


def test_redundant_columns_can_be_dropped() -> None:
    data = people(4)
    twice = replace(data, x=np.column_stack([data.x, data.x[:, 1]]))
    fit = run_local(GlmHub(4, drop_redundant=True), summarise, twice)
    np.testing.assert_allclose(fit.coef, np.r_[run_local(GlmHub(3), summarise, data).coef, 0.0], rtol=1e-10)
    assert np.isnan(fit.se[3])
    assert fit.df_residual == 197


def test_information_that_vanished_is_an_error_with_a_code() -> None:
    """In small samples with an arm without events the last information could not be inverted, and numpy's own error came out."""
    with pytest.raises(EquipoiseError, match="information vanished"):
        _variance(np.ones((2, 2)), ())


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_a_column_that_separates_the_outcome_is_named(link: str) -> None:
    data = people(5)
    apart = replace(data, y=(data.x[:, 2] > 0.2).astype(float))
    with pytest.raises(EquipoiseError) as raised:
        run_local(GlmHub(3, "binomial", link), summarise, apart)  # type: ignore[arg-type]
    assert (raised.value.code, raised.value.problems[0].where.column) == ("EQ-EST-101", "2")


def test_a_heavy_tailed_link_never_says_a_number_for_separated_outcomes() -> None:
    data = people(5)
    with pytest.raises(EquipoiseError, match=r"EQ-EST-104 .* the deviance went \d"):
        run_local(GlmHub(3, "binomial", "cauchit"), summarise, replace(data, y=(data.x[:, 2] > 0.2).astype(float)))


def test_a_level_without_a_count_is_named_and_one_with_a_single_count_is_not() -> None:
    rare = np.r_[np.ones(50), np.zeros(950)]
    data = ModelData(
        np.column_stack([np.ones(1000), rare]), np.r_[np.zeros(50), np.ones(950) * 3], np.ones(1000), np.zeros(1000, dtype=np.int64)
    )
    with pytest.raises(EquipoiseError) as raised:
        run_local(GlmHub(2, "poisson"), summarise, data)
    assert (raised.value.code, raised.value.problems[0].where.column) == ("EQ-EST-101", "1")
    data.y[0] = 1
    assert run_local(GlmHub(2, "poisson"), summarise, data).coef[1] == pytest.approx(np.log(0.02 / 3))


def test_a_gamma_of_one_group_has_its_mean_and_r_s_likelihood() -> None:
    """The intercept alone: 1 / mean; the likelihood as scipy's gamma law gives it at the dispersion deviance / n."""
    y = np.array([0.5, 1.0, 2.5, 4.0])
    fit = run_local(GlmHub(1, "gamma"), summarise, ModelData(np.ones((4, 1)), y, np.ones(4), np.zeros(4, dtype=np.int64)))
    shape = 4 / fit.deviance
    assert fit.coef[0] == pytest.approx(0.5)
    assert fit.deviance == pytest.approx(2 * np.log(2.0 / y).sum())
    assert fit.dispersion == pytest.approx(np.sum((y / 2 - 1) ** 2) / 3)
    assert fit.loglik == pytest.approx(gamma.logpdf(y, shape, scale=2 / shape).sum())
    assert fit.aic == pytest.approx(-2 * fit.loglik + 4)


def test_an_inverse_gaussian_of_one_group_has_its_mean_and_r_s_likelihood() -> None:
    y = np.array([0.5, 1.0, 2.5, 4.0])
    fit = run_local(GlmHub(1, "inverse-gaussian"), summarise, ModelData(np.ones((4, 1)), y, np.ones(4), np.zeros(4, dtype=np.int64)))
    spread = fit.deviance / 4
    assert fit.coef[0] == pytest.approx(1 / 2.0**2)
    assert fit.deviance == pytest.approx(np.sum((y - 2) ** 2 / (y * 4)))
    assert fit.loglik == pytest.approx(invgauss.logpdf(y, 2 * spread, scale=1 / spread).sum())


def test_shares_with_their_numbers_of_people_have_the_likelihood_of_counts() -> None:
    """Rows of 10, 4 and 6 people, of whom 3, 2 and 6 have the outcome."""
    many, yes = np.array([10.0, 4.0, 6.0]), np.array([3, 2, 6])
    fit = run_local(GlmHub(1), summarise, ModelData(np.ones((3, 1)), yes / many, many, np.zeros(3, dtype=np.int64)))
    assert fit.loglik == pytest.approx(binom.logpmf(yes, many, 11 / 20).sum())


@pytest.mark.parametrize(("family", "outcome"), [("binomial", 1.5), ("poisson", -1.0), ("gamma", 0.0), ("inverse-gaussian", -2.0)])
def test_outcomes_that_a_family_lacks_are_refused(family: str, outcome: float) -> None:
    y = np.array([0.5, outcome, 0.2, 0.9])
    with pytest.raises(EquipoiseError, match="EQ-EST-121"):
        run_local(GlmHub(1, family), summarise, ModelData(np.ones((4, 1)), y, np.ones(4), np.zeros(4, dtype=np.int64)))  # type: ignore[arg-type]


def logit_rows(cells: list[tuple[float, float, int]]) -> ModelData:
    """Rows of an arm and an outcome, each so many times."""
    arm, y = (np.concatenate([np.full(many, cell[place], dtype=float) for *cell, many in cells]) for place in (0, 1))
    return ModelData(np.column_stack([np.ones(len(y)), arm]), y, np.ones(len(y)), np.zeros(len(y), dtype=np.int64))


@pytest.mark.parametrize(("a", "b", "c", "d"), [(5, 10, 3, 12), (4, 0, 6, 9), (0, 7, 3, 4)])
def test_firths_correction_of_a_two_by_two_table_is_a_half_in_every_cell(a: int, b: int, c: int, d: int) -> None:
    """For a saturated model the penalty is Jeffreys's prior of each risk: half an event and half a non-event an arm."""
    fit = run_local(GlmHub(2, firth=True), summarise, logit_rows([(1, 1, a), (1, 0, b), (0, 1, c), (0, 0, d)]))
    np.testing.assert_allclose(fit.coef, [np.log((c + 0.5) / (d + 0.5)), np.log((a + 0.5) * (d + 0.5) / (b + 0.5) / (c + 0.5))], rtol=1e-9)
    risks = np.array([(a + 0.5) / (a + b + 1), (c + 0.5) / (c + d + 1)])
    information = np.array([a + b, c + d]) * risks * (1 - risks)
    np.testing.assert_allclose(fit.se[1], np.sqrt((1 / information).sum()), rtol=1e-9)


def test_firths_correction_is_where_the_penalised_likelihood_is_highest() -> None:
    data = people(6, 40)
    data = replace(data, y=(data.x[:, 1] > 0).astype(float), weight=np.repeat([1.0, 2.0], 20), offset=data.x[:, 2] / 3)

    def minus_penalised(beta: np.ndarray) -> float:
        p = 1 / (1 + np.exp(-(data.x @ beta + data.offset)))
        information = (data.x * (data.weight * p * (1 - p))[:, None]).T @ data.x
        return -float(data.weight @ (data.y * np.log(p) + (1 - data.y) * np.log(1 - p))) - np.linalg.slogdet(information)[1] / 2

    best = minimize(minus_penalised, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 5000})
    np.testing.assert_allclose(run_local(GlmHub(3, firth=True), summarise, data).coef, best.x, atol=2e-6)


def test_firths_correction_is_for_logistic_models() -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106 Firth"):
        GlmHub(2, "poisson", firth=True)
