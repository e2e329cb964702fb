"""The usable values of one laboratory outcome, in its unit, with the limits of normal that hold for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.omop.units import analyte_of_set, convert, factors_to
from equipoise.study.model import CodeSet, LabOutcome
from equipoise.table.analysis_table import ValueCount
from equipoise.table.arrow import Bools, Floats, Ints
from equipoise.table.records import Records


@dataclass(frozen=True, slots=True)
class LabValues:
    """m values of one outcome, sorted by person's row, day, record id; a record that lies in two sets is one value.

    row: person's row. day: from index. value: in the outcome's unit. lower, upper: limits of normal in that unit, NaN where unknown.
    """

    row: Ints
    day: Ints
    value: Floats
    lower: Floats
    upper: Floats

    def take(self, where: Bools | Ints) -> LabValues:
        """The values chosen, in the same order."""
        return LabValues(*(getattr(self, name)[where] for name in LabValues.__slots__))


def lab_values(lab: LabOutcome, records: Records, female: Bools, code_sets: tuple[CodeSet, ...]) -> tuple[LabValues, ValueCount]:
    """Values that convert to the outcome's unit and are physiologic, and how many did not or were not.

    female: (n,) persons for whom the upper limit of women holds. The laboratory's own limit comes first where it is above 0.
    """
    found = _once(records.take(np.isfinite(records.value)))
    factors = _factors(lab, found, code_sets)
    done = convert(found.value, found.unit, factors, lab.low, lab.high)
    scale = convert(np.ones(len(found.value)), found.unit, factors).values
    upper = np.full(len(found.row), _or_nan(lab.upper_limit))
    if lab.upper_limit_of_women is not None:
        upper = np.where(female[found.row], lab.upper_limit_of_women, upper)
    lower = np.full(len(found.row), _or_nan(lab.lower_limit))
    values = LabValues(found.row, found.day, done.values, _limit(found.low, scale, lower), _limit(found.high, scale, upper))
    return values.take(np.isfinite(done.values)), ValueCount(lab.name, len(found.value), done.not_convertible, done.out_of_bounds)


def _or_nan(limit: float | None) -> float:
    return np.nan if limit is None else limit


def _factors(lab: LabOutcome, found: Records, code_sets: tuple[CodeSet, ...]) -> dict[int, float]:
    if lab.unit is None:
        return dict.fromkeys(np.unique(found.unit).tolist(), 1.0)
    analyte = analyte_of_set(code for codes in code_sets if codes.name in lab.sets for code in codes.codes)
    return factors_to(analyte, lab.unit)


def _limit(recorded: Floats | None, scale: Floats, otherwise: Floats) -> Floats:
    """The recorded limit in the outcome's unit where there is one above 0."""
    given = np.full(len(scale), np.nan) if recorded is None else recorded * scale
    return np.where(given > 0, given, otherwise)


def _once(found: Records) -> Records:
    """Sorted by row, day, record id, and rows that are equal in all but the set counted once."""
    keys = (found.row, found.day, found.record, found.concept, found.value, found.unit)
    order = np.lexsort(keys[::-1])
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    return found.take(order[new])
