"""A generalised linear model at a site: one step of Fisher scoring, and squared scores for robust variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints, ModelData
from equipoise.estimators.errors import BAD_VALUE
from equipoise.estimators.glm.families import FAMILIES, LINKS, Family, Link
from equipoise.estimators.glm.summary import GlmAsk, GlmSummary
from equipoise.kernel.errors import Where


@dataclass(frozen=True, slots=True)
class _Model:
    family: Family
    link: Link
    offset: Floats


@dataclass(frozen=True, slots=True)
class _Working:
    """Working residual and weight (n,) of Fisher scoring about the linear predictor of the current coefficients, and the means."""

    residual: Floats
    weight: Floats
    mu: Floats


def summarise(data: ModelData, ask: GlmAsk) -> GlmSummary:
    """Fisher scoring sums over this site's people; people with weight 0 do not count. Raises EQ-EST-121."""
    data = _weighted_only(data)
    _refuse_outcomes(FAMILIES[ask.family], data.y)
    offset = np.zeros(len(data.y)) if data.offset is None else data.offset
    model = _Model(FAMILIES[ask.family], LINKS[ask.link], offset)
    full = _working(data, model, data.x, ask.coef)
    if full is None:
        return _invalid(data, ask)
    ones = np.ones((len(data.y), int(ask.intercept)))
    null = _working(data, model, ones, ask.null_coef) or full
    score = data.x * (full.weight * full.residual + _firth(data, full, ask))[:, None]
    weigh = full if ask.weigh_at is None else _working(data, model, data.x, ask.weigh_at) or full
    meat = _meat(data, ask.covariance if ask.closing else None, weigh.weight, full.residual)
    return GlmSummary(
        n=len(data.y),
        invalid=0,
        weight=float(data.weight.sum()),
        log_weight=float(np.log(data.weight).sum()),
        score=score.sum(axis=0),
        information=(data.x * full.weight[:, None]).T @ data.x,
        deviance=float(data.weight @ model.family.deviance(data.y, full.mu)),
        loglik=_loglik(model.family, data, full.mu),
        pearson=float(data.weight @ ((data.y - full.mu) ** 2 / model.family.variance(full.mu))),
        null_score=ones.T @ (null.weight * null.residual),
        null_information=(ones * null.weight[:, None]).T @ ones,
        null_deviance=float(data.weight @ model.family.deviance(data.y, null.mu)),
        meat_hc0=meat.plain,
        meat_hc3=meat.leverage,
        meat_cluster=meat.cluster,
        n_clusters=meat.n_clusters,
    )


def _firth(data: ModelData, full: _Working, ask: GlmAsk) -> Floats:
    """(n,) what Firth's correction adds to a logistic score: the leverage, towards a mean of a half."""
    if not ask.firth or ask.coef is None or ask.covariance is None:
        return np.zeros(len(data.y))
    return _leverage(data.x, ask.covariance, full.weight) * (0.5 - full.mu)


def _leverage(x: Floats, covariance: Floats, working_weight: Floats) -> Floats:
    found: Floats = working_weight * np.einsum("ij,jk,ik->i", x, covariance, x, optimize=True)
    return found


def _refuse_outcomes(family: Family, y: Floats) -> None:
    if not np.all(family.allowed(y)):
        raise BAD_VALUE.error(f"outcomes of this family are {family.outcomes}", Where(column="y"))


def _loglik(family: Family, data: ModelData, mu: Floats) -> float:
    if family.loglik is None:
        return 0.0
    orders = 0.0 if family.orders is None else float(family.orders(data.y, data.weight).sum())
    return float(data.weight @ family.loglik(data.y, mu)) + orders


def _weighted_only(data: ModelData) -> ModelData:
    keep = data.weight > 0
    if keep.all():
        return data
    offset = None if data.offset is None else data.offset[keep]
    cluster = None if data.cluster is None else data.cluster[keep]
    return ModelData(data.x[keep], data.y[keep], data.weight[keep], data.block[keep], offset, cluster)


def _working(data: ModelData, model: _Model, x: Floats, coef: Floats | None) -> _Working | None:
    """None when a mean leaves the family's bounds."""
    family, link, offset = model.family, model.link, model.offset
    with np.errstate(divide="ignore", invalid="ignore"):
        eta = link.to_eta(family.start(data.y, data.weight)) if coef is None else x @ coef + offset
        mu = link.to_mu(eta)
    if not (link.valid(eta) and family.valid(mu)):
        return None
    slope = link.slope(eta)
    ahead = eta - offset if coef is None else np.zeros_like(eta)
    return _Working(ahead + (data.y - mu) / slope, data.weight * slope**2 / family.variance(mu), mu)


@dataclass(frozen=True, slots=True)
class _Meat:
    plain: Floats
    leverage: Floats
    cluster: Floats
    n_clusters: int


def _meat(data: ModelData, covariance: Floats | None, working_weight: Floats, residual: Floats) -> _Meat:
    p = data.x.shape[1]
    zero = np.zeros((p, p))
    if covariance is None:
        return _Meat(zero, zero, zero, 0)
    score = data.x * (working_weight * residual)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # who alone decides a coefficient has a leverage of 1
        inflated = score / (1 - _leverage(data.x, covariance, working_weight))[:, None]
    sums, n_clusters = _cluster_sums(score, data.cluster)
    return _Meat(score.T @ score, inflated.T @ inflated, sums.T @ sums, n_clusters)


def _cluster_sums(score: Floats, cluster: Ints | None) -> tuple[Floats, int]:
    if cluster is None:
        return np.zeros((0, score.shape[1])), 0
    labels, place = np.unique(cluster, return_inverse=True)
    sums = np.zeros((len(labels), score.shape[1]))
    np.add.at(sums, place, score)
    return sums, len(labels)


def _invalid(data: ModelData, ask: GlmAsk) -> GlmSummary:
    p, q = data.x.shape[1], int(ask.intercept)
    square = np.zeros((p, p))
    return GlmSummary(
        n=len(data.y),
        invalid=len(data.y),
        weight=float(data.weight.sum()),
        log_weight=0.0,
        score=np.zeros(p),
        information=square,
        deviance=0.0,
        loglik=0.0,
        pearson=0.0,
        null_score=np.zeros(q),
        null_information=np.zeros((q, q)),
        null_deviance=0.0,
        meat_hc0=square,
        meat_hc3=square,
        meat_cluster=square,
        n_clusters=0,
    )
