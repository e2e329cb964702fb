"""What adverse events look like in a record: again some days later, before the treatment too, rare ones, and liver disease after radiation.

None of it bears on who is treated how, or on how long anybody lives. All shares are assumptions.
"""

from __future__ import annotations

import numpy as np

from equipoise.simulate.baseline import UMOL_PER_MG, Bools, Floats, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.facts import INPATIENT, Recorder, between
from equipoise.simulate.plan import Habits
from equipoise.simulate.records.disease import icd
from equipoise.simulate.records.outcomes import AdverseEvent

RARE = (
    AdverseEvent("E88.3", 0, 13, 0.004, 0.006, INPATIENT),
    AdverseEvent("K75.4", 5, 170, 0.006, 0.006),
    AdverseEvent("K76.3", 0, 28, 0.005, 0.012, INPATIENT),
    AdverseEvent("T78.2", 0, 2, 0.004, 0.006, INPATIENT),
)
AGAIN = (
    *(("R11.2", 0.25), ("R50.9", 0.20), ("R10.11", 0.25), ("R53.83", 0.30), ("R18.8", 0.10), ("R17", 0.08)),
    *(("D70.9", 0.12), ("D69.6", 0.15)),
)
"""Codes that come on several days, and the share of those whose second record follows a first one that is drawn here."""
BEFORE = (
    *(("R11.2", 0.08), ("R50.9", 0.04), ("R10.11", 0.10), ("R53.83", 0.15), ("R18.8", 0.03), ("R17", 0.02), ("K83.1", 0.01)),
    *(("K92.2", 0.01), ("A41.9", 0.02), ("N17.9", 0.02), ("I26.99", 0.02), ("I82.409", 0.02), ("I81", 0.01)),
    *(("D70.9", 0.06), ("D69.6", 0.05)),
)
"""Codes in the 180 days before the treatment, and their share: what a washout leaves out."""
LIVER_DISEASE = 0.04, 0.006
"""Share after TARE and after TACE with bilirubin above 3 mg/dL and ascites in weeks 4 to 16."""
OBSTRUCTED = 0.1
"""Share of these whose bile duct is obstructed: theirs is another disease."""


def record_complications(rng: np.random.Generator, book: Recorder, habits: Habits) -> None:
    """All of it for a block, as far as the person is alive and followed."""
    n = len(book.course)
    for event in RARE:
        risk = np.where(book.course.tare, event.after_tare, event.after_tace)
        book.add(rng.random(n) < risk, between(rng, event.first_day, event.last_day, n), icd(event.code), setting=event.setting)
    for code, share in AGAIN:
        twice, day = rng.random(n) < share * 0.2, between(rng, 1, 60, n)
        book.add(twice, day, icd(code))
        book.add(twice, day + between(rng, 1, 20, n), icd(code))
    for code, share in BEFORE:
        book.add(rng.random(n) < share, -between(rng, 1, 180, n), icd(code))
    _liver_disease(rng, book, habits)


def _liver_disease(rng: np.random.Generator, book: Recorder, habits: Habits) -> None:
    n = len(book.course)
    ill: Bools = rng.random(n) < np.where(book.course.tare, *LIVER_DISEASE)
    day: Ints = between(rng, 29, 100, n)
    bilirubin: Floats = rng.uniform(3.3, 9.0, n)
    unit, value = ("umol/L", np.round(bilirubin * UMOL_PER_MG["bilirubin"])) if habits.bilirubin_umol else ("mg/dL", np.round(bilirubin, 1))
    book.add_lab(ill, day, codebook().at("LOINC", "1975-2"), codebook().at("UCUM", unit), value)
    book.add(ill, day + between(rng, 0, 15, n), icd("R18.8"))
    book.add(ill, day, icd("R17"))
    book.add(ill & (rng.random(n) < OBSTRUCTED), day - between(rng, 0, 5, n), icd("K83.1"))
