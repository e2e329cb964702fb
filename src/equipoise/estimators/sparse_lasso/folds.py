"""Which penalty predicts best: people dealt into folds, a path without each fold, the likelihood of those left out.

All folds walk down the penalties side by side, so that the walk ends once smaller penalties have stopped paying.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT, ONE_OUTCOME_ONLY
from equipoise.estimators.sparse_lasso.path import Lasso, Model
from equipoise.estimators.sparse_lasso.rows import SparseRows

PENALTIES, LEAST_RATIO = 30, 0.01
PATIENCE = 5
"""The walk ends when the best penalty lies this many behind."""


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """penalties: (m,) falling. deviance: (m,) mean deviance of a person left out; error: (m,) its standard error over folds.

    ended: whether the walk ended early because smaller penalties predicted worse.
    """

    penalties: Floats
    deviance: Floats
    error: Floats
    ended: bool

    @property
    def best(self) -> int:
        """The place of the penalty with the least deviance."""
        return int(np.argmin(self.deviance))

    @property
    def plainest(self) -> int:
        """The place of the largest penalty whose deviance is within a standard error of the least."""
        return int(np.argmax(self.deviance <= self.deviance[self.best] + self.error[self.best]))


def falling(entry: float) -> Floats:
    """Penalties (m,) to choose from: from the one at which the first column enters down to a hundredth of it."""
    return np.asarray(entry * np.geomspace(1.0, LEAST_RATIO, PENALTIES))


def deal(n: int, folds: int, *, seed: int = 1, person: Sequence[str] | NDArray[np.generic] | None = None) -> Ints:
    """The fold (n,) in [0, folds) of each row: by a keyed hash of the person, whatever the order of the rows, or by shuffled rows.

    Rows of the same person share a fold. Raises EQ-EST-106.
    """
    if not 2 <= folds <= n:
        raise BAD_ARGUMENT.error(f"the number of folds must lie between 2 and the number of people, {n}")
    if person is None:
        return np.random.default_rng(seed).permutation(n).astype(np.int64) % folds
    if len(person) != n:
        raise BAD_ARGUMENT.error(f"person must be a vector of {n} values")
    key = seed.to_bytes(8, "little", signed=True)
    digests = (blake2b(str(one).encode(), digest_size=8, key=key).digest() for one in person)
    return np.array([int.from_bytes(digest, "little") % folds for digest in digests], dtype=np.int64)


def cross_validate(lasso: Lasso, penalties: Floats, fold: Ints) -> CrossValidation:
    """The deviance of those left out along falling penalties (m,), walked as far as it pays. Raises EQ-EST-103, 104."""
    parts = [_without(lasso.rows, fold == one) for one in np.unique(fold)]
    walks = [Lasso(kept, lasso.factor).walk(penalties) for kept, _ in parts]
    table: list[list[float]] = []
    for models in zip(*walks, strict=True):
        table.append([_deviance(left_out, model) for (_, left_out), model in zip(parts, models, strict=True)])
        if len(table) - 1 - int(np.argmin(_means(table, parts))) >= PATIENCE:
            break
    deviance = np.array(table)
    share = _shares(parts)
    mean = deviance @ share
    error = np.sqrt((deviance - mean[:, None]) ** 2 @ share / (len(parts) - 1))
    return CrossValidation(penalties[: len(table)], mean, error, len(table) < len(penalties))


def _without(rows: SparseRows, left_out: NDArray[np.bool_]) -> tuple[SparseRows, SparseRows]:
    """The rows with no weight on those left out, and with weight on them alone; both as shares of the whole weight."""
    kept = np.where(left_out, 0.0, rows.weight)
    if np.ptp(rows.y[kept > 0]) == 0:
        raise ONE_OUTCOME_ONLY.error("without one of the folds, all people are in one arm")
    return replace(rows, weight=kept / kept.sum()), replace(rows, weight=rows.weight - kept)


def _deviance(left_out: SparseRows, model: Model) -> float:
    """The mean deviance of those left out."""
    return 2 * left_out.loss(left_out.at(model.intercept, model.columns, model.b)) / float(left_out.weight.sum())


def _shares(parts: list[tuple[SparseRows, SparseRows]]) -> Floats:
    return np.array([left_out.weight.sum() for _, left_out in parts])


def _means(table: list[list[float]], parts: list[tuple[SparseRows, SparseRows]]) -> Floats:
    return np.asarray(np.array(table) @ _shares(parts))
