"""Logistic regression at a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints, ModelData
from equipoise.estimators.logistic.intercepts import inverse_logit, solve_intercepts
from equipoise.estimators.logistic.summary import LogisticAsk, LogisticSummary


@dataclass(frozen=True, slots=True)
class _Sums:
    gradient: Floats
    information: Floats
    loglik: float


def summarise(data: ModelData, ask: LogisticAsk) -> LogisticSummary:
    """Score, information and log-likelihood at the asked coefficients, summed over this site's people."""
    block = data.block if ask.site_intercept_sd is None else _dense(data.block)
    full = _sums(data, data.x, ask.coef, block, ask.site_intercept_sd)
    null = _null_sums(data, ask, block)
    return LogisticSummary(
        n=len(data.y),
        weight=float(data.weight.sum()),
        outcome=float(data.weight @ data.y),
        gradient=full.gradient,
        information=full.information,
        loglik=full.loglik,
        null_gradient=null.gradient,
        null_information=null.information,
        null_loglik=null.loglik,
        saturated_loglik=float(data.weight @ (_xlogx(data.y) + _xlogx(1 - data.y))),
    )


def _null_sums(data: ModelData, ask: LogisticAsk, block: Ints) -> _Sums:
    """Of the model of an intercept alone (or of nothing): where no offset or site tells people apart, two sums say it all."""
    if data.offset is not None or ask.site_intercept_sd is not None:
        return _sums(data, np.ones((len(data.y), len(ask.null_coef))), ask.null_coef, block, ask.site_intercept_sd)
    weight, outcome, eta = float(data.weight.sum()), float(data.weight @ data.y), float(ask.null_coef.sum())
    mu = float(inverse_logit(np.array(eta)))
    size = len(ask.null_coef)
    loglik = outcome * eta - weight * float(np.logaddexp(0.0, eta))
    return _Sums(np.full(size, outcome - weight * mu), np.full((size, size), weight * mu * (1 - mu)), loglik)


def _sums(data: ModelData, x: Floats, coef: Floats, block: Ints, sd: float | None) -> _Sums:
    eta = x @ coef + (0.0 if data.offset is None else data.offset)
    penalty = 0.0
    if sd is not None:
        u = solve_intercepts(eta, data.y, data.weight, block, sd)
        eta = eta + u[block]
        penalty = float(u @ u) / (2 * sd**2)
    mu = inverse_logit(eta)
    curve = data.weight * mu * (1 - mu)
    information = (x * curve[:, None]).T @ x
    if sd is not None:
        information = information - _explained_by_intercepts(x, curve, block, sd)
    loglik = float(data.weight @ (data.y * eta - np.logaddexp(0.0, eta)))
    return _Sums(x.T @ (data.weight * (data.y - mu)), information, loglik - penalty)


def _explained_by_intercepts(x: Floats, curve: Floats, block: Ints, sd: float) -> Floats:
    """What solving for the intercepts takes from the information: the Schur complement's second term, one outer product a block."""
    n_blocks = int(block.max()) + 1 if len(block) else 0
    mixed = np.zeros((n_blocks, x.shape[1]))
    np.add.at(mixed, block, x * curve[:, None])
    own = np.bincount(block, weights=curve, minlength=n_blocks) + 1 / sd**2
    return np.asarray((mixed / own[:, None]).T @ mixed)


def _dense(block: Ints) -> Ints:
    """Blocks renumbered 0, 1, ... without gaps."""
    return np.unique(block, return_inverse=True)[1].astype(np.int64)


def _xlogx(y: Floats) -> Floats:
    return np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0)), 0.0)
