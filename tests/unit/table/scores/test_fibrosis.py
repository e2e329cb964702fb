from __future__ import annotations

import numpy as np
import pytest

from equipoise.table.scores.fibrosis import apri, fib_4, fold_of_limit


def one(value):
    return np.array([value], dtype=float)


@pytest.mark.parametrize(
    ("age", "ast", "alt", "platelets", "expected"),
    [
        (50, 40, 36, 200, 50 * 40 / (200 * 6)),  # 1.667
        (60, 90, 81, 100, 60 * 90 / (100 * 9)),  # 6
        (35, 20, 25, 280, 0.5),  # 700 / (280 x 5)
    ],
)
def test_fib_4(age, ast, alt, platelets, expected):
    assert fib_4(one(age), one(ast), one(alt), one(platelets))[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("ast", "limit", "platelets", "expected"), [(80, 40, 100, 2.0), (40, 40, 200, 0.5), (90, 45, 133, 200 / 133)])
def test_apri(ast, limit, platelets, expected):
    assert apri(one(ast), limit, one(platelets))[0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("value", "limit", "fold"), [(120.0, 40.0, 3.0), (20.0, 40.0, 0.5), (40.0, 40.0, 1.0)])
def test_fold(value, limit, fold):
    assert fold_of_limit(one(value), limit)[0] == fold


def test_nothing_is_divided_by_zero():
    assert np.isnan(fib_4(one(50), one(40), one(36), one(0))[0])
    assert np.isnan(fib_4(one(50), one(40), one(0), one(200))[0])
    assert np.isnan(apri(one(80), 0.0, one(100))[0])
    assert np.isnan(fold_of_limit(one(np.nan), 40.0)[0])
