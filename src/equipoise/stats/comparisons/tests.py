"""Two samples compared, independent or paired: t tests, rank tests, distribution functions, correlations. They need the rows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata, t

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.two_by_two.interval import critical
from equipoise.stats.comparisons.location import Samples, hodges_lehmann
from equipoise.stats.comparisons.location import r_location as _r_location
from equipoise.stats.design import arms, floats, numbers

R_SERIES = 1e-6
"""Where R's ks.test stops adding terms of the Kolmogorov distribution."""


@dataclass(frozen=True, slots=True)
class TTest:
    """A mean difference with its t test and limits."""

    difference: float
    se: float
    t: float
    df: float
    p: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class RankTest:
    """A rank statistic (W or V), its normal p with and without continuity correction, and the shift between samples."""

    statistic: float
    p: float
    p_uncorrected: float
    location: float


@dataclass(frozen=True, slots=True)
class DistributionTest:
    """The largest distance between two distribution functions and its asymptotic p."""

    distance: float
    p: float


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation with its t-test p; limits by Fisher's z (NaN for ranks)."""

    r: float
    p: float
    lower: float
    upper: float


@dataclass(frozen=True)
class TwoSamples:
    """Group 1 against group 0: means (Welch, pooled), ranks (Wilcoxon), distributions (Kolmogorov-Smirnov), variance ratio."""

    n: tuple[int, int]
    mean: tuple[float, float]
    welch: TTest
    pooled: TTest
    wilcoxon: RankTest
    ks: DistributionTest
    variance_ratio: float

    def summary(self) -> pd.DataFrame:
        """A row a test: estimate (difference or shift), statistic, degrees of freedom, p, limits."""
        nothing = math.nan
        rows = [[test.difference, test.t, test.df, test.p, test.lower, test.upper] for test in (self.welch, self.pooled)]
        rows += [[self.wilcoxon.location, self.wilcoxon.statistic, nothing, self.wilcoxon.p, nothing, nothing]]
        rows += [[nothing, self.ks.distance, nothing, self.ks.p, nothing, nothing]]
        return _table(rows, ["Welch t", "pooled t", "Wilcoxon W", "Kolmogorov-Smirnov D"])

    def __repr__(self) -> str:
        heading = f"Two samples: n = {self.n[0]}, {self.n[1]}; means {self.mean[0]:.5g}, {self.mean[1]:.5g}"
        return f"{heading}\n\n{_text(self.summary())}"


@dataclass(frozen=True)
class Pairs:
    """x against y in pairs: t test, signed ranks (Wilcoxon), and how they go together (Pearson, Spearman)."""

    n: int
    t: TTest
    wilcoxon: RankTest
    pearson: Correlation
    spearman: Correlation

    def summary(self) -> pd.DataFrame:
        """A row a test: estimate (difference, pseudo-median or correlation), statistic, degrees of freedom, p, limits."""
        nothing, w = math.nan, self.wilcoxon
        rows = [[self.t.difference, self.t.t, self.t.df, self.t.p, self.t.lower, self.t.upper]]
        rows += [[w.location, w.statistic, nothing, w.p, nothing, nothing]]
        rows += [[found.r, nothing, self.n - 2, found.p, found.lower, found.upper] for found in (self.pearson, self.spearman)]
        return _table(rows, ["paired t", "Wilcoxon V", "Pearson r", "Spearman rho"])

    def __repr__(self) -> str:
        return f"Pairs: n = {self.n}\n\n{_text(self.summary())}"


def _table(rows: list[list[float]], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["estimate", "statistic", "df", "p", "lower", "upper"], index=pd.Index(names, name="test"))


def _text(table: pd.DataFrame) -> str:
    table.index.name = None
    return table.to_string(float_format=lambda value: f"{value:.4g}", na_rep="")


def two_sample_tests(value: ArrayLike, group: ArrayLike, *, conf_level: float = 0.95, as_r: bool = False) -> TwoSamples:
    """Whether value (n,) differs between group 1 and group 0 (n,), at least two people each; missing values are left out.

    The shift is Hodges and Lehmann's, the median of all differences. as_r : instead what R's wilcox.test(exact=FALSE) finds, which
    stops 1e-4 from a root, and its ks.test's shortened series. Raises EQ-EST-106.

    Misleads when: the two groups differ in more than treatment; the rank test is read as one of medians; the pooled test is taken
    for unequal variances. Values tied often make the Kolmogorov-Smirnov p too large.
    Source: Welch (1947); Wilcoxon (1945), Mann and Whitney (1947); Smirnov (1939); R's t.test, wilcox.test, ks.test.
    """
    given = numbers(value, "value")
    arm = arms(group, given.size)
    known = ~np.isnan(given)
    first, second = (floats(given[known & (arm == label)], "value") for label in (1, 0))
    if min(first.size, second.size) < 2:
        raise BAD_ARGUMENT.error("each group must have at least two values")
    spread = (float(first.var(ddof=1)), float(second.var(ddof=1)))
    return TwoSamples(
        n=(first.size, second.size),
        mean=(float(first.mean()), float(second.mean())),
        welch=_welch(first, second, conf_level),
        pooled=_pooled(first, second, conf_level),
        wilcoxon=_rank_sum(first, second, as_r=as_r),
        ks=_smirnov(first, second, R_SERIES if as_r else 0.0),
        variance_ratio=spread[0] / spread[1] if spread[1] > 0 else math.nan,
    )


def _t_test(difference: float, se: float, df: float, level: float) -> TTest:
    critical(level)
    statistic = difference / se if se > 0 else math.nan
    half = float(t.isf((1 - level) / 2, df)) * se
    return TTest(difference, se, statistic, df, 2 * float(t.sf(abs(statistic), df)), difference - half, difference + half)


def _welch(x: Floats, y: Floats, level: float) -> TTest:
    a, b = float(x.var(ddof=1)) / x.size, float(y.var(ddof=1)) / y.size
    df = (a + b) ** 2 / (a**2 / (x.size - 1) + b**2 / (y.size - 1)) if a + b > 0 else math.nan
    return _t_test(float(x.mean() - y.mean()), math.sqrt(a + b), df, level)


def _pooled(x: Floats, y: Floats, level: float) -> TTest:
    df = x.size + y.size - 2
    variance = ((x.size - 1) * float(x.var(ddof=1)) + (y.size - 1) * float(y.var(ddof=1))) / df
    return _t_test(float(x.mean() - y.mean()), math.sqrt(variance * (1 / x.size + 1 / y.size)), df, level)


def _normal_p(gap: float, sd: float) -> tuple[float, float]:
    """Two-sided p with half a rank taken off, and without."""
    if not sd > 0:
        return math.nan, math.nan
    corrected = gap - math.copysign(0.5, gap) if gap else 0.0
    with_correction, without = (2 * float(norm.sf(abs(z) / sd)) for z in (corrected, gap))
    return min(1.0, with_correction), min(1.0, without)


def _rank_sum(x: Floats, y: Floats, *, as_r: bool) -> RankTest:
    samples = Samples(x, y)
    statistic, sd = samples.rank_sum(0.0)
    p, uncorrected = _normal_p(statistic - x.size * y.size / 2, sd)
    return RankTest(statistic, p, uncorrected, _r_location(samples) if as_r else hodges_lehmann(x, y))


def _smirnov(x: Floats, y: Floats, tolerance: float) -> DistributionTest:
    values = np.concatenate([x, y])
    below = [np.searchsorted(np.sort(sample), values, side="right") / sample.size for sample in (x, y)]
    distance = float(np.abs(below[0] - below[1]).max())
    return DistributionTest(distance, _kolmogorov(math.sqrt(x.size * y.size / (x.size + y.size)) * distance, tolerance))


def _kolmogorov(x: float, tolerance: float) -> float:
    """P(K > x) by either of its two series, to `tolerance` (0: to rounding error). Source: Feller (1948)."""
    if x <= 0:
        return 1.0
    if x < 1:
        last = int(math.sqrt(2 - math.log(tolerance))) if tolerance else 30
        terms = [math.exp(-((k * math.pi / x) ** 2) / 8) for k in range(1, last, 2)]
        return 1 - math.sqrt(2 * math.pi) / x * math.fsum(terms)
    total, k, term = 0.0, 1, 1.0
    while abs(term) > tolerance and k < 100:
        term = 2 * (-1) ** (k - 1) * math.exp(-2 * (k * x) ** 2)
        total, k = total + term, k + 1
    return total


def paired_tests(x: ArrayLike, y: ArrayLike, *, conf_level: float = 0.95) -> Pairs:
    """Whether x differs from y (n,) in pairs, at least four; pairs with a missing value are left out. Raises EQ-EST-106.

    Pairs without a difference do not count in the rank test. Misleads when: pairs are not independent (two of one person), or values
    regress to the mean because one of them selected the people.
    Source: Student (1908); Wilcoxon (1945); Fisher (1921); Spearman (1904); R's t.test, wilcox.test(exact=FALSE), cor.test.
    """
    a, b = numbers(x, "x"), numbers(y, "y")
    if a.ndim != 1 or a.shape != b.shape:
        raise BAD_ARGUMENT.error("x and y must be vectors of one length")
    known = ~(np.isnan(a) | np.isnan(b))
    first, second = floats(a[known], "x"), floats(b[known], "y")
    if first.size < 4:
        raise BAD_ARGUMENT.error("there must be at least four pairs")
    difference = first - second
    se = float(difference.std(ddof=1)) / math.sqrt(difference.size)
    return Pairs(
        n=int(first.size),
        t=_t_test(float(difference.mean()), se, difference.size - 1, conf_level),
        wilcoxon=_signed_ranks(difference),
        pearson=_pearson(first, second, conf_level),
        spearman=_spearman(first, second),
    )


def _signed_ranks(difference: Floats) -> RankTest:
    moved = difference[difference != 0]
    n = moved.size
    rank = rankdata(np.abs(moved))
    statistic = float(rank[moved > 0].sum())
    ties = np.unique(rank, return_counts=True)[1].astype(np.float64)
    sd = math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - float((ties**3 - ties).sum()) / 48)
    p, uncorrected = _normal_p(statistic - n * (n + 1) / 4, sd)
    return RankTest(statistic, p, uncorrected, float(np.median(difference)) if not n else _pseudo_median(moved))


def _pseudo_median(values: Floats) -> float:
    """The median of the means of all pairs, each value with itself included."""
    ordered = np.sort(values)
    return hodges_lehmann(ordered, -ordered, triangle=True) / 2


def _correlation(x: Floats, y: Floats) -> tuple[float, float]:
    a, b = x - x.mean(), y - y.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    if scale == 0:
        return math.nan, math.nan
    r = float(np.clip(a @ b / scale, -1, 1))
    statistic = r * math.sqrt((x.size - 2) / ((1 - r) * (1 + r))) if abs(r) < 1 else math.copysign(math.inf, r)
    return r, 2 * float(t.sf(abs(statistic), x.size - 2))


def _pearson(x: Floats, y: Floats, level: float) -> Correlation:
    r, p = _correlation(x, y)
    half = critical(level) / math.sqrt(x.size - 3)
    z = math.atanh(r) if abs(r) < 1 else math.copysign(math.inf, r)
    return Correlation(r, p, math.tanh(z - half), math.tanh(z + half))


def _spearman(x: Floats, y: Floats) -> Correlation:
    return Correlation(*_correlation(rankdata(x), rankdata(y)), math.nan, math.nan)
