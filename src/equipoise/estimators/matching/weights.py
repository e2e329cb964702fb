"""Weights that make matched or subclassified people stand for the estimand's population, on MatchIt's scale (mean 1 in an arm)."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.matching.greedy import Pairs

Estimand: TypeAlias = Literal["ATT", "ATC", "ATE"]
NO_SUBCLASS = -1


def pair_weights(pairs: Pairs, n: int) -> Floats:
    """Weights (n,): 1 for a matched focal person, who shares 1 among the partners; partners' weights scaled to mean 1; others 0."""
    weight = np.zeros(n)
    each = 1 / np.bincount(pairs.focal, minlength=n)[pairs.focal]
    partner = np.bincount(pairs.partner, weights=each, minlength=n)
    used = partner > 0
    weight[used] = partner[used] * used.sum() / partner.sum()
    weight[pairs.focal] = 1.0
    return weight


def subclass_weights(subclass: Ints, treated: Ints, estimand: Estimand = "ATT") -> Floats:
    """Weights (n,) that give both arms the subclass sizes of the estimand's population; 0 for people in no subclass.

    subclass: (n,) labels from 0, NO_SUBCLASS for people left out; every subclass holds both arms.
    """
    inside = subclass != NO_SUBCLASS
    size = int(subclass.max(initial=-1)) + 1
    in_arm = [np.bincount(subclass[inside & (treated == arm)], minlength=size).astype(np.float64) for arm in (0, 1)]
    wanted = {"ATT": in_arm[1], "ATC": in_arm[0], "ATE": in_arm[0] + in_arm[1]}[estimand]
    weight = np.zeros(len(subclass))
    for arm in (0, 1):
        people = inside & (treated == arm)
        raw = wanted[subclass[people]] / in_arm[arm][subclass[people]]
        weight[people] = raw * people.sum() / raw.sum()
    return weight
