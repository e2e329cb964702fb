"""What each row adds to the score of a partial likelihood, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.at_risk import while_at_risk
from equipoise.estimators.cox.sweep import AtBeta
from equipoise.estimators.data import Floats


@dataclass(frozen=True, slots=True)
class ScoreResiduals:
    """Residuals per unit of weight. faced: (m,) the hazard each row faced. passed: (s, k, p) the sums over time of the
    risk sets' means times the hazard. tied, tied_mean, death_mean: as `residual_means` gives, for those who die.
    """

    rows: AtBeta
    faced: Floats
    passed: Floats
    tied: Floats
    tied_mean: Floats
    death_mean: Floats

    @classmethod
    def of(cls, rows: AtBeta, hazards: tuple[Floats, Floats], means: tuple[Floats, Floats, Floats]) -> ScoreResiduals:
        """hazards: increments, and the part of them that the dying did not face, (s, k) each. means: as `residual_means` gives."""
        return cls(rows, while_at_risk(rows.placed, hazards[0]), np.cumsum(means[0], axis=1), hazards[1], means[1], means[2])

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """Which rows, and their residuals in a buffer that the next block overwrites."""
        placed, eta = self.rows.placed, self.rows.eta
        for part, x in self.rows.columns.blocks():
            unit, last, first = placed.unit[part], placed.last[part], placed.first[part]
            dead = np.flatnonzero(placed.event[part])
            relative = np.exp(eta[part])[:, None]
            cell = unit[dead], last[dead]
            own = x[dead] - self.death_mean[cell] + relative[dead] * (x[dead] * self.tied[cell][:, None] - self.tied_mean[cell])
            residual = np.multiply(x, self.faced[part, None], out=x)
            residual -= self.passed[unit, last]
            late = np.flatnonzero(first > 0)
            residual[late] += self.passed[unit[late], first[late] - 1]
            residual *= -relative
            residual[dead] += own
            yield part, residual

    def whole(self) -> Floats:
        """(m, p) all residuals."""
        found = np.empty((self.rows.columns.size, self.rows.columns.width))
        for part, residual in self.blocks():
            found[part] = residual
        return found
