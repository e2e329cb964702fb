"""The losses that penalised paths lower: half a squared error, minus a binomial, Poisson or partial log-likelihood, per unit of weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit, xlogy

from equipoise.estimators.data import Floats, Ints


class Loss(Protocol):
    """A convex function of the linear predictor eta (n,)."""

    @property
    def intercept(self) -> bool:
        """Whether the model has one."""
        ...

    @property
    def saturated(self) -> float:
        """Its least value."""
        ...

    def value(self, eta: Floats) -> float:
        """The loss."""
        ...

    def descent(self, eta: Floats) -> Floats:
        """(n,) minus the slope for each person's eta."""
        ...

    def curvature(self, eta: Floats, x: Floats) -> Floats:
        """(k, k) second derivative along the columns x (n, k)."""
        ...


@dataclass(frozen=True, slots=True)
class SquaredError:
    """y, weight: (n,); weights sum to 1."""

    y: Floats
    weight: Floats
    intercept: bool = True
    saturated: float = 0.0

    def value(self, eta: Floats) -> float:
        """The loss."""
        return float(self.weight @ (self.y - eta) ** 2) / 2

    def descent(self, eta: Floats) -> Floats:
        """(n,) minus the slope for each person's eta."""
        return self.weight * (self.y - eta)

    def curvature(self, eta: Floats, x: Floats) -> Floats:  # noqa: ARG002
        """(k, k) second derivative along the columns x (n, k)."""
        return np.asarray((x * self.weight[:, None]).T @ x)


@dataclass(frozen=True, slots=True)
class BinomialLoss:
    """y: (n,) 0 to 1; weights (n,) sum to 1; saturated: minus the log-likelihood of fitting each y."""

    y: Floats
    weight: Floats
    saturated: float
    intercept: bool = True

    def value(self, eta: Floats) -> float:
        """The loss."""
        return float(self.weight @ (np.logaddexp(0.0, eta) - self.y * eta))

    def descent(self, eta: Floats) -> Floats:
        """(n,) minus the slope for each person's eta."""
        return np.asarray(self.weight * (self.y - expit(eta)))

    def curvature(self, eta: Floats, x: Floats) -> Floats:
        """(k, k) second derivative along the columns x (n, k)."""
        mu = expit(eta)
        return np.asarray((x * (self.weight * mu * (1 - mu))[:, None]).T @ x)


@dataclass(frozen=True, slots=True)
class PoissonLoss:
    """y: (n,) counts; weights (n,) sum to 1; saturated: minus the log-likelihood of fitting each y, without log y!."""

    y: Floats
    weight: Floats
    saturated: float
    intercept: bool = True

    def value(self, eta: Floats) -> float:
        """The loss."""
        with np.errstate(over="ignore"):
            return float(self.weight @ (np.exp(eta) - self.y * eta))

    def descent(self, eta: Floats) -> Floats:
        """(n,) minus the slope for each person's eta."""
        return np.asarray(self.weight * (self.y - np.exp(eta)))

    def curvature(self, eta: Floats, x: Floats) -> Floats:
        """(k, k) second derivative along the columns x (n, k)."""
        return np.asarray((x * (self.weight * np.exp(eta))[:, None]).T @ x)


@dataclass(frozen=True, slots=True)
class CoxLoss:
    """Breslow's partial likelihood. Rows ascend in time. first: (k,) first row at risk at each event time; passed: (n,) number of event
    times up to each row's time; deaths: (k,) their weight; own: (n,) weight of a row's event, 0 without one.
    """

    weight: Floats
    first: Ints
    passed: Ints
    deaths: Floats
    own: Floats
    saturated: float
    intercept: bool = False

    def value(self, eta: Floats) -> float:
        """The loss."""
        top = float(eta.max())
        return float(self.deaths @ (np.log(self._at_risk(self.weight * np.exp(eta - top))) + top) - self.own @ eta)

    def descent(self, eta: Floats) -> Floats:
        """(n,) minus the slope for each person's eta."""
        risk = self.weight * np.exp(eta - eta.max())
        return np.asarray(self.own - risk * self._hazard(risk))

    def curvature(self, eta: Floats, x: Floats) -> Floats:
        """(k, k) second derivative along the columns x (n, k)."""
        risk = self.weight * np.exp(eta - eta.max())
        mean = self._at_risk(risk[:, None] * x) / self._at_risk(risk)[:, None]
        second = (x * (risk * self._hazard(risk))[:, None]).T @ x
        return np.asarray(second - (mean * self.deaths[:, None]).T @ mean)

    def _at_risk(self, rows: Floats) -> Floats:
        return np.asarray(np.cumsum(rows[::-1], axis=0)[::-1][self.first])

    def _hazard(self, risk: Floats) -> Floats:
        increments = self.deaths / self._at_risk(risk)
        return np.concatenate(([0.0], np.cumsum(increments)))[self.passed]


def binomial_loss(y: Floats, weight: Floats) -> BinomialLoss:
    """Of outcomes 0 to 1 and weights that sum to 1."""
    return BinomialLoss(y, weight, -float(weight @ (xlogy(y, y) + xlogy(1 - y, 1 - y))))


def poisson_loss(y: Floats, weight: Floats) -> PoissonLoss:
    """Of counts and weights that sum to 1."""
    return PoissonLoss(y, weight, float(weight @ (y - xlogy(y, y))))


def cox_loss(time: Floats, event: Ints, weight: Floats) -> tuple[CoxLoss, Ints]:
    """The loss and the order (n,) in which it takes rows. At least one event of positive weight."""
    order = np.argsort(time, kind="stable").astype(np.int64)
    t, own = time[order], weight[order] * (event[order] == 1)
    times, code = np.unique(t[own > 0], return_inverse=True)
    deaths = np.bincount(code, weights=own[own > 0], minlength=times.size).astype(np.float64)
    first = np.searchsorted(t, times, side="left").astype(np.int64)
    passed = np.searchsorted(times, t, side="right").astype(np.int64)
    return CoxLoss(weight[order], first, passed, deaths, own, float(xlogy(deaths, deaths).sum())), order
