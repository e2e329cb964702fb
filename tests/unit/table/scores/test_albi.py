"""Hand-worked: 0.66 log10(umol/L) - 0.085 g/L."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.table.scores.albi import MODIFIED_GRADES, albi, albi_grade, modified_albi_grade


def one(value):
    return np.array([value], dtype=float)


@pytest.mark.parametrize(
    ("albumin", "bilirubin", "score", "grade"),
    [
        (3.5, 1.2, -2.109, 2),  # 0.66 x 1.31226 - 2.975: published worked example, -2.11
        (4.0, 1.0, -2.586, 2),  # 0.66 x 1.23310 - 3.4
        (4.4, 0.5, -3.125, 1),  # 0.66 x 0.93207 - 3.74
        (2.5, 3.0, -0.996, 3),  # 0.66 x 1.71022 - 2.125
    ],
)
def test_albi(albumin, bilirubin, score, grade):
    found = albi(one(albumin), one(bilirubin))
    assert found[0] == pytest.approx(score, abs=6e-4)
    assert albi_grade(found)[0] == grade


def test_the_worked_example_to_two_digits():
    assert round(float(albi(one(3.5), one(1.2))[0]), 2) == -2.11


@pytest.mark.parametrize(
    ("score", "grade", "modified"),
    [
        (-2.61, 1, "1"), (-2.60, 1, "1"), (-2.59, 2, "2a"), (-2.28, 2, "2a"), (-2.27, 2, "2b"), (-1.39, 2, "2b"), (-1.38, 3, "3"),
    ],
)  # fmt: skip
def test_both_sides_of_each_cut(score, grade, modified):
    assert albi_grade(one(score))[0] == grade
    assert MODIFIED_GRADES[modified_albi_grade(one(score))[0]] == modified


def test_missing_and_impossible_values_have_no_score():
    found = albi(np.array([np.nan, 3.5, 3.5, 0.0]), np.array([1.0, np.nan, 0.0, 1.0]))
    assert np.isnan(found).all()
    assert np.isnan(albi_grade(found)).all()
    assert modified_albi_grade(found).tolist() == [-1] * 4
