"""The variance between studies, tau2, by the estimators in use; k studies, p coefficients."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NOT_CONVERGED
from equipoise.estimators.newton import path_taken
from equipoise.estimators.two_by_two.roots import R_TOLERANCE, root

Method: TypeAlias = Literal["FE", "EE", "CE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]
"""Fixed (FE, EE, CE are one); DerSimonian-Laird, Hedges, Hunter-Schmidt, Sidik-Jonkman, (restricted) maximum likelihood, empirical
Bayes, Paule-Mandel."""
FIXED = ("FE", "EE", "CE")
CEILING = 100.0
"""The largest tau2 that metafor looks for."""
SETTLED, ROUNDS = 1e-13, 5000


@dataclass(frozen=True)
class Studies:
    """Estimates y (k,), variances v (k,) > 0, moderators x (k, p) with the column of ones included if wanted."""

    y: Floats
    v: Floats
    x: Floats

    @property
    def df(self) -> int:
        """Studies beyond the coefficients."""
        return int(self.y.size - self.x.shape[1])

    @cached_property
    def basis(self) -> Floats:
        """An orthonormal basis (k, p) of the moderators: what follows depends on their span only, and badly scaled ones cost digits."""
        return np.asarray(np.linalg.qr(self.x)[0])

    def projection(self, weight: Floats) -> Floats:
        """W - W X (X'W X)^-1 X'W, (k, k)."""
        weighted = weight[:, None] * self.basis
        return np.asarray(np.diag(weight) - weighted @ np.linalg.solve(self.basis.T @ weighted, weighted.T))

    def q(self, tau2: float) -> float:
        """The weighted sum of squares around the fit at this tau2, with weights 1 / (v + tau2); falls as tau2 grows."""
        weight, basis = 1 / (self.v + tau2), self.basis
        residual = self.y - basis @ np.linalg.solve(basis.T @ (weight[:, None] * basis), basis.T @ (weight * self.y))
        return float(weight @ residual**2)


@dataclass(frozen=True, slots=True)
class BetweenStudies:
    """The variance between studies and its standard error (NaN for a fixed effect)."""

    tau2: float
    se: float


def between_studies(studies: Studies, method: Method, *, as_r: bool = False) -> BetweenStudies:
    """tau2 by the given method, at least 0. as_r : the search of PM stops where metafor's does (1e-4), not at rounding error.

    Raises EQ-EST-106 for a method it does not know, EQ-EST-104 when iterations do not settle.
    Misleads when: studies are few: with under ten every estimator is uncertain by a factor of several; see the Q-profile interval.
    Source: Viechtbauer (2005), J Educ Behav Stat 30: 261; Veroniki et al. (2016), Res Synth Methods 7: 55.
    """
    if method in FIXED:
        return BetweenStudies(0.0, math.nan)
    if method not in _ESTIMATORS:
        raise BAD_ARGUMENT.error(f"no such estimator of tau2; known are {', '.join([*FIXED, *_ESTIMATORS])}")
    if studies.df == 0:
        return BetweenStudies(0.0, math.nan)
    tau2 = _ESTIMATORS[method](studies, as_r)
    return BetweenStudies(tau2, _standard_error(studies, method, tau2))


def _moment(studies: Studies, projection: Floats, expected: float, slope: float) -> float:
    """tau2 from a quadratic form whose mean is expected + slope * tau2."""
    return max(0.0, float((studies.y @ projection @ studies.y - expected) / slope))


def _dersimonian_laird(studies: Studies, _as_r: bool) -> float:
    projection = studies.projection(1 / studies.v)
    return _moment(studies, projection, studies.df, float(np.trace(projection)))


def _hedges(studies: Studies, _as_r: bool) -> float:
    projection = studies.projection(np.ones(studies.y.size))
    return _moment(studies, projection, float(np.diag(projection) @ studies.v), studies.df)


def _hunter_schmidt(studies: Studies, _as_r: bool) -> float:
    weight = 1 / studies.v
    return _moment(studies, studies.projection(weight), studies.y.size, float(weight.sum()))


def _sidik_jonkman(studies: Studies, _as_r: bool) -> float:
    start = float(studies.y.var())
    return start * studies.q(start) / studies.df


def _paule_mandel(studies: Studies, as_r: bool) -> float:
    if studies.q(0.0) < studies.df:
        return 0.0
    high, tolerance = (CEILING, R_TOLERANCE) if as_r else (_above(studies, studies.df), 0.0)
    return root(lambda tau2: studies.q(tau2) - studies.df, 0.0, high, tolerance)


def _above(studies: Studies, target: float) -> float:
    """A tau2 at which Q has fallen under the target."""
    high = float(studies.v.max() + studies.y.var())
    while studies.q(high) > target:
        high *= 4
    return high


def _scoring(studies: Studies, step: Callable[[Studies, float], float]) -> float:
    """Fisher scoring from Hedges's estimate; steps that swing about the solution are damped."""
    tau2, smallest = _hedges(studies, _as_r=False), float(studies.v.min())
    damping, before, path = 1.0, 0.0, [tau2]
    for _ in range(ROUNDS):
        wanted = step(studies, tau2)
        if wanted * before < 0 and abs(wanted) > abs(before) / 2:
            damping /= 2
        following = max(0.0, tau2 + damping * wanted)
        if abs(following - tau2) <= SETTLED * max(tau2, smallest):
            return following
        tau2, before = following, wanted
        path.append(tau2)
    raise NOT_CONVERGED.error(f"the variance between studies did not settle: try DL or PM; {path_taken(path, 'variance')}")


def _ml_step(studies: Studies, tau2: float) -> float:
    weight = 1 / (studies.v + tau2)
    projected = studies.projection(weight) @ studies.y
    return float((projected @ projected - weight.sum()) / (weight**2).sum())


def _reml_step(studies: Studies, tau2: float) -> float:
    projection = studies.projection(1 / (studies.v + tau2))
    projected = projection @ studies.y
    return float((projected @ projected - np.trace(projection)) / (projection**2).sum())


def _empirical_bayes(studies: Studies, _as_r: bool) -> float:
    """The same equation as Paule and Mandel's."""
    return _paule_mandel(studies, as_r=False)


def log_likelihood(studies: Studies, tau2: float, *, restricted: bool) -> float:
    """The normal log likelihood at this tau2 with the coefficients at their best, or the restricted one."""
    variance = studies.v + tau2
    p = studies.x.shape[1]
    value = -np.log(2 * math.pi * variance).sum() / 2 - studies.q(tau2) / 2
    if restricted:
        information = studies.basis.T @ (studies.basis / variance[:, None])
        value += (p * math.log(2 * math.pi) - np.linalg.slogdet(information)[1]) / 2
    return float(value)


def _likelihood(step: Callable[[Studies, float], float], *, restricted: bool) -> Callable[[Studies, bool], float]:
    """Fisher scoring, and 0 where that is no less likely than where scoring ended."""

    def estimate(studies: Studies, _as_r: bool) -> float:
        tau2 = _scoring(studies, step)
        at_zero = log_likelihood(studies, 0.0, restricted=restricted)
        return 0.0 if tau2 > 0 and at_zero >= log_likelihood(studies, tau2, restricted=restricted) else tau2

    return estimate


_ESTIMATORS: dict[str, Callable[[Studies, bool], float]] = {
    "DL": _dersimonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "SJ": _sidik_jonkman,
    "ML": _likelihood(_ml_step, restricted=False),
    "REML": _likelihood(_reml_step, restricted=True),
    "EB": _empirical_bayes,
    "PM": _paule_mandel,
}


def _standard_error(studies: Studies, method: Method, tau2: float) -> float:
    k, df, weight = studies.y.size, studies.df, 1 / (studies.v + tau2)
    if method == "ML":
        return math.sqrt(2 / float((weight**2).sum()))
    if method == "REML":
        return math.sqrt(2 / float((studies.projection(weight) ** 2).sum()))
    if method in ("EB", "PM"):
        return math.sqrt(2 * k**2 / df) / float(weight.sum())
    start = float(studies.y.var())
    weight = {"DL": 1 / studies.v, "HS": 1 / studies.v, "HE": np.ones(k), "SJ": 1 / (studies.v + start)}[method]
    projection = studies.projection(weight)
    spread = projection @ np.diag(studies.v + tau2)
    slope = {"DL": np.trace(projection), "HS": weight.sum(), "HE": df, "SJ": df / start if start else math.nan}[method]
    return math.sqrt(2 * float((spread * spread.T).sum())) / float(slope)


def q_profile(studies: Studies, confidence: float = 0.95, *, as_r: bool = False) -> tuple[float, float]:
    """Limits of tau2: the values at which Q is as far out as a chi-square on its degrees of freedom may be; 0 where it never is.

    Source: Viechtbauer (2007), Stat Med 26: 37.
    """
    if studies.df == 0:
        return math.nan, math.nan
    tail = (1 - confidence) / 2
    high, low = float(chi2.isf(tail, studies.df)), float(chi2.ppf(tail, studies.df))
    return _crossing(studies, high, as_r), _crossing(studies, low, as_r)


def _crossing(studies: Studies, target: float, as_r: bool) -> float:
    if studies.q(0.0) < target:
        return 0.0
    high, tolerance = (CEILING, R_TOLERANCE) if as_r else (_above(studies, target), 0.0)
    return high if studies.q(high) > target else root(lambda tau2: studies.q(tau2) - target, 0.0, high, tolerance)
