"""Steps, inverses and redundant columns against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.newton import inverse, newton_step, redundant_columns


def gram(x: np.ndarray) -> np.ndarray:
    return x.T @ x


def test_steps_and_inverses_are_numpys_over_any_scale() -> None:
    x, scale = np.random.default_rng(0).normal(size=(50, 4)), np.array([1, 1e6, 1e-6, 1])
    score = np.array([1.0, -2.0, 3.0, 4.0])
    np.testing.assert_allclose(newton_step(score * scale, gram(x * scale)) * scale, np.linalg.solve(gram(x), score), rtol=1e-10)
    np.testing.assert_allclose(inverse(gram(x * scale)) * np.outer(scale, scale), np.linalg.inv(gram(x)), rtol=1e-10)


def test_the_later_of_redundant_columns_is_named() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 3)) + 2000
    assert redundant_columns(gram(np.column_stack([np.ones(50), x]))) == ()
    assert redundant_columns(gram(np.column_stack([x, x[:, 0] - x[:, 2], np.zeros(50), rng.normal(size=50)]))) == (3, 4)


def test_dropped_columns_get_no_step_and_no_variance() -> None:
    x = np.random.default_rng(2).normal(size=(50, 3))
    step, variance = newton_step(np.ones(3), gram(x), (1,)), inverse(gram(x), (1,))
    assert step[1] == 0
    assert np.isnan(variance[1]).all()
    np.testing.assert_allclose(variance[np.ix_([0, 2], [0, 2])], np.linalg.inv(gram(x[:, [0, 2]])), rtol=1e-12)


def test_no_information_is_an_error() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        newton_step(np.ones(2), np.zeros((2, 2)))
