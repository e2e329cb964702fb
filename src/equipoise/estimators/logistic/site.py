"""Logistic regression at a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from equipoise.estimators.data import Columns, Floats, Ints, ModelData, OnesApart, square
from equipoise.estimators.logistic.intercepts import solve_intercepts
from equipoise.estimators.logistic.summary import LogisticAsk, LogisticSummary


@dataclass(frozen=True, slots=True)
class _Sums:
    gradient: Floats
    information: Floats
    loglik: float


def summarise(data: ModelData, ask: LogisticAsk) -> LogisticSummary:
    """Score, information and log-likelihood at the asked coefficients, summed over this site's people."""
    columns = Columns(data.x, ones=isinstance(data, OnesApart))
    full = _full(data, columns, ask.coef) if ask.site_intercept_sd is None else _beside(data, columns, ask.coef, ask.site_intercept_sd)
    null = _null(data, ask)
    weight, outcome = float(data.weight.sum()), float(data.weight @ data.y)
    return LogisticSummary(
        n=len(data.y),
        weight=weight,
        outcome=outcome,
        gradient=full.gradient,
        information=full.information,
        loglik=full.loglik,
        null_gradient=null.gradient,
        null_information=null.information,
        null_loglik=null.loglik,
        saturated_loglik=_saturated(data),
    )


def _full(data: ModelData, columns: Columns, coef: Floats, shift: Floats | None = None) -> _Sums:
    """One pass over the rows. shift: (n,) added to the log odds, the offset of the data apart."""
    gradient, information, loglik = np.zeros(columns.width), np.zeros((columns.width, columns.width)), 0.0
    for part, block in columns.blocks():
        eta = block @ coef
        for more in (data.offset, shift):
            if more is not None:
                eta += more[part]
        y, weight = data.y[part], data.weight[part]
        tail = np.exp(-np.abs(eta))
        mu = np.where(eta >= 0, 1.0, tail) / (1.0 + tail)
        loglik += float(weight @ (y * eta - np.maximum(eta, 0.0) - np.log1p(tail)))
        gradient += (weight * (y - mu)) @ block
        block *= np.sqrt(weight * tail / (1.0 + tail) ** 2)[:, None]
        information += square(block)
    return _Sums(gradient, information, loglik)


def _beside(data: ModelData, columns: Columns, coef: Floats, sd: float) -> _Sums:
    """Beside intercepts of the sites under their normal prior, which are solved here."""
    block = _dense(data.block)
    eta = columns.dot(coef) + (0.0 if data.offset is None else data.offset)
    u = solve_intercepts(eta, data.y, data.weight, block, sd)
    found = _full(data, columns, coef, u[block])
    tail = np.exp(-np.abs(eta + u[block]))
    explained = _explained_by_intercepts(columns, data.weight * tail / (1.0 + tail) ** 2, block, sd)
    return _Sums(found.gradient, found.information - explained, found.loglik - float(u @ u) / (2 * sd**2))


def _null(data: ModelData, ask: LogisticAsk) -> _Sums:
    """The model with an intercept alone, or with nothing."""
    columns = Columns(np.ones((len(data.y), len(ask.null_coef))))
    if ask.site_intercept_sd is not None:
        return _beside(data, columns, ask.null_coef, ask.site_intercept_sd)
    if data.offset is None and ask.null_coef.size:
        return _same_for_all(data, float(ask.null_coef[0]))
    return _full(data, columns, ask.null_coef)


def _same_for_all(data: ModelData, eta: float) -> _Sums:
    """Everybody has the same log odds: no pass over the rows is needed."""
    weight, outcome = float(data.weight.sum()), float(data.weight @ data.y)
    mu = float(expit(eta))
    loglik = outcome * eta - weight * float(np.logaddexp(0.0, eta))
    return _Sums(np.array([outcome - weight * mu]), np.array([[weight * mu * (1 - mu)]]), loglik)


def _saturated(data: ModelData) -> float:
    """The log-likelihood of the saturated model: 0 unless an outcome is a share."""
    if np.all((data.y == 0) | (data.y == 1)):
        return 0.0
    return float(data.weight @ (_xlogx(data.y) + _xlogx(1 - data.y)))


def _explained_by_intercepts(columns: Columns, curve: Floats, block: Ints, sd: float) -> Floats:
    """What solving for the intercepts takes from the information: the Schur complement's second term, one outer product a block."""
    n_blocks = int(block.max()) + 1 if len(block) else 0
    mixed = columns.by_cell(block, curve, n_blocks)
    own = np.bincount(block, weights=curve, minlength=n_blocks) + 1 / sd**2
    return np.asarray((mixed / own[:, None]).T @ mixed)


def _dense(block: Ints) -> Ints:
    """Blocks renumbered 0, 1, ... without gaps."""
    return np.unique(block, return_inverse=True)[1].astype(np.int64)


def _xlogx(y: Floats) -> Floats:
    return np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0)), 0.0)
