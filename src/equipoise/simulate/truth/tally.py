"""Both potential outcomes of every patient, weighted for each estimand and counted by day: all that the true estimates need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from equipoise.simulate.baseline import Floats, Ints
from equipoise.simulate.effects import MAX_FOLLOW_UP_DAYS
from equipoise.simulate.plan import Hospital
from equipoise.simulate.survival import death_days, draw_observation, observe

Estimand = Literal["crude", "overlap", "iptw", "att"]
ESTIMANDS: tuple[Estimand, ...] = get_args(Estimand)
DAYS = MAX_FOLLOW_UP_DAYS + 1
TRUE_DAYS = 20 * 365
ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Tally:
    """Weighted counts of (estimand, arm, day); arm 1 is TARE.

    ended: follow-up that ends on that day; died: of these, with a recorded death, both (4, 2, DAYS). true_deaths: (4, 2, TRUE_DAYS),
    deaths whether recorded or not; the last day holds all later ones.
    """

    ended: Floats
    died: Floats
    true_deaths: Floats

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.ended + other.ended, self.died + other.died, self.true_deaths + other.true_deaths)


def empty() -> Tally:
    """Nobody."""
    k = len(ESTIMANDS)
    return Tally(np.zeros((k, 2, DAYS)), np.zeros((k, 2, DAYS)), np.zeros((k, 2, TRUE_DAYS)))


def weights(propensity: Floats) -> Floats:
    """(estimand, arm, patient): crude weighs each arm by the chance to be in it, the others alike in both arms."""
    e = propensity
    one = np.ones_like(e)
    return np.array([[1 - e, e], [e * (1 - e)] * 2, [one, one], [e, e]])


@dataclass(frozen=True, slots=True)
class Potential:
    """What decides a block's potential outcomes. predictor: log hazard without the arm's effect; effect: log hazard ratio of TARE."""

    predictor: Floats
    propensity: Floats
    index_day: Ints
    effect: float


def tally_block(rng: np.random.Generator, hospital: Hospital, block: Potential, copies: int) -> Tally:
    """Give every patient both arms `copies` times, with the same chances under either, and count.

    The uniform draws of a patient's copies are stratified over (0, 1), so that the count is near its limit already with few copies.
    """
    total = empty()
    at_once = max(1, ROWS_AT_ONCE // max(1, len(block.predictor)))
    for first in range(0, copies, at_once):
        strata = np.arange(first, min(first + at_once, copies))
        _count(rng, hospital, block, strata=strata, copies=copies, total=total)
    return total


def _count(rng: np.random.Generator, hospital: Hospital, block: Potential, *, strata: Ints, copies: int, total: Tally) -> None:
    """Add the copies whose uniform draws lie in the given strata (of `copies` equal parts of (0, 1)) to the total."""
    row = np.tile(np.arange(len(block.predictor)), len(strata))
    uniform = np.clip((np.repeat(strata, len(block.predictor)) + rng.random(len(row))) / copies, 1e-12, 1 - 1e-12)
    weight = weights(block.propensity[row]) / copies
    seen = draw_observation(rng, block.index_day[row], hospital)
    for arm in (0, 1):
        death = death_days(block.predictor[row] + arm * block.effect, uniform)
        shown = observe(death, seen)
        capped = np.minimum(death, TRUE_DAYS - 1)
        for k in range(len(ESTIMANDS)):
            w = weight[k, arm]
            total.ended[k, arm] += np.bincount(shown.time, w, DAYS)
            total.died[k, arm] += np.bincount(shown.time[shown.event], w[shown.event], DAYS)
            total.true_deaths[k, arm] += np.bincount(capped, w, TRUE_DAYS)
