"""Working correlations within clusters: inverses in closed form and the equations of their parameter, without a loop over clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import NOT_CONVERGED
from equipoise.stats.design import codes

Correlation: TypeAlias = Literal["independence", "exchangeable", "ar1", "unstructured"]
NEGLIGIBLE = 1e-18
SINGULAR = 1e-9
"""Least eigenvalue that an unstructured correlation may have."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Rows put cluster by cluster. order: (n,) the rows' places; code: (n,) cluster of each; start: (n,) whether it is the first of its
    cluster; size: (clusters,)."""

    order: Ints
    code: Ints
    start: NDArray[np.bool_]
    size: Ints


def runs_of(cluster: ArrayLike, n: int) -> Runs:
    """Rows of a cluster together, in their given order. Raises EQ-EST-106."""
    label = codes(cluster, n)
    order = np.argsort(label, kind="stable").astype(np.int64)
    code = label[order]
    start = np.concatenate(([True], code[1:] != code[:-1]))
    return Runs(order, code, start, np.bincount(code).astype(np.int64))


def parameters(runs: Runs, corstr: Correlation) -> int:
    """How many parameters the correlation has; an unstructured one has a parameter for each pair of places in a cluster."""
    most = int(runs.size.max(initial=1))
    return {"independence": 0, "unstructured": most * (most - 1) // 2}.get(corstr, 1)


def cluster_sums(runs: Runs, rows: Floats) -> Floats:
    """(clusters, p) sums of rows (n, p)."""
    return np.add.reduceat(rows, np.flatnonzero(runs.start), axis=0)


def decorrelate(runs: Runs, rows: Floats, alpha: Floats, corstr: Correlation) -> Floats:
    """Rows (n, p) multiplied by the inverse of their cluster's working correlation. Raises EQ-EST-104 where it is not positive definite."""
    if corstr == "independence":
        return rows
    if corstr == "unstructured":
        return _by_size(runs, rows, matrix(alpha, int(runs.size.max())))
    a = float(alpha[0])
    if corstr == "exchangeable":
        spread = 1 + (runs.size - 1) * a
        if not (a < 1 and np.all(spread > 0)):
            raise NOT_CONVERGED.error(f"no cluster can have the exchangeable correlation {a:.4g}")
        share = (a / spread)[:, None] * cluster_sums(runs, rows)
        return (rows - share[runs.code]) / (1 - a)
    if not abs(a) < 1:
        raise NOT_CONVERGED.error(f"no cluster can have the ar1 correlation {a:.4g}")
    joined = ~runs.start[1:, None]
    found = rows * 1.0
    found[1:] += joined * (a * a * rows[1:] - a * rows[:-1])
    found[:-1] -= joined * a * rows[1:]
    last = np.append(runs.start[1:], True)
    ends = (last & ~runs.start)[:, None]
    return np.asarray((found - ends * a * a * rows + (runs.start & last)[:, None] * -a * a * rows) / (1 - a * a))


def matrix(alpha: Floats, most: int) -> Floats:
    """(k, k) the correlation of places 1 to k, from its pairs (1, 2), (1, 3), ..., (2, 3), ..."""
    upper = np.zeros((most, most))
    upper[np.triu_indices(most, 1)] = alpha
    return np.eye(most) + upper + upper.T


def _by_size(runs: Runs, rows: Floats, correlation: Floats) -> Floats:
    """Clusters of one size share their inverse."""
    found, first = np.empty_like(rows), np.cumsum(runs.size) - runs.size
    for size in np.unique(runs.size).tolist():
        part = correlation[:size, :size]
        if not np.linalg.eigvalsh(part)[0] > SINGULAR:
            raise NOT_CONVERGED.error("no cluster can have the unstructured correlation that its rows suggest")
        place = first[runs.size == size][:, None] + np.arange(size)
        found[place] = np.einsum("jk,mkp->mjp", np.linalg.inv(part), rows[place])
    return found


def alpha_step(runs: Runs, weight: Floats, residual: Floats, alpha: Floats, corstr: Correlation) -> Floats:
    """One Gauss-Newton step of the equation that sets products of standardised residuals (n,) of pairs to their correlation.

    A pair weighs the product of its weights. Zero when no cluster has two rows.
    """
    if corstr == "independence" or runs.size.max() < 2:
        return np.zeros_like(alpha)
    if corstr == "unstructured":
        return _mean_products(runs, weight, residual) - alpha
    if corstr == "exchangeable":
        sums = cluster_sums(runs, np.column_stack([weight * residual, (weight * residual) ** 2, weight, weight**2]))
        products, pairs = float((sums[:, 0] ** 2 - sums[:, 1]).sum()), float((sums[:, 2] ** 2 - sums[:, 3]).sum())
        return products / pairs - alpha
    return _ar1_step(runs, weight, residual, alpha)


def _mean_products(runs: Runs, weight: Floats, residual: Floats) -> Floats:
    """For each pair of places, the mean product of residuals over clusters that have both; 0 where none has."""
    most = int(runs.size.max())
    place = np.arange(runs.code.size) - (np.cumsum(runs.size) - runs.size)[runs.code]
    wide, weights = np.zeros((runs.size.size, most)), np.zeros((runs.size.size, most))
    wide[runs.code, place], weights[runs.code, place] = weight * residual, weight
    pairs = np.triu_indices(most, 1)
    products, counts = (wide.T @ wide)[pairs], (weights.T @ weights)[pairs]
    return np.divide(products, counts, out=np.zeros_like(products), where=counts > 0)


def _ar1_step(runs: Runs, weight: Floats, residual: Floats, alpha: Floats) -> Floats:
    """Lag by lag, until a lag's slope is negligible."""
    a, curve, slope_sum = float(alpha[0]), 0.0, 0.0
    for lag in range(1, int(runs.size.max())):
        slope = lag * a ** (lag - 1)
        if abs(slope) < NEGLIGIBLE:
            break
        same = runs.code[lag:] == runs.code[:-lag]
        pair = weight[lag:][same] * weight[:-lag][same]
        product = residual[lag:][same] * residual[:-lag][same]
        curve += slope**2 * float(pair.sum())
        slope_sum += slope * float(pair @ (product - a**lag))
    return np.array([slope_sum / curve])
