"""Two samples and pairs: Student's sleep data as R's manual prints them, and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as peer

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import paired_tests, two_sample_tests

FIRST = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
VALUE, GROUP = np.concatenate([FIRST, SECOND]), np.repeat([1, 0], 10)


def test_sleep_as_two_groups() -> None:
    found = two_sample_tests(VALUE, GROUP)
    welch = found.welch
    assert (welch.t, welch.df, welch.p) == pytest.approx((-1.8608, 17.776, 0.07939), abs=5e-4)
    assert (welch.lower, welch.upper) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)
    assert (found.pooled.df, found.pooled.p) == (18, pytest.approx(0.07919, abs=5e-6))
    assert (found.wilcoxon.statistic, found.wilcoxon.p) == (25.5, pytest.approx(0.06933, abs=5e-6))


def test_sleep_as_pairs() -> None:
    found = paired_tests(FIRST, SECOND)
    assert (found.t.t, found.t.df, found.t.p) == pytest.approx((-4.0621, 9, 0.002833), abs=5e-5)
    assert (found.t.lower, found.t.upper) == pytest.approx((-2.4598858, -0.7001142), abs=1e-7)
    assert (found.wilcoxon.statistic, found.wilcoxon.p) == (0, pytest.approx(0.009091, abs=5e-7))


def test_agrees_with_scipy() -> None:
    rng = np.random.default_rng(3)
    x, y = np.round(rng.normal(0.2, 1, 83), 1), np.round(rng.normal(0, 1.3, 61), 1)
    found = two_sample_tests(np.concatenate([x, y]), np.repeat([1, 0], [83, 61]))
    ranks = [peer.mannwhitneyu(x, y, method="asymptotic", use_continuity=c).pvalue for c in (True, False)]
    assert [found.wilcoxon.p, found.wilcoxon.p_uncorrected] == pytest.approx(ranks, rel=1e-10)
    assert found.ks.distance == pytest.approx(peer.ks_2samp(x, y).statistic)
    assert found.ks.p == pytest.approx(peer.kstwobign.sf(found.ks.distance * math.sqrt(83 * 61 / 144)), rel=1e-9)
    assert found.wilcoxon.location == np.median(np.subtract.outer(x, y))
    pairs = paired_tests(x[:61], y)
    assert pairs.pearson.r == pytest.approx(peer.pearsonr(x[:61], y).statistic)
    limits = peer.pearsonr(x[:61], y).confidence_interval()
    assert (pairs.pearson.lower, pairs.pearson.upper) == pytest.approx((limits.low, limits.high))
    assert (pairs.spearman.r, pairs.spearman.p) == pytest.approx(tuple(peer.spearmanr(x[:61], y)))
    assert pairs.wilcoxon.p == pytest.approx(peer.wilcoxon(x[:61], y, method="asymptotic", correction=True).pvalue)


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0, 8.0])
def test_the_kolmogorov_distribution_has_both_series(shift: float) -> None:
    x = np.linspace(0, 10, 41)
    found = two_sample_tests(np.concatenate([x + shift, x]), np.repeat([1, 0], 41)).ks
    assert found.p == pytest.approx(peer.kstwobign.sf(found.distance * math.sqrt(20.5)), rel=1e-9)


def test_missing_values_are_left_out() -> None:
    more = two_sample_tests(np.append(VALUE, np.nan), np.append(GROUP, 1))
    assert more == two_sample_tests(VALUE, GROUP)
    assert paired_tests(np.append(FIRST, np.nan), np.append(SECOND, 1.0)) == paired_tests(FIRST, SECOND)


def test_no_difference_at_all_is_no_statistic() -> None:
    found = paired_tests(FIRST, FIRST)
    assert math.isnan(found.t.t)
    assert math.isnan(found.wilcoxon.p)
    assert found.wilcoxon.location == 0
    assert found.pearson.r == 1
    same = two_sample_tests(np.ones(8), np.repeat([1, 0], 4))
    assert math.isnan(same.welch.t)
    assert same.ks.p == 1


def test_refusals() -> None:
    for value, group in [([1.0, 2.0], [1, 0]), ([1.0, np.inf, 2.0, 3.0], [1, 1, 0, 0]), ([1.0, 2.0, 3.0, 4.0], [1, 2, 0, 0])]:
        with pytest.raises(EquipoiseError, match="EQ-EST-106"):
            two_sample_tests(value, group)
    with pytest.raises(EquipoiseError, match="one length"):
        paired_tests([1.0, 2.0], [1.0])


def test_prints_like_a_table() -> None:
    assert "Wilcoxon W" in repr(two_sample_tests(VALUE, GROUP))
    assert list(paired_tests(FIRST, SECOND).summary().index) == ["paired t", "Wilcoxon V", "Pearson r", "Spearman rho"]
