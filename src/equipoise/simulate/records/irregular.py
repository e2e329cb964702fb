"""What makes lines of therapy hard to tell: second drugs that begin late, therapy before metastasis, a metastasis coded and not confirmed.

Drawn from a stream of its own, so that nothing else changes with it. Whoever is treated stays treated, and of the classes of drugs before
the index none is added: each is one that the patient's own lines hold. By the flagship's rules (drugs that begin within 28 days are one
regimen; a metastasis needs a second code within 90 days) the number of lines is the one planted; by other rules it is not.
"""

from __future__ import annotations

import numpy as np

from equipoise.simulate.baseline import ONE_CODE, UNDER_18, Bools, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.facts import Recorder, between
from equipoise.simulate.plan import Habits
from equipoise.simulate.records.disease import icd
from equipoise.simulate.records.lines import CHEMOTHERAPY, CLASSES, ENDOCRINE, MOST_DOSES, MOST_LINES, LineTimes
from equipoise.simulate.records.therapy import INFUSION_CODE, choose

SECOND_DRUG = 0.30
"""Share of lines of chemotherapy with a second drug, 22 to 28 days after the first."""
ADJUVANT = 0.35
"""Share of patients treated for cure before, with a class of drugs that they have again later."""
SUSPECTED = 0.40
"""Of these, the share with one code of bone metastasis at the time, never confirmed."""


def record_irregularities(rng: np.random.Generator, book: Recorder, habits: Habits, times: LineTimes) -> None:
    """All of the block."""
    for line in range(MOST_LINES):
        _second_drug(rng, book, habits, times, line)
    _adjuvant(rng, book, habits, times)


def _second_drug(rng: np.random.Generator, book: Recorder, habits: Habits, times: LineTimes, line: int) -> None:
    n = len(book.course)
    given = (times.drug_class[:, line] == CHEMOTHERAPY) & (times.doses[:, line] > 0) & (rng.random(n) < SECOND_DRUG)
    first = times.start[:, line] + between(rng, 22, 28, n)
    last = times.start[:, line] + (times.doses[:, line] - 1) * times.spacing[:, line]
    code, supply, infused = choose(rng, habits, CLASSES[CHEMOTHERAPY], n)
    for dose in range(MOST_DOSES):
        day = first + dose * times.spacing[:, line]
        _dose(book, given & (day <= last), day, (code, supply, infused))


def _dose(book: Recorder, who: Bools, day: Ints, drug: tuple[Ints, Ints, Bools]) -> None:
    code, supply, infused = drug
    book.add(who, day, code, supply)
    book.add(who & infused, day, codebook().at("CPT4", INFUSION_CODE))


def _adjuvant(rng: np.random.Generator, book: Recorder, habits: Habits, times: LineTimes) -> None:
    """Four doses that end over 200 days before metastasis; breast cancer is coded a month before them."""
    n, kind = len(book.course), book.course.patients.kind
    fit = (kind != ONE_CODE) & (kind != UNDER_18) & (rng.random(n) < ADJUVANT)
    first = times.metastatic_day - 320 - np.minimum(rng.exponential(500.0, n), 1500.0).astype(np.int64)
    treated = np.zeros(n, np.bool_)
    for number in (ENDOCRINE, CHEMOTHERAPY):
        later = ((times.drug_class == number) & (times.doses > 0)).any(axis=1)
        own = fit & later & ~treated
        drug = choose(rng, habits, CLASSES[number], n)
        for dose in range(4):
            _dose(book, own, first + dose * 28, drug)
        treated |= own
    side = icd("C50.919")
    book.add(treated, first - 30, side)
    book.add(treated & (rng.random(n) < SUSPECTED) & (first < -400), first - between(rng, 15, 25, n), icd("C79.51"))
