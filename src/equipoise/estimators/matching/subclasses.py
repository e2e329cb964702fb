"""Subclasses: by quantiles of the score, by exact values, or by coarsened values. Labels count from 0; NO_SUBCLASS is left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.matching.weights import NO_SUBCLASS, Estimand


def score_subclasses(score: Floats, treated: Ints, n_subclasses: int, estimand: Estimand = "ATT") -> Ints:
    """Subclasses (n,) between quantiles of the score among the estimand's people; empty cells borrow the nearest person of their arm.

    Rosenbaum and Rubin (JASA 1984; 79: 516). Raises EQ-EST-106 when an arm has fewer people than there are subclasses.
    """
    of = {"ATT": treated == 1, "ATC": treated == 0, "ATE": np.ones(len(score), dtype=bool)}[estimand]
    if not of.any():
        raise BAD_ARGUMENT.error(f"an arm has no people for {n_subclasses} subclasses")
    cuts = np.quantile(score[of], np.linspace(0, 1, n_subclasses + 1))
    place = np.searchsorted(cuts, score, side="right") - 1
    subclass = np.unique(np.clip(place, 0, n_subclasses - 1), return_inverse=True)[1].astype(np.int64)
    size = int(subclass.max()) + 1
    for arm in (0, 1):
        people = np.flatnonzero(treated == arm)
        if len(people) < size:
            raise BAD_ARGUMENT.error(f"an arm has {len(people)} people for {size} subclasses")
        _fill_empty(subclass, score, people, size)
    return subclass


def _fill_empty(subclass: Ints, score: Floats, people: Ints, size: int) -> None:
    """Move one person of an arm into each subclass that has none of it, from the fuller side, nearest score first."""
    if len(people) == size:
        subclass[people] = np.arange(size)
    while True:
        count = np.bincount(subclass[people], minlength=size)
        empty = np.flatnonzero(count == 0)
        if not len(empty):
            return
        hole = int(empty[0])
        pull = np.maximum(count - 1, 0) / np.maximum(np.abs(np.arange(size) - hole), 1)
        from_left = hole == size - 1 or (hole != 0 and pull[:hole].sum() >= pull[hole + 1 :].sum())
        side = np.flatnonzero(count > 0)
        source = side[side < hole].max() if from_left else side[side > hole].min()
        there = people[subclass[people] == source]
        mover = there[np.argmax(score[there])] if from_left else there[np.argmin(score[there])]
        subclass[mover] = hole


def exact_subclasses(columns: Sequence[Ints], treated: Ints, first_arm: int | None = None) -> Ints:
    """Subclasses (n,) of equal values in all columns (codes) that occur in both arms.

    Numbered in order of first appearance in `first_arm`, by default the arm of the first row. Raises EQ-EST-106 when no combination of
    values occurs in both arms.
    """
    if not len(treated):
        raise BAD_ARGUMENT.error("no combination of the values occurs in both arms: there is nobody")
    codes = np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1].ravel()
    arm = int(treated[0]) if first_arm is None else first_arm
    seen, first = np.unique(codes[treated == arm], return_index=True)
    shared = np.isin(seen, codes[treated != arm])
    if not shared.any():
        raise BAD_ARGUMENT.error("no combination of the values occurs in both arms")
    number = np.full(int(codes.max()) + 1, NO_SUBCLASS, dtype=np.int64)
    number[seen[shared][np.argsort(first[shared])]] = np.arange(int(shared.sum()))
    return number[codes]


def coarsen(values: Floats, cutpoints: Sequence[float] | None = None) -> Ints:
    """Bins (n,) of [cut, next cut): coarsened exact matching's first half (Iacus, King, Porro, Political Analysis 2012; 20: 1).

    Without cut points, Sturges' number of bins of equal width.
    """
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    if cutpoints is None:
        bins = int(np.ceil(np.log2(len(values)) + 1))
        cutpoints = np.linspace(values.min(), values.max(), bins + 1)[1:-1].tolist()
    return np.searchsorted(np.unique(np.asarray(cutpoints, dtype=np.float64)), values, side="right").astype(np.int64)
