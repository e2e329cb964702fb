"""What a site half is given: plain numpy columns, one row a person (or a person-interval); and sums over a large design, block by block.

Letters: n rows, p covariates, g groups. `Columns`: m rows in use, j sets of weights; each block is shifted or widened in a small buffer,
the whole is never copied.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from equipoise.estimators.errors import BAD_ARGUMENT

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EstimatedWeights:
    """How the weights of n rows hang on the logistic model that they come from, fitted to N people: for variances that know it.

    person: (n,) int64 each row's place among the N people. slope: (n,) derivative of the row's weight by its linear predictor.
    x: (N, q) the model's columns, the ones of its intercept included. fitted, outcome: (N,) probability and 0/1 outcome. block: (N,) int64
    sites with an intercept of their own under a normal prior of precision `precision`; None for a model without such.
    """

    person: Ints
    slope: Floats
    x: Floats
    fitted: Floats
    outcome: Floats
    block: Ints
    precision: float | None = None

    @property
    def columns(self) -> int:
        """q."""
        return int(self.x.shape[1])


@dataclass(frozen=True, slots=True, weakref_slot=True)
class SurvivalData:
    """Rows for survival estimators.

    time: (n,) float64, end of follow-up, same unit as the grid. event: (n,) int64, 0 censored, 1 event (of
    competing causes 1, 2, and so on). group: (n,) int64 in [0, g). stratum: (n,) int64 in [0, s). x: (n, p) float64.
    weight: (n,) float64 >= 0.
    entry: (n,) float64 or None (all from minus infinity). cluster: (n,) int64 or None; a cluster lies wholly at one site.
    offset: (n,) float64 or None. estimated: how the weights were estimated, or None for known ones.
    """

    time: Floats
    event: Ints
    group: Ints
    stratum: Ints
    x: Floats
    weight: Floats
    entry: Floats | None = None
    cluster: Ints | None = None
    offset: Floats | None = None
    estimated: EstimatedWeights | None = None


_MEMOS: dict[int, dict[str, object]] = {}


def memo(data: SurvivalData) -> dict[str, object]:
    """What one round of an estimator worked out from these very rows for the next (who is at risk when): so they are sorted once.

    It goes when the rows go. It tells nothing that the rows do not.
    """
    found = _MEMOS.get(id(data))
    if found is None:
        found = _MEMOS.setdefault(id(data), {})
        weakref.finalize(data, _MEMOS.pop, id(data), None)
    return found


@dataclass(frozen=True, slots=True)
class ModelData:
    """Rows for regression of y on x. x: (n, p) float64, the intercept's ones included if wanted. y, weight: (n,) float64.

    block: (n,) int64 labels of sites; a block lies wholly at one site. offset, cluster: as in SurvivalData. occasion: (n,) int64 in [0, k),
    each at most once a cluster, or None.
    """

    x: Floats
    y: Floats
    weight: Floats
    block: Ints
    offset: Floats | None = None
    cluster: Ints | None = None
    occasion: Ints | None = None


@dataclass(frozen=True, slots=True)
class OnesApart(ModelData):
    """The same, but x, (n, p - 1), is without the intercept's column of ones, which is to be thought before its columns: so a large x
    need not be copied. For logistic regression; other estimators take the ones in x.
    """


@dataclass(frozen=True, slots=True)
class CovariateData:
    """Rows for description. x: (n, p) float64, NaN where missing. group: (n,) int64 in [0, g). weight: (n,) float64 >= 0."""

    x: Floats
    group: Ints
    weight: Floats


def persons_in(data: object) -> int | None:
    """How many persons have rows with a weight above 0; None for data of another kind. Rows of one cluster are one person's."""
    if not isinstance(data, SurvivalData | ModelData | CovariateData):
        return None
    here = data.weight > 0
    cluster = None if isinstance(data, CovariateData) else data.cluster
    return int(here.sum()) if cluster is None else int(np.unique(cluster[here]).size)


BLOCK = 4096
"""Rows a block: with 50 columns 1.6 MB, which a processor's cache holds."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of a design, in either memory order. x: (n, p) float64. chosen: (m,) the rows in use, None for all. center: (p,) taken off
    each row, None for nothing. ones: a column of ones stands before the others (then without a center).
    """

    x: Floats
    chosen: Ints | None = None
    center: Floats | None = None
    ones: bool = False

    @property
    def size(self) -> int:
        """m."""
        return self.x.shape[0] if self.chosen is None else self.chosen.size

    @property
    def width(self) -> int:
        """p."""
        return int(self.x.shape[1]) + self.ones

    def blocks(self, rows: int = BLOCK) -> Iterator[tuple[slice, Floats]]:
        """Which of the m rows, and their columns in a buffer that the next block overwrites."""
        buffer = np.ones((min(rows, self.size), self.width))
        for start in range(0, self.size, rows):
            part = slice(start, min(start + rows, self.size))
            block = buffer[: part.stop - start]
            block[:, : int(self.ones)] = 1.0
            self._fill(block[:, 1:] if self.ones else block, part)
            yield part, block

    @property
    def as_they_are(self) -> bool:
        """Whether nothing has to be done to the rows: they are used where they lie."""
        return self.chosen is None and self.center is None and not self.ones and self.x.flags.c_contiguous

    def views(self, rows: int = BLOCK) -> Iterator[tuple[slice, Floats]]:
        """As `blocks`, but only to be read: parts of x itself where they can be used as they are."""
        if not self.as_they_are:
            yield from self.blocks(rows)
            return
        for start in range(0, self.size, rows):
            part = slice(start, min(start + rows, self.size))
            yield part, self.x[part]

    def _fill(self, block: Floats, part: slice) -> None:
        source = self.x[part] if self.chosen is None else self.x[self.chosen[part]]
        if self.center is None:
            block[...] = source
        else:
            np.subtract(source, self.center, out=block)

    def whole(self) -> Floats:
        """(m, p) a copy."""
        found = np.empty((self.size, self.width))
        for part, block in self.blocks():
            found[part] = block
        return found

    def dot(self, beta: Floats) -> Floats:
        """(m,) the rows times beta."""
        found = np.empty(self.size)
        for part, block in self.views():
            np.dot(block, beta, out=found[part])
        return found

    def sums(self, weights: Floats) -> Floats:
        """(j, p) sums of weight times x. weights: (j, m)."""
        found = np.zeros((weights.shape[0], self.width))
        for part, block in self.views():
            found += weights[:, part] @ block
        return found

    def squares_and_sums(self, weights: Floats, others: Floats) -> tuple[Floats, Floats]:
        """(j, p, p) sums of weight times x x' and (j, p) of other weight times x, in one pass. weights, others: (j, m), of any sign."""
        squares, sums = np.zeros((weights.shape[0], self.width, self.width)), np.zeros((others.shape[0], self.width))
        roots = [np.sqrt(row) if row.size and row.min() >= 0 else None for row in weights]
        buffer = np.empty((min(BLOCK, self.size), self.width))
        for part, block in self.views():
            if len(others):
                sums += others[:, part] @ block
            for i, root in enumerate(roots):
                row = weights[i] if root is None else root
                weighted = np.multiply(block, row[part, None], out=buffer[: len(block)])
                squares[i] += block.T @ weighted if root is None else square(weighted)
        return squares, sums

    def by_cell(self, cell: Ints, weight: Floats, cells: int) -> Floats:
        """(cells, p) sums of weight times x. cell: (m,) in [0, cells); weight: (m,)."""
        found = np.zeros((cells, self.width))
        for part, block in self.views(max(BLOCK, 2 * cells)):
            found += scatter(cell[part], weight[part], cells) @ block
        return found


def square(block: Floats) -> Floats:
    """(p, p) the sum of outer products of a block's rows, by the symmetric product."""
    found: Floats = block.T @ block
    return found


def scatter(cell: Ints, weight: Floats, cells: int) -> csc_array:
    """(cells, m) sparse: column i holds weight[i] at cell[i], so that it times values, (m, p), adds them up by cell.

    Raises EQ-EST-106 for a cell outside [0, cells): scipy would write there.
    """
    if cell.size and not 0 <= cell.min() <= cell.max() < cells:
        raise BAD_ARGUMENT.error(f"a row lies in none of {cells} cells")
    return csc_array((weight, cell, np.arange(cell.size + 1)), shape=(cells, cell.size))
