"""The exact conditional likelihood against sums over every subset, and against Cox's likelihood where a set has one case."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import lgamma

import numpy as np
import pytest

from equipoise.estimators.conditional_logistic import site
from equipoise.estimators.conditional_logistic.hub import ConditionalLogisticHub
from equipoise.estimators.conditional_logistic.recursion import subset_sums
from equipoise.estimators.conditional_logistic.summary import ConditionalLogisticAsk
from equipoise.estimators.cox import site as cox_site
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.data import ModelData, SurvivalData
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError


def rows(x: np.ndarray, y: np.ndarray, sets: np.ndarray, offset: np.ndarray | None = None) -> ModelData:
    n = len(y)
    return ModelData(x, y.astype(float), np.ones(n), np.zeros(n, dtype=np.int64), offset, sets)


def ask_at(coef: np.ndarray) -> ConditionalLogisticAsk:
    return replace(ConditionalLogisticHub(coef.size).first(), coef=coef)


@pytest.mark.parametrize("chosen", [0, 1, 2, 3, 5, 6])
def test_sums_over_subsets_are_those_of_the_list_of_subsets(chosen: int) -> None:
    rng = np.random.default_rng(chosen)
    eta, x = rng.normal(size=6), rng.normal(size=(6, 2))
    subsets = [list(subset) for subset in combinations(range(6), chosen)]
    log_weight = np.array([eta[subset].sum() for subset in subsets])
    sums = np.array([x[subset].sum(axis=0) for subset in subsets])
    share = np.exp(log_weight) / np.exp(log_weight).sum()
    mean = share @ sums
    found = subset_sums(eta[None], x[None], np.array([chosen]))
    np.testing.assert_allclose(found.log_total[0], np.log(np.exp(log_weight).sum()), atol=1e-13)
    np.testing.assert_allclose(found.mean[0], mean, atol=1e-13)
    np.testing.assert_allclose(found.covariance[0], (sums - mean).T @ ((sums - mean) * share[:, None]), atol=1e-13)


def test_a_pair_by_hand() -> None:
    """One case with x 1, one control with x 0: the likelihood is e^b / (1 + e^b); two such pairs and one reversed give b = log 2."""
    x = np.array([1.0, 0, 1, 0, 0, 1])[:, None]
    fit = run_local(ConditionalLogisticHub(1), site.summarise, rows(x, np.array([1, 0, 1, 0, 1, 0]), np.array([0, 0, 1, 1, 2, 2])))
    assert fit.coef[0] == pytest.approx(np.log(2), abs=1e-12)
    assert fit.se[0] == pytest.approx(np.sqrt(1 / 2 + 1 / 1), abs=1e-9)
    assert fit.loglik_null == pytest.approx(3 * np.log(0.5), abs=1e-12)
    assert fit.loglik == pytest.approx(2 * np.log(2 / 3) + np.log(1 / 3), abs=1e-12)
    assert (fit.rows, fit.events, fit.sets) == (6, 3, 3)


def test_one_case_a_set_is_the_stratified_cox_likelihood() -> None:
    rng = np.random.default_rng(7)
    sets = np.repeat(np.arange(40), 4)
    x, offset = rng.normal(size=(160, 2)), rng.normal(size=160)
    y = (np.arange(160) % 4 == 0).astype(np.int64)
    exact = run_local(ConditionalLogisticHub(2), site.summarise, rows(x, y, sets, offset))
    zero = np.zeros(160, dtype=np.int64)
    cox_rows = SurvivalData(np.ones(160), y, zero, sets, x, np.ones(160), offset=offset)
    cox = run_local(CoxHub(np.ones(1), 2, local_strata=True), cox_site.summarise, cox_rows)
    np.testing.assert_allclose(exact.coef, cox.coef, atol=1e-10)
    np.testing.assert_allclose(exact.vcov, cox.vcov, atol=1e-10)
    assert exact.loglik == pytest.approx(cox.loglik, abs=1e-10)


def test_cases_and_controls_may_be_named_the_other_way_round() -> None:
    rng = np.random.default_rng(3)
    sets, x, y = np.repeat(np.arange(12), 9), rng.normal(size=(108, 2)), rng.random(108) < 0.7
    one = site.summarise(rows(x, y, sets), ask_at(np.array([0.4, -0.3])))
    other = site.summarise(rows(-x, ~y, sets), ask_at(np.array([0.4, -0.3])))
    assert one.loglik == pytest.approx(other.loglik, abs=1e-12)
    np.testing.assert_allclose(one.information, other.information, atol=1e-12)


def test_large_sets_do_not_overflow() -> None:
    """With no effect the likelihood counts subsets: 1 in C(2000, 900), beyond the largest float."""
    y = (np.arange(2000) < 900).astype(np.int64)
    found = site.summarise(rows(np.sin(np.arange(2000.0))[:, None], y, np.zeros(2000, dtype=np.int64)), ask_at(np.zeros(1)))
    assert found.loglik == pytest.approx(-(lgamma(2001) - lgamma(901) - lgamma(1101)), rel=1e-12)


def refusal(x: list[list[float]], y: list[int], sets: list[int]) -> str:
    with pytest.raises(EquipoiseError) as error:
        run_local(ConditionalLogisticHub(len(x[0])), site.summarise, rows(np.array(x, dtype=float), np.array(y), np.array(sets)))
    return error.value.code


def test_what_cannot_be_estimated_is_refused() -> None:
    sets = [0, 0, 1, 1, 2, 2]
    cases = [1, 0, 1, 0, 1, 0]
    assert refusal([[1], [0], [1], [0], [2], [1]], cases, sets) == "EQ-EST-101"
    assert refusal([[1], [1], [0], [0], [2], [2]], cases, sets) == "EQ-EST-102"
    assert refusal([[1, 2], [0, 0], [1, 2], [3, 6], [0, 0], [1, 2]], cases, sets) == "EQ-EST-102"
    assert refusal([[1], [0], [1], [0], [2], [1]], [1, 1, 1, 1, 0, 0], sets) == "EQ-EST-122"


def test_weights_are_refused() -> None:
    data = rows(np.ones((2, 1)), np.array([1, 0]), np.zeros(2, dtype=np.int64))
    weighted = ModelData(data.x, data.y, np.array([1.0, 2.0]), data.block, None, data.cluster)
    with pytest.raises(EquipoiseError) as error:
        site.summarise(weighted, ask_at(np.zeros(1)))
    assert error.value.code == "EQ-EST-121"


def test_a_climb_that_does_not_settle_tells_its_path() -> None:
    rng = np.random.default_rng(2)
    data = rows(rng.normal(size=(60, 1)), np.tile([1.0, 0.0, 0.0], 20), np.repeat(np.arange(20), 3))
    with pytest.raises(EquipoiseError, match=r"EQ-EST-104 .* after 1 iterations; the log-likelihood went -\d"):
        run_local(ConditionalLogisticHub(1, max_iterations=1), site.summarise, data)
