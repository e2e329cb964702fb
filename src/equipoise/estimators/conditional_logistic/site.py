"""The exact conditional likelihood of a site's matched sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.conditional_logistic.recursion import subset_sums
from equipoise.estimators.conditional_logistic.summary import ConditionalLogisticAsk, ConditionalLogisticSummary
from equipoise.estimators.data import Floats, Ints, ModelData
from equipoise.estimators.errors import BAD_VALUE

CELLS = 2_000_000
"""Numbers held at once for the recursion: sets are taken in groups of like size that stay below it."""


@dataclass(frozen=True, slots=True)
class _Sets:
    """Rows sorted so that a set lies together. first, size: (m,); cases: (m,), rarer outcome first, so sign is -1 where turned around."""

    order: Ints
    first: Ints
    size: Ints
    cases: Ints
    sign: Floats


def summarise(data: ModelData, ask: ConditionalLogisticAsk) -> ConditionalLogisticSummary:
    """Log-likelihood, score and information over this site's sets (`data.cluster`; all rows are one set without it).

    y: 1 case, 0 control. Rows with weight 0 do not count. Raises EQ-EST-121 for other weights than 0 and 1.
    """
    if not np.all(np.isin(data.weight, (0.0, 1.0))):
        raise BAD_VALUE.error("the exact conditional likelihood takes no weights but 0 and 1")
    used = np.flatnonzero(data.weight > 0)
    x, y = data.x[used], data.y[used]
    eta = x @ ask.coef + (0.0 if data.offset is None else data.offset[used])
    label = np.zeros(used.size, dtype=np.int64) if data.cluster is None else data.cluster[used]
    sets = _sets(label, y)
    p = x.shape[1]
    loglik, score, information = 0.0, np.zeros(p), np.zeros((p, p))
    for group in _groups(sets, p):
        part = _conditional(sets, group, eta, x, y)
        loglik, score, information = loglik + part[0], score + part[1], information + part[2]
    return ConditionalLogisticSummary(
        used.size, int(y.sum()), sets.size.size, x.sum(axis=0), (x**2).sum(axis=0), loglik, score, information
    )


def _sets(label: Ints, y: Floats) -> _Sets:
    """Sets with both outcomes, those of like size together. Where cases are the majority, the controls are counted as chosen instead."""
    _, code, size = np.unique(label, return_inverse=True, return_counts=True)
    cases = np.rint(np.bincount(code, weights=y, minlength=size.size)).astype(np.int64)
    order = np.argsort(code, kind="stable").astype(np.int64)
    first = np.cumsum(size) - size
    chosen = np.minimum(cases, size - cases)
    rank = np.lexsort((size, chosen))
    rank = rank[chosen[rank] > 0]
    sign = np.where(cases <= size - cases, 1.0, -1.0)
    return _Sets(order, first[rank], size[rank].astype(np.int64), chosen[rank], sign[rank])


def _groups(sets: _Sets, p: int) -> Iterator[slice]:
    """Slices of the sorted sets: like numbers of cases and like sizes, as many as memory allows."""
    start = 0
    while start < sets.size.size:
        per_set = (int(sets.cases[start]) + 1) * (1 + p + 2 * p * p) + int(sets.size[start]) * (p + 1)
        end = min(start + max(CELLS // per_set, 1), sets.size.size)
        like = (sets.cases[start:end] <= 1.5 * sets.cases[start]) & (sets.size[start:end] <= 1.5 * sets.size[start] + 2)
        end = start + (int(np.argmin(like)) if not like.all() else end - start)
        yield slice(start, end)
        start = end


def _conditional(sets: _Sets, group: slice, eta: Floats, x: Floats, y: Floats) -> tuple[float, Floats, Floats]:
    size, sign = sets.size[group], sets.sign[group]
    place = np.arange(int(size.max()))
    inside = place < size[:, None]
    row = sets.order[np.where(inside, sets.first[group][:, None] + place, sets.first[group][:, None])]
    eta_of = np.where(inside, eta[row] * sign[:, None], -np.inf)
    x_of = np.where(inside[..., None], x[row] * sign[:, None, None], 0.0)
    centre = x_of.sum(axis=1) / size[:, None]
    x_of = np.where(inside[..., None], x_of - centre[:, None, :], 0.0)
    chosen = inside & (y[row] == (sign > 0)[:, None])
    found = subset_sums(eta_of, x_of, sets.cases[group])
    loglik = float(eta_of[chosen].sum() - found.log_total.sum())
    return loglik, x_of[chosen].sum(axis=0) - found.mean.sum(axis=0), found.covariance.sum(axis=0)
