"""What crosses the border for logistic regression: coefficients in, sums of scores and information out.

Letters: p columns, j 1 with an intercept, else 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import norm

from equipoise.estimators.data import Floats
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.tails import log_two_sided


@dataclass(frozen=True)
class LogisticAsk:
    """Evaluate the model at `coef` (p,), and the model with an intercept alone at `null_coef` (1,), or (0,) if there is none.

    `base`, `step` (p,), `base_loglik` and `gain` hold the point that this try started from, its Newton step and decrement;
    `gain_before` is the decrement before that; `reference` (p,) the square root of each column's information at the start, NaN before it
    is known. `path`: log-likelihoods of the rounds so far.
    """

    coef: Floats
    null_coef: Floats
    site_intercept_sd: float | None
    base: Floats
    step: Floats
    base_loglik: float
    gain: float
    reference: Floats
    dropped: tuple[int, ...]
    round: int
    gain_before: float = np.inf
    path: tuple[float, ...] = ()


@dataclass(frozen=True)
class LogisticSummary(Additive):
    """Sums over people. With site intercepts they are of the profiled, penalised log-likelihood; the intercepts stay at the site."""

    n: int = disclosed("count", "1", "people with a weight above 0")
    weight: float = disclosed("sum", "1", "weights")
    outcome: float = disclosed("sum", "1", "weights of people with the outcome")
    gradient: Floats = disclosed("sum", "(p,)", "derivative of the log-likelihood")
    information: Floats = disclosed("sum", "(p, p)", "minus its second derivative")
    loglik: float = disclosed("sum", "1", "log-likelihood")
    null_gradient: Floats = disclosed("sum", "(j,)", "derivative, intercept alone")
    null_information: Floats = disclosed("sum", "(j, j)", "minus the second derivative, intercept alone")
    null_loglik: float = disclosed("sum", "1", "log-likelihood, intercept alone")
    saturated_loglik: float = disclosed("sum", "1", "log-likelihood of the saturated model")


@dataclass(frozen=True)
class LogisticResult:
    """Maximum-likelihood estimates of the log odds ratios. coef: (p,); vcov: (p, p), NaN for dropped columns, whose coef is 0."""

    coef: Floats
    vcov: Floats
    loglik: float
    null_loglik: float
    saturated_loglik: float
    n: int
    weight: float
    n_rounds: int = field(compare=False)
    dropped: tuple[int, ...] = ()
    site_intercept_sd: float | None = None

    @property
    def se(self) -> Floats:
        """Standard errors (p,)."""
        return np.sqrt(np.diag(self.vcov))

    @property
    def z(self) -> Floats:
        """Wald statistics (p,)."""
        return self.coef / self.se

    @property
    def p_value(self) -> Floats:
        """Two-sided Wald p-values (p,)."""
        return np.asarray(2 * norm.sf(np.abs(self.z)), dtype=np.float64)

    @property
    def log_p(self) -> Floats:
        """Natural logarithms of the p-values (p,), finite where p itself would underflow."""
        return log_two_sided(self.z)

    @property
    def deviance(self) -> float:
        """Twice the distance to the saturated model's log-likelihood."""
        return 2 * (self.saturated_loglik - self.loglik)

    @property
    def null_deviance(self) -> float:
        """Deviance of the model with an intercept (and the offset) alone."""
        return 2 * (self.saturated_loglik - self.null_loglik)

    @property
    def aic(self) -> float:
        """Akaike's criterion. Misleads with site intercepts: their effective number is not counted."""
        return -2 * self.loglik + 2 * (len(self.coef) - len(self.dropped))
