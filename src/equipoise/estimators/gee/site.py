"""Generalised estimating equations at a site: every cluster is wholly here, so its part of the equations is worked out here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, ModelData
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.gee.summary import GeeAsk, GeeSummary


@dataclass(frozen=True, slots=True)
class _Grid:
    """m clusters by k occasions, 0 where a cluster has no row. x: (m, k, p). residual, weight: (m, k). here: (m, k) 0 or 1."""

    x: Floats
    residual: Floats
    weight: Floats
    here: Floats


def summarise(data: ModelData, ask: GeeAsk) -> GeeSummary:
    """Score, information, squared scores and products of residuals, summed over this site's clusters.

    Raises EQ-EST-106 when rows have no cluster or occasion, or two rows of a cluster have the same occasion.
    """
    grid = _grid(data, ask)
    root = np.sqrt(grid.weight)
    slopes, residual = grid.x * root[:, :, None], grid.residual * root
    loosened = _decorrelated(grid, slopes, ask.correlation)
    scores = np.einsum("mkp,mk->mp", loosened, residual)
    weighted = grid.weight * grid.residual
    p = grid.x.shape[2]
    information = loosened.reshape(-1, p).T @ slopes.reshape(-1, p)
    return GeeSummary(
        n=int(grid.here.sum()),
        clusters=len(grid.here),
        weight=float(grid.weight.sum()),
        squares=float((weighted * grid.residual).sum()),
        score=scores.sum(axis=0),
        information=(information + information.T) / 2,
        meat=scores.T @ scores,
        products=weighted.T @ weighted,
        pairs=grid.weight.T @ grid.weight,
    )


def _grid(data: ModelData, ask: GeeAsk) -> _Grid:
    if data.cluster is None or data.occasion is None:
        raise BAD_ARGUMENT.error("estimating equations need the cluster and the occasion of each row")
    k, p = len(ask.correlation), len(ask.coef)
    kept = data.weight > 0
    labels, cluster = np.unique(data.cluster[kept], return_inverse=True)
    occasion = data.occasion[kept]
    if len(occasion) and (occasion.min() < 0 or occasion.max() >= k):
        raise BAD_ARGUMENT.error(f"an occasion outside 0 to {k - 1}")
    here = np.zeros((len(labels), k))
    np.add.at(here, (cluster, occasion), 1.0)
    if np.any(here > 1):
        raise BAD_ARGUMENT.error("two rows of one cluster have the same occasion")
    x, residual, weight = np.zeros((len(labels), k, p)), np.zeros_like(here), np.zeros_like(here)
    shift = 0.0 if data.offset is None else data.offset[kept]
    x[cluster, occasion] = data.x[kept]
    residual[cluster, occasion] = data.y[kept] - data.x[kept] @ ask.coef - shift
    weight[cluster, occasion] = data.weight[kept]
    return _Grid(x, residual, weight, here)


def _decorrelated(grid: _Grid, slopes: Floats, correlation: Floats) -> Floats:
    """(m, k, p) slopes multiplied by the inverse correlation of the occasions that a cluster has; one inverse a pattern of these."""
    out = np.zeros_like(slopes)
    patterns, of = np.unique(grid.here, axis=0, return_inverse=True)
    for place, pattern in enumerate(patterns):
        inside = np.flatnonzero(pattern)
        mine = np.flatnonzero(of.ravel() == place)
        inverse = np.linalg.inv(correlation[np.ix_(inside, inside)])
        out[np.ix_(mine, inside)] = np.einsum("jk,mkp->mjp", inverse, slopes[np.ix_(mine, inside)])
    return out
