"""The units in which CTCAE v5.0 states absolute bounds of laboratory grades, and in which scores take their values."""

from __future__ import annotations

from typing import get_args

from equipoise.omop.units import conversion_factor, unit_named
from equipoise.study.model import CtcaeAnalyte, ScoreName, ScoreRole

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


SCORES: dict[ScoreName, tuple[ScoreRole, ...]] = {
    "ALBI": ("albumin", "bilirubin"),
    "MELD": ("creatinine", "bilirubin", "inr"),
    "MELD-Na": ("creatinine", "bilirubin", "inr", "sodium"),
    "MELD 3.0": ("creatinine", "bilirubin", "inr", "sodium", "albumin"),
    "FIB-4": ("ast", "alt", "platelets"),
    "APRI": ("ast", "platelets"),
    "Child-Pugh": ("bilirubin", "albumin", "inr"),
    "Hy's law": ("alt", "ast", "bilirubin", "alp"),
}
"""What each score is made of. Hy's law is a flag: 1 or 0."""
SCORE_UNITS: dict[ScoreRole, str | None] = {
    "albumin": "g/dL",
    "bilirubin": "mg/dL",
    "inr": None,
    "creatinine": "mg/dL",
    "sodium": "mmol/L",
    "platelets": "10^9/L",
    "ast": "U/L",
    "alt": "U/L",
    "alp": "U/L",
}
_FOLDS: frozenset[tuple[ScoreName, ScoreRole]] = frozenset({("APRI", "ast"), *(("Hy's law", role) for role in SCORES["Hy's law"])})


def takes_fold(score: ScoreName, role: ScoreRole) -> bool:
    """Whether the score takes a value's fold of its upper limit of normal, whatever the unit."""
    return (score, role) in _FOLDS


def score_factor(score: ScoreName, role: ScoreRole, unit: str | None) -> float | None:
    """What a value in `unit` is multiplied by for the score; None when it cannot be."""
    wanted, given = SCORE_UNITS[role], unit_named(unit or "")
    if wanted is None or takes_fold(score, role):
        return 1.0
    return None if given is None else conversion_factor(role, given.concept_ids[0], wanted)
