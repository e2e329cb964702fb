"""Attrition at a site: the engine counted already."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.attrition.summary import AttritionAsk, AttritionData, AttritionSummary
from equipoise.estimators.data import Ints
from equipoise.estimators.errors import BAD_ARGUMENT


def summarise(data: AttritionData, ask: AttritionAsk) -> AttritionSummary:
    """The site's counts. Raises EQ-EST-106 when the site counted other steps than asked."""
    if data.n.shape[-1] != ask.n_steps:
        raise BAD_ARGUMENT.error(f"{data.n.shape[-1]} steps were counted where the study has {ask.n_steps}")
    return AttritionSummary(_whole(data.n), _whole(data.n_target), _whole(data.n_comparator))


def _whole(counts: Ints) -> Ints:
    return np.asarray(np.atleast_2d(counts).astype(np.int64).sum(axis=0), dtype=np.int64)
