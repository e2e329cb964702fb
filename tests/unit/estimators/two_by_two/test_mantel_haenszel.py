"""Mantel-Haenszel measures on the admissions to Berkeley (Bickel et al., Science 1975; R's UCBAdmissions)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.two_by_two.mantel_haenszel import TERMS, from_sums, mantel_haenszel, stratum_terms
from equipoise.estimators.two_by_two.table import two_by_two
from equipoise.kernel.errors import EquipoiseError

BERKELEY = np.array(
    [
        [[512, 313], [89, 19]], [[353, 207], [17, 8]], [[120, 205], [202, 391]],
        [[138, 279], [131, 244]], [[53, 138], [94, 299]], [[22, 351], [24, 317]],
    ]
)  # fmt: skip


def test_men_are_not_admitted_more_often_within_departments() -> None:
    """R's manual: common odds ratio 0.9046968, 0.7719074 to 1.0603298; statistic with correction 1.4269, p 0.2323."""
    found = mantel_haenszel(BERKELEY)
    assert (found.odds_ratio.estimate, found.odds_ratio.lower, found.odds_ratio.upper) == pytest.approx(
        (0.9046968, 0.7719074, 1.0603298), abs=5e-8
    )
    assert (found.cmh_corrected.statistic, found.cmh_corrected.p) == pytest.approx((1.4269, 0.2323), abs=1e-4)
    crude = two_by_two(*(int(n) for n in BERKELEY.sum(axis=0).ravel()))
    assert crude.odds_ratio.lower > 1.5


def test_one_stratum_is_the_crude_table() -> None:
    table = np.array([[[30, 70], [20, 80]]])
    found, crude = mantel_haenszel(table, exact=True), two_by_two(30, 70, 20, 80)
    assert found.odds_ratio.estimate == pytest.approx(crude.odds_ratio.estimate)
    assert found.odds_ratio.se == pytest.approx(crude.odds_ratio.se)
    assert found.risk_ratio.se == pytest.approx(crude.risk_ratio.se)
    assert found.risk_difference.estimate == pytest.approx(0.1)
    assert found.risk_difference.se == pytest.approx(crude.risk_difference.se)
    assert found.exact == crude.fisher


def test_the_sums_add_over_strata() -> None:
    parts = stratum_terms(BERKELEY[:2]).sum(axis=0) + stratum_terms(BERKELEY[2:]).sum(axis=0)
    assert parts.shape == (len(TERMS),)
    assert from_sums(parts, 0.95).odds_ratio.estimate == pytest.approx(mantel_haenszel(BERKELEY).odds_ratio.estimate, rel=1e-13)


def test_strata_of_one_or_none_are_left_out() -> None:
    more = np.concatenate([BERKELEY, [[[1, 0], [0, 0]], [[0, 0], [0, 0]]]])
    assert mantel_haenszel(more) == mantel_haenszel(BERKELEY)


def test_nothing_to_learn_is_no_number() -> None:
    found = mantel_haenszel(np.array([[[0, 5], [0, 7]]]))
    assert math.isnan(found.odds_ratio.estimate)
    assert math.isnan(found.cmh.statistic)
    assert found.risk_difference.estimate == 0
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        mantel_haenszel(np.array([[1, 2], [3, 4]]))
