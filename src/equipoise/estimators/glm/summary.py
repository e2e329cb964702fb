"""What crosses the border for generalised linear models. Letters: p columns, j 1 with an intercept, else 0."""

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
    this try came from. `path`: the deviance of each round so far. `reference` (p,): roots of the first information's diagonal.
    `firth`: scores with Firth's correction, from leverages at `covariance`, which the round before told for the same `coef`.
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
    path: tuple[float, ...] = ()
    reference: Floats = field(default_factory=lambda: np.zeros(0))
    firth: bool = False


@dataclass(frozen=True)
class GlmSummary(Additive):
    """Sums over people. Where `invalid` is not 0 the other sums say nothing."""

    n: int = disclosed("count", "1", "people with a weight above 0")
    invalid: int = disclosed("count", "1", "people whose mean left the family's bounds")
    weight: float = disclosed("sum", "1", "weights")
    log_weight: float = disclosed("sum", "1", "logarithms of weights")
    score: Floats = disclosed("sum", "(p,)", "weighted working residuals times x")
    information: Floats = disclosed("sum", "(p, p)", "weighted working squares of x")
    deviance: float = disclosed("sum", "1", "deviance")
    loglik: float = disclosed("sum", "1", "log-likelihood, as far as it does not depend on the dispersion")
    pearson: float = disclosed("sum", "1", "squared Pearson residuals")
    null_score: Floats = disclosed("sum", "(j,)", "as `score`, of the intercept alone")
    null_information: Floats = disclosed("sum", "(j, j)", "as `information`, of the intercept alone")
    null_deviance: float = disclosed("sum", "1", "deviance of the intercept alone")
    meat_hc0: Floats = disclosed("sum", "(p, p)", "last round: outer products of scores, by row")
    meat_hc3: Floats = disclosed("sum", "(p, p)", "last round: the same over (1 - leverage)^2")
    meat_cluster: Floats = disclosed("sum", "(p, p)", "last round: outer products of scores, by cluster")
    n_clusters: int = disclosed("count", "1", "clusters")


@dataclass(frozen=True)
class GlmResult:
    """coef (p,), 0 for dropped columns; `unscaled` (p, p) the inverse information; `robust_*` (p, p) sandwich variances.

    `n` counts people with a weight above 0. `loglik` is NaN for quasi families. `robust_cluster` is None without clusters. `firth`: the
    estimates maximise the likelihood times the root of the information's determinant; deviance and likelihood are without that.
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
    firth: bool = False

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
        with np.errstate(divide="ignore", invalid="ignore"):  # a perfect fit has no errors
            return np.asarray(self.coef / self.se)

    @property
    def p_value(self) -> Floats:
        """Two-sided p-values (p,), from t with the residual degrees of freedom where the dispersion is estimated."""
        tail = t.sf(np.abs(self.z), self.df_residual) if FAMILIES[self.family].dispersion else norm.sf(np.abs(self.z))
        return np.asarray(2 * tail, dtype=np.float64)

    @property
    def log_p(self) -> Floats:
        """Natural logarithms of the p-values (p,), finite where p itself would underflow."""
        tail = t.logsf(np.abs(self.z), self.df_residual) if FAMILIES[self.family].dispersion else norm.logsf(np.abs(self.z))
        return np.asarray(np.log(2) + tail, dtype=np.float64)

    @property
    def aic(self) -> float:
        """Akaike's criterion; an estimated dispersion counts as a parameter; NaN for quasi families."""
        return -2 * self.loglik + 2 * (self.rank + FAMILIES[self.family].dispersion)
