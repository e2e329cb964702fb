"""A logistic loss over sparse columns: what a lasso asks of the rows. Letters: n people, p columns, k columns at work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from equipoise.estimators.data import Floats, Ints


@dataclass(frozen=True)
class SparseRows:
    """x: (n, p) compressed by columns, float64. y: (n,) 0 or 1. weight: (n,) >= 0, sum 1. offset: (n,)."""

    x: sparse.csc_array
    y: Floats
    weight: Floats
    offset: Floats

    def at(self, intercept: float, columns: Ints, b: Floats) -> Floats:
        """(n,) linear predictor of a model with these columns (k,) and coefficients (k,)."""
        return np.asarray(self.offset + intercept + self.x[:, columns] @ b)

    def slopes(self, eta: Floats) -> Floats:
        """(p,) slope of the loss along every column, at linear predictors eta (n,)."""
        return np.asarray(self.x.T @ (self.weight * (expit(eta) - self.y)))

    def loss(self, eta: Floats) -> float:
        """At linear predictors eta (n,)."""
        return float(self.weight @ (log_one_plus_exp(eta) - self.y * eta))

    def spread(self, eta: Floats) -> Floats:
        """(n,) second derivative by each person's linear predictor."""
        mu = expit(eta)
        return np.asarray(self.weight * mu * (1 - mu))


class Part:
    """The loss along an intercept and some columns; it remembers the last point, so that value and slope share the linear predictor."""

    def __init__(self, rows: SparseRows, columns: Ints) -> None:
        self._rows, self._x = rows, rows.x[:, columns]
        self._b: Floats | None = None
        self._eta = rows.offset

    def eta(self, b: Floats) -> Floats:
        """(n,) linear predictor at coefficients b (1 + k,), the intercept first."""
        if self._b is None or not np.array_equal(b, self._b):
            self._b, self._eta = b.copy(), self._rows.offset + b[0] + self._x @ b[1:]
        return self._eta

    def value(self, b: Floats) -> float:
        """The loss."""
        return self._rows.loss(self.eta(b))

    def slope(self, b: Floats) -> Floats:
        """(1 + k,) its slope."""
        residual = self._rows.weight * (expit(self.eta(b)) - self._rows.y)
        return np.concatenate(([residual.sum()], self._x.T @ residual))


@dataclass(frozen=True, slots=True)
class Curvature:
    """The second derivative (1 + k, 1 + k) of the loss along an intercept and columns (k,), at the point where `spread` (n,) was taken.

    Kept from one set of columns to the next: only products with new columns are made.
    """

    rows: SparseRows
    spread: Floats
    columns: Ints
    matrix: Floats

    def along(self, columns: Ints) -> Curvature:
        """The same along other columns, ascending."""
        kept = np.isin(columns, self.columns, assume_unique=True)
        old, new = np.flatnonzero(kept), np.flatnonzero(~kept)
        matrix = np.empty((1 + columns.size, 1 + columns.size))
        place = np.concatenate(([0], 1 + np.searchsorted(self.columns, columns[old])))
        matrix[np.ix_(np.concatenate(([0], 1 + old)), np.concatenate(([0], 1 + old)))] = self.matrix[np.ix_(place, place)]
        if new.size:
            added = self.rows.x[:, columns[new]]
            weighted = sparse.csc_array((added.data * self.spread[added.indices], added.indices, added.indptr), shape=added.shape)
            cross = np.empty((1 + columns.size, new.size))
            cross[0] = weighted.sum(axis=0)
            cross[1:] = (weighted.T @ self.rows.x[:, columns]).toarray().T
            matrix[:, 1 + new] = cross
            matrix[1 + new, :] = cross.T
        return Curvature(self.rows, self.spread, columns, matrix)


def curvature_at(rows: SparseRows, eta: Floats, columns: Ints) -> Curvature:
    """Of the loss at linear predictors eta (n,), along columns (k,)."""
    spread = rows.spread(eta)
    none = np.zeros(0, dtype=np.int64)
    return Curvature(rows, spread, none, np.array([[float(spread.sum())]])).along(columns)


def expit(eta: Floats) -> Floats:
    """The probability of a log odds; without a branch, so that it is fast; 0 or 1 beyond +-700."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(eta, -700.0, 700.0))))


def log_one_plus_exp(eta: Floats) -> Floats:
    """log(1 + e^eta) without overflow."""
    return np.asarray(np.maximum(eta, 0.0) + np.log1p(np.exp(-np.abs(eta))))
