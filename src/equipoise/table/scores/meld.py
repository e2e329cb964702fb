"""Models for end-stage liver disease: MELD(i), MELD-Na, MELD 3.0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.table.arrow import Bools, Floats
from equipoise.table.scores.rounding import above_zero, bounded, whole_points

LOWEST, HIGHEST = 6.0, 40.0
CREATININE_CAP, CREATININE_CAP_3 = 4.0, 3.0
SODIUM = 125.0, 137.0
ALBUMIN_3 = 1.5, 3.5
SODIUM_COUNTS_ABOVE = 11.0


@dataclass(frozen=True, slots=True)
class MeldLabs:
    """(n,) each: creatinine and bilirubin mg/dL, INR, sodium mmol/L, albumin g/dL; NaN where missing."""

    creatinine: Floats
    bilirubin: Floats
    inr: Floats
    sodium: Floats
    albumin: Floats


def meld(creatinine: Floats, bilirubin: Floats, inr: Floats, dialysis: Bools | None = None) -> Floats:
    """MELD(i): 10 (0.957 ln creatinine + 0.378 ln bilirubin + 1.120 ln INR + 0.643), whole points in [6, 40].

    creatinine, bilirubin: (n,) mg/dL. inr: (n,). dialysis: (n,) twice in the week before, then creatinine counts 4.0. Values below 1
    count 1, creatinine at most 4.0. NaN where any is missing. Source: Kamath et al., Hepatology 2001; 33: 464, with OPTN's bounds.

    Misleads when INR is driven by warfarin, or creatinine by muscle: small people with bad kidneys score low.
    """
    creat = _creatinine(creatinine, dialysis, CREATININE_CAP)
    raw = 0.957 * np.log(creat) + 0.378 * np.log(_at_least_1(bilirubin)) + 1.120 * np.log(_at_least_1(inr)) + 0.643
    return bounded(whole_points(10 * raw), LOWEST, HIGHEST)


def meld_na(meld_points: Floats, sodium: Floats) -> Floats:
    """MELD + 1.32 (137 - Na) - 0.033 MELD (137 - Na) where MELD(i) is above 11, else MELD(i); whole points in [6, 40].

    meld_points: (n,) as `meld` gives them. sodium: (n,) mmol/L, counted in [125, 137]. NaN where either is missing.
    Source: OPTN policy of January 2016, after Kim et al., N Engl J Med 2008; 359: 1018.

    Misleads when sodium was lowered by fluids or drugs on the day of the draw.
    """
    low = SODIUM[1] - bounded(above_zero(sodium), *SODIUM)
    with_sodium = whole_points(meld_points + 1.32 * low - 0.033 * meld_points * low)
    score = np.where(meld_points > SODIUM_COUNTS_ABOVE, with_sodium, meld_points)
    return np.where(np.isfinite(low), bounded(score, LOWEST, HIGHEST), np.nan)


def meld_3(values: MeldLabs, female: Floats, dialysis: Bools | None = None) -> Floats:
    """MELD 3.0: 1.33 female + 4.56 ln bilirubin + 0.82 (137 - Na) - 0.24 (137 - Na) ln bilirubin + 9.09 ln INR + 11.14 ln creatinine
    + 1.85 (3.5 - albumin) - 1.83 (3.5 - albumin) ln creatinine + 6; whole points in [6, 40].

    female: (n,) 1 or 0. Bilirubin, INR and creatinine below 1 count 1; creatinine at most 3.0 (so on dialysis), albumin in [1.5, 3.5],
    sodium in [125, 137]. NaN where any is missing. Source: Kim et al., Gastroenterology 2021; 161: 1887.

    Misleads when compared with MELD(i) or MELD-Na: the three are not on one scale.
    """
    ln_creat = np.log(_creatinine(values.creatinine, dialysis, CREATININE_CAP_3))
    ln_bili = np.log(_at_least_1(values.bilirubin))
    low_sodium = SODIUM[1] - bounded(above_zero(values.sodium), *SODIUM)
    low_albumin = ALBUMIN_3[1] - bounded(above_zero(values.albumin), *ALBUMIN_3)
    score = 1.33 * np.asarray(female) + 4.56 * ln_bili + 0.82 * low_sodium - 0.24 * low_sodium * ln_bili
    score = score + 9.09 * np.log(_at_least_1(values.inr)) + 11.14 * ln_creat + 1.85 * low_albumin - 1.83 * low_albumin * ln_creat + 6
    return bounded(whole_points(score), LOWEST, HIGHEST)


def _at_least_1(value: Floats) -> Floats:
    return bounded(above_zero(value), 1.0)


def _creatinine(value: Floats, dialysis: Bools | None, cap: float) -> Floats:
    creat = bounded(above_zero(value), 1.0, cap)
    return creat if dialysis is None else np.where(dialysis, cap, creat)
