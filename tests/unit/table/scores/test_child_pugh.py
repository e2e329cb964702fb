from __future__ import annotations

import numpy as np
import pytest

from equipoise.table.scores.child_pugh import CLASSES, child_pugh, child_pugh_class


def points(bilirubin, albumin, inr, ascites=0, encephalopathy=0):
    numbers = (np.array([value], dtype=float) for value in (bilirubin, albumin, inr))
    return child_pugh(*numbers, np.array([ascites]), np.array([encephalopathy]))


@pytest.mark.parametrize(
    ("labs", "signs", "expected", "letter"),
    [
        ((1.0, 4.0, 1.1), (0, 0), 5, "A"),
        ((1.0, 4.0, 1.1), (1, 0), 6, "A"),
        ((2.5, 3.0, 1.1), (0, 0), 7, "B"),
        ((2.5, 3.0, 1.1), (1, 1), 9, "B"),
        ((2.5, 3.0, 2.0), (1, 1), 10, "C"),
        ((4.0, 2.0, 3.0), (2, 2), 15, "C"),
    ],
)
def test_points_and_class(labs, signs, expected, letter):
    found = points(*labs, *signs)
    assert found[0] == expected
    assert CLASSES[child_pugh_class(found)[0]] == letter


@pytest.mark.parametrize(
    ("which", "value", "extra"),
    [
        (0, 1.99, 0), (0, 2.0, 1), (0, 3.0, 1), (0, 3.01, 2),
        (1, 3.51, 0), (1, 3.5, 1), (1, 2.8, 1), (1, 2.79, 2),
        (2, 1.69, 0), (2, 1.7, 1), (2, 2.3, 1), (2, 2.31, 2),
    ],
)  # fmt: skip
def test_both_sides_of_each_bound(which, value, extra):
    labs = [1.0, 4.0, 1.0]
    labs[which] = value
    assert points(*labs)[0] == 5 + extra


def test_without_all_three_values_there_are_no_points():
    for place in range(3):
        labs = [1.0, 4.0, 1.0]
        labs[place] = np.nan
        found = points(*labs)
        assert np.isnan(found[0])
        assert child_pugh_class(found)[0] == -1
