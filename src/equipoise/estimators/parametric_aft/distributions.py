"""Laws of the error W in log time = linear predictor + scale * W, with what the likelihood needs of them.

Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data, chapter 2. All three densities are log-concave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import expit, log_ndtr, ndtri

from equipoise.estimators.data import Floats

DistributionName: TypeAlias = Literal[
    "exponential", "weibull", "rayleigh", "lognormal", "loglogistic", "loggaussian", "extreme", "gaussian", "logistic"
]
"""The last three are laws of time itself, the others of its logarithm; `loggaussian` is R's other name of `lognormal`."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A log density or log survival at w, its slope and its curvature; (n,) each."""

    value: Floats
    slope: Floats
    curvature: Floats


@dataclass(frozen=True, slots=True)
class Distribution:
    """event(w): the log density; censored(w): the log of P(W > w); quantile(p): where P(W <= w) = p. scale: fixed, or None.

    of_log: whether the law is that of log time, or of time itself.
    """

    event: Callable[[Floats], Terms]
    censored: Callable[[Floats], Terms]
    quantile: Callable[[Floats], Floats]
    scale: float | None = None
    of_log: bool = True

    def measured(self, time: Floats) -> Floats:
        """What the law is about: log time, or time."""
        return np.log(time) if self.of_log else time

    def time(self, measured: Floats) -> Floats:
        """Its inverse."""
        return np.exp(measured) if self.of_log else measured


def _extreme_event(w: Floats) -> Terms:
    risen = np.exp(w)
    return Terms(w - risen, 1 - risen, -risen)


def _extreme_censored(w: Floats) -> Terms:
    risen = np.exp(w)
    return Terms(-risen, -risen, -risen)


def _normal_event(w: Floats) -> Terms:
    return Terms(-(w**2) / 2 - np.log(2 * np.pi) / 2, -w, -np.ones_like(w))


def _normal_censored(w: Floats) -> Terms:
    survival = log_ndtr(-w)
    hazard = np.exp(-(w**2) / 2 - np.log(2 * np.pi) / 2 - survival)
    return Terms(survival, -hazard, -hazard * (hazard - w))


def _logistic_event(w: Floats) -> Terms:
    share = expit(w)
    return Terms(w - 2 * np.logaddexp(0.0, w), 1 - 2 * share, -2 * share * (1 - share))


def _logistic_censored(w: Floats) -> Terms:
    share = expit(w)
    return Terms(-np.logaddexp(0.0, w), -share, -share * (1 - share))


def _extreme(scale: float | None, *, of_log: bool = True) -> Distribution:
    return Distribution(_extreme_event, _extreme_censored, lambda p: np.log(-np.log1p(-p)), scale, of_log)


def _normal(*, of_log: bool = True) -> Distribution:
    return Distribution(_normal_event, _normal_censored, lambda p: np.asarray(ndtri(p)), None, of_log)


def _logistic(*, of_log: bool = True) -> Distribution:
    return Distribution(_logistic_event, _logistic_censored, lambda p: np.log(p) - np.log1p(-p), None, of_log)


DISTRIBUTIONS: dict[str, Distribution] = {
    "exponential": _extreme(1.0),
    "weibull": _extreme(None),
    "rayleigh": _extreme(0.5),
    "lognormal": _normal(),
    "loggaussian": _normal(),
    "loglogistic": _logistic(),
    "extreme": _extreme(None, of_log=False),
    "gaussian": _normal(of_log=False),
    "logistic": _logistic(of_log=False),
}
