"""Families and links of generalised linear models (McCullagh and Nelder 1989), with the guards at the edges that R's `glm` has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr, ndtri, xlogy

from equipoise.estimators.data import Floats
from equipoise.estimators.logistic.intercepts import inverse_logit

FamilyName: TypeAlias = Literal["binomial", "quasibinomial", "poisson", "quasipoisson", "gaussian", "gamma", "inverse-gaussian"]
LinkName: TypeAlias = Literal["logit", "probit", "cauchit", "cloglog", "log", "identity", "inverse", "sqrt", "1/mu^2"]
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Link:
    """eta = to_eta(mu), mu = to_mu(eta), slope = d mu / d eta. `positive`: eta must be above 0."""

    to_eta: Callable[[Floats], Floats]
    to_mu: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    positive: bool = False

    def valid(self, eta: Floats) -> bool:
        """Whether every linear predictor belongs to a mean."""
        return not self.positive or bool(np.all(eta > 0))


@dataclass(frozen=True, slots=True)
class LikelihoodSums:
    """What a log-likelihood is made of, summed over people."""

    loglik: float
    deviance: float
    weight: float
    n: int
    log_weight: float


@dataclass(frozen=True, slots=True)
class Family:
    """`variance(mu)`; `deviance(y, mu)` and `loglik(y, mu)` per unit of weight; `start(y, w)` a first mean; `low`, `high` bound the mean.

    `loglik`: the part of the log-likelihood without the dispersion; None where there is no likelihood (quasi) or no such part. `whole`:
    from sums (log-likelihood so far, deviance, weights, people, logarithms of weights) to the log-likelihood at the dispersion that R
    takes for it. `outcomes` says in words what an outcome may be, `allowed(y)` whether it is. `orders(y, w)`: log of the ways in which
    the w people of a row can have its outcomes, where w and w y are whole; None for 1.
    """

    variance: Callable[[Floats], Floats]
    deviance: Callable[[Floats, Floats], Floats]
    loglik: Callable[[Floats, Floats], Floats] | None
    start: Callable[[Floats, Floats], Floats]
    low: float
    high: float
    dispersion: bool
    canonical: LinkName
    outcomes: str
    allowed: Callable[[Floats], NDArray[np.bool_]]
    whole: Callable[[LikelihoodSums], float] = lambda sums: sums.loglik
    orders: Callable[[Floats, Floats], Floats] | None = None

    def valid(self, mu: Floats) -> bool:
        """Whether every mean is finite and inside the family's bounds."""
        return bool(np.all(np.isfinite(mu)) and np.all(mu > self.low) and np.all(mu < self.high))


def _normal_density(eta: Floats) -> Floats:
    return np.asarray(np.maximum(np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi), EPS))


def _cloglog_slope(eta: Floats) -> Floats:
    bounded = np.minimum(eta, 700.0)
    return np.asarray(np.maximum(np.exp(bounded - np.exp(bounded)), EPS))


def _logit_slope(eta: Floats) -> Floats:
    mu = inverse_logit(eta)
    return np.maximum(mu * (1 - mu), EPS)


def _cauchit(eta: Floats) -> Floats:
    """The lower tail by the inverse, so that it does not cancel."""
    tail = np.arctan(1 / np.maximum(np.abs(eta), 1e-300)) / np.pi
    return np.asarray(np.clip(np.where(eta < 0, tail, 1 - tail), EPS, 1 - EPS))


def _to_cauchit(mu: Floats) -> Floats:
    return np.asarray(-1 / np.tan(np.pi * mu))


LINKS: dict[str, Link] = {
    "logit": Link(lambda mu: np.log(mu) - np.log1p(-mu), lambda eta: np.clip(inverse_logit(eta), EPS, 1 - EPS), _logit_slope),
    "probit": Link(lambda mu: np.asarray(ndtri(mu)), lambda eta: np.clip(ndtr(eta), EPS, 1 - EPS), _normal_density),
    "cloglog": Link(
        lambda mu: np.log(-np.log1p(-mu)), lambda eta: np.clip(-np.expm1(-np.exp(np.minimum(eta, 700.0))), EPS, 1 - EPS), _cloglog_slope
    ),
    "log": Link(
        np.log, lambda eta: np.maximum(np.exp(np.minimum(eta, 700.0)), EPS), lambda eta: np.maximum(np.exp(np.minimum(eta, 700.0)), EPS)
    ),
    "identity": Link(lambda mu: mu, lambda eta: eta, np.ones_like),
    "cauchit": Link(_to_cauchit, _cauchit, lambda eta: np.maximum(1 / (np.pi * (1 + eta**2)), EPS)),
    "inverse": Link(lambda mu: 1 / mu, lambda eta: 1 / eta, lambda eta: -1 / eta**2),
    "sqrt": Link(np.sqrt, np.square, lambda eta: 2 * eta, positive=True),
    "1/mu^2": Link(lambda mu: 1 / mu**2, lambda eta: 1 / np.sqrt(eta), lambda eta: -1 / (2 * eta**1.5), positive=True),
}


def _binomial_deviance(y: Floats, mu: Floats) -> Floats:
    return np.asarray(2 * (xlogy(y, y / mu) + xlogy(1 - y, (1 - y) / (1 - mu))))


def _binomial_loglik(y: Floats, mu: Floats) -> Floats:
    return np.asarray(xlogy(y, mu) + xlogy(1 - y, 1 - mu))


def _binomial_orders(y: Floats, w: Floats) -> Floats:
    """Of rows of more than one person with both outcomes; all others have one order."""
    mixed = (y > 0) & (y < 1) & (w == np.rint(w))
    y, w = y[mixed], w[mixed]
    yes = np.rint(w * y)
    whole = np.abs(w * y - yes) <= 1e-9 * w
    return np.where(whole, gammaln(w + 1) - gammaln(yes + 1) - gammaln(w - yes + 1), 0.0)


def _poisson_deviance(y: Floats, mu: Floats) -> Floats:
    return np.asarray(2 * (xlogy(y, y / mu) - (y - mu)))


def _poisson_loglik(y: Floats, mu: Floats) -> Floats:
    return np.asarray(xlogy(y, mu) - mu - gammaln(y + 1))


def _binomial(quasi: bool) -> Family:
    return Family(
        variance=lambda mu: mu * (1 - mu),
        deviance=_binomial_deviance,
        loglik=None if quasi else _binomial_loglik,
        start=lambda y, w: (w * y + 0.5) / (w + 1),
        low=0.0,
        high=1.0,
        dispersion=quasi,
        canonical="logit",
        outcomes="between 0 and 1",
        allowed=lambda y: (y >= 0) & (y <= 1),
        orders=_binomial_orders,
    )


def _poisson(quasi: bool) -> Family:
    return Family(
        variance=lambda mu: mu,
        deviance=_poisson_deviance,
        loglik=None if quasi else _poisson_loglik,
        start=lambda y, w: y + 0.1 * np.ones_like(w),
        low=0.0,
        high=np.inf,
        dispersion=quasi,
        canonical="log",
        outcomes="0 or more",
        allowed=lambda y: y >= 0,
    )


def _gaussian_loglik(sums: LikelihoodSums) -> float:
    if sums.deviance <= 0:
        return float("inf")
    return float(-0.5 * (sums.n * (np.log(2 * np.pi * sums.deviance / sums.n) + 1) - sums.log_weight))


def _gamma_deviance(y: Floats, mu: Floats) -> Floats:
    return np.asarray(2 * ((y - mu) / mu - np.log(y / mu)))


def _gamma_rest(y: Floats, _mu: Floats) -> Floats:
    return -np.log(y)


def _gamma_loglik(sums: LikelihoodSums) -> float:
    """At the shape weight / deviance; with it the sums of y / mu and log mu are the deviance's."""
    if sums.deviance <= 0:
        return float("inf")
    shape = sums.weight / sums.deviance
    return float(sums.loglik + sums.weight * (shape * np.log(shape) - gammaln(shape) - shape - 0.5))


def _inverse_gaussian_loglik(sums: LikelihoodSums) -> float:
    if sums.deviance <= 0:
        return float("inf")
    return float(sums.loglik - 0.5 * sums.weight * (np.log(2 * np.pi * sums.deviance / sums.weight) + 1))


def _positive(
    *,
    variance: Callable[[Floats], Floats],
    deviance: Callable[[Floats, Floats], Floats],
    loglik: Callable[[Floats, Floats], Floats],
    whole: Callable[[LikelihoodSums], float],
    canonical: LinkName,
) -> Family:
    return Family(
        variance=variance,
        deviance=deviance,
        loglik=loglik,
        start=lambda y, _w: y,
        low=0.0,
        high=np.inf,
        dispersion=True,
        canonical=canonical,
        outcomes="above 0",
        allowed=lambda y: y > 0,
        whole=whole,
    )


R_NAMES: dict[str, FamilyName] = {"Gamma": "gamma", "inverse.gaussian": "inverse-gaussian", "inverse_gaussian": "inverse-gaussian"}
"""How R, and Python's identifiers, write the names of families that are written otherwise here."""
FAMILIES: dict[str, Family] = {
    "binomial": _binomial(quasi=False),
    "quasibinomial": _binomial(quasi=True),
    "poisson": _poisson(quasi=False),
    "quasipoisson": _poisson(quasi=True),
    "gaussian": Family(
        variance=np.ones_like,
        deviance=lambda y, mu: (y - mu) ** 2,
        loglik=None,
        start=lambda y, _w: y,
        low=-np.inf,
        high=np.inf,
        dispersion=True,
        canonical="identity",
        outcomes="numbers",
        allowed=np.isfinite,
        whole=_gaussian_loglik,
    ),
    "gamma": _positive(variance=np.square, deviance=_gamma_deviance, loglik=_gamma_rest, whole=_gamma_loglik, canonical="inverse"),
    "inverse-gaussian": _positive(
        variance=lambda mu: mu**3,
        deviance=lambda y, mu: (y - mu) ** 2 / (y * mu**2),
        loglik=lambda y, _mu: -1.5 * np.log(y),
        whole=_inverse_gaussian_loglik,
        canonical="1/mu^2",
    ),
}
