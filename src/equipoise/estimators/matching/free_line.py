"""Partners in a line by score, of whom those taken are skipped: one after another chooses the nearest who is still free.

Lists and whole numbers where choices hang on each other: there is nothing to do at once, and a step costs a microsecond. Where the closest
pairs form first, those who are each other's nearest by far enough do not hang on the others and are taken all at once.
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
FEW = 16
"""When a pass settles less than one in so many, the rest is left to the queue."""


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

    Pairs that no other can come before are taken together, until few are; of the rest everybody's nearest are sorted once, and whoever's
    partner was taken meanwhile waits in a queue with the next nearest.
    """
    chosen, found = [focal[:0]], [partners[:0]]
    for _ in range(ratio):
        (people, partner), free, unsettled = _each_others_nearest(
            score, focal, partners, sys.float_info.max if caliper is None else caliper
        )
        rest = focal[np.sort(unsettled)]
        line = _Line(score, rest, free, caliper) if rest.size else None
        pairs = np.array(list(_closest_first(line)) if line else [], dtype=np.int64).reshape(-1, 2)
        chosen += [focal[people], rest[pairs[:, 0]]]
        found += [partner, line.row[pairs[:, 1]] if line else pairs[:, 1]]
        partners = np.setdiff1d(partners, np.concatenate(found[-2:]), assume_unique=True)
    return np.concatenate(chosen), np.concatenate(found)


def _each_others_nearest(score: Floats, focal: Ints, partners: Ints, limit: float) -> tuple[tuple[Ints, Ints], Ints, Ints]:
    """Places in `focal` and rows of partners where each is nearer to the other than to anybody else, taken out of the line again and again
    while there are many; then the rows of partners still free, and the places of focal people who may still find one.

    Such a pair forms before any other pair of either, in whatever order the rest goes: Preis (1999), Lect Notes Comput Sci 1563: 259.
    """
    people, free, before = _standing(score, focal, partners)
    taken, found = [people[:0]], [free[:0]]
    while people.size:
        value, ends = score[focal[people]], np.concatenate([[-np.inf], score[free], [np.inf]])
        apart, k = _nearest(value, ends, before)
        others = np.concatenate([[-np.inf], value, [np.inf]])
        near = apart <= limit
        with np.errstate(invalid="ignore"):
            alone = (np.abs(others[:-2] - ends[k]) > apart) & (np.abs(others[2:] - ends[k]) > apart)
        settled, still = near & alone, np.ones(free.size, dtype=np.bool_)
        gone = k[settled] - 1
        still[gone] = False
        taken.append(people[settled])
        found.append(free[gone])
        stay = near & ~alone
        people, before, free = people[stay], np.append(0, np.cumsum(still))[before[stay]], free[still]
        if FEW * gone.size < people.size:
            break
    return (np.concatenate(taken), np.concatenate(found)), free, people


def _nearest(value: Floats, ends: Floats, before: Ints) -> tuple[Floats, Ints]:
    """Distance and place in the line, (f,), of the nearest partner; of two as near the one to the left."""
    left, right = value - ends[before], ends[before + 1] - value
    return np.minimum(left, right), np.where(left <= right, before, before + 1)


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
        people, by_score, before = _standing(score, focal, partners)
        self.before = np.empty_like(before)
        self.before[people] = before
        self.row = np.concatenate([[-1], by_score])
        self.focal, self.ends = score[focal], np.concatenate([[-np.inf], score[by_score], [np.inf]])
        self.limit = sys.float_info.max if caliper is None else caliper
        self.place, self.value = self.before.tolist(), self.focal.tolist()
        self.left = list(range(by_score.size + 2))
        self.right = list(range(by_score.size + 2))
        self.nearest = self._searcher(self.ends.tolist(), self.limit)

    def at_first(self) -> list[tuple[float, int, int]]:
        """Distance, focal person and nearest partner while all are free, nearest first; without those who have none."""
        apart, k = _nearest(self.focal, self.ends, self.before)
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


def _standing(score: Floats, focal: Ints, partners: Ints) -> tuple[Ints, Ints, Ints]:
    """Where in `focal` people are, by score, (f,); rows of partners by score; those with equal scores in the order of their rows. And how
    many partners stand before each of these focal people.
    """
    rows = np.concatenate([focal, partners])
    order = np.argsort(score[rows])
    line = score[rows[order]]
    same = np.concatenate([[False], line[1:] == line[:-1]])
    tied = np.flatnonzero(same | np.append(same[1:], False))
    order[tied] = order[tied][np.lexsort((rows[order[tied]], line[tied]))]
    partner = order >= focal.size
    return order[~partner], rows[order[partner]], np.cumsum(partner, dtype=np.int64)[~partner]
