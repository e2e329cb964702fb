"""Bins of about equal size from fine counts, and how much a person of each arm counts in each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.logistic.intercepts import inverse_logit
from equipoise.estimators.score_bins.summary import Population, ScoreBinsAsk, ScoreBinsResult, ScoreBinsSummary
from equipoise.estimators.shape import Done

FINE_EDGES = np.concatenate(([0.0], inverse_logit(np.arange(-1000, 1001) / 100), [1.0]))
"""Steps of 0.01 on the log odds from -10 to 10: agreed before any score is seen."""

WANTED: dict[Population, Callable[[Floats], Floats]] = {
    "matched": lambda n: n.min(axis=0),
    "target": lambda n: n[1],
    "everyone": lambda n: n.sum(axis=0),
    "overlap": lambda n: n.prod(axis=0) / np.maximum(n.sum(axis=0), 1.0),
}
"""How many people each arm is to stand for in a bin, from the people (2, k) there."""


@dataclass(frozen=True, slots=True)
class ScoreBinsHub:
    """Settings. bins: at most so many, with about equal numbers of the arm that seeks partners (of the smaller for `matched`, of the target
    for `target`, else of both together). population: see `Population`."""

    bins: int = 50
    population: Population = "matched"

    def first(self) -> ScoreBinsAsk:
        """The only question. Raises EQ-EST-106 for no bin or an unknown population."""
        if self.bins < 1 or self.population not in WANTED:
            raise BAD_ARGUMENT.error("score bins need at least one bin, and a population among " + ", ".join(WANTED))
        return ScoreBinsAsk(FINE_EDGES)

    def finish(self, ask: ScoreBinsAsk, total: ScoreBinsSummary) -> Done[ScoreBinsResult]:
        """Fine bins laid together, and the weights of both arms in each."""
        ends = self._ends(total.count)
        starts = np.concatenate(([0], ends[:-1]))
        count = np.add.reduceat(total.count, starts, axis=1)
        edges = np.concatenate((ask.edges[:1], ask.edges[ends]))
        return Done(ScoreBinsResult(edges, count, self._weights(count.astype(np.float64))))

    def _ends(self, fine: Ints) -> Ints:
        """(k,) where each bin ends, as places in the edges; the last is the last edge."""
        seekers = {"target": fine[1], "matched": fine[int(fine[1].sum() <= fine[0].sum())]}.get(self.population, fine.sum(axis=0))
        running = np.cumsum(seekers)
        wanted = running[-1] * np.arange(1, self.bins) / self.bins
        ends = 1 + np.searchsorted(running, wanted, side="left")
        return np.unique(np.append(ends[ends < len(running)], len(running))).astype(np.int64)

    def _weights(self, count: Floats) -> Floats:
        """(2, k) from counts (2, k): what the arm is to stand for over those it has; for everyone, times the arm's share of all."""
        both = (count > 0).all(axis=0)
        weight = np.where(both, WANTED[self.population](count) / np.maximum(count, 1.0), 0.0)
        if self.population != "everyone":
            return weight
        inside = np.where(both, count, 0.0).sum(axis=1, keepdims=True)
        return np.asarray(weight * inside / max(float(inside.sum()), 1.0))
