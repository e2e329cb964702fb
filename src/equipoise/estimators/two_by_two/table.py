"""One table of two by two counts: exposed and not, event and not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, chi2

from equipoise.estimators.data import Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.two_by_two.exact import ExactOddsRatio, exact_odds_ratio
from equipoise.estimators.two_by_two.interval import Interval, difference_interval, proportion_interval, ratio_interval


@dataclass(frozen=True, slots=True)
class Test:
    """A statistic, its degrees of freedom and its p-value."""

    statistic: float
    df: float
    p: float

    __test__ = False


@dataclass(frozen=True, slots=True)
class McNemar:
    """The off-diagonal cells b and c compared, as if the table held pairs."""

    plain: Test
    corrected: Test
    p_exact: float


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Measures of association of a table [[a, b], [c, d]]: rows exposed and not, columns event and not.

    Risks are shares of people. `risk_difference` has Wald limits, `risk_difference_newcombe` Newcombe's; `risk_ratio` and `odds_ratio`
    have Wald limits on the log scale, their `se` is that of the logarithm. `number_needed` is 1 / risk difference, signed.
    """

    a: int
    b: int
    c: int
    d: int
    confidence: float
    risk_exposed: Interval
    risk_unexposed: Interval
    risk_exposed_exact: Interval
    risk_unexposed_exact: Interval
    risk_difference: Interval
    risk_difference_newcombe: Interval
    risk_ratio: Interval
    odds_ratio: Interval
    fisher: ExactOddsRatio
    chi_square: Test
    chi_square_yates: Test
    mcnemar: McNemar

    @property
    def number_needed(self) -> float:
        """People to expose for one event more (negative: for one less); infinite when risks are equal."""
        return math.inf if self.risk_difference.estimate == 0 else 1 / self.risk_difference.estimate


def two_by_two(a: int, b: int, c: int, d: int, *, confidence: float = 0.95, correction: float = 0.0, as_r: bool = False) -> TwoByTwo:
    """Risk difference, risk ratio, odds ratio and tests of one table of counts >= 0.

    correction : added to every cell of the ratios when one cell is 0 (0.5 is Haldane's and Anscombe's). as_r : the exact limits stop
    where R's root search stops (1.2e-4) instead of at rounding error. Raises EQ-EST-106 for counts that are negative or not whole.

    Misleads when: an odds ratio is read as a risk ratio though the event is frequent; follow-up differs between rows (use rates).
    Source: Newcombe (1998), Stat Med 17: 873, method 10; Woolf (1955); Katz et al. (1978); Fisher (1935).
    """
    cells = _checked(a, b, c, d)
    risks = tuple(proportion_interval(float(cells[i, 0]), float(cells[i].sum()), confidence) for i in (0, 1))
    exact = [proportion_interval(float(cells[i, 0]), float(cells[i].sum()), confidence, "clopper-pearson") for i in (0, 1)]
    return TwoByTwo(
        a=int(a),
        b=int(b),
        c=int(c),
        d=int(d),
        confidence=confidence,
        risk_exposed=risks[0],
        risk_unexposed=risks[1],
        risk_exposed_exact=exact[0],
        risk_unexposed_exact=exact[1],
        risk_difference=difference_interval(risks[0].estimate - risks[1].estimate, math.hypot(risks[0].se, risks[1].se), confidence),
        risk_difference_newcombe=_newcombe(*risks),
        risk_ratio=risk_ratio(cells, confidence, correction),
        odds_ratio=odds_ratio(cells, confidence, correction),
        fisher=exact_odds_ratio(cells[None], confidence, as_r=as_r),
        chi_square=chi_square(cells),
        chi_square_yates=chi_square(cells, yates=True),
        mcnemar=mcnemar(int(cells[0, 1]), int(cells[1, 0])),
    )


def _checked(a: int, b: int, c: int, d: int) -> Ints:
    cells = np.array([[a, b], [c, d]], dtype=np.float64)
    if not np.all(np.isfinite(cells)) or np.any(cells < 0) or np.any(cells != np.floor(cells)):
        raise BAD_ARGUMENT.error("counts must be whole numbers of at least 0")
    return cells.astype(np.int64)


def _newcombe(exposed: Interval, unexposed: Interval) -> Interval:
    """The hybrid of two Wilson intervals; its `se` is the Wald one."""
    difference = exposed.estimate - unexposed.estimate
    lower = difference - math.hypot(exposed.estimate - exposed.lower, unexposed.upper - unexposed.estimate)
    upper = difference + math.hypot(exposed.upper - exposed.estimate, unexposed.estimate - unexposed.lower)
    return Interval(difference, math.hypot(exposed.se, unexposed.se), lower, upper)


def risk_ratio(cells: Ints, confidence: float = 0.95, correction: float = 0.0) -> Interval:
    """Risk of the first row over the second's, of cells (2, 2); NaN where a row is empty or both risks are 0."""
    (a, b), (c, d) = _corrected(cells, correction)
    n1, n0 = a + b, c + d
    variance = _inverse(a) - _inverse(n1) + _inverse(c) - _inverse(n0)
    return ratio_interval(_quotient(a * n0, c * n1), math.sqrt(variance) if variance >= 0 else math.nan, confidence)


def odds_ratio(cells: Ints, confidence: float = 0.95, correction: float = 0.0) -> Interval:
    """Odds of the first row over the second's, of cells (2, 2), with Woolf's interval; NaN where a margin is empty."""
    (a, b), (c, d) = _corrected(cells, correction)
    variance = _inverse(a) + _inverse(b) + _inverse(c) + _inverse(d)
    return ratio_interval(_quotient(a * d, b * c), math.sqrt(variance), confidence)


def _corrected(cells: Ints, correction: float) -> list[list[float]]:
    shifted = cells + (correction if np.any(cells == 0) else 0.0)
    return [[float(value) for value in row] for row in shifted]


def _inverse(value: float) -> float:
    return math.inf if value == 0 else 1 / value


def _quotient(top: float, bottom: float) -> float:
    if bottom == 0:
        return math.nan if top == 0 else math.inf
    return top / bottom


def chi_square(table: Ints, *, yates: bool = False) -> Test:
    """Pearson's test of independence of a table (r, c); `yates` corrects for continuity, but never past the expectation.

    Misleads when: expected counts fall under about 5 (use the exact test). NaN where a margin is empty.
    """
    expected = expected_counts(table)
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    if not np.all(expected > 0):
        return Test(math.nan, df, math.nan)
    off = np.abs(table - expected)
    shift = min(0.5, float(off.min())) if yates else 0.0
    statistic = float(((off - shift) ** 2 / expected).sum())
    return Test(statistic, df, float(chi2.sf(statistic, df)))


def expected_counts(table: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Counts expected under independence (r, c)."""
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / max(1, int(table.sum())))


def mcnemar(b: int, c: int) -> McNemar:
    """Whether two paired proportions are equal, from the discordant pairs; NaN statistics when there is none."""
    total, gap = b + c, abs(b - c)
    if total == 0:
        nothing = Test(math.nan, 1, math.nan)
        return McNemar(nothing, nothing, 1.0)
    plain, corrected = gap**2 / total, max(gap - 1, 0) ** 2 / total
    exact = min(1.0, 2 * float(binom.cdf(min(b, c), total, 0.5)))
    return McNemar(_one_df(plain), _one_df(corrected), exact)


def _one_df(statistic: float) -> Test:
    return Test(statistic, 1, float(chi2.sf(statistic, 1)))
