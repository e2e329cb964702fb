"""Laboratory values: the ones that drive treatment and survival, noisier ones farther from the index, and the course after treatment.

Kinetics: the assumptions of the flagship protocol's calibration table. After TACE the transaminases rise about fivefold within
three days and halve their excess every three days; after TARE they rise to about 1.6 times in weeks 2-6; bilirubin rises early
after TACE and late after TARE, with a few severe rises.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.simulate.baseline import UMOL_PER_MG, Bools, Floats, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.facts import Recorder, between
from equipoise.simulate.plan import Habits

Values = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Analyte:
    """A LOINC code, the usual unit (UCUM), median and spread of the logarithm before treatment, and decimals reported."""

    loinc: str
    unit: str
    median: float
    spread: float
    decimals: int


ANALYTES = {
    "alt": Analyte("1742-6", "U/L", 28.0, 0.65, 0),
    "ast": Analyte("1920-8", "U/L", 36.0, 0.60, 0),
    "alp": Analyte("6768-6", "U/L", 115.0, 0.55, 0),
    "bilirubin": Analyte("1975-2", "mg/dL", 0.6, 0.50, 1),
    "albumin": Analyte("1751-7", "g/dL", 3.9, 0.10, 1),
    "inr": Analyte("6301-6", "{ratio}", 1.05, 0.07, 2),
    "platelets": Analyte("777-3", "10*3/uL", 205.0, 0.40, 0),
    "creatinine": Analyte("2160-0", "mg/dL", 0.80, 0.25, 2),
}

POST_DAYS = (
    (1, 0.05, 0.6),
    (3, 0.1, 0.5),
    (7, 0.15, 0.3),
    (14, 0.35, 0.35),
    (28, 0.5, 0.5),
    (45, 0.6, 0.6),
    (75, 0.3, 0.3),
    (120, 0.5, 0.5),
)
"""Day of a draw after treatment, and the share who have it after TARE and after TACE."""


def record_labs(rng: np.random.Generator, book: Recorder, habits: Habits) -> None:
    """All laboratory values of the block."""
    n = len(book.course)
    everyone = np.ones(n, np.bool_)
    nearest = _nearest(rng, book)
    _panel(book, habits, everyone, -between(rng, 0, 20, n), nearest, exact=True)
    _panel(book, habits, rng.random(n) < 0.6, -between(rng, 25, 44, n), _noisy(rng, nearest))
    _panel(book, habits, rng.random(n) < 0.4, -between(rng, 100, 200, n), _noisy(rng, nearest))
    base = _filled(rng, nearest)
    course = _Course.draw(rng, n)
    for day, after_tare, after_tace in POST_DAYS:
        drawn = rng.random(n) < np.where(book.course.tare, after_tare, after_tace)
        days = np.maximum(day + (between(rng, -3, 3, n) if day > 10 else np.zeros(n, np.int64)), 1)
        _panel(book, habits, drawn, days, _noisy(rng, _treated(base, days, book, course), 0.06))


def _nearest(rng: np.random.Generator, book: Recorder) -> Values:
    """The values nearest to the index; bilirubin and albumin are those of the baseline, missing where these are missing."""
    n, shared = len(book.course), rng.standard_normal(len(book.course))
    values = {name: a.median * np.exp(a.spread * (0.7 * shared + 0.714 * rng.standard_normal(n))) for name, a in ANALYTES.items()}
    values["bilirubin"], values["albumin"] = book.course.patients.bilirubin, book.course.patients.albumin
    return values


def _filled(rng: np.random.Generator, nearest: Values) -> Values:
    """What a value would have been, for those in whom it was not measured."""
    n = len(nearest["alt"])
    typical = {name: ANALYTES[name].median * np.exp(ANALYTES[name].spread * rng.standard_normal(n)) for name in ("bilirubin", "albumin")}
    return nearest | {name: np.where(np.isnan(nearest[name]), typical[name], nearest[name]) for name in typical}


def _noisy(rng: np.random.Generator, values: Values, spread: float = 0.15) -> Values:
    small = {"albumin", "inr"}
    return {
        name: value * np.exp((spread / 3 if name in small else spread) * rng.standard_normal(len(value))) for name, value in values.items()
    }


@dataclass(frozen=True, slots=True)
class _Course:
    """How strongly a patient reacts: fold rise of transaminases, early and late bilirubin rise in mg/dL, fall of albumin in g/dL."""

    peak: Floats
    plateau: Floats
    early: Floats
    late: Floats
    fall: Floats

    @classmethod
    def draw(cls, rng: np.random.Generator, n: int) -> _Course:
        severe = rng.random(n) < 0.06
        return cls(
            4.0 * np.exp(0.5 * rng.standard_normal(n)),
            0.6 * np.exp(0.5 * rng.standard_normal(n)),
            0.4 * np.exp(0.6 * rng.standard_normal(n)),
            np.where(severe, rng.uniform(2.5, 6.0, n), 0.2 * np.exp(0.6 * rng.standard_normal(n))),
            np.clip(rng.normal(0.3, 0.2, n), 0.0, 1.2),
        )


def _treated(base: Values, day: Ints, book: Recorder, course: _Course) -> Values:
    """The values on days after treatment."""
    tare = book.course.tare
    excess = np.where(tare, course.plateau * _plateau(day), course.peak * np.where(day < 2, 0.8, 2.0 ** (-(day - 2) / 3.0)))
    bilirubin = np.where(tare, course.late * _hump(day, 42.0, 20.0), course.early * np.exp(-np.abs(day - 3.0) / 5.0))
    fall = course.fall * np.where(tare, _hump(day, 42.0, 25.0), _hump(day, 7.0, 8.0))
    return base | {
        "alt": base["alt"] * (1 + excess),
        "ast": base["ast"] * (1 + excess),
        "alp": base["alp"] * (1 + np.where(tare, 0.4, 0.15) * _hump(day, 42.0, 20.0)),
        "bilirubin": base["bilirubin"] + bilirubin,
        "albumin": np.maximum(base["albumin"] - fall, 1.2),
        "platelets": base["platelets"] * (1 - 0.12 * _hump(day, 21.0, 20.0)),
    }


def _plateau(day: Ints) -> Floats:
    """Rises to 1 by day 14, stays until day 42, and is back at 0 by day 56."""
    return np.asarray(np.clip(np.minimum(day / 14.0, (56.0 - day) / 14.0), 0.0, 1.0))


def _hump(day: Ints, peak: float, width: float) -> Floats:
    return np.asarray(np.exp(-0.5 * ((day - peak) / width) ** 2))


def _panel(book: Recorder, habits: Habits, who: Bools, day: Ints, values: Values, *, exact: bool = False) -> None:
    """One draw of all analytes. exact: bilirubin and albumin as the hospital reported them at baseline, to the last digit."""
    patients = book.course.patients
    kept = {"bilirubin": patients.hospital_bilirubin, "albumin": patients.hospital_albumin} if exact else {}
    for name, analyte in ANALYTES.items():
        unit, factor, decimals = _reported(name, analyte, habits)
        value = kept.get(name)
        floor = 10.0**-decimals
        reported = np.maximum(np.round(values[name] * factor, decimals), floor) if value is None else value
        book.add_lab(who, day, codebook().at("LOINC", analyte.loinc), codebook().at("UCUM", unit), reported)


def _reported(name: str, analyte: Analyte, habits: Habits) -> tuple[str, float, int]:
    """Unit, factor from the usual unit, and decimals at this hospital."""
    if (name == "bilirubin" and habits.bilirubin_umol) or (name == "creatinine" and habits.creatinine_umol):
        return "umol/L", UMOL_PER_MG[name], 0
    if name == "albumin" and habits.albumin_g_per_l:
        return "g/L", 10.0, 0
    if analyte.unit == "U/L" and habits.enzymes_iu:
        return "[iU]/L", 1.0, 0
    return analyte.unit, 1.0, analyte.decimals
