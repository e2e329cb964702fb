"""Hand-worked with natural logarithms from a table: ln 2 = 0.6931, ln 3 = 1.0986, ln 1.5 = 0.4055, ln 4 = 1.3863, ln 1.2 = 0.1823."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.table.scores.meld import MeldLabs, meld, meld_3, meld_na


def one(value):
    return np.array([value], dtype=float)


@pytest.mark.parametrize(
    ("creatinine", "bilirubin", "inr", "points"),
    [
        (1.0, 1.0, 1.0, 6),  # 6.43
        (2.0, 3.0, 1.5, 22),  # 6.633 + 4.153 + 4.541 + 6.43 = 21.76
        (0.5, 0.4, 0.9, 6),  # all floored at 1
        (9.0, 1.0, 1.0, 20),  # creatinine counts 4: 13.267 + 6.43 = 19.70
        (4.0, 30.0, 6.0, 40),  # 13.267 + 12.857 + 20.067 + 6.43 = 52.6, capped
        (1.2, 2.0, 1.2, 13),  # 1.745 + 2.620 + 2.042 + 6.43 = 12.84
    ],
)
def test_meld(creatinine, bilirubin, inr, points):
    assert meld(one(creatinine), one(bilirubin), one(inr))[0] == points


def test_dialysis_counts_as_creatinine_4():
    assert meld(one(1.0), one(1.0), one(1.0), np.array([True]))[0] == 20


@pytest.mark.parametrize(
    ("points", "sodium", "expected"),
    [
        (22, 130, 26),  # 22 + 9.24 - 5.082 = 26.16
        (22, 140, 22),  # sodium counts 137
        (22, 110, 29),  # sodium counts 125: 22 + 15.84 - 8.712 = 29.13
        (11, 125, 11),  # sodium counts above 11 only
        (12, 125, 23),  # 12 + 15.84 - 4.752 = 23.09
        (40, 125, 40),  # 40 + 15.84 - 15.84
    ],
)
def test_meld_na(points, sodium, expected):
    assert meld_na(one(points), one(sodium))[0] == expected


def labs(creatinine, bilirubin, inr, sodium, albumin):
    return MeldLabs(*(one(value) for value in (creatinine, bilirubin, inr, sodium, albumin)))


@pytest.mark.parametrize(
    ("values", "female", "points"),
    [
        ((1.0, 1.0, 1.0, 137, 3.5), 0, 6),  # 6
        ((1.0, 1.0, 1.0, 137, 3.5), 1, 7),  # 7.33
        # 1.33 + 5.010 + 5.74 - 1.846 + 3.686 + 7.722 + 1.85 - 1.268 + 6 = 28.22
        ((2.0, 3.0, 1.5, 130, 2.5), 1, 28),
        # creatinine counts 3, sodium 125, albumin 1.5:
        # 4.56 x 1.3863 + 9.84 - 2.88 x 1.3863 + 9.09 x 0.6931 + 11.14 x 1.0986 + 3.7 - 3.66 x 1.0986 + 6 = 36.39
        ((5.0, 4.0, 2.0, 120, 1.0), 0, 36),
        ((0.6, 0.3, 0.9, 145, 4.8), 0, 6),
    ],
)
def test_meld_3(values, female, points):
    assert meld_3(labs(*values), one(female))[0] == points


def test_what_is_missing_has_no_score():
    nan = np.nan
    assert np.isnan(meld(np.array([nan, 1, 1]), np.array([1, nan, 1]), np.array([1, 1, nan]))).all()
    assert np.isnan(meld_na(np.array([nan, 20.0, 8.0]), np.array([130.0, nan, nan]))).all()
    for place in range(5):
        values = [1.0, 1.0, 1.0, 137.0, 3.5]
        values[place] = nan
        assert np.isnan(meld_3(labs(*values), one(0))[0])
    assert np.isnan(meld_3(labs(1, 1, 1, 137, 3.5), one(nan))[0])
