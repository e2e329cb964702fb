"""Patients with type 2 diabetes as they stand on the day of their second-line drug, and what makes the further persons fail."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernel.days import DAYS_PER_YEAR
from equipoise.simulate.assignment import expit
from equipoise.simulate.baseline import EARLY, FIRST_DAY, LAST_DAY, UMOL_PER_MG, Bools, Floats, Ints, whole_years, years_of
from equipoise.simulate.plan import Habits

FAILURES = ("no metformin before", "type 1 diabetes", "end-stage kidney disease", "index before the period")
"""Why a further person is not a study patient; `Patients.kind` is 1 + the position here."""
NO_METFORMIN, TYPE_1, END_STAGE, TOO_EARLY = range(1, len(FAILURES) + 1)

CENTRE_HBA1C = 8.2
CENTRE_LOG_CREATININE = math.log(0.95)


@dataclass(frozen=True, slots=True)
class Patients:
    """Arrays of one length, one entry a person. Days count from 1970-01-01; laboratory values are exactly the recorded ones.

    hba1c: per cent; creatinine: mg/dL, hospital_creatinine: the same in the hospital's own unit; NaN when not measured.
    steps: 1 after metformin alone, 2 after metformin and a sulfonylurea. insulin: on insulin at the index.
    """

    kind: NDArray[np.int8]
    birth_day: Ints
    index_day: Ints
    age: Ints
    year: Ints
    female: Bools
    race: NDArray[np.int8]
    hispanic: Bools
    heart_failure: Bools
    coronary: Bools
    insulin: Bools
    steps: NDArray[np.int8]
    hba1c: Floats
    creatinine: Floats
    hospital_creatinine: Floats

    def __len__(self) -> int:
        return len(self.kind)


def draw_patients(rng: np.random.Generator, study: int, extra: int, habits: Habits) -> Patients:
    """Draw `study` patients whom all criteria admit and, after them, `extra` persons who fail one criterion each."""
    n = study + extra
    kind = np.concatenate([np.zeros(study, np.int8), rng.integers(1, len(FAILURES) + 1, extra).astype(np.int8)])
    early = kind == TOO_EARLY
    index_day = rng.integers(np.where(early, EARLY[0], FIRST_DAY), np.where(early, EARLY[1], LAST_DAY) + 1)
    years = np.clip(rng.normal(61.5, 11.0, n), 30.0, 89.0)
    birth_day = index_day - np.floor(years * DAYS_PER_YEAR).astype(np.int64)
    heart_failure = rng.random(n) < expit(-1.9 + 0.05 * (years - 61.0))
    creatinine, own = _creatinine(rng, years, heart_failure, habits)
    return Patients(
        kind=kind,
        birth_day=birth_day,
        index_day=index_day,
        age=whole_years(birth_day, index_day),
        year=years_of(index_day),
        female=rng.random(n) < 0.46,
        race=rng.choice(np.arange(4, dtype=np.int8), n, p=[0.62, 0.18, 0.09, 0.11]),
        hispanic=rng.random(n) < 0.15,
        heart_failure=heart_failure,
        coronary=rng.random(n) < expit(-1.6 + 0.04 * (years - 61.0)),
        insulin=(rng.random(n) < 0.12) & (kind != NO_METFORMIN),
        steps=np.where(rng.random(n) < 0.35, 2, 1).astype(np.int8),
        hba1c=_hba1c(rng, n, habits),
        creatinine=creatinine,
        hospital_creatinine=own,
    )


def _hba1c(rng: np.random.Generator, n: int, habits: Habits) -> Floats:
    value = np.round(np.clip(rng.normal(CENTRE_HBA1C, 1.1, n), 6.0, 14.0), 1)
    return np.where(rng.random(n) < habits.missing_labs, np.nan, value)


def _creatinine(rng: np.random.Generator, years: Floats, heart_failure: Bools, habits: Habits) -> tuple[Floats, Floats]:
    """(mg/dL, as reported), rounded as the hospital's laboratory does."""
    n = len(years)
    value: Floats = np.exp(CENTRE_LOG_CREATININE + 0.006 * (years - 61.0) + 0.2 * heart_failure + 0.22 * rng.standard_normal(n))
    own: Floats = np.round(value * UMOL_PER_MG["creatinine"]) if habits.creatinine_umol else np.round(value, 2)
    own[rng.random(n) < habits.missing_labs] = np.nan
    return (own / UMOL_PER_MG["creatinine"] if habits.creatinine_umol else own), own
