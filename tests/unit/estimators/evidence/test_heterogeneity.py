"""Estimators of the variance between studies by what defines each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import chi2

from equipoise.estimators.evidence.heterogeneity import Studies, between_studies, log_likelihood, q_profile
from equipoise.kernel.errors import EquipoiseError


def made(seed: int, tau: float = 0.4, k: int = 12, p: int = 1) -> Studies:
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.01, 0.3, k)
    x = np.column_stack([np.ones(k), rng.normal(size=(k, p - 1))])
    return Studies(rng.normal(0.2, np.sqrt(v + tau**2)), v, x)


SEEDS = given(st.integers(0, 2**32 - 1), st.integers(1, 2))


@settings(max_examples=50)
@SEEDS
def test_likelihoods_are_at_their_highest(seed: int, p: int) -> None:
    studies = made(seed, p=p)
    for method, restricted in (("ML", False), ("REML", True)):
        found = between_studies(studies, method).tau2  # type: ignore[arg-type]
        best = minimize_scalar(lambda tau2: -log_likelihood(studies, tau2, restricted=restricted), bounds=(0, 5), method="bounded")  # noqa: B023
        assert log_likelihood(studies, found, restricted=restricted) >= -best.fun - 1e-9


@settings(max_examples=50)
@SEEDS
def test_paule_mandel_and_empirical_bayes_make_q_its_expectation(seed: int, p: int) -> None:
    studies = made(seed, p=p)
    found = between_studies(studies, "PM").tau2
    assert found == 0 or studies.q(found) == pytest.approx(studies.df, rel=1e-9)
    assert between_studies(studies, "EB").tau2 == pytest.approx(found, rel=1e-6, abs=1e-10)


def test_dersimonian_and_laird_by_hand() -> None:
    """Three studies with weights 10, 5, 2: Q = sum w (y - mean)^2, C = sum w - sum w^2 / sum w."""
    studies = Studies(np.array([0.1, 0.6, 1.4]), np.array([0.1, 0.2, 0.5]), np.ones((3, 1)))
    mean = (1 + 3 + 2.8) / 17
    q = 10 * (0.1 - mean) ** 2 + 5 * (0.6 - mean) ** 2 + 2 * (1.4 - mean) ** 2
    assert studies.q(0.0) == pytest.approx(q)
    assert between_studies(studies, "DL").tau2 == pytest.approx((q - 2) / (17 - 129 / 17))
    assert between_studies(studies, "HE").tau2 == pytest.approx(max(0, studies.y.var(ddof=1) - 0.8 / 3))


def test_moment_estimators_are_near_the_truth_on_average() -> None:
    for method in ("DL", "HE", "PM", "REML", "EB"):
        mean = np.mean([between_studies(made(seed, k=30), method).tau2 for seed in range(150)])  # type: ignore[arg-type]
        assert mean == pytest.approx(0.16, rel=0.12), method


@settings(max_examples=50)
@SEEDS
def test_profile_limits_are_where_q_is_far_out(seed: int, p: int) -> None:
    studies = made(seed, p=p)
    low, high = q_profile(studies, 0.9)
    assert low == 0 or studies.q(low) == pytest.approx(chi2.isf(0.05, studies.df), rel=1e-8)
    assert high == 0 or studies.q(high) == pytest.approx(chi2.ppf(0.05, studies.df), rel=1e-8)
    assert low <= high


def test_no_spread_is_no_heterogeneity() -> None:
    same = Studies(np.full(5, 0.3), np.full(5, 0.1), np.ones((5, 1)))
    assert [between_studies(same, method).tau2 for method in ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")] == [0.0] * 8  # type: ignore[arg-type]
    assert q_profile(same) == (0.0, 0.0)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(EquipoiseError, match="known are FE"):
        between_studies(made(1), "XX")  # type: ignore[arg-type]
