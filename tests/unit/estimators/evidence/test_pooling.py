"""Meta-analysis of the BCG trials as metafor's manual prints it, and by first principles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.evidence.effects import effect_sizes
from equipoise.estimators.evidence.pooling import pool
from equipoise.kernel.errors import EquipoiseError

COUNTS = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761), (180, 1361, 372, 1079),
    (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]  # fmt: skip
LATITUDE = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
YEAR = [1948, 1949, 1960, 1977, 1973, 1953, 1973, 1980, 1968, 1961, 1974, 1969, 1976]
BCG = effect_sizes(np.array(COUNTS, dtype=float).reshape(-1, 2, 2), "RR")


def test_bcg_random_effects() -> None:
    found = pool(BCG.estimate, BCG.variance)
    assert [found.coef[0], found.se[0], found.lower[0], found.upper[0]] == pytest.approx([-0.7145, 0.1798, -1.0669, -0.3622], abs=5e-5)
    assert (found.tau2, found.tau2_se) == pytest.approx((0.3132, 0.1664), abs=5e-5)
    assert (found.i2, found.h2) == pytest.approx((92.22, 12.86), abs=5e-3)
    assert (found.q, found.k) == (pytest.approx(152.2330, abs=5e-5), 13)
    assert found.tau2_limits == pytest.approx((0.1197, 1.1115), abs=1e-4)
    assert found.prediction == pytest.approx((-1.8667, 0.4376), abs=5e-5)


def test_bcg_by_latitude_and_year() -> None:
    found = pool(BCG.estimate, BCG.variance, np.column_stack([LATITUDE, YEAR]).astype(float))
    assert found.coef[0] == pytest.approx(-3.5455, abs=5e-4), "metafor stops 1e-5 from tau2"
    assert found.coef[1:] == pytest.approx([-0.0280, 0.0019], abs=5e-5)
    assert found.se[0] == pytest.approx(29.0959, abs=5e-4)
    assert found.se[1:] == pytest.approx([0.0102, 0.0147], abs=5e-5)
    assert (found.tau2, found.i2, found.r2) == pytest.approx((0.1108, 71.98, 64.63), abs=5e-3)
    assert (found.q, found.qm, found.qm_p) == pytest.approx((28.3251, 12.2043, 0.0022), abs=5e-4)
    assert math.isnan(found.prediction[0])


def test_a_fixed_effect_is_the_weighted_mean() -> None:
    found = pool(BCG.estimate, BCG.variance, method="FE")
    weight = 1 / BCG.variance
    assert found.coef[0] == pytest.approx(float(weight @ BCG.estimate / weight.sum()))
    assert found.se[0] == pytest.approx(1 / math.sqrt(weight.sum()))
    assert found.weight.sum() == pytest.approx(100)


def test_hartung_and_knapp_s_variance_is_the_weighted_residual_one() -> None:
    found = pool(BCG.estimate, BCG.variance, method="DL", inference="knha")
    weight = 1 / (BCG.variance + found.tau2)
    mean = float(weight @ BCG.estimate / weight.sum())
    assert found.se[0] == pytest.approx(math.sqrt(float(weight @ (BCG.estimate - mean) ** 2) / (12 * weight.sum())))
    alike = pool(np.array([0.1, 0.11, 0.1]), np.array([0.2, 0.3, 0.2]), inference="knha")
    assert alike.se[0] < pool(np.array([0.1, 0.11, 0.1]), np.array([0.2, 0.3, 0.2]), inference="adhoc").se[0]


def test_studies_without_an_estimate_are_left_out_and_named() -> None:
    y, v = np.append(BCG.estimate, np.nan), np.append(BCG.variance, 0.1)
    found = pool(y, v)
    assert found.kept.tolist() == [True] * 13 + [False]
    assert found.coef[0] == pool(BCG.estimate, BCG.variance).coef[0]


def test_one_study_is_itself() -> None:
    found = pool(np.array([0.4]), np.array([0.04]))
    assert (found.coef[0], found.se[0], found.tau2, found.i2) == (pytest.approx(0.4), pytest.approx(0.2), 0, 0)


@pytest.mark.parametrize(
    ("y", "v", "x", "code"),
    [
        ([0.1, 0.2], [0.1, 0.0], None, 106),
        ([], [], None, 106),
        ([0.1, 0.2], [0.1], None, 106),
        ([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], [[1.0], [1.0], [1.0]], 102),
    ],
)
def test_refusals(y: list[float], v: list[float], x: list[list[float]] | None, code: int) -> None:
    with pytest.raises(EquipoiseError, match=f"EQ-EST-{code}"):
        pool(np.array(y), np.array(v), None if x is None else np.array(x))
