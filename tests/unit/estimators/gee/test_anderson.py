"""Anderson's acceleration against the plain iteration and against linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.gee.anderson import FEWEST, accelerated


def rounds(matrix: np.ndarray, shift: np.ndarray, *, plain: bool, limit: int = 500) -> tuple[int, np.ndarray]:
    """How many rounds x -> matrix @ x + shift takes until it moves by less than 1e-12, and where it stands."""
    point, past = np.zeros(len(shift)), np.zeros(0)
    for number in range(1, limit):
        move = matrix @ point + shift - point
        if np.abs(move).max() < 1e-12:
            return number, point
        point, past = (point + move, past) if plain else accelerated(past, point, move, np.ones(len(point)))
    return limit, point


@pytest.mark.parametrize("seed", range(5))
def test_it_stands_still_where_the_linear_system_says_and_sooner_than_the_plain_iteration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    matrix, shift = basis @ np.diag([0.9, -0.6, 0.2, 0.05]) @ basis.T, rng.normal(size=4)
    slow, _ = rounds(matrix, shift, plain=True)
    fast, found = rounds(matrix, shift, plain=False)
    assert found == pytest.approx(np.linalg.solve(np.eye(4) - matrix, shift), abs=1e-10)
    assert fast < slow / 4


def test_it_finds_what_the_plain_iteration_runs_away_from() -> None:
    matrix, shift = np.diag([-1.5, 0.3]), np.array([1.0, 2.0])
    assert rounds(matrix, shift, plain=True)[0] == 500
    number, found = rounds(matrix, shift, plain=False)
    assert number < 20
    assert found == pytest.approx([1 / 2.5, 2 / 0.7])


def test_the_first_moves_and_one_that_goes_astray_are_plain() -> None:
    past, point, step = np.zeros(0), np.zeros(2), np.array([0.5, 0.1])
    for _ in range(FEWEST - 1):
        found, past = accelerated(past, point, step, np.ones(2))
        assert found.tolist() == (point + step).tolist()
        point = found
    found, past = accelerated(past, point, 100 * step, np.ones(2))
    assert found.tolist() == (point + 100 * step).tolist()
    assert len(past) == 1
