"""Counting arms at a site. A pooled table holds several sites as blocks."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import ModelData
from equipoise.estimators.site_mix.summary import SiteMixAsk, SiteMixSummary


def summarise(data: ModelData, ask: SiteMixAsk) -> SiteMixSummary:
    """Counts over the blocks of the data; `y` is 1 in the target arm and 0 in the comparator. Weights do not count."""
    blocks, at = np.unique(data.block, return_inverse=True)
    arm = (data.y > 0.5).astype(np.int64)
    counts = np.bincount(2 * at + arm, minlength=2 * blocks.size).reshape(-1, 2).astype(np.int64)
    both = (counts > 0).all(axis=1)
    above = np.zeros(2, dtype=np.int64) if ask.above is None else (counts > ask.above).sum(axis=0)
    return SiteMixSummary(
        sites=np.array([blocks.size], dtype=np.int64),
        both=np.array([both.sum()], dtype=np.int64),
        persons=counts.sum(axis=0),
        alone=counts[~both].sum(axis=0),
        above=above.astype(np.int64),
    )
