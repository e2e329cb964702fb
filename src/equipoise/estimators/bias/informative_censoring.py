"""Censoring that tells of the prognosis: what a hazard ratio would be if the censored of an arm had another hazard afterwards.

Each person who leaves before the end goes on with the hazard of the arm times delta. Instead of drawing their times many times over
(multiple imputation), the expected numbers at risk and of events on each day are worked out, which is what infinitely many draws give.
They follow from the numbers at risk, of events and of censored by day and arm: sums over sites, which survival curves rest on already.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.kaplan_meier.summary import Curve

STEEPEST, FLATTEST = 1e3, 1e-3
"""Deltas tried: beyond them all the censored die at once, or none dies."""


@dataclass(frozen=True, slots=True)
class Process:
    """One arm on days (k,) that both arms share: numbers at risk just before, of events and of censored on each; sums of weights."""

    at_risk: Floats
    events: Floats
    censored: Floats


@dataclass(frozen=True, slots=True)
class Tip:
    """The delta in one arm at which the ratio, and its limit nearest to 1, come to 1; None where no delta does it.

    limit is None too when the interval holds 1 already.
    """

    estimate: float | None
    limit: float | None


def processes(target: Curve, comparator: Curve) -> tuple[Process, Process]:
    """Both arms on the days when anyone left, as far as both have people at risk. Raises EQ-EST-106 when there is no such day."""
    days = np.union1d(target.time, comparator.time)
    days = days[days <= min(target.time.max(initial=0.0), comparator.time.max(initial=0.0))]
    if not days.size:
        raise BAD_ARGUMENT.error("no day on which both arms have people at risk")
    return _on(days, target), _on(days, comparator)


def _on(days: Floats, curve: Curve) -> Process:
    """The curve's counts on the days: those at risk are those of its next day; events and censored of days after the last are dropped."""
    at = np.searchsorted(curve.time, days, side="left")
    there = curve.time[at] == days
    return Process(curve.n_risk[at], np.where(there, curve.n_event[at], 0.0), np.where(there, curve.n_censor[at], 0.0))


def with_hazard_after(arm: Process, delta: float) -> Process:
    """The arm when its censored go on with `delta` >= 0 times its hazard: expected numbers at risk and of events; nobody is censored.

    Raises EQ-EST-106.
    """
    if not delta >= 0:
        raise BAD_ARGUMENT.error("delta must be at least 0")
    hazard = np.divide(arm.events, arm.at_risk, out=np.zeros_like(arm.events), where=arm.at_risk > 0)
    dying = 1 - (1 - np.minimum(hazard, 1.0)) ** delta
    going_on = np.zeros_like(hazard)
    left = 0.0
    for day in range(hazard.size):
        going_on[day] = left
        left = left * (1 - dying[day]) + arm.censored[day]
    return Process(arm.at_risk + going_on, arm.events + going_on * dying, np.zeros_like(hazard))


def log_hazard_ratio(target: Process, comparator: Process) -> float:
    """The Cox estimate (ties by Breslow) from numbers at risk and of events; infinite when one arm has no event."""
    events = target.events + comparator.events
    of_target = float(target.events.sum())
    if of_target == 0 or comparator.events.sum() == 0:
        return -math.inf if of_target == 0 else math.inf

    def score(beta: float) -> float:
        risk = target.at_risk * math.exp(beta)
        return of_target - float((events * risk / (risk + comparator.at_risk)).sum())

    return float(brentq(score, -30.0, 30.0, xtol=1e-12, rtol=1e-14))


def shift(target: Process, comparator: Process, delta_target: float = 1.0, delta_comparator: float = 1.0) -> float:
    """What the log hazard ratio changes by when the censored have these deltas instead of 1 in both arms. Raises EQ-EST-106.

    To be added to the study's own estimate, whatever it is adjusted for or stratified by. The interval moves with it: delta is taken
    as known, and the persons who go on add no information.
    Misleads when: many are censored by the end of the data, which tells nothing of them: delta then moves them as well; and when the
    hazard late in follow-up rests on few, for it is what the censored are given.
    Source: Jackson et al. (2014), Stat Med 33: 4681 (delta-adjusted imputation); Lipkovich, Ratitch and O'Kelly (2016), Pharm Stat
    15: 216 (tipping points); expected instead of drawn times are a redistribution to the right, after Efron (1967).
    """
    changed = with_hazard_after(target, delta_target), with_hazard_after(comparator, delta_comparator)
    return log_hazard_ratio(*changed) - log_hazard_ratio(with_hazard_after(target, 1.0), with_hazard_after(comparator, 1.0))


def tips(arms: tuple[Process, Process], ratio: float, lower: float, upper: float) -> tuple[Tip, Tip]:
    """How strong informative censoring in one arm alone must be to undo a ratio: of the target, then of the comparator.

    Raises EQ-EST-106 for ratios not above 0. Misleads when: as `shift`.
    """
    if not min(ratio, lower, upper) > 0:
        raise BAD_ARGUMENT.error("the ratio and its limits must be above 0")
    nearest = upper if ratio < 1 else lower
    beyond = (nearest - 1) * (ratio - 1) <= 0
    target, comparator = (
        Tip(tipping_delta(arms, math.log(ratio), place), None if beyond else tipping_delta(arms, math.log(nearest), place))
        for place in (0, 1)
    )
    return target, comparator


def tipping_delta(arms: tuple[Process, Process], log_ratio: float, arm: int) -> float | None:
    """The delta of one arm's censored (0 target, 1 comparator) that brings a log ratio to 0; None where none from 0.001 to 1000 does."""

    def left(log_delta: float) -> float:
        deltas = (math.exp(log_delta), 1.0) if arm == 0 else (1.0, math.exp(log_delta))
        return log_ratio + shift(*arms, *deltas)

    ends = math.log(FLATTEST), math.log(STEEPEST)
    if left(ends[0]) * left(ends[1]) > 0:
        return None
    return math.exp(float(brentq(left, *ends, xtol=1e-10)))
