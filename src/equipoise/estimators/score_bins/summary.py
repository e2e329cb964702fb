"""What crosses the border for matching within bins of a score: counts by arm. Letters: m fine bins, k bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed

Population: TypeAlias = Literal["matched", "target", "everyone", "overlap"]
"""Whom both arms are made to look like: as many of each arm as the bin's smaller arm has, the target arm, both arms together, or those who
could have had either treatment (the bin's harmonic mean)."""


@dataclass(frozen=True)
class ScoreBinsAsk:
    """Count people by arm in fine bins [edge, next edge) of the score, the last closed; edges: (m + 1,) from 0 to 1, increasing."""

    edges: Floats


@dataclass(frozen=True)
class ScoreBinsSummary(Additive):
    """Arm 0 is the comparator, arm 1 the target."""

    count: Ints = disclosed("count", "(2, m)", "people by arm and fine bin of the score")


@dataclass(frozen=True)
class ScoreBinsResult:
    """edges: (k + 1,) of the bins. count: (2, k) people. weight: (2, k) of each person of an arm in a bin, 0 where the other arm lacks."""

    edges: Floats
    count: Ints
    weight: Floats

    @property
    def left_out(self) -> Ints:
        """(2,) people in bins where the other arm has nobody."""
        return np.asarray(np.where(self.weight == 0, self.count, 0).sum(axis=1), dtype=np.int64)

    def weight_of(self, score: Floats, arm: Ints) -> Floats:
        """(n,) each person's weight, from score (n,) and arm (n,)."""
        return bin_weights(score, arm, self.edges, self.weight)


def bin_of(score: Floats, edges: Floats) -> Ints:
    """(n,) the bin of each score: [edge, next edge), the last closed."""
    return np.clip(np.searchsorted(edges, score, side="right") - 1, 0, len(edges) - 2).astype(np.int64)


def bin_weights(score: Floats, arm: Ints, edges: Floats, weight: Floats) -> Floats:
    """(n,) each person's weight, from the bins' edges (k + 1,) and weights (2, k)."""
    return np.asarray(weight[arm, bin_of(score, edges)])
