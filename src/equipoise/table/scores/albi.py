"""The albumin-bilirubin grade (ALBI)."""

from __future__ import annotations

import numpy as np

from equipoise.table.arrow import Floats, Ints
from equipoise.table.scores.rounding import above_zero

UMOL_L_PER_MG_DL = 17.104
G_L_PER_G_DL = 10.0
GRADE_1, GRADE_2 = -2.60, -1.39
"""Highest ALBI of grade 1 and of grade 2."""
GRADE_2A = -2.27
"""From here on grade 2 is 2b."""
MODIFIED_GRADES = ("1", "2a", "2b", "3")


def albi(albumin: Floats, bilirubin: Floats) -> Floats:
    """0.66 log10(bilirubin, umol/L) - 0.085 (albumin, g/L); the higher, the worse.

    albumin: (n,) g/dL. bilirubin: (n,) mg/dL. NaN where either is missing or not above 0. Unbounded; most people lie in [-3.5, 0].
    Source: Johnson et al., J Clin Oncol 2015; 33: 550.

    Misleads when albumin or bilirubin move for other reasons than the liver: infusions, kidneys, haemolysis, bile ducts, nutrition.
    """
    bilirubin_si, albumin_si = above_zero(bilirubin) * UMOL_L_PER_MG_DL, above_zero(albumin) * G_L_PER_G_DL
    return np.asarray(0.66 * np.log10(bilirubin_si) - 0.085 * albumin_si)


def albi_grade(score: Floats) -> Floats:
    """(n,) 1 up to -2.60, 2 up to -1.39, 3 above; NaN where the score is. Source: as `albi`.

    Misleads when read as a scale of equal steps: most people treated for the liver lie in grade 2.
    """
    grade = 1.0 + (score > GRADE_1) + (score > GRADE_2)
    return np.where(np.isfinite(score), grade, np.nan)


def modified_albi_grade(score: Floats) -> Ints:
    """(n,) place in `MODIFIED_GRADES`, -1 where the score is NaN: grade 2 is 2a below -2.27 and 2b from there on.

    Source: Hiraoka et al., Liver Cancer 2017; 6: 325 (the cut was found in hepatocellular carcinoma).

    Misleads when used for livers without cirrhosis as if the cut had been found in them.
    """
    grade = (score > GRADE_1).astype(np.int64) + (score >= GRADE_2A) + (score > GRADE_2)
    return np.where(np.isfinite(score), grade, -1)
