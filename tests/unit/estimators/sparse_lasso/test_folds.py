"""Cross-validation of a lasso: against fits of another solver, fold by fold; folds that follow the person."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from equipoise.estimators.sparse_lasso.folds import PATIENCE, CrossValidation, cross_validate, deal
from equipoise.estimators.sparse_lasso.path import Lasso
from equipoise.estimators.sparse_lasso.rows import SparseRows
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import elastic_net

RNG = np.random.default_rng(8)
N, P = 400, 30
X = (RNG.random((N, P)) < 0.2).astype(float)
ARM = (RNG.random(N) < 1 / (1 + np.exp(-X[:, :4] @ [1.0, -1, 0.5, 0.5]))).astype(float)
WEIGHT = RNG.uniform(0.5, 2, N)
LASSO = Lasso(SparseRows(sparse.csc_array(X), ARM, WEIGHT / WEIGHT.sum(), np.zeros(N)), np.ones(P))
PENALTIES = np.geomspace(0.05, 0.002, 8)


def test_the_deviance_is_that_of_people_whom_another_solver_did_not_see() -> None:
    fold = deal(N, 4, seed=3)
    found = cross_validate(LASSO, PENALTIES, fold)
    table = np.zeros((len(found.penalties), 4))
    for one in range(4):
        out = fold == one
        path = elastic_net(X[~out], ARM[~out], "binomial", weights=WEIGHT[~out], standardize=False, lambdas=PENALTIES)
        eta = path.linear_predictor(X[out])[:, : len(found.penalties)]
        table[:, one] = 2 * WEIGHT[out] @ (np.logaddexp(0, eta) - ARM[out][:, None] * eta) / WEIGHT[out].sum()
    share = np.array([WEIGHT[fold == one].sum() for one in range(4)]) / WEIGHT.sum()
    mean = table @ share
    np.testing.assert_allclose(found.deviance, mean, atol=1e-6)
    np.testing.assert_allclose(found.error, np.sqrt((table - mean[:, None]) ** 2 @ share / 3), atol=1e-6)


def test_the_walk_ends_when_smaller_penalties_stop_paying() -> None:
    found = cross_validate(LASSO, np.geomspace(0.05, 1e-5, 60), deal(N, 4, seed=3))
    assert found.ended
    assert len(found.penalties) == found.best + 1 + PATIENCE


def test_the_plainest_is_within_one_standard_error_of_the_best() -> None:
    curve = CrossValidation(np.array([4.0, 3, 2, 1]), np.array([1.30, 1.22, 1.20, 1.25]), np.array([0.1, 0.05, 0.03, 0.03]), ended=False)
    assert (curve.best, curve.plainest) == (2, 1)


def test_folds_follow_the_person_and_not_the_order_of_rows() -> None:
    person = np.array([f"P{i % 150}" for i in range(N)])
    order = RNG.permutation(N)
    fold = deal(N, 10, person=person)
    np.testing.assert_array_equal(deal(N, 10, person=person[order]), fold[order])
    assert np.bincount(deal(20_000, 10, person=np.arange(20_000)), minlength=10) == pytest.approx(np.full(10, 2000), abs=170)  # 4 sd
    assert not np.array_equal(deal(N, 10, person=person, seed=2), fold)


def test_shuffled_rows_make_folds_of_equal_size_again_and_again() -> None:
    assert set(np.bincount(deal(N, 10))) == {40}
    np.testing.assert_array_equal(deal(N, 10), deal(N, 10))


@pytest.mark.parametrize("folds", [1, N + 1])
def test_an_impossible_number_of_folds_is_refused(folds: int) -> None:
    with pytest.raises(EquipoiseError, match="folds"):
        deal(N, folds)


def test_a_fold_that_holds_a_whole_arm_is_refused() -> None:
    with pytest.raises(EquipoiseError) as caught:
        cross_validate(LASSO, PENALTIES, ARM.astype(np.int64))
    assert caught.value.problems[0].kind.code == "EQ-EST-103"
