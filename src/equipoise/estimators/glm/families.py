"""Families and links of generalised linear models (McCullagh and Nelder 1989), with the guards at the edges that R's `glm` has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import gammaln, ndtr, ndtri, xlogy

from equipoise.estimators.data import Floats
from equipoise.estimators.logistic.intercepts import inverse_logit

FamilyName: TypeAlias = Literal["binomial", "quasibinomial", "poisson", "quasipoisson", "gaussian"]
LinkName: TypeAlias = Literal["logit", "probit", "cloglog", "log", "identity"]
EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Link:
    """eta = to_eta(mu), mu = to_mu(eta), slope = d mu / d eta."""

    to_eta: Callable[[Floats], Floats]
    to_mu: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Family:
    """`variance(mu)`; `deviance(y, mu)` and `loglik(y, mu)` per unit of weight; `start(y, w)` a first mean; `low`, `high` bound the mean.

    `loglik` is None where there is none (quasi) or where it depends on the dispersion (gaussian).
    """

    variance: Callable[[Floats], Floats]
    deviance: Callable[[Floats, Floats], Floats]
    loglik: Callable[[Floats, Floats], Floats] | None
    start: Callable[[Floats, Floats], Floats]
    low: float
    high: float
    dispersion: bool
    canonical: LinkName

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
}


def _binomial_deviance(y: Floats, mu: Floats) -> Floats:
    return np.asarray(2 * (xlogy(y, y / mu) + xlogy(1 - y, (1 - y) / (1 - mu))))


def _binomial_loglik(y: Floats, mu: Floats) -> Floats:
    return np.asarray(xlogy(y, mu) + xlogy(1 - y, 1 - mu))


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
    )


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
    ),
}
