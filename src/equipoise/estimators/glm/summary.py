"""What crosses the border for generalised linear models."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import norm, t

from equipoise.estimators.data import Floats
from equipoise.estimators.glm.families import FAMILIES, FamilyName, LinkName
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True)
class GlmAsk:
    """Sums at `coef` (p,), or at the family's first mean when `coef` is None; the same for the null model at `null_coef`.

    `covariance` (p, p): the inverse information that the last step used, None before. `closing`: the last round, in which sites square
    their scores for robust variances, with working weights at `weigh_at` if given. `base`, `step`, `base_deviance`, `gain`: where
    this try came from.
    """

    family: FamilyName
    link: LinkName
    coef: Floats | None
    null_coef: Floats | None
    intercept: bool
    covariance: Floats | None
    closing: bool
    weigh_at: Floats | None
    base: Floats | None
    step: Floats | None
    base_deviance: float
    gain: float
    dropped: tuple[int, ...]
    round: int


@dataclass(frozen=True)
class GlmSummary(Additive):
    """Sums over people. `invalid` counts people whose mean left the family's bounds (then the other sums say nothing).

    `score` (p,) and `information` (p, p): weighted working residuals and squares of Fisher scoring. `meat_*` (p, p): squared scores, plain,
    with leverages (HC3) and summed within clusters; 0 before the last round.
    """

    n: int = disclosed("count")
    invalid: int = disclosed("count")
    weight: float = disclosed("sum")
    log_weight: float = disclosed("sum")
    score: Floats = disclosed("sum")
    information: Floats = disclosed("sum")
    deviance: float = disclosed("sum")
    loglik: float = disclosed("sum")
    pearson: float = disclosed("sum")
    null_score: Floats = disclosed("sum")
    null_information: Floats = disclosed("sum")
    null_deviance: float = disclosed("sum")
    meat_hc0: Floats = disclosed("sum")
    meat_hc3: Floats = disclosed("sum")
    meat_cluster: Floats = disclosed("sum")
    n_clusters: int = disclosed("count")


@dataclass(frozen=True)
class GlmResult:
    """coef (p,), 0 for dropped columns; `unscaled` (p, p) the inverse information; `robust_*` (p, p) sandwich variances.

    `n` counts people with a weight above 0. `loglik` is NaN for quasi families. `robust_cluster` is None without clusters.
    """

    family: FamilyName
    link: LinkName
    coef: Floats
    unscaled: Floats
    n: int
    deviance: float
    null_deviance: float
    loglik: float
    dispersion: float
    n_rounds: int = field(compare=False)
    robust_hc0: Floats
    robust_hc3: Floats
    robust_cluster: Floats | None
    n_clusters: int
    dropped: tuple[int, ...] = ()

    @property
    def rank(self) -> int:
        """Number of estimated coefficients."""
        return len(self.coef) - len(self.dropped)

    @property
    def df_residual(self) -> int:
        """People less estimated coefficients."""
        return self.n - self.rank

    @property
    def vcov(self) -> Floats:
        """Model-based variance (p, p)."""
        return self.dispersion * self.unscaled

    @property
    def robust_hc1(self) -> Floats:
        """HC0 times n / (n - rank)."""
        return self.robust_hc0 * self.n / self.df_residual

    @property
    def robust_cluster_cr1(self) -> Floats | None:
        """The cluster sandwich times G / (G - 1) times (n - 1) / (n - rank); None without clusters."""
        if self.robust_cluster is None:
            return None
        factor = self.n_clusters / (self.n_clusters - 1) * (self.n - 1) / self.df_residual
        return self.robust_cluster * factor

    @property
    def se(self) -> Floats:
        """Model-based standard errors (p,)."""
        return np.sqrt(np.diag(self.vcov))

    @property
    def z(self) -> Floats:
        """Wald statistics (p,); t statistics where the dispersion is estimated."""
        return self.coef / self.se

    @property
    def p_value(self) -> Floats:
        """Two-sided p-values (p,), from t with the residual degrees of freedom where the dispersion is estimated."""
        tail = t.sf(np.abs(self.z), self.df_residual) if FAMILIES[self.family].dispersion else norm.sf(np.abs(self.z))
        return np.asarray(2 * tail, dtype=np.float64)

    @property
    def aic(self) -> float:
        """Akaike's criterion; the gaussian dispersion counts as a parameter; NaN for quasi families."""
        return -2 * self.loglik + 2 * (self.rank + (self.family == "gaussian"))
