"""What happens to patients after the index: events under either arm, insulin, and what of it is recorded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.kernel.days import DAYS_PER_YEAR
from equipoise.simulate.baseline import Bools, Floats, Ints
from equipoise.simulate.diabetes.effects import EVENTS, INSULIN_HBA1C, INSULIN_YEARLY
from equipoise.simulate.diabetes.patients import CENTRE_HBA1C, Patients
from equipoise.simulate.plan import Hospital
from equipoise.simulate.survival import NEVER, draw_observation, observe


@dataclass(frozen=True, slots=True)
class Course:
    """A block of patients with their arm. Days from index; NEVER where it does not happen. events: by name, death apart."""

    patients: Patients
    sglt2: Bools
    last_day: Ints
    death_day: Ints
    insulin_day: Ints
    events: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.patients)


@dataclass(frozen=True, slots=True)
class Followed:
    """For each outcome, days at risk and whether they end with it; death goes by `os`."""

    time: dict[str, Ints]
    event: dict[str, Bools]


def waiting_days(rng: np.random.Generator, yearly: Floats) -> Ints:
    """(n,) whole days, at least 1, to an event at constant hazards a year."""
    days = np.ceil(rng.exponential(size=len(yearly)) / yearly * DAYS_PER_YEAR)
    return np.minimum(np.maximum(days, 1), NEVER).astype(np.int64)


def event_days(rng: np.random.Generator, predictors: dict[str, Floats], sglt2: Bools | bool) -> dict[str, Ints]:
    """Days to each event, were nothing else to happen. predictors: log hazard ratios against the reference patient, without the arm's."""
    return {
        name: waiting_days(rng, event.yearly * np.exp(predictors[name] + event.log_ratio * np.asarray(sglt2)))
        for name, event in EVENTS.items()
    }


def hazard_predictors(patients: Patients) -> dict[str, Floats]:
    """The linear predictor of each event."""
    return {name: event.hazard.predictor(patients) for name, event in EVENTS.items()}


def draw_course(rng: np.random.Generator, patients: Patients, sglt2: Bools, hospital: Hospital) -> Course:
    """Let time pass, and see what the hospital learns of it."""
    days = event_days(rng, hazard_predictors(patients), sglt2)
    seen = observe(days.pop("os"), draw_observation(rng, patients.index_day, hospital))
    rate = INSULIN_YEARLY * np.exp(INSULIN_HBA1C * np.nan_to_num(patients.hba1c - CENTRE_HBA1C))
    insulin = np.where(patients.insulin, NEVER, waiting_days(rng, rate))
    return Course(patients, sglt2, seen.last_day, seen.death_day, insulin, days)


def follow(rng: np.random.Generator, predictors: dict[str, Floats], index_day: Ints, hospital: Hospital, sglt2: bool) -> Followed:
    """What a study would see of these patients, were all in that arm: the first of event, recorded death, last record and five years."""
    days = event_days(rng, predictors, sglt2)
    seen = observe(days.pop("os"), draw_observation(rng, index_day, hospital))
    happened = {name: day <= np.minimum(seen.last_day, seen.time) for name, day in days.items()}
    time = {name: np.where(happened[name], day, seen.time) for name, day in days.items()}
    return Followed({"os": seen.time, **time}, {"os": seen.event, **happened})
