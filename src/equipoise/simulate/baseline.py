"""Patients as they stand on the index day: who they are, what their record says, and what makes the extra persons fail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernel.days import DAYS_PER_YEAR
from equipoise.simulate.plan import Habits

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STUDY = 0
FAILURES = (
    "primary liver cancer",
    "no prior line",
    "four prior lines",
    "index before the period",
    "index after the period",
    "under 18",
    "one breast cancer code",
    "liver metastasis outside the window",
    "neither arm's evidence",
)
"""Why an extra person is not a study patient; `Baseline.kind` is 1 + the position here."""
LIVER_CANCER, NO_LINE, FOUR_LINES, TOO_EARLY, TOO_LATE, UNDER_18, ONE_CODE, OLD_METASTASIS, BLAND = range(1, len(FAILURES) + 1)

FIRST_DAY = int(np.datetime64("2016-01-01").astype(np.int64))
LAST_DAY = int(np.datetime64("2024-07-31").astype(np.int64))
DATA_CUT = int(np.datetime64("2025-03-31").astype(np.int64))
EARLY = tuple(int(np.datetime64(day).astype(np.int64)) for day in ("2015-11-01", "2015-12-31"))
LATE = tuple(int(np.datetime64(day).astype(np.int64)) for day in ("2024-08-01", "2025-01-31"))

UMOL_PER_MG = {"bilirubin": 17.104, "creatinine": 88.42}


@dataclass(frozen=True, slots=True)
class Baseline:
    """Arrays of one length, one entry a person. Days count from 1970-01-01; laboratory values are exactly the recorded ones.

    subtype: 0 HR+, 1 HER2+, 2 TNBC. albumin: g/dL, bilirubin: mg/dL, NaN when not measured. hospital_bilirubin and
    hospital_albumin: the same in the hospital's own unit.
    """

    kind: NDArray[np.int8]
    birth_day: Ints
    index_day: Ints
    age: Ints
    year: Ints
    female: Bools
    race: NDArray[np.int8]
    hispanic: Bools
    subtype: NDArray[np.int8]
    bone: Bools
    lung: Bools
    brain: Bools
    lines: NDArray[np.int8]
    albumin: Floats
    bilirubin: Floats
    hospital_albumin: Floats
    hospital_bilirubin: Floats

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def extrahepatic(self) -> Bools:
        """Whether bone, lung or brain metastases are recorded."""
        return self.bone | self.lung | self.brain


def draw_baseline(rng: np.random.Generator, study: int, extra: int, habits: Habits) -> Baseline:
    """Draw `study` patients whom all criteria admit and, after them, `extra` persons who fail one criterion each."""
    n = study + extra
    kind = np.concatenate([np.zeros(study, np.int8), rng.integers(1, len(FAILURES) + 1, extra).astype(np.int8)])
    index_day = _index_days(rng, kind)
    birth_day = index_day - np.floor(_ages(rng, kind) * DAYS_PER_YEAR).astype(np.int64)
    bone, lung, brain = _metastases(rng, n)
    albumin, bilirubin, own_albumin, own_bilirubin = _labs(rng, n, habits)
    lines = rng.choice(np.array([1, 2, 3], np.int8), n, p=[0.40, 0.35, 0.25])
    lines = np.where(kind == NO_LINE, 0, np.where(kind == FOUR_LINES, 4, lines)).astype(np.int8)
    subtype = rng.choice(np.array([0, 1, 2], np.int8), n, p=[0.50, 0.32, 0.18])
    return Baseline(
        kind=kind,
        birth_day=birth_day,
        index_day=index_day,
        age=whole_years(birth_day, index_day),
        year=years_of(index_day),
        female=rng.random(n) < 0.99,
        race=rng.choice(np.arange(4, dtype=np.int8), n, p=[0.70, 0.15, 0.07, 0.08]),
        hispanic=rng.random(n) < 0.11,
        subtype=subtype,
        bone=bone,
        lung=lung,
        brain=brain,
        lines=lines,
        albumin=albumin,
        bilirubin=bilirubin,
        hospital_albumin=own_albumin,
        hospital_bilirubin=own_bilirubin,
    )


def _index_days(rng: np.random.Generator, kind: NDArray[np.int8]) -> Ints:
    low = np.select([kind == TOO_EARLY, kind == TOO_LATE], [EARLY[0], LATE[0]], FIRST_DAY)
    high = np.select([kind == TOO_EARLY, kind == TOO_LATE], [EARLY[1], LATE[1]], LAST_DAY)
    return rng.integers(low, high + 1)


def _ages(rng: np.random.Generator, kind: NDArray[np.int8]) -> Floats:
    """Normal with mean 57, SD 11, truncated to 25-89; 14 to 17.9 for those under 18."""
    age = rng.normal(57.0, 11.0, len(kind))
    while (outside := (age < 25) | (age >= 89)).any():
        age[outside] = rng.normal(57.0, 11.0, int(outside.sum()))
    young = rng.uniform(14.0, 17.9, len(kind))
    return np.where(kind == UNDER_18, young, age)


def _metastases(rng: np.random.Generator, n: int) -> tuple[Bools, Bools, Bools]:
    """Bone 50 %, lung 25 %, brain 8 %; any of them in about 65 %."""
    return rng.random(n) < 0.50, rng.random(n) < 0.25, rng.random(n) < 0.08


def _labs(rng: np.random.Generator, n: int, habits: Habits) -> tuple[Floats, Floats, Floats, Floats]:
    """Albumin and bilirubin, each missing at random; rounded as the hospital's laboratory reports them."""
    first, second = rng.standard_normal(n), rng.standard_normal(n)
    albumin = np.clip(3.9 + 0.45 * first, 1.5, 5.5)
    bilirubin = np.clip(0.6 * np.exp(0.5 * (-0.4 * first + np.sqrt(1 - 0.16) * second)), 0.1, 30.0)
    own_albumin = np.round(albumin * 10) if habits.albumin_g_per_l else np.round(albumin, 1)
    own_bilirubin = np.round(bilirubin * UMOL_PER_MG["bilirubin"]) if habits.bilirubin_umol else np.round(bilirubin, 1)
    own_albumin[rng.random(n) < habits.missing_labs] = np.nan
    own_bilirubin[rng.random(n) < habits.missing_labs] = np.nan
    recorded_albumin = own_albumin / 10 if habits.albumin_g_per_l else own_albumin
    recorded_bilirubin = own_bilirubin / UMOL_PER_MG["bilirubin"] if habits.bilirubin_umol else own_bilirubin
    return recorded_albumin, recorded_bilirubin, own_albumin, own_bilirubin


def years_of(day: Ints) -> Ints:
    """Calendar years of day counts."""
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def whole_years(birth_day: Ints, day: Ints) -> Ints:
    """Completed years from birth to a day."""
    return np.asarray(years_of(day) - years_of(birth_day) - (_day_in_year(day) < _day_in_year(birth_day)))


def _day_in_year(day: Ints) -> Ints:
    """Month and day as one number that orders days within any year."""
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    return np.asarray((month.astype(np.int64) % 12) * 31 + (date - month.astype("datetime64[D]")).astype(np.int64))
