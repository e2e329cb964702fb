"""Nearest-neighbour matching, one to one, within a caliper, in the orders that MatchIt knows, and the closest pairs first."""

from __future__ import annotations

import numpy as np

from side_by_side.inputs import covariates
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

CALIPER = 200_000.0
"""In millionths: 0.2 of the log odds."""


def equipoise(order: str, a: Arrays) -> list[float]:
    from equipoise.stats import match

    pairs = match(a["score"], a["treated"], caliper=CALIPER, caliper_in_sd=False, order=order).pairs
    partner = np.full(len(a["score"]), -1)
    partner[pairs.focal] = pairs.partner
    return [float(value) for value in partner[a["treated"] == 1]]


def input_of(rows: int) -> Arrays:
    """treated (a quarter) and the log odds of treatment in whole millionths: MatchIt 4.5.1 drops decimals of distances."""
    rng = np.random.default_rng(20260103)
    eta = covariates(rows, rng) @ rng.normal(0.0, 0.15, 50)
    eta -= eta.mean() + np.log(3)
    return {"treated": (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(np.float64), "score": np.rint(eta * 1e6)}


def by_definition(a: Arrays) -> list[float]:
    """The closest pairs first, from all pairs within the caliper, sorted: the definition itself."""
    focal, control = np.flatnonzero(a["treated"] == 1), np.flatnonzero(a["treated"] == 0)
    score = a["score"]
    apart = np.abs(score[focal][:, None] - score[control][None])
    i, j = np.nonzero(apart <= CALIPER)
    place = np.argsort(np.lexsort((np.arange(score.size), score)))
    there = place[control][j] - place[focal][i]
    order = np.lexsort((np.abs(there), there > 0, i, apart[i, j]))
    partner, taken = np.full(focal.size, -1), np.zeros(control.size, dtype=bool)
    for one, other in zip(i[order].tolist(), j[order].tolist(), strict=True):
        if partner[one] < 0 and not taken[other]:
            partner[one], taken[other] = control[other], True
    return [float(value) for value in partner]


def work(order: str) -> Work:
    peer = f"R MatchIt, {order}"
    return Work(
        title=f"Matching 1:1 within a caliper, {order} first" if order != "data" else "Matching 1:1 within a caliper, in order of the rows",
        rows=100_000,
        make=input_of,
        contenders=(Contender(OURS, lambda a: equipoise(order, a)), Contender(peer, r=("matching.R", order))),
        goals=(Goal("cpu", peer, 1 / 100),),
        same={peer: 0.0},
    )
