"""What every model of coefficients on a log scale says of them: standard errors, Wald tests, limits of the ratios."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.estimators.data import Floats
from equipoise.estimators.tails import log_two_sided


class WaldCoefficients:
    """Mixed into a result that holds `coef` (p,), their covariance `vcov`, (q, q) with q >= p, and `confidence`."""

    __slots__ = ()
    coef: Floats
    vcov: Floats
    confidence: float

    @property
    def se(self) -> Floats:
        """(q,) standard errors: of the coefficients first."""
        return np.sqrt(np.diag(self.vcov))

    @property
    def z(self) -> Floats:
        """(p,) coefficients over their standard errors."""
        return self.coef / self.se[: self.coef.size]

    @property
    def p(self) -> Floats:
        """(p,) two-sided p-values."""
        return np.asarray(2 * ndtr(-np.abs(self.z)))

    @property
    def log_p(self) -> Floats:
        """(p,) natural logarithms of the p-values, finite where p itself would underflow."""
        return log_two_sided(self.z)

    @property
    def interval(self) -> tuple[Floats, Floats]:
        """Wald limits of the ratios exp(coef), (p,) each."""
        half = ndtri(0.5 + self.confidence / 2) * self.se[: self.coef.size]
        return np.exp(self.coef - half), np.exp(self.coef + half)
