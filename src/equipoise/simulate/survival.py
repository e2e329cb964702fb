"""Time to death under either arm, and what the record shows of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.simulate.baseline import DATA_CUT, Bools, Floats, Ints
from equipoise.simulate.effects import BASELINE_SCALE_DAYS, LOSS_PER_DAY, MAX_FOLLOW_UP_DAYS, WEIBULL_SHAPE
from equipoise.simulate.plan import Hospital

NEVER = 100_000
"""A day beyond any follow-up."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Chances that decide what is seen, the same under either arm. lost_day: day from index; captured: a death would be recorded."""

    index_day: Ints
    lost_day: Ints
    captured: Bools
    by_month: bool


@dataclass(frozen=True, slots=True)
class Observed:
    """Days from index. last_day: the last recorded fact. death_day: the recorded death, NEVER when there is none.

    time: days at risk, at most `MAX_FOLLOW_UP_DAYS`; event: whether they end with the recorded death.
    """

    last_day: Ints
    death_day: Ints
    time: Ints
    event: Bools


def death_days(predictor: Floats, uniform: Floats) -> Ints:
    """Days from index to death, at least 1: Weibull with shape `WEIBULL_SHAPE` and log hazard ratio `predictor`.

    predictor, uniform: (n,); uniform in (0, 1) is the survival probability at death.
    """
    days = BASELINE_SCALE_DAYS * (-np.log(uniform) * np.exp(-predictor)) ** (1 / WEIBULL_SHAPE)
    return np.minimum(np.ceil(days), NEVER).astype(np.int64)


def median_days(predictor: Floats) -> Floats:
    """Each patient's median survival in days."""
    return np.asarray(BASELINE_SCALE_DAYS * (np.log(2.0) * np.exp(-predictor)) ** (1 / WEIBULL_SHAPE))


def draw_observation(rng: np.random.Generator, index_day: Ints, hospital: Hospital) -> Observation:
    """Loss to follow-up at a constant rate, and whether the hospital would learn of the death."""
    n = len(index_day)
    lost = np.ceil(rng.exponential(1 / LOSS_PER_DAY, n)).astype(np.int64)
    return Observation(index_day, np.maximum(lost, 1), rng.random(n) < hospital.capture, hospital.habits.death_by_month)


def observe(death_day: Ints, seen: Observation) -> Observed:
    """Pass a time to death through loss, the data cut and the capture of deaths.

    A death that is not captured, or comes after the patient was lost, leaves no death record: follow-up ends with the last fact.
    """
    end = np.minimum(seen.lost_day, DATA_CUT - seen.index_day)
    last = np.minimum(death_day, end)
    recorded = (death_day <= end) & seen.captured
    day = middle_of_month(seen.index_day + death_day) - seen.index_day if seen.by_month else death_day
    death = np.where(recorded, day, NEVER)
    time = np.where(recorded, np.maximum(day, last), last)
    return Observed(last, death, np.minimum(time, MAX_FOLLOW_UP_DAYS), recorded & (time <= MAX_FOLLOW_UP_DAYS))


def middle_of_month(day: Ints) -> Ints:
    """The 15th of each day's month."""
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    return np.asarray(month.astype("datetime64[D]").astype(np.int64) + 14)
