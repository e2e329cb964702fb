"""Every planted effect of the diabetes world. All numbers are assumptions, rounded from what trials and registries report."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.simulate.baseline import Floats
from equipoise.simulate.diabetes.patients import CENTRE_HBA1C, CENTRE_LOG_CREATININE, Patients

TARGET_SHARE = 0.45
"""Share of SGLT2 inhibitors among study patients."""
CENTRE_AGE = 61.0
CENTRE_YEAR = 2020.0


@dataclass(frozen=True, slots=True)
class Coefficients:
    """One linear predictor over the recorded covariates, centred; a missing laboratory value contributes nothing.

    Units: age in years, calendar year of the index, natural logarithm of creatinine in mg/dL, HbA1c in per cent (NGSP).
    """

    age: float = 0.0
    year: float = 0.0
    female: float = 0.0
    heart_failure: float = 0.0
    coronary: float = 0.0
    insulin: float = 0.0
    log_creatinine: float = 0.0
    hba1c: float = 0.0

    def predictor(self, patients: Patients) -> Floats:
        """(n,) the sum over each patient's covariates."""
        return np.asarray(
            self.age * (patients.age - CENTRE_AGE)
            + self.year * (patients.year - CENTRE_YEAR)
            + self.female * patients.female
            + self.heart_failure * patients.heart_failure
            + self.coronary * patients.coronary
            + self.insulin * patients.insulin
            + self.log_creatinine * np.nan_to_num(np.log(patients.creatinine) - CENTRE_LOG_CREATININE)
            + self.hba1c * np.nan_to_num(patients.hba1c - CENTRE_HBA1C),
            np.float64,
        )


@dataclass(frozen=True, slots=True)
class Event:
    """An event at a constant hazard. yearly: hazard of the reference patient; log_ratio: of SGLT2 against DPP-4 inhibitors."""

    yearly: float
    log_ratio: float
    hazard: Coefficients


ASSIGNMENT = Coefficients(age=-0.025, year=0.15, heart_failure=2.0, coronary=0.4, insulin=0.2, log_creatinine=-1.2, hba1c=0.15)
"""Log odds ratios of SGLT2 against DPP-4 inhibitors: given to failing hearts, and not to failing kidneys."""

EVENTS: dict[str, Event] = {
    "os": Event(0.035, math.log(0.85), Coefficients(age=0.07, heart_failure=0.9, coronary=0.3, log_creatinine=0.6, hba1c=0.05)),
    "heart_failure_admission": Event(
        0.018, math.log(0.70), Coefficients(age=0.03, heart_failure=2.4, coronary=0.5, log_creatinine=0.6, hba1c=0.08)
    ),
    "genital_infection": Event(0.015, math.log(3.0), Coefficients(age=-0.01, female=0.9, hba1c=0.12)),
    "ketoacidosis": Event(0.002, math.log(2.0), Coefficients(insulin=0.9, hba1c=0.3)),
}
"""Conditional log hazard ratios given the covariates. Insulin begun after the index changes none of the hazards."""

INSULIN_YEARLY = 0.30
"""Hazard of beginning insulin after the index, of those without; it rises by `INSULIN_HBA1C` a per cent of HbA1c, in both arms alike."""
INSULIN_HBA1C = 0.35

HBA1C_FALL = (0.55, 0.80)
"""Fall of HbA1c in percentage points, reached with a time constant of 60 days, with a DPP-4 and an SGLT2 inhibitor."""
CREATININE_RISE = (0.00, 0.04)
"""Early rise of creatinine as a share of the value before, which is gone after half a year."""
