"""Drug-induced liver injury of the kind that Hy's law warns of."""

from __future__ import annotations

import numpy as np

from equipoise.table.arrow import Bools, Floats

TRANSAMINASE, BILIRUBIN, ALKALINE_PHOSPHATASE = 3.0, 2.0, 2.0
"""Folds of the upper limit."""


def hys_law_type(alt: Floats, ast: Floats, bilirubin: Floats, alkaline_phosphatase: Floats) -> Floats:
    """1 where ALT or AST is at least 3, bilirubin at least 2 and alkaline phosphatase below 2 times its upper limit; 0 where not.

    All: (n,) folds of the upper limit, NaN where missing. The answer is NaN where a missing value could change it.
    Source: FDA guidance on premarketing evaluation of drug-induced liver injury, 2009.

    Misleads when another cause explains the values (metastases, bile ducts, sepsis): the law excludes them, laboratory values cannot.
    And when the values are of different days: bilirubin follows the transaminases.
    """
    raised, not_raised = (alt >= TRANSAMINASE) | (ast >= TRANSAMINASE), (alt < TRANSAMINASE) & (ast < TRANSAMINASE)
    yes = raised & (bilirubin >= BILIRUBIN) & (alkaline_phosphatase < ALKALINE_PHOSPHATASE)
    no = not_raised | (bilirubin < BILIRUBIN) | (alkaline_phosphatase >= ALKALINE_PHOSPHATASE)
    return _known(yes, no)


def _known(yes: Bools, no: Bools) -> Floats:
    return np.where(yes, 1.0, np.where(no, 0.0, np.nan))
