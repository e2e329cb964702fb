"""Partners in a line by score, of whom those taken are skipped: one after another chooses the nearest who is still free.

Pure lists and whole numbers: the choices hang on each other, so there is nothing to do at once, and a step costs a microsecond.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable, Iterator

import numpy as np

from equipoise.estimators.data import Floats, Ints

Nearest = Callable[[int, float], tuple[int, float]]
END = (float("inf"), -1, 0)
"""After all pairs; place 0 in the line is nobody's."""


def match_in_turn(score: Floats, focal: Ints, partners: Ints, ratio: int, caliper: float | None) -> tuple[Ints, Ints]:
    """Rows of focal people, in the order in which they choose, and of their partners; a partner serves once. Returns (k,) each.

    score: (n,). focal: (f,) rows in order of choosing. partners: (c,) rows. ratio: each chooses so often, one a round.
    """
    line = _Line(score, focal, partners, caliper)
    chosen: list[int] = []
    found: list[int] = []
    for _ in range(ratio):
        for i, (place, value) in enumerate(zip(line.place, line.value, strict=True)):
            k, _ = line.nearest(place, value)
            if k:
                line.take(k)
                chosen.append(i)
                found.append(k)
    return focal[np.array(chosen, dtype=np.int64)], line.rows_of(found)


def match_closest(score: Floats, focal: Ints, partners: Ints, ratio: int, caliper: float | None) -> tuple[Ints, Ints]:
    """The same where the pair that is nearest of all pairs still possible forms first; of two as near, the focal person who stands first.

    Everybody's nearest are sorted once; whoever's partner was taken meanwhile waits in a queue with the next nearest.
    """
    chosen, found = [focal[:0]], [partners[:0]]
    for _ in range(ratio):
        line = _Line(score, focal, partners, caliper)
        pairs = np.array(list(_closest_first(line)), dtype=np.int64).reshape(-1, 2)
        chosen.append(focal[pairs[:, 0]])
        found.append(line.row[pairs[:, 1]])
        partners = np.setdiff1d(partners, found[-1], assume_unique=True)
    return np.concatenate(chosen), np.concatenate(found)


def _closest_first(line: _Line) -> Iterator[tuple[int, int]]:
    """Focal person and partner, one pair after another."""
    nearest, place, value, left, right = line.nearest, line.place, line.value, line.left, line.right
    waiting: list[tuple[float, int, int]] = []
    for now in [*line.at_first(), END]:
        while waiting and waiting[0] < now:
            apart, i, k = waiting[0]
            if left[k] == k:
                heapq.heappop(waiting)
                left[k], right[k] = k - 1, k + 1
                yield i, k
            else:
                k, apart = nearest(place[i], value[i])
                if k:
                    heapq.heapreplace(waiting, (apart, i, k))
                else:
                    heapq.heappop(waiting)
        _, i, k = now
        if left[k] == k and k:
            left[k], right[k] = k - 1, k + 1
            yield i, k
        elif k:
            k, apart = nearest(place[i], value[i])
            if k:
                heapq.heappush(waiting, (apart, i, k))


class _Line:
    """Partners 1..c by score, those with equal scores in the order of their rows, between two ends that are no partners.

    place, value: of each focal person, how many partners stand before, and the score.
    """

    def __init__(self, score: Floats, focal: Ints, partners: Ints, caliper: float | None) -> None:
        by_score = partners[np.lexsort((partners, score[partners]))]
        scores = score[by_score]
        self.row = np.concatenate([[-1], by_score])
        self.focal, self.ends = score[focal], np.concatenate([[-np.inf], scores, [np.inf]])
        self.before = _standing_before(score, focal, by_score)
        self.limit = sys.float_info.max if caliper is None else caliper
        self.place, self.value = self.before.tolist(), self.focal.tolist()
        self.left = list(range(by_score.size + 2))
        self.right = list(range(by_score.size + 2))
        self.nearest = self._searcher(self.ends.tolist(), self.limit)

    def at_first(self) -> list[tuple[float, int, int]]:
        """Distance, focal person and nearest partner while all are free, nearest first; without those who have none."""
        left, right = self.focal - self.ends[self.before], self.ends[self.before + 1] - self.focal
        apart, k = np.minimum(left, right), np.where(left <= right, self.before, self.before + 1)
        order = np.argsort(apart, kind="stable")
        order = order[apart[order] <= self.limit]
        return list(zip(apart[order].tolist(), order.tolist(), k[order].tolist(), strict=True))

    def rows_of(self, places: list[int]) -> Ints:
        """Rows of partners by their places."""
        found: Ints = self.row[np.array(places, dtype=np.int64)]
        return found

    def take(self, k: int) -> None:
        """Skip this partner from now on."""
        self.left[k], self.right[k] = k - 1, k + 1

    def _searcher(self, scores: list[float], limit: float) -> Nearest:
        left, right = self.left, self.right

        def nearest(place: int, value: float) -> tuple[int, float]:
            """The nearest free partner within the limit and how far away, or 0; of two as near the one to the left. Chains of pointers
            are halved on the way (union-find)."""
            i = place
            while (up := left[i]) != i:
                left[i] = i = left[up]
            j = place + 1
            while (up := right[j]) != j:
                right[j] = j = right[up]
            before, after = value - scores[i], scores[j] - value
            if before <= after:
                return (i, before) if before <= limit else (0, before)
            return (j, after) if after <= limit else (0, after)

        return nearest


def _standing_before(score: Floats, focal: Ints, by_score: Ints) -> Ints:
    """(f,) how many partners have a smaller score than the focal person, or the same and a smaller row."""
    scores = score[by_score]
    low, high = np.searchsorted(scores, score[focal], side="left"), np.searchsorted(scores, score[focal], side="right")
    place = low.astype(np.int64)
    for at in np.flatnonzero(high > low):
        place[at] += np.searchsorted(by_score[low[at] : high[at]], focal[at])
    return place
