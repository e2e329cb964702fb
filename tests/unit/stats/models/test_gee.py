"""Generalised estimating equations against dense algebra, the clustered sandwich of glm, and tables worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.estimators.glm.summary import GlmResult
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import gee, glm
from equipoise.stats.models.working_correlation import Correlation, alpha_step, decorrelate, runs_of
from equipoise.stats.models.working_correlation import matrix as matrix_of

SIZES = [1, 2, 3, 5, 1, 4]


def matrix(size: int, alpha: float, corstr: str) -> np.ndarray:
    lag = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    return np.asarray(alpha**lag if corstr == "ar1" else np.where(lag == 0, 1.0, alpha))


@pytest.mark.parametrize("corstr", ["exchangeable", "ar1"])
@pytest.mark.parametrize("alpha", [-0.2, 0.0, 0.6])
def test_inverses_are_those_of_the_dense_matrices(corstr: Correlation, alpha: float) -> None:
    cluster = np.repeat(np.arange(6), SIZES)
    rows = np.random.default_rng(1).normal(size=(16, 2))
    found = decorrelate(runs_of(cluster, 16), rows, np.array([alpha]), corstr)
    dense = [np.linalg.solve(matrix(size, alpha, corstr), rows[cluster == c]) for c, size in enumerate(SIZES)]
    np.testing.assert_allclose(found, np.concatenate(dense), atol=1e-12)


def test_exchangeable_correlation_by_hand() -> None:
    """Pairs 1*2, 1*3, 2*3 in one cluster and -1*1 in another: their mean is 10/4."""
    runs = runs_of(np.array(["a", "a", "a", "b", "b", "c"]), 6)
    residual = np.array([1.0, 2, 3, -1, 1, 7])
    assert alpha_step(runs, np.ones(6), residual, np.zeros(1), "exchangeable")[0] == pytest.approx(2.5)
    weighted = alpha_step(runs, np.array([1.0, 1, 0, 2, 1, 1]), residual, np.zeros(1), "exchangeable")
    assert weighted[0] == pytest.approx((1 * 2 * 1 + -1 * 1 * 2) / 3)


def test_the_ar1_step_is_gauss_newton_on_all_pairs() -> None:
    cluster, rng = np.repeat(np.arange(6), SIZES), np.random.default_rng(5)
    residual, weight, alpha = rng.normal(size=16), rng.uniform(0.5, 2, 16), 0.4
    top, bottom = 0.0, 0.0
    for i in range(16):
        for j in range(i + 1, 16):
            if cluster[i] == cluster[j]:
                slope, pair = (j - i) * alpha ** (j - i - 1), weight[i] * weight[j]
                top += pair * slope * (residual[i] * residual[j] - alpha ** (j - i))
                bottom += pair * slope**2
    assert alpha_step(runs_of(cluster, 16), weight, residual, np.array([alpha]), "ar1")[0] == pytest.approx(top / bottom, rel=1e-12)


def test_independence_is_glm_with_the_clustered_sandwich() -> None:
    rng = np.random.default_rng(8)
    x, cluster = rng.normal(size=(90, 2)), rng.integers(0, 25, 90)
    y, weight = rng.poisson(np.exp(x[:, 0] / 3)), rng.uniform(0.5, 2, 90)
    plain = glm(y, x, "poisson", weights=weight, cluster=cluster).fit
    assert isinstance(plain, GlmResult)
    found = gee(y, x, cluster, "poisson", weights=weight)
    np.testing.assert_allclose(found.coef, plain.coef, atol=1e-10)
    np.testing.assert_allclose(found.vcov, plain.robust_cluster, atol=1e-10)
    assert found.alpha.size == 0


def test_two_arms_of_equal_clusters_by_hand() -> None:
    """Arm A clusters (0, 2), (4, 6), arm B (10, 10), (20, 20): means 3 and 15 under any exchangeable correlation; alpha by products."""
    y, arm = np.array([0.0, 2, 4, 6, 10, 10, 20, 20]), np.repeat([0.0, 1], 4)
    found = gee(y, arm, np.repeat([1, 2, 3, 4], 2), corstr="exchangeable")
    np.testing.assert_allclose(found.coef, [3.0, 12.0], atol=1e-9)
    assert found.scale == pytest.approx((9 + 1 + 1 + 9 + 4 * 25) / 8)
    assert found.alpha[0] == pytest.approx((3 + 3 + 25 + 25) / 4 / 15)
    np.testing.assert_allclose(found.vcov[0, 0], (4**2 + 4**2) / 16, rtol=1e-9)
    assert (found.clusters, found.max_size) == (4, 2)
    assert "exchangeable" in repr(found)


@pytest.mark.parametrize("corstr", ["exchangeable", "ar1"])
def test_the_equations_hold_at_the_answer(corstr: Correlation) -> None:
    """D'V^-1 (y - mu) = 0 with dense matrices, and the sandwich from it; rows shuffled between clusters."""
    rng = np.random.default_rng(12)
    cluster = rng.permutation(np.repeat(np.arange(30), 4))
    x = rng.normal(size=120)
    y = (rng.random(120) < 1 / (1 + np.exp(-x - rng.normal(size=30)[cluster]))).astype(float)
    found = gee(y, x, cluster, "binomial", corstr=corstr)
    design = np.column_stack([np.ones(120), x])
    mu = 1 / (1 + np.exp(-design @ found.coef))
    scores, information = [], np.zeros((2, 2))
    for c in range(30):
        here = np.flatnonzero(cluster == c)
        root = np.sqrt(mu[here] * (1 - mu[here]))
        slopes, v = design[here] * root[:, None] ** 2, np.outer(root, root) * matrix(4, float(found.alpha[0]), corstr)
        scores.append(slopes.T @ np.linalg.solve(v, y[here] - mu[here]))
        information += slopes.T @ np.linalg.solve(v, slopes)
    np.testing.assert_allclose(np.sum(scores, axis=0), 0, atol=1e-8)
    bread = np.linalg.inv(information)
    np.testing.assert_allclose(found.vcov, bread @ (np.transpose(scores) @ scores) @ bread, rtol=1e-8)
    np.testing.assert_allclose(found.naive_vcov, bread * found.scale, rtol=1e-8)


def test_refusals() -> None:
    y = np.array([0.0, 1, 2, 3])
    with pytest.raises(EquipoiseError, match="corstr"):
        gee(y, y**2, [1, 1, 2, 2], corstr="toeplitz")  # type: ignore[arg-type]
    with pytest.raises(EquipoiseError) as error:
        gee(y, np.column_stack([y**2, 2 * y**2]), [1, 1, 2, 2])
    assert error.value.code == "EQ-EST-102"


def test_equations_that_do_not_settle_tell_their_path(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    monkeypatch.setattr("equipoise.stats.models.gee.MAX_ROUNDS", 2)
    with pytest.raises(EquipoiseError, match=r"EQ-EST-104 .* in 2 rounds; the greatest move went \d"):
        gee(rng.poisson(3, 60), rng.normal(size=(60, 1)), np.repeat(np.arange(20), 3), "poisson", corstr="exchangeable")


def test_a_column_that_separates_the_outcome_is_named() -> None:
    x = pd.DataFrame({"age": np.arange(60.0) % 7, "dose": np.arange(60) >= 30})
    with pytest.raises(EquipoiseError, match=r"EQ-EST-101 .*column dose"):
        gee((np.arange(60) >= 30).astype(float), x, np.repeat(np.arange(20), 3), "binomial", corstr="exchangeable")


def test_an_unstructured_inverse_is_that_of_the_dense_matrices() -> None:
    rng = np.random.default_rng(8)
    runs = runs_of(np.repeat(np.arange(len(SIZES)), SIZES), sum(SIZES))
    alpha = rng.uniform(-0.2, 0.3, 10)
    rows = rng.normal(size=(sum(SIZES), 2))
    whole = matrix_of(alpha, 5)
    at, dense = 0, []
    for size in SIZES:
        dense.append(np.linalg.solve(whole[:size, :size], rows[at : at + size]))
        at += size
    np.testing.assert_allclose(decorrelate(runs, rows, alpha, "unstructured"), np.concatenate(dense), rtol=1e-10)
    assert whole[0, 2] == alpha[1]
    assert whole[1, 2] == alpha[4]


def test_pairs_have_one_correlation_whatever_it_is_called() -> None:
    rng = np.random.default_rng(9)
    x, y, cluster = rng.normal(size=(80, 2)), rng.poisson(3, 80), np.repeat(np.arange(40), 2)
    free, one = (gee(y, x, cluster, "poisson", corstr=corstr) for corstr in ("unstructured", "exchangeable"))  # type: ignore[arg-type]
    np.testing.assert_allclose(free.coef, one.coef, rtol=1e-9)
    np.testing.assert_allclose(free.se, one.se, rtol=1e-9)
    np.testing.assert_allclose(free.alpha, one.alpha, rtol=1e-8)
