"""Estimates of several studies or sites made one: fixed and random effects, with or without moderators."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, f, norm, t

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, COLLINEAR
from equipoise.estimators.evidence.heterogeneity import FIXED, Method, Studies, between_studies, q_profile

Inference: TypeAlias = Literal["z", "t", "knha", "adhoc"]
"""Normal; t on k - p degrees of freedom; Hartung, Knapp, Sidik and Jonkman's; the same, but never narrower than normal variance."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """A meta-analysis of k studies with p coefficients; all on the scale of the estimates given (logarithms for ratios).

    coef, se, lower, upper, statistic, p: (p,); without moderators (1,). vcov: (p, p). tau2 and its se, Q-profile limits: variance
    between studies. q, q_p: residual heterogeneity (QE). i2: percent of the variance that lies between studies. h2: total over
    sampling variance. qm, qm_p: test of the moderators (NaN without). r2: percent of tau2 that moderators explain (NaN without).
    weight: (k,) percent, without moderators. prediction: limits for the effect in a new study (NaN for fixed effects and moderators).
    kept: (k,) of the studies given, which were used (the others have no estimate).
    """

    method: Method
    inference: Inference
    confidence: float
    coef: Floats
    se: Floats
    lower: Floats
    upper: Floats
    statistic: Floats
    p: Floats
    vcov: Floats
    tau2: float
    tau2_se: float
    tau2_limits: tuple[float, float]
    q: float
    q_p: float
    i2: float
    h2: float
    qm: float
    qm_p: float
    r2: float
    weight: Floats
    prediction: tuple[float, float]
    kept: NDArray[np.bool_]

    @property
    def k(self) -> int:
        """Studies used."""
        return int(self.kept.sum())


@dataclass(frozen=True, slots=True)
class _Fit:
    coef: Floats
    vcov: Floats
    weight: Floats


def pool(
    estimate: Floats,
    variance: Floats,
    moderators: Floats | None = None,
    *,
    method: Method = "REML",
    inference: Inference = "z",
    confidence: float = 0.95,
    intercept: bool = True,
    as_r: bool = False,
) -> Pooled:
    """One estimate (or a regression on `moderators` (k, m)) from estimates (k,) and their sampling variances (k,).

    A study with a missing estimate or variance is left out. as_r : root searches stop where metafor's do. Raises EQ-EST-106 for
    variances that are not above 0, levels outside (0, 1) and fewer studies than coefficients; EQ-EST-102 for redundant moderators;
    EQ-EST-104.

    Misleads when: studies are few: a normal interval of a random effect is then too short, take `knha`; when large studies differ
    from small ones; and when one number stands for effects that truly differ: read the prediction interval.
    Source: Viechtbauer (2010), J Stat Softw 36(3); Knapp and Hartung (2003), Stat Med 22: 2693; Riley et al. (2011), BMJ 342: d549.
    """
    studies, kept = _studies(estimate, variance, moderators, intercept=intercept)
    _refuse_unknown(confidence, inference)
    between = between_studies(studies, method, as_r=as_r)
    fit = _fitted(studies, between.tau2, inference)
    df, se = studies.df, np.sqrt(np.diag(fit.vcov))
    critical = float(norm.isf((1 - confidence) / 2) if inference == "z" else t.isf((1 - confidence) / 2, df))
    statistic = fit.coef / se
    i2, h2 = _inconsistency(studies, between.tau2, method)
    qm, qm_p = _moderator_test(fit, studies, inference, intercept=intercept)
    random = method not in FIXED and studies.x.shape[1] == 1 and intercept
    half = critical * math.sqrt(float(fit.vcov[0, 0]) + between.tau2) if random else math.nan
    q = studies.q(0.0)
    return Pooled(
        method=method,
        inference=inference,
        confidence=confidence,
        coef=fit.coef,
        se=se,
        lower=fit.coef - critical * se,
        upper=fit.coef + critical * se,
        statistic=statistic,
        p=np.asarray(2 * (norm.sf(np.abs(statistic)) if inference == "z" else t.sf(np.abs(statistic), df))),
        vcov=fit.vcov,
        tau2=between.tau2,
        tau2_se=between.se,
        tau2_limits=q_profile(studies, confidence, as_r=as_r),
        q=q,
        q_p=float(chi2.sf(q, df)) if df else 1.0,
        i2=i2,
        h2=h2,
        qm=qm,
        qm_p=qm_p,
        r2=_explained(studies, between.tau2, method, as_r=as_r) if intercept and studies.x.shape[1] > 1 else math.nan,
        weight=100 * fit.weight / fit.weight.sum(),
        prediction=(float(fit.coef[0]) - half, float(fit.coef[0]) + half),
        kept=kept,
    )


def _refuse_unknown(confidence: float, inference: Inference) -> None:
    if not 0 < confidence < 1:
        raise BAD_ARGUMENT.error("conf_level must lie between 0 and 1")
    if inference not in ("z", "t", "knha", "adhoc"):
        raise BAD_ARGUMENT.error("test must be z, t, knha or adhoc")


def _studies(estimate: Floats, variance: Floats, moderators: Floats | None, *, intercept: bool) -> tuple[Studies, NDArray[np.bool_]]:
    y, v = np.asarray(estimate, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if y.ndim != 1 or v.shape != y.shape or not y.size:
        raise BAD_ARGUMENT.error("estimates and variances must be vectors of one length, of one study at least")
    extra = np.empty((y.size, 0)) if moderators is None else np.asarray(moderators, dtype=np.float64).reshape(y.size, -1)
    x = np.column_stack([np.ones(y.size), extra]) if intercept else extra
    kept = np.isfinite(y) & np.isfinite(v) & np.all(np.isfinite(x), axis=1)
    if np.any(v[kept] <= 0):
        raise BAD_ARGUMENT.error("variances must be above 0")
    if kept.sum() < x.shape[1] or not x.shape[1]:
        raise BAD_ARGUMENT.error("there must be at least as many studies as coefficients, and one of each")
    if np.linalg.matrix_rank(x[kept]) < x.shape[1]:
        raise COLLINEAR.error("a moderator is a linear combination of the others")
    return Studies(y[kept], v[kept], x[kept]), kept


def _fitted(studies: Studies, tau2: float, inference: Inference) -> _Fit:
    weight = 1 / (studies.v + tau2)
    basis, triangle = np.linalg.qr(studies.x)
    back = np.linalg.inv(triangle)
    inner = np.linalg.inv(basis.T @ (weight[:, None] * basis))
    coef = np.asarray(back @ inner @ (basis.T @ (weight * studies.y)))
    inverse = np.asarray(back @ inner @ back.T)
    if inference not in ("knha", "adhoc"):
        return _Fit(coef, inverse, weight)
    scale = studies.q(tau2) / studies.df if studies.df else math.nan
    return _Fit(coef, np.asarray(inverse * (max(1.0, scale) if inference == "adhoc" else scale)), weight)


def _inconsistency(studies: Studies, tau2: float, method: Method) -> tuple[float, float]:
    if studies.df == 0:
        return 0.0, 1.0
    if method in FIXED:
        q = studies.q(0.0)
        return max(0.0, 100 * (q - studies.df) / q) if q > 0 else 0.0, q / studies.df
    typical = studies.df / float(np.trace(studies.projection(1 / studies.v)))
    return 100 * tau2 / (typical + tau2), tau2 / typical + 1


def _moderator_test(fit: _Fit, studies: Studies, inference: Inference, *, intercept: bool) -> tuple[float, float]:
    first = 1 if intercept else 0
    coef = fit.coef[first:]
    if not coef.size:
        return math.nan, math.nan
    wald = float(coef @ np.linalg.solve(fit.vcov[first:, first:], coef))
    if inference == "z":
        return wald, float(chi2.sf(wald, coef.size))
    return wald / coef.size, float(f.sf(wald / coef.size, coef.size, studies.df))


def _explained(studies: Studies, tau2: float, method: Method, *, as_r: bool) -> float:
    """Percent of tau2 that the moderators explain, 0 where there is none; for a fixed effect the adjusted share of the sum of squares."""
    null = Studies(studies.y, studies.v, np.ones((studies.y.size, 1)))
    if method in FIXED:
        return max(0.0, 100 * (1 - (studies.q(0.0) / studies.df) / (null.q(0.0) / null.df))) if studies.df else math.nan
    alone = between_studies(null, method, as_r=as_r).tau2
    return max(0.0, 100 * (alone - tau2) / alone) if alone > 0 else 0.0
