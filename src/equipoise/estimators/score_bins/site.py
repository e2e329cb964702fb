"""Counts in fine bins of the score, at a site."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import CovariateData
from equipoise.estimators.score_bins.summary import ScoreBinsAsk, ScoreBinsSummary, bin_of


def summarise(data: CovariateData, ask: ScoreBinsAsk) -> ScoreBinsSummary:
    """People by arm (`data.group`) and bin of the only column, a propensity score from 0 to 1. Weights are not used."""
    fine = len(ask.edges) - 1
    cell = data.group * fine + bin_of(data.x[:, 0], ask.edges)
    return ScoreBinsSummary(np.bincount(cell, minlength=2 * fine).astype(np.int64).reshape(2, fine))
