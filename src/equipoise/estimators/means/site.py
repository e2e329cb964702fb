"""Weighted sums of columns at a site."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import CovariateData
from equipoise.estimators.means.summary import MeansAsk, MeansSummary


def summarise(data: CovariateData, ask: MeansAsk) -> MeansSummary:
    """Counts and weighted sums of every column about the asked shift, by group."""
    member = (data.group[None, :] == np.arange(ask.n_groups)[:, None]) & (data.weight > 0)
    here = np.isfinite(data.x)
    x = np.where(here, data.x - ask.shift, 0.0)
    weight = member * data.weight
    return MeansSummary(
        n=member.astype(np.int64) @ here.astype(np.int64),
        ones=member.astype(np.int64) @ (data.x == 1).astype(np.int64),
        w=weight @ here,
        ww=weight**2 @ here,
        wx=weight @ x,
        wwx=weight**2 @ x,
        wwxx=weight**2 @ x**2,
    )
