"""The linear algebra that hubs of regression models share: which columns carry information, and steps and variances in those."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from equipoise.estimators.data import Floats

REDUNDANT_SHARE = 1e-11
"""A column is redundant when the columns before it explain all but this share of its sum of squares."""


def redundant_columns(information: Floats) -> tuple[int, ...]:
    """Columns that are zero, or linear combinations of columns before them, in the metric of `information` (p, p), symmetric."""
    scale = np.sqrt(np.diag(information))
    safe = np.where(scale > 0, scale, 1.0)
    gram = information / np.outer(safe, safe)
    factor = np.zeros_like(gram)
    redundant: list[int] = []
    for j in range(len(scale)):
        row = factor[j, :j]
        left = gram[j, j] - row @ row
        if scale[j] == 0 or left <= REDUNDANT_SHARE:
            redundant.append(j)
            continue
        factor[j, j] = np.sqrt(left)
        factor[j + 1 :, j] = (gram[j + 1 :, j] - factor[j + 1 :, :j] @ row) / factor[j, j]
    return tuple(redundant)


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
