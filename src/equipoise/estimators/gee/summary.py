"""What crosses the border for generalised estimating equations of a mean with an identity link.

Letters: p columns, k occasions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import chi2, norm

from equipoise.estimators.data import Floats
from equipoise.estimators.shape import Additive, disclosed

Correlation: TypeAlias = Literal["independence", "exchangeable", "ar1", "unstructured"]
"""Working correlation of a person's rows: none, one for all pairs, alpha to the power of the distance of occasions, one a pair."""


@dataclass(frozen=True)
class GeeAsk:
    """Sums at coefficients `coef` (p,) under the working correlation `correlation` (k, k) of k occasions, positive definite.

    past: (h, 2, d) where the hub was in earlier rounds and where it was heading; path: the greatest move of each round so far, of a
    coefficient in standard errors or of a correlation; of no use to a site.
    """

    coef: Floats
    correlation: Floats
    scale: float
    dropped: tuple[int, ...]
    round: int
    past: Floats = field(default_factory=lambda: np.zeros(0))
    path: tuple[float, ...] = ()


@dataclass(frozen=True)
class GeeSummary(Additive):
    """Sums over clusters of rows with a weight above 0; w weights, r residuals."""

    n: int = disclosed("count", "1", "rows")
    clusters: int = disclosed("count", "1", "clusters")
    weight: float = disclosed("sum", "1", "weights")
    squares: float = disclosed("sum", "1", "w r^2")
    score: Floats = disclosed("sum", "(p,)", "estimating equations at scale 1")
    information: Floats = disclosed("sum", "(p, p)", "minus their derivative")
    meat: Floats = disclosed("sum", "(p, p)", "outer products, by cluster, of its part of the equations")
    products: Floats = disclosed("sum", "(k, k)", "(w r)(w r)' within a cluster, by occasion")
    pairs: Floats = disclosed("sum", "(k, k)", "w w' within a cluster, by occasion")


@dataclass(frozen=True)
class GeeResult:
    """Population-averaged coefficients (p,); 0 for dropped columns, whose variances are NaN.

    vcov: (p, p) robust, clusters independent. naive_vcov: if the working correlation is right. correlation: (k, k). scale: the dispersion.
    """

    coef: Floats
    vcov: Floats
    naive_vcov: Floats
    correlation: Floats
    scale: float
    n: int
    clusters: int
    n_rounds: int = field(compare=False)
    dropped: tuple[int, ...] = ()

    @property
    def se(self) -> Floats:
        """(p,) robust standard errors."""
        return np.sqrt(np.diag(self.vcov))

    @property
    def p_value(self) -> Floats:
        """(p,) two-sided, normal."""
        return np.asarray(2 * norm.sf(np.abs(self.coef) / self.se))

    def interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """Lower and upper bounds (p,)."""
        half = self.se * norm.ppf((1 + confidence) / 2)
        return self.coef - half, self.coef + half

    def wald(self, contrasts: Floats) -> tuple[float, float]:
        """Chi-square and p-value of the test that independent contrasts (c, p) are all 0; NaN where one needs a dropped column."""
        if any(np.any(contrasts[:, column] != 0) for column in self.dropped):
            return float("nan"), float("nan")
        value = contrasts @ self.coef
        spread = contrasts @ np.nan_to_num(self.vcov) @ contrasts.T
        try:
            chisq = float(value @ np.linalg.solve(spread, value))
        except np.linalg.LinAlgError:
            return float("nan"), float("nan")
        return chisq, float(chi2.sf(chisq, len(value)))
