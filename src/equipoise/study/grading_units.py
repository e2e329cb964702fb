"""The units in which CTCAE v5.0 states absolute bounds of laboratory grades."""

from __future__ import annotations

from typing import get_args

from equipoise.omop.units import conversion_factor, unit_named
from equipoise.study.model import CtcaeAnalyte

CTCAE_ANALYTES: tuple[str, ...] = get_args(CtcaeAnalyte)
CTCAE_UNITS: dict[str, str] = {"ALBUMIN": "g/dL", "HGB": "g/dL", **dict.fromkeys(("PLT", "ANC", "WBC", "LYMPH"), "10^9/L")}
"""Analytes not listed are graded by multiples, or by a ratio that has no unit (INR)."""
_MEASURED = {"HGB": "haemoglobin"}


def grading_factor(analyte: str, unit: str | None) -> float | None:
    """What a value in `unit` is multiplied by to be compared with the bounds; None when it cannot be."""
    wanted, given = CTCAE_UNITS.get(analyte), unit_named(unit or "")
    if wanted is None:
        return 1.0
    return None if given is None else conversion_factor(_MEASURED.get(analyte), given.concept_ids[0], wanted)
