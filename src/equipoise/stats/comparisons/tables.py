"""Tables of counts: two by two, stratified, larger ones, rates and their standardisation; from counts or from columns of labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.data import Ints
from equipoise.estimators.errors import BAD_ARGUMENT, NO_PEOPLE
from equipoise.estimators.two_by_two import contingency as contingency_tests
from equipoise.estimators.two_by_two import mantel_haenszel as stratified
from equipoise.estimators.two_by_two.homogeneity import Homogeneity, homogeneity
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.estimators.two_by_two.rates import RateComparison, StandardisedRate, compare_rates, directly_standardised
from equipoise.estimators.two_by_two.table import TwoByTwo, two_by_two
from equipoise.stats.design import arms, floats
from equipoise.stats.survival_rows import Labels, labels


@dataclass(frozen=True)
class Measures:
    """Named estimates with limits, and the tests that go with them."""

    title: str
    measures: tuple[tuple[str, Interval], ...]
    tests: tuple[tuple[str, float, float], ...]

    def summary(self) -> pd.DataFrame:
        """A row a measure: estimate, standard error (of the logarithm for ratios), lower and upper limit."""
        rows = [[interval.estimate, interval.se, interval.lower, interval.upper] for _, interval in self.measures]
        return pd.DataFrame(
            rows, columns=["estimate", "se", "lower", "upper"], index=pd.Index([name for name, _ in self.measures], name="measure")
        )

    def __repr__(self) -> str:
        table = self.summary()
        table.index.name = None
        lines = [f"{name}: {'' if np.isnan(x) else f'statistic = {x:.5g}, '}p-value = {p:.4g}" for name, x, p in self.tests]
        return "\n".join([self.title, "", table.to_string(float_format=lambda value: f"{value:.5g}"), "", *lines])


@dataclass(frozen=True, repr=False)
class Table2x2(Measures):
    """One table of two by two counts. `fit` holds every measure by name."""

    fit: TwoByTwo


@dataclass(frozen=True, repr=False)
class MantelHaenszel(Measures):
    """Measures over strata. `fit` holds them by name, `tables` (k, 2, 2) the counts, `strata` their names, `homogeneity` the tests of one
    odds ratio in all strata (Breslow and Day's, Tarone's).
    """

    fit: stratified.MantelHaenszel
    tables: Ints
    strata: tuple[str, ...]
    homogeneity: Homogeneity


@dataclass(frozen=True, repr=False)
class RateRatio(Measures):
    """Two rates compared. `fit` holds the measures by name."""

    fit: RateComparison


@dataclass(frozen=True)
class StandardisedRates:
    """A directly standardised rate. `fit` has crude, adjusted and the limits."""

    fit: StandardisedRate

    def summary(self) -> pd.DataFrame:
        """One row: crude and adjusted rate with limits, per unit of person-time."""
        return pd.DataFrame(
            [[self.fit.crude, self.fit.adjusted, self.fit.lower, self.fit.upper]], columns=["crude", "adjusted", "lower", "upper"]
        )

    def __repr__(self) -> str:
        return "Directly standardised rate\n\n" + self.summary().to_string(index=False, float_format=lambda value: f"{value:.5g}")


@dataclass(frozen=True)
class ContingencyTable:
    """A table of counts with its tests. `fit` has the counts, those expected, and the tests."""

    fit: contingency_tests.Contingency
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """The counts, a row a level."""
        return pd.DataFrame(self.fit.table, index=list(self.rows), columns=list(self.columns))

    def __repr__(self) -> str:
        test = self.fit.chi_square
        lines = [f"X-squared = {test.statistic:.5g}, df = {test.df:.0f}, p-value = {test.p:.4g}"]
        lines += [] if self.fit.fisher_p is None else [f"Fisher's exact test: p-value = {self.fit.fisher_p:.4g}"]
        return "\n".join([self.summary().to_string(), "", *lines])


def table_2x2(a: int, b: int, c: int, d: int, *, conf_level: float = 0.95, correction: float = 0.0, as_r: bool = False) -> Table2x2:
    """Risks, their difference and ratio, odds ratio, and tests of a table: a exposed with and b without the event, c and d unexposed.

    correction : added to every cell of the ratios when one is 0. as_r : exact limits end where R's root search does (1e-4 off).
    Raises EQ-EST-106 for counts that are negative or not whole.
    Misleads when: an odds ratio is read as a risk ratio though the event is frequent; follow-up differs between rows (use rates).
    Source: see `equipoise.estimators.two_by_two.table`; R's fisher.test, chisq.test, mcnemar.test, binom.test.
    """
    fit = two_by_two(a, b, c, d, confidence=conf_level, correction=correction, as_r=as_r)
    measures = (
        ("risk exposed", fit.risk_exposed),
        ("risk unexposed", fit.risk_unexposed),
        ("risk difference", fit.risk_difference),
        ("risk difference (Newcombe)", fit.risk_difference_newcombe),
        ("risk ratio", fit.risk_ratio),
        ("odds ratio", fit.odds_ratio),
        ("odds ratio (exact)", Interval(fit.fisher.estimate, float("nan"), fit.fisher.lower, fit.fisher.upper)),
    )
    tests = (
        ("Pearson's chi-square", fit.chi_square.statistic, fit.chi_square.p),
        ("with Yates's correction", fit.chi_square_yates.statistic, fit.chi_square_yates.p),
        ("Fisher's exact test", float("nan"), fit.fisher.p),
    )
    return Table2x2(f"Two by two table: {fit.a} {fit.b} / {fit.c} {fit.d}", measures, tests, fit)


def mantel_haenszel(
    exposed: ArrayLike, event: ArrayLike, strata: Labels, *, conf_level: float = 0.95, exact: bool = True, as_r: bool = False
) -> MantelHaenszel:
    """Odds ratio, risk ratio and risk difference over strata from columns: exposed and event (n,) of 1 and 0, strata labels.

    exact : the conditional estimate and exact test as well. Others as in `table_2x2`. Raises EQ-EST-106.
    Misleads when: the effect differs between strata. Source: Mantel and Haenszel (1959); R's mantelhaen.test.
    """
    arm = arms(exposed)
    outcome = floats(event, "event", arm.size)
    if not np.all((outcome == 0) | (outcome == 1)):
        raise BAD_ARGUMENT.error("event must hold 1 (event) and 0 (none) only")
    names, codes = labels(strata, arm.size, "strata")
    cell = codes * 4 + (1 - arm) * 2 + (1 - outcome.astype(np.int64))
    tables = np.bincount(cell, minlength=4 * len(names)).reshape(len(names), 2, 2).astype(np.int64)
    return mantel_haenszel_tables(tables, names, conf_level=conf_level, exact=exact, as_r=as_r)


def mantel_haenszel_tables(
    tables: ArrayLike, strata: tuple[str, ...] | None = None, *, conf_level: float = 0.95, exact: bool = True, as_r: bool = False
) -> MantelHaenszel:
    """The same from counts (k, 2, 2): rows exposed and not, columns event and not."""
    counts = np.asarray(tables, dtype=np.int64)
    fit = stratified.mantel_haenszel(counts, confidence=conf_level, exact=exact, as_r=as_r)
    measures = [("odds ratio", fit.odds_ratio), ("risk ratio", fit.risk_ratio), ("risk difference", fit.risk_difference)]
    tests = [
        ("Cochran-Mantel-Haenszel", fit.cmh.statistic, fit.cmh.p),
        ("with continuity correction", fit.cmh_corrected.statistic, fit.cmh_corrected.p),
    ]
    if fit.exact is not None:
        measures += [("odds ratio (exact)", Interval(fit.exact.estimate, float("nan"), fit.exact.lower, fit.exact.upper))]
        tests += [("exact test", float("nan"), fit.exact.p)]
    same = homogeneity(counts, fit.odds_ratio.estimate)
    tests += [("Breslow-Day, one odds ratio", same.breslow_day.statistic, same.breslow_day.p)]
    names = strata or tuple(str(i + 1) for i in range(len(counts)))
    return MantelHaenszel(f"Mantel-Haenszel measures over {len(counts)} strata", tuple(measures), tuple(tests), fit, counts, names, same)


def rate_ratio(
    events_exposed: int, time_exposed: float, events_unexposed: int, time_unexposed: float, *, conf_level: float = 0.95
) -> RateRatio:
    """Ratio and difference of two rates, events over person-time in one unit, with Wald and exact limits. Raises EQ-EST-106.

    Misleads when: the hazard changes over follow-up and the arms are followed for different times. R: poisson.test.
    """
    fit = compare_rates(events_exposed, time_exposed, events_unexposed, time_unexposed, confidence=conf_level)
    measures = (
        ("rate exposed", fit.rate_exposed),
        ("rate unexposed", fit.rate_unexposed),
        ("rate ratio", fit.rate_ratio),
        ("rate ratio (exact)", fit.rate_ratio_exact),
        ("rate difference", fit.rate_difference),
    )
    return RateRatio("Rates", measures, (("exact test of a ratio of 1", float("nan"), fit.exact_p),), fit)


def direct_standardisation(count: ArrayLike, person_time: ArrayLike, standard: ArrayLike, *, conf_level: float = 0.95) -> StandardisedRates:
    """The rate that a standard population (k,) would have, given events `count` (k,) in `person_time` (k,) by stratum.

    Gamma limits of Fay and Feuer (1997). Raises EQ-EST-106. Misleads when: rates are related differently in different strata.
    """
    numbers = floats(count, "count"), floats(person_time, "person_time"), floats(standard, "standard")
    return StandardisedRates(directly_standardised(*numbers, confidence=conf_level))


def contingency(row: Labels, column: Labels, *, exact: bool = True) -> ContingencyTable:
    """Whether two columns of labels (n,) are independent: Pearson's test, and the exact one. Raises EQ-EST-106, EQ-EST-107.

    Misleads when: levels are ordered, or expected counts are under about 5 without the exact test. R: chisq.test, fisher.test.
    """
    n = len(np.asarray(row))
    if not n:
        raise NO_PEOPLE.error("nobody to count")
    row_names, row_codes = labels(row, n, "row")
    column_names, column_codes = labels(column, n, "column")
    cells = np.bincount(row_codes * len(column_names) + column_codes, minlength=len(row_names) * len(column_names))
    return contingency_table(cells.reshape(len(row_names), -1), row_names, column_names, exact=exact)


def contingency_table(
    table: ArrayLike, rows: tuple[str, ...] | None = None, columns: tuple[str, ...] | None = None, *, exact: bool = True
) -> ContingencyTable:
    """The same from a table of counts (r, c)."""
    counts = np.asarray(table, dtype=np.int64)
    fit = contingency_tests.contingency(counts, exact=exact)
    names = [tuple(str(i + 1) for i in range(size)) for size in counts.shape]
    return ContingencyTable(fit, rows or names[0], columns or names[1])
