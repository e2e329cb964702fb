"""Indices of liver fibrosis from routine blood tests: FIB-4 and APRI."""

from __future__ import annotations

import numpy as np

from equipoise.table.arrow import Floats
from equipoise.table.scores.rounding import above_zero


def fib_4(age: Floats, ast: Floats, alt: Floats, platelets: Floats) -> Floats:
    """age x AST / (platelets x sqrt(ALT)).

    age: (n,) years. ast, alt: (n,) U/L. platelets: (n,) 10^9/L. Unbounded above 0; NaN where any is missing or not above 0.
    Source: Sterling et al., Hepatology 2006; 43: 1317 (cuts there 1.45 and 3.25).

    Misleads when transaminases or platelets move with tumour, treatment or marrow rather than fibrosis, below 35 and above 65 years.
    """
    return np.asarray(above_zero(age) * above_zero(ast) / (above_zero(platelets) * np.sqrt(above_zero(alt))))


def apri(ast: Floats, ast_upper_limit: Floats | float, platelets: Floats) -> Floats:
    """100 (AST / its upper limit of normal) / platelets.

    ast and its limit: (n,) U/L. platelets: (n,) 10^9/L. Unbounded above 0; NaN where any is missing or not above 0.
    Source: Wai et al., Hepatology 2003; 38: 518 (cuts there 0.5 and 1.5).

    Misleads as `fib_4` does; and laboratories' upper limits differ.
    """
    return np.asarray(100 * fold_of_limit(ast, ast_upper_limit) / above_zero(platelets))


def fold_of_limit(value: Floats, limit: Floats | float) -> Floats:
    """value / limit of normal, in the same unit; NaN where either is missing or the limit is not above 0.

    Misleads when limits differ between laboratories for reasons of method: a fold of 3 in one need not be one in the other.
    """
    return np.asarray(np.asarray(value, dtype=np.float64) / above_zero(np.asarray(limit, dtype=np.float64)))
