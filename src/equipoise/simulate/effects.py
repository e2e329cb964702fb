"""Every planted effect, and the constants that calibration found.

Origins: hazard ratios of subtype, extrahepatic disease and prior lines, capture of deaths, loss to follow-up, and the shape of the
baseline covariates are the assumptions of the flagship protocol's calibration table. `BASELINE_SCALE_DAYS` and
`ASSIGNMENT_STRENGTH` were found by `benchmarks/calibrate_simulation.py`: at 400,000 patients the crude Cox hazard ratio is about
0.69 and the Kaplan-Meier medians, as observed, are about 36 (TARE) and 25 (TACE) months.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from equipoise.kernel.days import DAYS_PER_MONTH

Scenario = Literal["flagship", "null"]
SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)

SUBTYPES = ("HR+", "HER2+", "TNBC")
TARGET_SHARE = 334 / 418
"""Share of TARE among study patients in the published study."""

CENTRE_AGE = 57.0
CENTRE_YEAR = 2020.0
CENTRE_ALBUMIN = 3.9
CENTRE_LOG_BILIRUBIN = math.log(0.6)


@dataclass(frozen=True, slots=True)
class Coefficients:
    """One linear predictor over the recorded covariates.

    Units: age in years, calendar year of the index, albumin in g/dL, natural logarithm of bilirubin in mg/dL. Reference: HR+,
    liver only, one prior line. Centred at the constants above; a missing laboratory value contributes nothing.
    """

    her2: float
    tnbc: float
    extrahepatic: float
    lines_2: float
    lines_3: float
    albumin: float
    log_bilirubin: float
    age: float
    year: float


HAZARD = Coefficients(
    her2=-0.3, tnbc=0.7, extrahepatic=0.5, lines_2=0.2, lines_3=0.4, albumin=-0.45, log_bilirubin=0.2, age=0.01, year=-0.04
)
"""Log hazard ratios of death."""

ASSIGNMENT = Coefficients(
    her2=0.2, tnbc=-0.35, extrahepatic=-0.45, lines_2=-0.2, lines_3=-0.4, albumin=0.5, log_bilirubin=-0.35, age=-0.01, year=0.08
)
"""Log odds ratios of TARE against TACE, before `ASSIGNMENT_STRENGTH`."""

ASSIGNMENT_STRENGTH = 0.86
LOG_HAZARD_RATIO: dict[Scenario, float] = {"flagship": math.log(0.80), "null": 0.0}
"""Conditional log hazard ratio of TARE against TACE. Immunotherapy, comorbidities and the negative controls have none."""

WEIBULL_SHAPE = 1.1
BASELINE_SCALE_DAYS = 1418.0
LOSS_PER_DAY = -math.log1p(-0.015) / DAYS_PER_MONTH
MAX_FOLLOW_UP_DAYS = 1826
