"""Meta-analysis straight from the tables: Mantel and Haenszel's method, and Peto's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import chi2, norm

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.evidence.effects import Effects, as_tables, effect_sizes, peto_parts
from equipoise.estimators.two_by_two.interval import difference_interval
from equipoise.estimators.two_by_two.mantel_haenszel import TERMS, odds_ratio_from, risk_ratio_from, stratum_terms

TableMeasure: TypeAlias = Literal["OR", "RR", "RD"]


@dataclass(frozen=True, slots=True)
class PooledCounts:
    """A fixed effect over k tables: log odds ratio, log risk ratio or risk difference. q, q_p: heterogeneity of the single studies.

    NaN where no table tells anything.
    """

    measure: str
    estimate: float
    se: float
    lower: float
    upper: float
    statistic: float
    p: float
    q: float
    q_p: float
    k: int
    confidence: float


def pool_mantel_haenszel(
    tables: Floats, measure: TableMeasure = "OR", *, confidence: float = 0.95, add: float = 0.5, correct: bool = False
) -> PooledCounts:
    """Mantel and Haenszel's fixed effect over tables (k, 2, 2), which needs no correction for zero cells; R's metafor::rma.mh.

    add : put into the cells of tables with a zero for the test of heterogeneity, and, with correct=True, for the estimate as well.
    Raises EQ-EST-106. Misleads when: effects differ between studies: it weighs large ones as a fixed effect does.
    Source: Mantel and Haenszel (1959); Robins, Breslow and Greenland (1986); Greenland and Robins (1985); Sato, Greenland and
    Robins (1989), Biometrics 45: 1323.
    """
    raw = as_tables(tables)
    if measure not in ("OR", "RR", "RD"):
        raise BAD_ARGUMENT.error("measure must be OR, RR or RD")
    zero = np.any(raw == 0, axis=(1, 2))
    cells = raw + np.where(zero & correct, add, 0.0)[:, None, None]
    estimate, se = _common(cells, measure, confidence)
    singles = effect_sizes(raw, measure, add=add, drop_empty=True)
    return _pooled(measure, estimate, se, singles, confidence)


def _common(cells: Floats, measure: TableMeasure, confidence: float) -> tuple[float, float]:
    sums = dict(zip(TERMS, (float(value) for value in stratum_terms(cells).sum(axis=0)), strict=True))
    if measure == "RD":
        return _difference(cells, sums)
    found = (odds_ratio_from if measure == "OR" else risk_ratio_from)(sums, confidence)
    defined = 0 < found.estimate < math.inf
    return (math.log(found.estimate), found.se) if defined else (math.nan, math.nan)


def _difference(cells: Floats, sums: dict[str, float]) -> tuple[float, float]:
    """The risk difference with Sato's variance, good for few large tables and for many small ones."""
    if not sums["rd_weight"]:
        return math.nan, math.nan
    estimate = sums["rd"] / sums["rd_weight"]
    a, c, n1, n0 = cells[:, 0, 0], cells[:, 1, 0], cells[:, 0].sum(axis=1), cells[:, 1].sum(axis=1)
    n = np.maximum(n1 + n0, 1)
    p = (c * (n1 / n) ** 2 - a * (n0 / n) ** 2 + n1 * n0 * (n0 - n1) / (2 * n**2)).sum()
    q = ((a * (n0 - c) + c * (n1 - a)) / (2 * n)).sum()
    return estimate, math.sqrt(float(estimate * p + q)) / sums["rd_weight"]


def pool_peto(tables: Floats, *, confidence: float = 0.95) -> PooledCounts:
    """Peto's fixed log odds ratio over tables (k, 2, 2): events beyond those expected over their variance; R's metafor::rma.peto.

    Raises EQ-EST-106. Misleads when: the effect is large or arms are of very unequal size: it is then biased towards no effect.
    Source: Yusuf et al. (1985), Prog Cardiovasc Dis 27: 335.
    """
    excess, variance = peto_parts(as_tables(tables))
    total = float(variance.sum())
    estimate, se = (float(excess.sum()) / total, 1 / math.sqrt(total)) if total > 0 else (math.nan, math.nan)
    return _pooled("PETO", estimate, se, effect_sizes(tables, "PETO"), confidence)


def _pooled(measure: str, estimate: float, se: float, singles: Effects, confidence: float) -> PooledCounts:
    interval = difference_interval(estimate, se, confidence)
    known = np.isfinite(singles.estimate) & (singles.variance > 0)
    q = float(((singles.estimate[known] - estimate) ** 2 / singles.variance[known]).sum())
    df = int(known.sum()) - 1
    statistic = estimate / se if se > 0 else math.nan
    return PooledCounts(
        measure=measure,
        estimate=estimate,
        se=se,
        lower=interval.lower,
        upper=interval.upper,
        statistic=statistic,
        p=2 * float(norm.sf(abs(statistic))),
        q=q,
        q_p=float(chi2.sf(q, df)) if df > 0 else 1.0,
        k=len(singles.estimate),
        confidence=confidence,
    )
