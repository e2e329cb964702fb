"""Statistics of estimates: pooled over studies, tested for asymmetry, calibrated, adjusted for being many, and planned for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.evidence import e_value as bias
from equipoise.estimators.evidence import power as design
from equipoise.estimators.evidence.calibration import Calibrated, SystematicError, calibrate, systematic_error
from equipoise.estimators.evidence.counts import PooledCounts, TableMeasure, pool_mantel_haenszel, pool_peto
from equipoise.estimators.evidence.effects import Apply, Effects, Measure, effect_sizes
from equipoise.estimators.evidence.heterogeneity import FIXED, Method
from equipoise.estimators.evidence.multiplicity import Adjustment, adjusted_p
from equipoise.estimators.evidence.pooling import Inference, Pooled, pool
from equipoise.estimators.evidence.small_study import Asymmetry, Filled, Missing, begg_test, egger_test, trim_and_fill
from equipoise.stats.design import Columns, data_frame, named_columns, numbers


@dataclass(frozen=True)
class MetaAnalysis:
    """A meta-analysis or meta-regression. `fit` has everything by name; `terms` names the coefficients."""

    fit: Pooled
    terms: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """A row a coefficient: estimate, standard error, statistic, p and limits, on the scale given (logarithms for ratios)."""
        fit = self.fit
        columns = {"estimate": fit.coef, "se": fit.se, "statistic": fit.statistic, "p": fit.p, "lower": fit.lower, "upper": fit.upper}
        return pd.DataFrame(columns, index=pd.Index(self.terms, name="term"))

    def __repr__(self) -> str:
        fit = self.fit
        kind = "Fixed-Effect Model" if fit.method in FIXED else f"Random-Effects Model (tau^2 estimator: {fit.method})"
        lines = [f"{kind}, k = {fit.k}", ""]
        if fit.method not in FIXED:
            lines += [f"tau^2: {fit.tau2:.4f} (SE = {fit.tau2_se:.4f}), {fit.confidence:.0%} limits {_pair(fit.tau2_limits)}"]
        lines += [
            f"I^2: {fit.i2:.2f}%   H^2: {fit.h2:.2f}",
            f"Heterogeneity: Q(df = {fit.k - len(fit.coef)}) = {fit.q:.4f}, p = {fit.q_p:.4g}",
        ]
        if np.isfinite(fit.qm):
            lines += [f"Moderators: QM = {fit.qm:.4f}, p = {fit.qm_p:.4g}, R^2 = {fit.r2:.2f}%"]
        lines += ["", _plain(self.summary())]
        if np.isfinite(fit.prediction[0]):
            lines += [f"prediction interval {_pair(fit.prediction)}"]
        return "\n".join(lines)


@dataclass(frozen=True)
class MetaCounts:
    """A fixed effect straight from tables. `fit` has everything by name."""

    fit: PooledCounts

    def summary(self) -> pd.DataFrame:
        """One row: estimate (a logarithm for ratios), standard error, statistic, p and limits."""
        names = ("estimate", "se", "statistic", "p", "lower", "upper")
        return pd.DataFrame(
            [[getattr(self.fit, name) for name in names]], columns=list(names), index=pd.Index([self.fit.measure], name="measure")
        )

    def __repr__(self) -> str:
        fit = self.fit
        heading = [f"Fixed-Effect Model from tables, k = {fit.k}", "", f"Heterogeneity: Q = {fit.q:.4f}, p = {fit.q_p:.4g}", ""]
        return "\n".join([*heading, _plain(self.summary())])


@dataclass(frozen=True)
class SmallStudies:
    """Tests of a funnel's asymmetry, and the studies that trim and fill would add."""

    egger: Asymmetry
    begg: Asymmetry
    filled: Filled

    def summary(self) -> pd.DataFrame:
        """A row a test: statistic (t, tau) and p."""
        rows = [[self.egger.statistic, self.egger.p], [self.begg.statistic, self.begg.p]]
        return pd.DataFrame(rows, columns=["statistic", "p"], index=pd.Index(["Egger (t)", "Begg (tau)"], name="test"))

    def __repr__(self) -> str:
        filled, pooled = self.filled, self.filled.pooled
        limits = _pair((float(pooled.lower[0]), float(pooled.upper[0])))
        found = f"missing on the {filled.side}: {filled.missing}; with them {pooled.coef[0]:.4f} ({limits})"
        return f"{_plain(self.summary())}\n\nTrim and fill, {found}"


@dataclass(frozen=True)
class EValues:
    """E-values. `fit` has them by name."""

    fit: bias.EValue

    def summary(self) -> pd.DataFrame:
        """Two rows: the estimate and limits as risk ratios, and their E-values."""
        fit, nothing = self.fit, float("nan")
        rows = [[fit.approx_rr, fit.approx_lower, fit.approx_upper], [fit.e_value, nothing, nothing]]
        limit = 2 if fit.approx_rr < 1 else 1
        rows[1][limit] = fit.e_value_limit
        return pd.DataFrame(rows, columns=["point", "lower", "upper"], index=["RR", "E-values"])

    def __repr__(self) -> str:
        return self.summary().to_string(float_format=lambda value: f"{value:.4g}", na_rep="")


@dataclass(frozen=True)
class EmpiricalCalibration:
    """The systematic error that negative controls show, and estimates calibrated by it (None when none were given)."""

    null: SystematicError
    calibrated: Calibrated | None

    def summary(self) -> pd.DataFrame:
        """A row an estimate: calibrated estimate, standard error, limits and p, and the p before."""
        c = self.calibrated
        names = ["estimate", "se", "lower", "upper", "p", "p_uncalibrated"]
        return pd.DataFrame({name: [] if c is None else getattr(c, name) for name in names})

    def __repr__(self) -> str:
        null = f"Systematic error over {self.null.controls} negative controls: mean {self.null.mean:.4f}, SD {self.null.sd:.4f}"
        return null if self.calibrated is None else f"{null}\n\n{_plain(self.summary())}"


@dataclass(frozen=True)
class PowerCalculation:
    """A design whose numbers belong together. `fit` has them by name."""

    fit: design.Power

    def summary(self) -> pd.DataFrame:
        """One row: people per group or events in all, effect, level, power."""
        fit = self.fit
        return pd.DataFrame(
            [[fit.n, fit.events, fit.effect, fit.alpha, fit.power]], columns=["n_per_group", "events", "effect", "alpha", "power"]
        )

    def __repr__(self) -> str:
        fit = self.fit
        size = f"events = {fit.events:.4f}" if np.isnan(fit.n) else f"n = {fit.n:.4f} per group"
        lines = [
            f"Power calculation: {fit.kind}",
            size,
            f"effect = {fit.effect:g}",
            f"sig.level = {fit.alpha:g}",
            f"power = {fit.power:.4f}",
        ]
        return "\n     ".join([*lines, f"sides = {fit.sides}"])


def _plain(table: pd.DataFrame) -> str:
    shown = table.copy()
    shown.index.name = None
    return shown.to_string(float_format=lambda value: f"{value:.4g}")


def _pair(limits: tuple[float, float]) -> str:
    return f"{limits[0]:.4f} to {limits[1]:.4f}"


def _column(values: ArrayLike) -> Floats:
    frame = data_frame(values)
    return numbers(values, "a column") if frame is None else named_columns(frame)[1]


def _tables(tables: ArrayLike) -> Floats:
    """Counts (k, 2, 2), or (k, 4) as columns a, b, c, d."""
    cells = _column(tables)
    if cells.ndim == 2 and cells.shape[1] == 4:
        return cells.reshape(-1, 2, 2)
    return cells


def effects(tables: ArrayLike, measure: Measure = "OR", *, add: float = 0.5, to: Apply = "only0") -> Effects:
    """Estimate and variance of each study from its counts: (k, 2, 2), or (k, 4) with columns a, b (exposed with and without), c, d.

    Raises EQ-EST-106. Misleads when: events are rare and `add` decides. R: metafor::escalc.
    """
    return effect_sizes(_tables(tables), measure, add=add, to=to)


def meta_analysis(
    estimate: ArrayLike,
    variance: ArrayLike,
    *,
    method: Method = "REML",
    test: Inference = "z",
    conf_level: float = 0.95,
    as_r: bool = False,
) -> MetaAnalysis:
    """One estimate from k studies or sites; R's metafor::rma.

    estimate, variance : (k,), logarithms for ratios; missing ones are left out. method : FE, or tau2 by DL, HE, HS, SJ, ML, REML, EB
    or PM. test : z, t, knha (Hartung-Knapp), adhoc. as_r : root searches stop where R's do, 1e-4 from the root.
    Raises EQ-EST-104, EQ-EST-106.

    Misleads when: studies are few (take `knha`), small ones differ from large ones, or one number stands for effects that differ.
    Source: Viechtbauer (2010), J Stat Softw 36(3).
    """
    found = pool(_column(estimate), _column(variance), method=method, inference=test, confidence=conf_level, as_r=as_r)
    return MetaAnalysis(found, ("intrcpt",))


def meta_regression(
    estimate: ArrayLike,
    variance: ArrayLike,
    moderators: Columns,
    *,
    method: Method = "REML",
    test: Inference = "z",
    conf_level: float = 0.95,
    intercept: bool = True,
    as_r: bool = False,
) -> MetaAnalysis:
    """How estimates (k,) depend on properties of their studies, moderators (k, m); R's metafor::rma(mods=).

    Others as in `meta_analysis`. Raises EQ-EST-102 (redundant moderators), 104, 106.
    Misleads when: a mean of patients (their age, say) stands for the patients; with under ten studies a moderator.
    """
    names, columns = named_columns(moderators)
    found = pool(
        _column(estimate), _column(variance), columns, method=method, inference=test, confidence=conf_level, intercept=intercept, as_r=as_r
    )
    return MetaAnalysis(found, ("intrcpt", *names) if intercept else names)


def meta_mh(
    tables: ArrayLike, measure: TableMeasure = "OR", *, conf_level: float = 0.95, add: float = 0.5, correct: bool = False
) -> MetaCounts:
    """Mantel and Haenszel's fixed effect over tables (k, 2, 2) or (k, 4); R's metafor::rma.mh. Raises EQ-EST-106.

    Misleads when: effects differ between studies.
    """
    return MetaCounts(pool_mantel_haenszel(_tables(tables), measure, confidence=conf_level, add=add, correct=correct))


def meta_peto(tables: ArrayLike, *, conf_level: float = 0.95) -> MetaCounts:
    """Peto's fixed log odds ratio over tables (k, 2, 2) or (k, 4); R's metafor::rma.peto. Raises EQ-EST-106.

    Misleads when: the effect is large or arms are of very unequal size.
    """
    return MetaCounts(pool_peto(_tables(tables), confidence=conf_level))


def meta_bias(
    estimate: ArrayLike,
    variance: ArrayLike,
    *,
    method: Method = "REML",
    side: str | None = None,
    missing: Missing = "L0",
    conf_level: float = 0.95,
) -> SmallStudies:
    """Whether small studies differ from large ones: Egger's and Begg's tests, trim and fill; R's regtest, ranktest, trimfill.

    Misleads when: under ten studies; and asymmetry has more causes than unpublished studies. Raises EQ-EST-104, EQ-EST-106.
    """
    y, v = _column(estimate), _column(variance)
    filled = trim_and_fill(y, v, method=method, side=side, missing=missing, confidence=conf_level)
    return SmallStudies(egger_test(y, v), begg_test(y, v), filled)


def e_value(
    estimate: float,
    lower: float | None = None,
    upper: float | None = None,
    measure: bias.Ratio = "RR",
    *,
    rare: bool = True,
    true: float = 1.0,
) -> EValues:
    """The least association, with treatment and with outcome, of an unmeasured confounder that would move the estimate to `true`.

    Misleads when: read as evidence that there is no such confounder. Raises EQ-EST-106. Source: VanderWeele and Ding (2017).
    """
    return EValues(bias.e_value(estimate, lower, upper, measure, rare=rare, true=true))


def empirical_calibration(
    log_ratio: ArrayLike,
    se: ArrayLike,
    estimate: ArrayLike | None = None,
    estimate_se: ArrayLike | None = None,
    *,
    conf_level: float = 0.95,
) -> EmpiricalCalibration:
    """The systematic error of negative controls (k,), and estimates (m,) with p-values and limits that allow for it; all log ratios.

    Misleads when: controls are few or confounded otherwise than the outcome. Raises EQ-EST-106. Source: Schuemie et al. (2014, 2018).
    """
    null = systematic_error(_column(log_ratio), _column(se))
    if (estimate is None) != (estimate_se is None):
        raise BAD_ARGUMENT.error("estimate and estimate_se go together")
    if estimate is None or estimate_se is None:
        return EmpiricalCalibration(null, None)
    return EmpiricalCalibration(null, calibrate(null, _column(estimate), _column(estimate_se), confidence=conf_level))


def p_adjust(p: ArrayLike, method: Adjustment = "holm", *, n: int | None = None) -> Floats:
    """P-values (k,) adjusted for being several: holm, hochberg, hommel, bonferroni, BH (fdr), BY, none; R's p.adjust.

    n : comparisons made, if more than given. Raises EQ-EST-106. Misleads when: the family is chosen after looking.
    """
    return adjusted_p(_column(p), method, n=n)


def power_proportions(
    p1: float,
    p2: float,
    *,
    n: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    as_r: bool = False,
) -> PowerCalculation:
    """People per group to tell two proportions apart, or the power of n; give one of n and power. R: power.prop.test. EQ-EST-106.

    as_r : n is where R's root search stops, 1e-4 from the root.
    """
    return PowerCalculation(design.power_proportions(p1, p2, n=n, power=power, alpha=alpha, sides=sides, as_r=as_r))


def power_means(
    delta: float,
    sd: float = 1.0,
    *,
    n: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
    paired: bool = False,
    as_r: bool = False,
) -> PowerCalculation:
    """People per group (or pairs) to find a difference of two means, or the power of n. R: power.t.test. Raises EQ-EST-106.

    as_r : n is where R's root search stops, 1e-4 from the root.
    """
    return PowerCalculation(design.power_means(delta, sd, n=n, power=power, alpha=alpha, sides=sides, paired=paired, as_r=as_r))


def power_survival(
    hazard_ratio: float,
    *,
    share_exposed: float = 0.5,
    events: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    sides: int = 2,
) -> PowerCalculation:
    """Events in all to tell a hazard ratio from 1, or the power of so many. Schoenfeld (1983). Raises EQ-EST-106."""
    found = design.power_survival(hazard_ratio, share_exposed=share_exposed, events=events, power=power, alpha=alpha, sides=sides)
    return PowerCalculation(found)


detectable_hazard_ratio = design.detectable_hazard_ratio
