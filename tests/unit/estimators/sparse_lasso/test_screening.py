"""The fate of covariates, from counts by hand."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.sparse_lasso.screening import arm_correlation, fates


def test_fates_by_hand() -> None:
    people = np.array([100, 50])
    having = np.array([[30, 4, 100, 0, 100, 5, 40], [20, 3, 50, 12, 45, 45, 9]])
    expected = ["kept", "rare", "everyone", "one arm only", "one arm only", "tells the arm", "kept"]
    assert fates(having, people, least=10).tolist() == expected


def test_the_correlation_is_that_of_two_indicators() -> None:
    rng = np.random.default_rng(1)
    arm, x = rng.integers(0, 2, 80), rng.integers(0, 2, (80, 3))
    having = np.stack([x[arm == 0].sum(axis=0), x[arm == 1].sum(axis=0)])
    expected = [np.corrcoef(arm, column)[0, 1] for column in x.T]
    np.testing.assert_allclose(arm_correlation(having, np.bincount(arm)), expected, atol=1e-12)
    assert arm_correlation(np.array([[0], [0]]), np.array([5, 5])).tolist() == [0.0]
