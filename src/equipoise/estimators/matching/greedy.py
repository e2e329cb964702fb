"""Greedy nearest-neighbour matching on a score. Pure: sorted scores and pointers to the next free partner on either side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.matching.free_line import match_closest, match_in_turn

Order: TypeAlias = Literal["largest", "smallest", "random", "data", "closest"]


@dataclass(frozen=True)
class MatchRule:
    """How partners are found.

    ratio: partners a focal person, given one a round. caliper: largest distance allowed, on the scale of the score, None for none.
    order: who chooses first: largest score, smallest score, order of the rows, or random (numpy PCG64 from `seed`); or closest: of all
    pairs still possible the nearest forms first.
    replace: a partner may serve several. focal_order: positions among all focal people (a permutation), overrides `order`.
    truncated: compare distances without their decimals, as MatchIt before 4.5.5 did when built with some compilers (its issue 163: a
    caliper of 0.2 let pairs 0.99 apart through, and the left neighbour won); only to reproduce results that were made that way.
    """

    ratio: int = 1
    caliper: float | None = None
    order: Order = "largest"
    replace: bool = False
    seed: int = 1
    focal_order: tuple[int, ...] | None = None
    truncated: bool = False


@dataclass(frozen=True)
class Pairs:
    """Row numbers (from 0) of focal people and their partners (k,), in order of focal row, then of finding."""

    focal: Ints
    partner: Ints


def greedy_match(score: Floats, treated: Ints, rule: MatchRule, exact: Ints | None = None) -> Pairs:
    """Match each person with `treated` 1 to the nearest person with 0 who is still free, one after another.

    score: (n,) finite. exact: (n,) labels; pairs form only within a label. People stand in a line by score, those with equal scores in
    the order of their rows; of two partners equally far away the one to the left is taken. A round costs O(n log n). Raises EQ-EST-106.

    Misleads when: the arms overlap little (people without a partner are dropped and the estimand moves with the caliper), or when
    the order was chosen after seeing the result.
    """
    if rule.ratio < 1 or (rule.caliper is not None and rule.caliper < 0):
        raise BAD_ARGUMENT.error("matching needs a ratio of at least 1 and a caliper of at least 0")
    if not np.all(np.isfinite(score)):
        raise BAD_ARGUMENT.error("matching needs finite scores: a propensity score of 0 or 1 has no logit")
    if rule.order == "closest" and (rule.truncated or rule.focal_order is not None):
        raise BAD_ARGUMENT.error("the closest pairs first: then there is no given order, and distances keep their decimals")
    generator = np.random.Generator(np.random.PCG64(rule.seed))
    turn = _given_turns(treated, rule.focal_order)
    nobody = np.zeros(0, dtype=np.int64)
    chosen, found = [nobody], [nobody]
    for rows in _strata(len(score), exact):
        focal, partners = rows[treated[rows] == 1], rows[treated[rows] == 0]
        if len(focal) and len(partners):
            focal = focal[_focal_order(score[focal], turn[focal], rule, generator)]
            pairs = _match_stratum(score, treated, rows, focal, rule=rule)
            chosen.append(pairs[0])
            found.append(pairs[1])
    every, partner = np.concatenate(chosen), np.concatenate(found)
    by_focal = np.argsort(every, kind="stable")
    return Pairs(every[by_focal], partner[by_focal])


def _strata(n: int, exact: Ints | None) -> list[Ints]:
    """The rows of each label, ascending."""
    if exact is None:
        return [np.arange(n)]
    labels = np.asarray(exact)
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def _match_stratum(score: Floats, treated: Ints, rows: Ints, focal: Ints, *, rule: MatchRule) -> tuple[Ints, Ints]:
    """Rows of focal people, a person's rounds in order, and of their partners."""
    if not (rule.replace or rule.truncated):
        way = match_closest if rule.order == "closest" else match_in_turn
        return way(score, focal, rows[treated[rows] == 0], rule.ratio, rule.caliper)
    table = np.array(list(_match_in_turn(_Line(score, treated, rows, rule), focal, rule.ratio)), dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _match_in_turn(line: _Line, focal: Ints, ratio: int) -> Iterator[tuple[int, int]]:
    """Pairs (focal row, partner row): in every round each focal person in turn takes a partner."""
    for _ in range(ratio):
        for row in focal.tolist():
            partner = line.take(row)
            if partner is not None:
                yield row, partner


def _given_turns(treated: Ints, focal_order: tuple[int, ...] | None) -> Ints:
    """Each focal row's (n,) place in the order that was given; 0 without one."""
    turn = np.zeros(len(treated), dtype=np.int64)
    if focal_order is not None:
        turn[np.flatnonzero(treated == 1)[list(focal_order)]] = np.arange(len(focal_order))
    return turn


def _focal_order(score: Floats, turn: Ints, rule: MatchRule, generator: np.random.Generator) -> Ints:
    if rule.focal_order is not None:
        return np.argsort(turn, kind="stable")
    if rule.order == "random":
        return generator.permutation(len(score))
    if rule.order in ("data", "closest") or rule.replace:
        return np.arange(len(score))
    key = -score if rule.order == "largest" else score
    return np.argsort(key, kind="stable")


class _Line:
    """People of a stratum in order of score, with pointers that skip those who can no longer be chosen."""

    def __init__(self, score: Floats, treated: Ints, rows: Ints, rule: MatchRule) -> None:
        by_score = rows[np.argsort(score[rows], kind="stable")]
        self.row = by_score.tolist()
        self.number = np.argsort(np.argsort(by_score)).tolist()
        self.score = score[by_score].tolist()
        self.place = {row: k for k, row in enumerate(self.row)}
        free: NDArray[np.bool_] = treated[by_score] == 0
        self.rule = rule
        self.had: dict[int, set[int]] = {}
        size = len(self.row)
        self.left = [k if free[k] else k - 1 for k in range(size)]
        self.right = [k if free[k] else k + 1 for k in range(size)]

    def take(self, focal_row: int) -> int | None:
        """The nearest free partner's row within the caliper, now taken; None when there is none.

        A person is not given the same partner twice (old MatchIt kept away from the next row of the file instead).
        """
        here = self.place[focal_row]
        had = self.had.setdefault(focal_row, set())
        left = self._search(self.left, here, -1, had)
        right = self._search(self.right, here, len(self.row), had)
        best = self._nearer(here, left if left >= 0 else None, right if right < len(self.row) else None)
        if best is None:
            return None
        partner: int = self.row[best]
        had.add(self.number[best] + 1 if self.rule.truncated else self.number[best])
        if not self.rule.replace:
            self.left[best], self.right[best] = best - 1, best + 1
        return partner

    def _search(self, pointer: list[int], here: int, end: int, had: set[int]) -> int:
        """The first place from `here` towards `end` that is free and was not given to this person before."""
        step = 1 if end > here else -1
        place = _follow(pointer, here + step, end)
        while place != end and self.number[place] in had:
            place = _follow(pointer, place + step, end)
        return place

    def _nearer(self, here: int, left: int | None, right: int | None) -> int | None:
        near = [(self._distance(here, place), side, place) for side, place in enumerate((left, right)) if place is not None]
        caliper = self.rule.caliper
        inside = [found for found in near if caliper is None or found[0] <= caliper]
        return min(inside)[2] if inside else None

    def _distance(self, here: int, there: int) -> float:
        distance: float = abs(self.score[here] - self.score[there])
        return float(int(distance)) if self.rule.truncated else distance


def _follow(pointer: list[int], place: int, end: int) -> int:
    """The end of the chain of pointers from `place`; the path is shortened on the way (union-find)."""
    step = 1 if end > place else -1
    root = place
    while root * step < end * step and pointer[root] != root:
        root = pointer[root]
    while place * step < root * step:
        pointer[place], place = root, pointer[place]
    return root
