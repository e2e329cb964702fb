"""Asymmetry of the funnel: Egger's regression as he wrote it, Kendall's tau by every order, trim and fill on made funnels."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import linregress

from equipoise.estimators.evidence.pooling import pool
from equipoise.estimators.evidence.small_study import begg_test, egger_test, trim_and_fill
from equipoise.kernel.errors import EquipoiseError

Y = np.array([0.1, 0.25, 0.15, 0.4, 0.62, 0.55, 0.9])
V = np.array([0.01, 0.02, 0.03, 0.06, 0.1, 0.14, 0.2])


def test_egger_s_own_form() -> None:
    """Egger regressed the standard normal deviate on precision and tested the intercept."""
    se = np.sqrt(V)
    line = linregress(1 / se, Y / se)
    found = egger_test(Y, V)
    assert found.statistic == pytest.approx(line.intercept / line.intercept_stderr)
    assert found.estimate == pytest.approx(line.slope)


def test_begg_s_p_is_the_share_of_orders() -> None:
    y, v = Y[[0, 2, 1, 4, 3, 5]], V[:6]
    deviation = (y - np.average(y, weights=1 / v)) / np.sqrt(v - 1 / (1 / v).sum())

    def score(order: np.ndarray) -> float:
        return sum(np.sign(order[j] - order[i]) for i in range(6) for j in range(i + 1, 6))

    seen = abs(score(deviation))
    scores = [abs(score(np.array(order))) for order in permutations(range(6))]
    assert begg_test(y, v).p == pytest.approx(np.mean([s >= seen for s in scores]))


def test_ties_make_it_approximate() -> None:
    assert 0 < begg_test(Y, np.array([0.01, 0.02, 0.02, 0.06, 0.1, 0.14, 0.2])).p < 1


def test_a_symmetric_funnel_lacks_nothing() -> None:
    above, below = np.array([0.05, 0.11, 0.21, 0.39]), np.array([0.06, 0.1, 0.2, 0.4])
    y = np.concatenate([[0.001], above, -below]) + 0.3
    v = np.concatenate([[0.001], above**2, below**2])
    found = trim_and_fill(y, v, method="FE")
    assert found.missing == 0
    assert found.pooled.coef[0] == pool(y, v, method="FE").coef[0]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_was_cut_off_is_put_back(sign: float) -> None:
    spread = np.array([0.05, 0.1, 0.2, 0.4, 0.6, 0.8])
    y = sign * (np.concatenate([[0.0], spread, -spread[:2]]) + 0.3)
    v = np.concatenate([[0.004], spread**2, spread[:2] ** 2])
    found = trim_and_fill(y, v, method="FE")
    assert found.side == ("left" if sign > 0 else "right")
    assert found.missing == 3
    assert np.sort(sign * found.added_estimate) == pytest.approx(np.sort(0.3 - spread[3:]), abs=0.02)
    assert sign * found.pooled.coef[0] < sign * pool(y, v, method="FE").coef[0]


@pytest.mark.parametrize("kind", ["L0", "R0", "Q0"])
def test_each_estimator_of_the_number_gives_a_whole_one(kind: str) -> None:
    found = trim_and_fill(Y, V, method="DL", missing=kind)  # type: ignore[arg-type]
    assert 0 <= found.missing < 7
    assert found.pooled.k == 7 + found.missing


def test_refusals() -> None:
    with pytest.raises(EquipoiseError, match="at least 3"):
        egger_test(Y[:2], V[:2])
    with pytest.raises(EquipoiseError, match="side"):
        trim_and_fill(Y, V, side="top")
