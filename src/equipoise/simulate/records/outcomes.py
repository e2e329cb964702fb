"""Adverse events in their risk windows, more often after TACE, and negative-control outcomes that no treatment touches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.simulate.facts import EMERGENCY, INPATIENT, OUTPATIENT, Recorder, between
from equipoise.simulate.records.disease import icd


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """An ICD-10-CM code, the days in which it comes, the risk after each treatment, and where it is seen."""

    code: str
    first_day: int
    last_day: int
    after_tare: float
    after_tace: float
    setting: int = OUTPATIENT


ADVERSE_EVENTS = (
    AdverseEvent("R11.2", 0, 10, 0.10, 0.22, EMERGENCY),
    AdverseEvent("R11.0", 0, 14, 0.08, 0.15),
    AdverseEvent("R50.9", 0, 10, 0.06, 0.18, EMERGENCY),
    AdverseEvent("R10.11", 0, 14, 0.14, 0.30, EMERGENCY),
    AdverseEvent("R53.83", 0, 30, 0.25, 0.22),
    AdverseEvent("K72.90", 5, 90, 0.020, 0.030, INPATIENT),
    AdverseEvent("R18.8", 20, 170, 0.060, 0.070),
    AdverseEvent("R17", 5, 170, 0.040, 0.055),
    AdverseEvent("K81.0", 2, 80, 0.010, 0.015, INPATIENT),
    AdverseEvent("K83.1", 5, 170, 0.015, 0.025),
    AdverseEvent("K75.0", 8, 88, 0.010, 0.050, INPATIENT),
    AdverseEvent("K25.9", 15, 170, 0.030, 0.015),
    AdverseEvent("K92.2", 2, 170, 0.020, 0.025, INPATIENT),
    AdverseEvent("J70.0", 30, 170, 0.006, 0.0),
    AdverseEvent("K85.90", 0, 25, 0.005, 0.015, INPATIENT),
    AdverseEvent("A41.9", 3, 85, 0.020, 0.045, INPATIENT),
    AdverseEvent("N17.9", 0, 28, 0.015, 0.035, INPATIENT),
    AdverseEvent("I26.99", 3, 85, 0.015, 0.018, INPATIENT),
    AdverseEvent("I82.409", 3, 85, 0.018, 0.020),
    AdverseEvent("I81", 5, 170, 0.015, 0.020),
    AdverseEvent("D70.9", 2, 58, 0.030, 0.050),
    AdverseEvent("D69.6", 2, 85, 0.050, 0.060),
)
"""Risks by 180 days: assumptions around the flagship protocol's calibration table."""

NEGATIVE_CONTROLS = ("H25.9", "H26.9", "H90.3", "H91.90", "L60.0", "H61.20", "S61.209A")
NEGATIVE_CONTROL_RISK = 0.06
"""Chance of each within five years of follow-up, whatever the treatment and the prognosis."""


def record_outcomes(rng: np.random.Generator, book: Recorder) -> None:
    """Adverse events and negative controls of the block, as far as the person is alive and followed."""
    n = len(book.course)
    for event in ADVERSE_EVENTS:
        risk = np.where(book.course.tare, event.after_tare, event.after_tace)
        book.add(rng.random(n) < risk, between(rng, event.first_day, event.last_day, n), icd(event.code), setting=event.setting)
    for code in NEGATIVE_CONTROLS:
        book.add(rng.random(n) < NEGATIVE_CONTROL_RISK, between(rng, 1, 1825, n), icd(code))
        book.add(rng.random(n) < NEGATIVE_CONTROL_RISK / 2, -between(rng, 1, 900, n), icd(code))
