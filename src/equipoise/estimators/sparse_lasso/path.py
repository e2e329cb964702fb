"""The path of a lasso over a falling penalty, from any loss that tells its slopes: columns screened, worked on, and checked.

At each penalty the strong rule proposes columns, a chord method with the curvature of an earlier point finds the minimum over them, and
the slopes of all columns decide whether more must come in. An answer is known by the conditions of Karush, Kuhn and Tucker alone.

Tibshirani and others (2012), J R Stat Soc B 74: 245; Friedman, Hastie and Tibshirani (2010), J Stat Softw 33(1); Lee, Sun and Saunders
(2014), SIAM J Optim 24: 1420.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import NOT_CONVERGED, SEPARATION
from equipoise.estimators.sparse_lasso.quadratic import Penalty, quadratic_minimum
from equipoise.estimators.sparse_lasso.rows import Curvature, Part, SparseRows, curvature_at
from equipoise.kernel.errors import Where

KKT = 1e-7
"""Slopes meet the conditions of a minimum to this share of the largest slope at the start of the path."""
MAX_STEPS = 200
MAX_ROUNDS = 100
SLOW = 0.3
"""A step that leaves more than this share of the violation asks for the curvature of its own point."""
SEPARATED = 15.0
"""A column without a penalty that moves the log odds further has no finite coefficient."""
FEWEST_NEW = 200
"""At most this many columns, or twice those at work, are proposed before a check."""


@dataclass(frozen=True, slots=True)
class Model:
    """intercept and coefficients b (k,) of columns (k,), ascending; all others are 0. slopes: (p,) of the loss along every column."""

    intercept: float
    columns: Ints
    b: Floats
    slopes: Floats

    def dense(self) -> Floats:
        """(p,) coefficients."""
        b = np.zeros(self.slopes.size)
        b[self.columns] = self.b
        return b


@dataclass(frozen=True, slots=True)
class Lasso:
    """rows; factor: (p,) multiplies the penalty of each column; infinite for a column that must stay out, 0 for a free one."""

    rows: SparseRows
    factor: Floats

    def null(self) -> Model:
        """The model with the intercept and the free columns. Raises EQ-EST-101 when one of these separates the arms."""
        free = np.flatnonzero(self.factor == 0).astype(np.int64)
        share = float(self.rows.weight @ self.rows.y)
        b = np.concatenate(([np.log(share / (1 - share))], np.zeros(free.size)))
        if free.size or self.rows.offset.any():
            descent = _Descent(self.rows, free, np.zeros(1 + free.size), KKT * share * (1 - share))
            b = descent.minimum(b, None)[0]
            if np.any(apart := np.abs(b[1:]) * abs(self.rows.x[:, free]).max(axis=0).toarray().ravel() > SEPARATED):
                raise SEPARATION.error("a column without a penalty", Where(column=str(free[np.argmax(apart)])))
        return self._model(free, b)

    def entry(self, null: Model) -> float:
        """The largest penalty at which a column enters."""
        held = (self.factor > 0) & np.isfinite(self.factor)
        return float((np.abs(null.slopes[held]) / self.factor[held]).max(initial=0.0))

    def path(self, penalties: Floats) -> list[Model]:
        """The minimum at each penalty, which fall. Raises EQ-EST-104 when one cannot be found."""
        return list(self.walk(penalties))

    def walk(self, penalties: Floats) -> Iterator[Model]:
        """The same one after the other, each from the one before."""
        at = self.null()
        previous = self.entry(at)
        tolerance = KKT * previous
        curvature: Curvature | None = None
        for strength in penalties.tolist():
            at, curvature = self._next(at, (strength, previous), tolerance, curvature)
            previous = strength
            yield at

    def _next(self, at: Model, strengths: tuple[float, float], tolerance: float, curvature: Curvature | None) -> tuple[Model, Curvature]:
        """The minimum at the first of two penalties; `at`: the minimum at the second."""
        strength, previous = strengths
        edge = self._edge(strength)
        work = np.union1d(at.columns, self._steepest(at, np.abs(at.slopes) >= self._edge(max(2 * strength - previous, 0.0)), edge))
        for _ in range(MAX_ROUNDS):
            descent = _Descent(self.rows, work, np.concatenate(([0.0], edge[work])), tolerance)
            b, curvature = descent.minimum(self._start(at, work), curvature)
            at = self._model(work, b)
            outside = np.ones(edge.size, dtype=np.bool_)
            outside[work] = False
            missed = outside & (np.abs(at.slopes) > edge + tolerance)
            if not missed.any():
                return self._trimmed(at), curvature
            work = np.union1d(self._trimmed(at).columns, self._steepest(at, missed, edge))
        raise NOT_CONVERGED.error("the columns of the penalised model kept changing")

    def _edge(self, strength: float) -> Floats:
        """(p,) how steep each column's slope may be while its coefficient is 0."""
        return strength * self.factor if strength > 0 else np.where(np.isfinite(self.factor), 0.0, np.inf)

    def _steepest(self, at: Model, among: NDArray[np.bool_], edge: Floats) -> Ints:
        """Of the columns `among` (p,), those that go farthest beyond their edge."""
        found = np.flatnonzero(among).astype(np.int64)
        most = max(FEWEST_NEW, 2 * int(np.count_nonzero(at.b)))
        if found.size <= most:
            return found
        excess = np.abs(at.slopes[found]) - edge[found]
        return found[np.argpartition(-excess, most)[:most]]

    def _start(self, at: Model, work: Ints) -> Floats:
        start = np.zeros(1 + work.size)
        start[0] = at.intercept
        kept = np.isin(at.columns, work, assume_unique=True)
        start[1 + np.searchsorted(work, at.columns[kept])] = at.b[kept]
        return start

    def _model(self, columns: Ints, b: Floats) -> Model:
        return Model(float(b[0]), columns, b[1:], self.rows.slopes(self.rows.at(float(b[0]), columns, b[1:])))

    def _trimmed(self, at: Model) -> Model:
        on = (at.b != 0) | (self.factor[at.columns] == 0)
        return Model(at.intercept, at.columns[on], at.b[on], at.slopes)


class _Descent:
    """The minimum over the intercept and some columns (k,). edge: (1 + k,) bounds of the slopes; tolerance: how far beyond they may lie."""

    def __init__(self, rows: SparseRows, columns: Ints, edge: Floats, tolerance: float) -> None:
        self._rows, self._columns, self._edge, self._tolerance = rows, columns, edge, tolerance
        self._part = Part(rows, columns)
        self._penalty = Penalty(edge, np.zeros_like(edge))

    def minimum(self, start: Floats, curvature: Curvature | None) -> tuple[Floats, Curvature]:
        """From a start (1 + k,) and the curvature of an earlier point, if any. Raises EQ-EST-104."""
        b, slope = start, self._part.slope(start)
        violation = self._violation(b, slope)
        stale = curvature is not None
        known = self._curvature(b) if curvature is None else curvature.along(self._columns)
        for _ in range(MAX_STEPS):
            if violation <= self._tolerance:
                return b, known
            target = quadratic_minimum(known.matrix, slope, b, self._penalty)
            ahead = self._part.slope(target)
            now = self._violation(target, ahead)
            if now > violation / 2:
                if stale:
                    known, stale = self._curvature(b), False
                    continue
                target = self._lower(b, target)
                ahead = self._part.slope(target)
                now = self._violation(target, ahead)
            fast = now <= SLOW * violation
            b, slope, violation = target, ahead, now
            known, stale = (known, True) if fast or violation <= self._tolerance else (self._curvature(b), False)
        raise NOT_CONVERGED.error(
            f"the penalised model did not settle in {MAX_STEPS} steps; slopes are {violation:.3g} beyond their bounds"
        )

    def _curvature(self, b: Floats) -> Curvature:
        return curvature_at(self._rows, self._part.eta(b), self._columns)

    def _violation(self, b: Floats, slope: Floats) -> float:
        inside = np.maximum(np.abs(slope) - self._edge, 0.0)
        return float(np.where(b != 0, np.abs(slope + self._edge * np.sign(b)), inside).max(initial=0.0))

    def _lower(self, base: Floats, target: Floats) -> Floats:
        """The target, or a point on the way to it that does not raise the penalised loss (rounding aside)."""
        height = self._part.value(base) + self._penalty.value(base)
        share = 1.0
        while share > 1e-8:
            point = base + share * (target - base)
            if self._part.value(point) + self._penalty.value(point) <= height + 1e-13 * (1 + abs(height)):
                return point
            share /= 2
        raise NOT_CONVERGED.error("no step lowers the penalised loss")
