"""The linear algebra that hubs of regression models share: which columns carry information, and steps and variances in those."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from equipoise.estimators.data import Floats

REDUNDANT_SHARE = 1e-11
"""A column is redundant when the columns before it explain all but this share of its sum of squares, or all that rounding leaves."""
EPS = float(np.finfo(np.float64).eps)


def redundant_columns(information: Floats, roundings: float = 8.0) -> tuple[int, ...]:
    """Columns that are zero, or linear combinations of columns before them, in the metric of `information` (p, p), symmetric.

    Cholesky's method column by column. What is left of a column is compared with its rounding error, which grows with the square of the
    coefficients that make it out of the others: columns far from 0 (such as calendar years) should be centred to keep that small.
    roundings: by how many units in the last place such a product may be off; more where the information is a difference of large sums.
    """
    scale = np.sqrt(np.diag(information))
    gram = information / np.outer(*[np.where(scale > 0, scale, 1.0)] * 2)
    kept: list[int] = []
    redundant: list[int] = []
    factor = np.zeros_like(gram)
    for j in range(len(scale)):
        lower = factor[np.ix_(kept, kept)]
        row = solve_triangular(lower, gram[kept, j], lower=True) if kept else np.zeros(0)
        made_of = solve_triangular(lower.T, row, lower=False) if kept else row
        left = gram[j, j] - row @ row
        if scale[j] == 0 or left <= max(REDUNDANT_SHARE, roundings * EPS * (1 + np.abs(made_of).sum()) ** 2):
            redundant.append(j)
            continue
        factor[j, kept], factor[j, j] = row, np.sqrt(left)
        kept.append(j)
    return tuple(redundant)


def path_taken(values: Sequence[float], of: str = "log-likelihood") -> str:
    """The way of a fit that did not settle, in words: its criterion round by round, the middle of a long way left out."""
    shown = [f"{value:.10g}" for value in values]
    if len(shown) > 8:
        shown = [*shown[:4], "...", *shown[-4:]]
    return f"the {of} went " + ", ".join(shown) if shown else "no step was taken"


def kept_columns(p: int, dropped: tuple[int, ...]) -> NDArray[np.bool_]:
    """A mask (p,) of the columns that stay in the model."""
    kept = np.ones(p, dtype=bool)
    kept[list(dropped)] = False
    return kept


def newton_step(gradient: Floats, information: Floats, dropped: tuple[int, ...] = ()) -> Floats:
    """The step (p,) that solves information @ step = gradient among the kept columns; 0 for the dropped. Columns are scaled first.

    Raises numpy.linalg.LinAlgError when the information is not positive definite.
    """
    kept = kept_columns(len(gradient), dropped)
    step = np.zeros(len(gradient))
    inner = information[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(inner))
    if not np.all(scale > 0):
        raise np.linalg.LinAlgError("information is not positive definite")
    factor = cho_factor(inner / np.outer(scale, scale), lower=True)
    step[kept] = cho_solve(factor, gradient[kept] / scale) / scale
    return step


def inverse(information: Floats, dropped: tuple[int, ...] = ()) -> Floats:
    """The variance matrix (p, p): the inverse among the kept columns, NaN for the dropped."""
    p = len(information)
    kept = kept_columns(p, dropped)
    result = np.full((p, p), np.nan)
    inner = information[np.ix_(kept, kept)]
    scale = np.sqrt(np.diag(inner))
    if not np.all(scale > 0):
        raise np.linalg.LinAlgError("information is not positive definite")
    outer = np.outer(scale, scale)
    half = cho_solve(cho_factor(inner / outer, lower=True), np.eye(len(scale)))
    result[np.ix_(kept, kept)] = (half + half.T) / 2 / outer
    return result
