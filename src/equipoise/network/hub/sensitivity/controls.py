"""Negative controls: what is found where nothing can be, and what the other estimates are when that error is taken into account."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import binom, norm

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.evidence.calibration import SystematicError, calibrate, systematic_error
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.network.hub.sensitivity.ground import Ground, Part, leaves_out_one, told, uncounted
from equipoise.results.analyses import NEGATIVE_CONTROLS
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import Adjustment

FEWEST, ENOUGH = 2, 30
"""Controls without which there is no distribution, and under which it is itself uncertain."""
CODE = "DC15"


@dataclass(frozen=True, slots=True)
class Error:
    """The systematic error under one adjustment; how many controls had an estimate, and how many of these had an interval without 1."""

    adjustment: Adjustment
    found: SystematicError
    estimated: int
    outside: int


def negative_controls(ground: Ground) -> Part:
    """The systematic error under each adjustment, and the hazard ratios of all other outcomes calibrated by it."""
    names = ground.study.sensitivity.negative_controls if ground.study.sensitivity else ()
    errors = [error for adjustment in ground.study.analysis.adjustments if (error := error_under(ground, names, adjustment)) is not None]
    others = [outcome.name for outcome in ground.study.timed_outcomes if outcome.name not in names]
    records = tuple(record for error in errors for record in _records(ground, error, others))
    return Part(records, tuple(_notes(ground, errors, records)))


def error_under(ground: Ground, names: tuple[str, ...], adjustment: Adjustment) -> Error | None:
    """The distribution of error from the controls that have an estimate; None with fewer than two of them."""
    effects = [effect for name in names if (effect := ground.effect(name, adjustment)) is not None]
    fits = [effect.cox for effect in effects if isinstance(effect.cox, CoxResult)]
    if len(fits) < FEWEST:
        return None
    log_ratio, se = np.array([float(fit.coef[0]) for fit in fits]), np.array([float(fit.se[0]) for fit in fits])
    z = float(norm.isf((1 - ground.study.analysis.confidence) / 2))
    return Error(adjustment, systematic_error(log_ratio, se), len(fits), int((np.abs(log_ratio) > z * se).sum()))


def _records(ground: Ground, error: Error, others: list[str]) -> Iterator[Record]:
    population = f"{error.estimated} negative controls"
    for outcome in others:
        parent, effect = ground.ratio(outcome, error.adjustment), ground.effect(outcome, error.adjustment)
        if parent is None or effect is None or not isinstance(effect.cox, CoxResult):
            continue
        if ground.study.primary is not None and outcome == ground.study.primary.name:
            yield told(uncounted(parent), NEGATIVE_CONTROLS, population, "systematic_error", _spread(ground, error))
        found = calibrate(error.found, effect.cox.coef[:1], effect.cox.se[:1], confidence=ground.study.analysis.confidence)
        middle, lower, upper = (math.exp(float(side[0])) for side in (found.estimate, found.lower, found.upper))
        calibrated = told(
            parent, NEGATIVE_CONTROLS, population, "calibrated_hazard_ratio", Interval(middle, float(found.se[0]), lower, upper)
        )
        yield replace(calibrated, p_value=float(found.p[0]))


def _spread(ground: Ground, error: Error) -> Interval:
    half = float(norm.isf((1 - ground.study.analysis.confidence) / 2)) * error.found.sd
    middle = error.found.mean
    return Interval(math.exp(middle), error.found.sd, math.exp(middle - half), math.exp(middle + half))


def _notes(ground: Ground, errors: list[Error], records: tuple[Record, ...]) -> Iterator[Note]:
    main = ground.study.analysis.main
    error = next((one for one in errors if one.adjustment == main), None)
    if error is None:
        yield Note("warning", CODE, f"Fewer than {FEWEST} negative controls have an estimate under {main}: nothing was calibrated.")
        return
    few = "" if error.estimated >= ENOUGH else f" So few controls (under {ENOUGH}) tell the error roughly."
    outside = f"{error.outside} of {error.estimated} negative controls have an interval that leaves out 1 under {main}."
    yield Note("warning" if unlikely(error, ground.study.analysis.confidence) else "info", CODE, outside + few)
    for record in records:
        parent = ground.ratio(record.outcome, main) if record.adjustment == main else None
        if parent is None or record.measure != "calibrated_hazard_ratio" or leaves_out_one(parent) == leaves_out_one(record):
            continue
        before, after = ("leaves out 1" if leaves_out_one(one) else "holds 1" for one in (parent, record))
        yield Note("warning", CODE, f"The interval of {record.outcome} {before} under {main}; calibrated by negative controls it {after}.")


def unlikely(error: Error, confidence: float) -> bool:
    """Whether so many controls outside their intervals have a probability under 5 % if all error is random."""
    return bool(binom.sf(error.outside - 1, error.estimated, 1 - confidence) < 0.05)
