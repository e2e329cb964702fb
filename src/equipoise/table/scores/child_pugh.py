"""Child-Pugh points and class."""

from __future__ import annotations

import numpy as np

from equipoise.table.arrow import Floats, Ints

CLASSES = ("A", "B", "C")


def child_pugh(bilirubin: Floats, albumin: Floats, inr: Floats, ascites: Ints, encephalopathy: Ints) -> Floats:
    """Points, 5 to 15; NaN where one of the three laboratory values is missing.

    bilirubin: (n,) mg/dL, below 2, 2 to 3, above 3. albumin: (n,) g/dL, above 3.5, 2.8 to 3.5, below 2.8. inr: (n,) below 1.7, 1.7 to
    2.3, above 2.3; each 1, 2, 3 points. ascites, encephalopathy: (n,) 0 none, 1 mild or controlled (grade 1-2), 2 severe (grade 3-4);
    1, 2, 3 points. Source: Pugh et al., Br J Surg 1973; 60: 646, with INR for the prothrombin time.

    Misleads when ascites or encephalopathy are read from codes alone: no code counts as none, and records seldom grade them.
    """
    labs = _points(bilirubin, 2.0, 3.0) + _points(-albumin, -3.5, -2.8) + _points(inr, 1.7, 2.3)
    signs = 2.0 + np.clip(ascites, 0, 2) + np.clip(encephalopathy, 0, 2)
    return np.asarray(labs + signs)


def _points(value: Floats, middle: float, worst: float) -> Floats:
    """1 below `middle`, 2 up to `worst`, 3 above; NaN where missing."""
    return np.where(np.isfinite(value), 1.0 + (value >= middle) + (value > worst), np.nan)


def child_pugh_class(points: Floats) -> Ints:
    """(n,) place in `CLASSES`: A 5-6, B 7-9, C 10-15; -1 where the points are NaN. Source and misleads when: as `child_pugh`."""
    return np.where(np.isfinite(points), (points >= 7).astype(np.int64) + (points >= 10), -1)
