"""What is fixed for the whole network before any patient is drawn: sizes of hospitals, their preference, capture of deaths and habits."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIZE_SIGMA = 1.2
PREFERENCE_SD = 0.5
TYPICAL_LOG_ODDS = math.log(334 / 84)
CAPTURE_MEAN, CAPTURE_SD = 0.70, 0.12
BLOCK = 8192
"""Patients drawn at a time; what bounds memory."""
EXTRA_SHARE = 0.35
"""Further persons, as a share of the study patients, who fail one criterion each."""

Progress = Callable[[str, int, int], None]
"""Called with a stage, how many hospitals are done, and how many there are."""

PLAN_STREAM, BASELINE_STREAM, OUTCOME_STREAM, RECORD_STREAM, TRUTH_STREAM, COMPLICATION_STREAM, IRREGULAR_STREAM = range(7)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a hospital codes. Shares are probabilities in [0, 1]."""

    tare_code: str
    """`79445`, `C2616`, `S2095` or `DF10BYZ`."""
    tace_code: str
    """`96420`, `96422` or `3E05305`."""
    j_codes: float
    """Share of infusions recorded as HCPCS codes; the rest are RxNorm records."""
    condition_concept: str
    """`standard`: mapped; `source`: the ICD-10-CM concept itself; `no_source`: mapped, and the source concept left 0."""
    bilirubin_umol: bool
    creatinine_umol: bool
    albumin_g_per_l: bool
    enzymes_iu: bool
    death_by_month: bool
    end_dates_missing: float
    duplicates: float
    missing_labs: float


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital: `number` counts from 0; `size` study patients and `extra` further persons."""

    number: int
    name: str
    size: int
    extra: int
    preference: float
    """Added to the log odds of TARE."""
    capture: float
    """Probability that a death is recorded."""
    habits: Habits

    def blocks(self) -> list[tuple[int, int]]:
        """(study patients, further persons) of each block; their sums are `size` and `extra`."""
        count = max(1, -(-self.size // BLOCK))
        study = np.diff(np.linspace(0, self.size, count + 1).round().astype(int))
        extra = np.diff(np.linspace(0, self.extra, count + 1).round().astype(int))
        return [(int(a), int(b)) for a, b in zip(study, extra, strict=True)]


def stream(seed: int, kind: int, hospital: int = 0, block: int = 0) -> np.random.Generator:
    """An independent random stream for one purpose at one place."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, kind, hospital, block])))


def plan_network(hospitals: int, patients: int, seed: int) -> tuple[Hospital, ...]:
    """Draw the hospitals. Sizes are log-normal and add up to `patients`; each hospital has a patient where there are enough."""
    rng = stream(seed, PLAN_STREAM)
    weight = np.exp(rng.normal(0.0, SIZE_SIGMA, hospitals))
    sizes = _shares(weight, patients)
    preference = rng.normal(0.0, PREFERENCE_SD, hospitals)
    capture = _capture(rng, sizes.astype(np.float64), preference)
    extras = _shares(sizes + 1e-9 * weight, round(EXTRA_SHARE * patients), least=0)
    width = max(2, len(str(hospitals)))
    return tuple(
        Hospital(
            i,
            f"H{i + 1:0{width}d}",
            int(sizes[i]),
            int(extras[i]),
            float(preference[i]),
            float(capture[i]),
            _habits(stream(seed, PLAN_STREAM, i + 1)),
        )
        for i in range(hospitals)
    )


def _shares(weight: Floats, total: int, least: int = 1) -> NDArray[np.int64]:
    """Whole numbers in proportion to the weights that add up to `total`, by largest remainders."""
    base = np.full(len(weight), least if total >= least * len(weight) else 0)
    ideal = weight / weight.sum() * (total - base.sum())
    whole = np.floor(ideal).astype(np.int64)
    rest = int(total - base.sum() - whole.sum())
    whole[np.argsort(whole - ideal, kind="stable")[:rest]] += 1
    return np.asarray(whole + base)


def _capture(rng: np.random.Generator, sizes: Floats, preference: Floats) -> Floats:
    """Beta-distributed capture of deaths, with its mean over patients, uncorrelated with the share of TARE that the preference brings.

    With few large hospitals, a chance correlation of the two would confound the comparison between hospitals: it is taken out.
    """
    concentration = CAPTURE_MEAN * (1 - CAPTURE_MEAN) / CAPTURE_SD**2 - 1
    drawn = rng.beta(CAPTURE_MEAN * concentration, (1 - CAPTURE_MEAN) * concentration, len(sizes))
    weight = sizes / sizes.sum()
    share = 1 / (1 + np.exp(-(TYPICAL_LOG_ODDS + preference)))
    centred = share - weight @ share
    spread = float(weight @ centred**2)
    orders = [drawn[rng.permutation(len(drawn))] for _ in range(200)]
    best = min(orders, key=lambda order: abs(float((weight * centred) @ order)))
    slope = float((weight * centred) @ best) / spread if spread > 0 else 0.0
    level = CAPTURE_MEAN - float(weight @ best)
    return np.asarray(np.clip(best + level - slope * centred, 0.30, 0.97))


def _habits(rng: np.random.Generator) -> Habits:
    return Habits(
        tare_code=str(rng.choice(["79445", "C2616", "S2095", "DF10BYZ"], p=[0.55, 0.27, 0.10, 0.08])),
        tace_code=str(rng.choice(["96420", "96422", "3E05305"], p=[0.75, 0.17, 0.08])),
        j_codes=float(rng.choice([1.0, 0.6, 0.0], p=[0.5, 0.3, 0.2])),
        condition_concept=str(rng.choice(["standard", "source", "no_source"], p=[0.75, 0.15, 0.10])),
        bilirubin_umol=bool(rng.random() < 0.12),
        creatinine_umol=bool(rng.random() < 0.12),
        albumin_g_per_l=bool(rng.random() < 0.15),
        enzymes_iu=bool(rng.random() < 0.3),
        death_by_month=bool(rng.random() < 0.25),
        end_dates_missing=float(rng.choice([0.0, 0.3, 1.0], p=[0.4, 0.4, 0.2])),
        duplicates=float(rng.choice([0.0, 0.01, 0.04], p=[0.5, 0.3, 0.2])),
        missing_labs=float(rng.beta(6.0, 34.0)),
    )
