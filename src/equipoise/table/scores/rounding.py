"""Rounding and bounds as clinical scores want them."""

from __future__ import annotations

import numpy as np

from equipoise.table.arrow import Floats

TIDY = 1e-9
"""Binary dust below a half that must not turn a score: 14.499999999999998 is 14.5."""


def whole_points(score: Floats) -> Floats:
    """Rounded to the nearest whole number, halves up; NaN stays NaN."""
    return np.asarray(np.floor(score + 0.5 + TIDY))


def bounded(value: Floats, low: float, high: float = np.inf) -> Floats:
    """Moved to the nearer bound where outside [low, high]; NaN stays NaN."""
    return np.asarray(np.clip(np.asarray(value, dtype=np.float64), low, high))


def above_zero(value: Floats) -> Floats:
    """As float64; what is not above 0 cannot be a measurement of this kind and becomes NaN."""
    given = np.asarray(value, dtype=np.float64)
    return np.where(given > 0, given, np.nan)
