"""What a correct analysis of this network tends to: both potential outcomes of every patient, weighted for each estimand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from equipoise.simulate.baseline import Floats, Ints
from equipoise.simulate.diabetes import effects
from equipoise.simulate.diabetes.course import follow
from equipoise.simulate.plan import Hospital
from equipoise.simulate.truth.estimates import hazard_ratio
from equipoise.simulate.truth.tally import DAYS, ESTIMANDS, weights

SHAPE = (len(effects.EVENTS), len(ESTIMANDS), 2, DAYS)


@dataclass(frozen=True, slots=True)
class Tally:
    """Weighted counts of (outcome, estimand, arm, day): follow-up that ends, and of it with the event. Arm 1: SGLT2 inhibitor."""

    ended: Floats
    happened: Floats

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.ended + other.ended, self.happened + other.happened)


@dataclass(frozen=True, slots=True)
class Potential:
    """What decides a block's potential outcomes."""

    predictors: dict[str, Floats]
    propensity: Floats
    index_day: Ints


def empty() -> Tally:
    """Nobody."""
    return Tally(np.zeros(SHAPE), np.zeros(SHAPE))


def tally_block(rng: np.random.Generator, hospital: Hospital, block: Potential, copies: int) -> Tally:
    """Give every patient both arms `copies` times and count."""
    total, weight = empty(), weights(block.propensity) / copies
    for _ in range(copies):
        for arm in (0, 1):
            seen = follow(rng, block.predictors, block.index_day, hospital, sglt2=bool(arm))
            for o, name in enumerate(effects.EVENTS):
                time, event = seen.time[name], seen.event[name]
                for k in range(len(ESTIMANDS)):
                    total.ended[o, k, arm] += np.bincount(time, weight[k, arm], DAYS)
                    total.happened[o, k, arm] += np.bincount(time[event], weight[k, arm][event], DAYS)
    return total


def truth_document(
    request: dict[str, object], hospitals: Sequence[Hospital], intercept: float, sites: Sequence[Tally]
) -> dict[str, object]:
    """The whole document as plain values. request: scenario, seed and sizes; sites: one tally a hospital."""
    return {
        "equipoise_truth": 1,
        **request,
        "target": "SGLT2 inhibitor",
        "comparator": "DPP-4 inhibitor",
        "planted": {
            "log_hazard_ratio": {name: event.log_ratio for name, event in effects.EVENTS.items()},
            "log_hazard_ratio_of_insulin_begun_after_the_index": 0.0,
            "log_hazard_ratios_of_covariates": {name: asdict(event.hazard) for name, event in effects.EVENTS.items()},
            "assignment_log_odds": {"intercept": intercept, **asdict(effects.ASSIGNMENT)},
            "hba1c_difference_in_percentage_points": effects.HBA1C_FALL[0] - effects.HBA1C_FALL[1],
            "creatinine_early_ratio": (1 + effects.CREATININE_RISE[1]) / (1 + effects.CREATININE_RISE[0]),
            "negative_control_hazard_ratio": 1.0,
            "missing_laboratory_value": "contributes nothing to assignment or hazard",
        },
        "estimands": {name: _estimands(number, sites) for number, name in enumerate(effects.EVENTS)},
        "hospitals": [asdict(hospital) for hospital in hospitals],
        "patients_file": "truth_patients.parquet",
    }


def _estimands(outcome: int, sites: Sequence[Tally]) -> dict[str, dict[str, float | None]]:
    ended = np.stack([site.ended[outcome] for site in sites])
    happened = np.stack([site.happened[outcome] for site in sites])
    return {
        estimand: {
            "hazard_ratio": _known(hazard_ratio(ended[:, k].sum(0)[None], happened[:, k].sum(0)[None])),
            "hazard_ratio_stratified_by_site": _known(hazard_ratio(ended[:, k], happened[:, k])),
        }
        for k, estimand in enumerate(ESTIMANDS)
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
