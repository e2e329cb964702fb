"""When each line of systemic therapy was given before the index, and with which class of drugs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.simulate.baseline import OLD_METASTASIS, Baseline, Ints
from equipoise.simulate.facts import between

MOST_LINES = 4
MOST_DOSES = 6
CLASSES = ("endocrine", "chemotherapy", "her2", "adc", "parp")
ENDOCRINE, CHEMOTHERAPY, HER2, ADC, PARP = range(5)

ORDER: NDArray[np.int64] = np.array(
    [
        [ENDOCRINE, CHEMOTHERAPY, ADC, PARP],
        [HER2, CHEMOTHERAPY, ENDOCRINE, ADC],
        [CHEMOTHERAPY, ADC, PARP, HER2],
    ]
)
"""The class of each line by subtype. All of a patient's lines differ in class, and their first line gives the subtype away."""


@dataclass(frozen=True, slots=True)
class LineTimes:
    """Arrays (n, MOST_LINES) by line, the first line first: day of the first dose, doses, days between doses, drug class.

    doses is 0 where the patient had fewer lines. metastatic_day: (n,), before the first line. All days count from the index.
    """

    start: Ints
    doses: Ints
    spacing: Ints
    drug_class: Ints
    metastatic_day: Ints


def draw_lines(rng: np.random.Generator, patients: Baseline) -> LineTimes:
    """Lay the lines out backwards from the index: 3-6 doses 21 or 28 days apart, 20-60 days between lines."""
    n = len(patients)
    shape = (n, MOST_LINES)
    doses, spacing = rng.integers(3, MOST_DOSES + 1, shape), rng.choice([21, 28], shape)
    doses = np.where(np.arange(MOST_LINES) < patients.lines[:, None], doses, 0)
    gap = rng.integers(20, 61, shape)
    start = np.zeros(shape, np.int64)
    free = -between(rng, 3, 40, n)
    for line in reversed(range(MOST_LINES)):
        given = doses[:, line] > 0
        start[:, line] = free - (doses[:, line] - 1) * spacing[:, line]
        free = np.where(given, start[:, line] - gap[:, line], free)
    earliest = np.where(doses > 0, start, 0).min(axis=1)
    metastatic = np.minimum(earliest - between(rng, 10, 30, n), -between(rng, 40, 120, n))
    old = np.minimum(metastatic, -401 - between(rng, 0, 200, n))
    return LineTimes(start, doses, spacing, ORDER[patients.subtype], np.where(patients.kind == OLD_METASTASIS, old, metastatic))
