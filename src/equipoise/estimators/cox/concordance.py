"""Harrell's C: how often, of two people, the one with the higher hazard has the event first. For the one who has the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints, SurvivalData

CHUNK = 256


@dataclass(frozen=True, slots=True)
class Concordance:
    """c: probability, ties of the predictor counting a half; se: infinitesimal jackknife. The rest are weighted numbers of pairs:
    tied_x on the predictor, tied_y on the event time, tied_xy on both.
    """

    c: float
    se: float
    concordant: float
    discordant: float
    tied_x: float
    tied_y: float
    tied_xy: float


def concordance(data: SurvivalData, predictor: Floats) -> Concordance:
    """Concordance within strata of event times with a predictor of hazard. predictor: (n,).

    Time n^2, memory n. Source: Therneau and Watson, "The concordance statistic and the Cox model" (2015), as R's `concordance`.
    Misleads when read as calibration, or compared between populations with other censoring.
    """
    counts, pull, pairs = np.zeros(5), np.zeros(data.time.size), np.zeros(data.time.size)
    events = np.flatnonzero((data.event == 1) & (data.weight > 0))
    for start in range(0, events.size, CHUNK):
        counts += _chunk(data, predictor, events[start : start + CHUNK], (pull, pairs))
    concordant, discordant, tied_x, tied_y, tied_xy = map(float, counts)
    comparable = concordant + discordant + tied_x
    if comparable == 0:
        return Concordance(float("nan"), float("nan"), *map(float, counts))
    lead = concordant - discordant
    influence = data.weight * (pull / comparable - lead * pairs / comparable**2) / 2
    se = float(np.sqrt(np.sum(_by_cluster(data, influence) ** 2)))
    return Concordance((lead / comparable + 1) / 2, se, concordant, discordant, tied_x, tied_y, tied_xy)


def _chunk(data: SurvivalData, predictor: Floats, events: Ints, sums: tuple[Floats, Floats]) -> Floats:
    """Pairs of some events (rows) with everybody (columns): adds each one's lead and pairs to `sums`, returns the five counts."""
    pull, pairs = sums
    at = data.time[events, None]
    together = data.stratum[events, None] == data.stratum
    if data.entry is not None:
        together &= data.entry < at
    later = together & ((data.time > at) | ((data.time == at) & (data.event == 0)))
    sign = np.sign(predictor[events, None] - predictor)
    weight = np.where(later, data.weight, 0.0)
    pull[events] += np.sum(weight * sign, axis=1)
    pairs[events] += np.sum(weight, axis=1)
    both = weight * data.weight[events, None]
    own = later * data.weight[events, None]
    pull += np.sum(own * sign, axis=0)
    pairs += np.sum(own, axis=0)
    same_time = together & (data.time == at) & (data.event == 1) & (np.arange(data.time.size) > events[:, None])
    ties = np.where(same_time, data.weight * data.weight[events, None], 0.0)
    parts = [both[sign > 0], both[sign < 0], both[sign == 0], ties[sign != 0], ties[sign == 0]]
    return np.array([part.sum() for part in parts])


def _by_cluster(data: SurvivalData, influence: Floats) -> Floats:
    if data.cluster is None:
        return influence
    return np.asarray(np.bincount(np.unique(data.cluster, return_inverse=True)[1], weights=influence), dtype=np.float64)
