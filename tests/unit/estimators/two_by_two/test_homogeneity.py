"""Breslow and Day's and Tarone's tests against R's metafor, and what tells nothing."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.two_by_two.homogeneity import homogeneity
from equipoise.estimators.two_by_two.mantel_haenszel import mantel_haenszel
from equipoise.stats import mantel_haenszel_tables


@pytest.mark.parametrize(
    ("cells", "breslow_day", "tarone"),
    [
        ([[19, 33, 4, 40], [6, 4, 5, 11], [5, 7, 20, 35]], 3.12589460907, 3.12500778331),
        ([[1, 9, 0, 12], [0, 3, 2, 8], [7, 1, 3, 9], [0, 5, 0, 6]], 4.54334109581, 4.54113858964),
    ],
)
def test_as_in_r(cells: list[list[int]], breslow_day: float, tarone: float) -> None:
    """rma.mh(measure = "OR", correct = FALSE, add = 0, to = "none"), metafor 3.8-1: BD and TA."""
    tables = np.array(cells).reshape(-1, 2, 2)
    found = homogeneity(tables, mantel_haenszel(tables).odds_ratio.estimate)
    assert found.breslow_day.statistic == pytest.approx(breslow_day, rel=1e-10)
    assert found.tarone.statistic == pytest.approx(tarone, rel=1e-10)
    assert found.breslow_day.df == 2
    assert mantel_haenszel_tables(tables).homogeneity == found


def test_strata_with_one_odds_ratio_do_not_depart_from_it() -> None:
    tables = np.array([[[10, 5], [4, 8]], [[40, 30], [10, 30]], [[4, 1], [1, 1]]])
    found = homogeneity(tables, 4.0)
    np.testing.assert_allclose([found.breslow_day.statistic, found.tarone.statistic, found.breslow_day.p], [0, 0, 1], atol=1e-12)
    assert homogeneity(tables[:, ::-1], 0.25).breslow_day.statistic == pytest.approx(0, abs=1e-12)


def test_fewer_than_two_strata_tell_nothing() -> None:
    assert np.isnan(homogeneity(np.array([[[3, 4], [5, 6]], [[0, 0], [3, 4]]]), 0.9).breslow_day.p)
