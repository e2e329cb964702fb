"""What crosses the border for parametric survival: parameters in, sums of the log-likelihood's derivatives out.

Letters: p columns, q parameters (p, and one for the scale where it is estimated), j parameters of the model with an intercept alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.data import Floats
from equipoise.estimators.parametric_aft.distributions import DISTRIBUTIONS, DistributionName
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.wald import WaldCoefficients


@dataclass(frozen=True, slots=True)
class Climb:
    """A point and how it was reached. point, base: (q,) coefficients over scale, then 1/scale where it is estimated.

    base_loglik: at the base. gain: Newton decrement of the last step. settled: no step would gain anything.
    """

    point: Floats
    base: Floats
    base_loglik: float
    gain: float
    settled: bool


@dataclass(frozen=True, slots=True)
class ParametricAftAsk:
    """Derivatives of the full model at `full`, and of the model with an intercept alone at `null`. Round 0 asks for the moments.

    `path`: the log-likelihood of the full model, round by round, so far.
    """

    distribution: DistributionName
    full: Climb
    null: Climb
    reference: Floats
    means: Floats
    round: int
    path: tuple[float, ...] = ()


@dataclass(frozen=True)
class ParametricAftSummary(Additive):
    """Weighted sums over people: of the full model, then of the model with an intercept alone."""

    rows: int = disclosed("count", "1", "people with a weight above 0")
    events: int = disclosed("count", "1", "of them with an event")
    weight: float = disclosed("sum", "1", "weights")
    event_weight: float = disclosed("sum", "1", "weights of events")
    x: Floats = disclosed("sum", "(p,)", "weight times x")
    log_time: float = disclosed("sum", "1", "weight times log time (time, where the law is its)")
    log_time_sq: float = disclosed("sum", "1", "weight times squared log time")
    loglik: float = disclosed("sum", "1", "log-likelihood")
    score: Floats = disclosed("sum", "(q,)", "its derivative")
    information: Floats = disclosed("sum", "(q, q)", "minus its second derivative")
    null_loglik: float = disclosed("sum", "1", "log-likelihood, intercept alone")
    null_score: Floats = disclosed("sum", "(j,)", "its derivative")
    null_information: Floats = disclosed("sum", "(j, j)", "minus its second derivative")


@dataclass(frozen=True)
class ParametricAftResult(WaldCoefficients):
    """log time = coefficients on x + scale * W. coef: (p,), intercept first: exp of it is a ratio of times. (Time, not its logarithm,
    for the extreme, gaussian and logistic laws.)

    vcov: of the coefficients and, where the scale is estimated, of log(scale), (q, q). means: (p,) weighted means of the columns.
    event_weight: sum of the weights of events.
    loglik: on the scale of time (R's), weighted; loglik_null: of the model with an intercept alone.
    """

    distribution: DistributionName
    coef: Floats
    scale: float
    vcov: Floats
    means: Floats
    rows: int
    events: int
    event_weight: float
    loglik: float
    loglik_null: float
    confidence: float
    rounds: int = field(compare=False)

    @property
    def scale_estimated(self) -> bool:
        """Whether the last row of vcov is that of log(scale)."""
        return DISTRIBUTIONS[self.distribution].scale is None

    @property
    def likelihood_ratio(self) -> float:
        """Likelihood-ratio chi-square against the intercept alone, on p - 1 degrees of freedom."""
        return 2 * (self.loglik - self.loglik_null)

    @property
    def likelihood_ratio_p(self) -> float:
        """Its p-value; 1 when there is the intercept alone."""
        return float(chi2.sf(self.likelihood_ratio, self.coef.size - 1)) if self.coef.size > 1 else 1.0

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * len(self.vcov) - 2 * self.loglik

    def quantile(self, p: float, x: Floats) -> Floats:
        """(m,) times by which a share p has had the event, for people with columns x (m, p), intercept included."""
        shift = float(DISTRIBUTIONS[self.distribution].quantile(np.asarray(p, dtype=np.float64)))
        return DISTRIBUTIONS[self.distribution].time(np.atleast_2d(x) @ self.coef + self.scale * shift)

    def survival(self, time: Floats, x: Floats) -> Floats:
        """(m, k) share without the event at each of the times (k,) > 0, for people with columns x (m, p), intercept included."""
        eta = np.atleast_2d(x) @ self.coef
        law = DISTRIBUTIONS[self.distribution]
        w = (law.measured(time) - eta[:, None]) / self.scale
        return np.exp(law.censored(w).value)
