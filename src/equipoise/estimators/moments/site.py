"""Sums of covariates at a site."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import CovariateData, Floats, Ints
from equipoise.estimators.moments.summary import MomentsAsk, MomentsSummary


def summarise(data: CovariateData, ask: MomentsAsk) -> MomentsSummary:
    """Counts, weights and first two moments of every column about the asked shift, by group."""
    member = data.group[None, :] == np.arange(ask.n_groups)[:, None]
    here = np.isfinite(data.x)
    x = np.where(here, data.x - ask.shift, 0.0)
    one, weight = member.astype(np.float64), member * data.weight
    return MomentsSummary(
        group_n=member.sum(axis=1, dtype=np.int64),
        group_weighted=(weight > 0).sum(axis=1, dtype=np.int64),
        group_w=weight.sum(axis=1),
        group_ww=(weight**2).sum(axis=1),
        n=_counts(member, here),
        missing=_counts(member, ~here),
        w=weight @ here,
        ww=weight**2 @ here,
        x=one @ x,
        xx=one @ x**2,
        wx=weight @ x,
        wxx=weight @ x**2,
    )


def _counts(member: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Ints:
    return member.astype(np.int64) @ chosen.astype(np.int64)


def centre(x: Floats) -> Floats:
    """A shift (p,) near each column's centre, for data in one place; 0 for columns that are wholly missing."""
    total = np.where(np.isfinite(x), x, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(np.isfinite(x).sum(axis=0), 1))
