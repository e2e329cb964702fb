"""Proportional hazards: what is asked, what leaves a site, what comes of it.

Letters: n rows, p columns, s strata, k grid times, m multipliers (1, then g(t) and g(t)^2 of the proportional-hazards test),
q columns of the model that the weights come from, 0 for known weights.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.wald import WaldCoefficients

Ties: TypeAlias = Literal["efron", "breslow"]


def _empty() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the hub remembers between rounds. beta_previous, score: (p,). final: this round's answer is the last one needed.

    path: log partial likelihoods of the iterations so far. inverse: (p, p) of the last information, where leverage wants it.
    """

    iteration: int = 0
    halvings: int = 0
    final: bool = False
    rows: int = 0
    events: int = 0
    loglik: float = 0.0
    loglik_null: float = 0.0
    score_test: float = 0.0
    robust_score_test: float = 0.0
    beta_previous: Floats = field(default_factory=_empty)
    spread: Floats = field(default_factory=_empty)
    means: Floats = field(default_factory=_empty)
    inverse: Floats = field(default_factory=_empty)
    multipliers: Floats = field(default_factory=_empty)
    path: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskSetsAsk:
    """First half of an iteration: sums over those at risk, at beta. Columns are shifted by `center`. beta, center: (p,)."""

    grid: Floats
    n_strata: int
    efron: bool
    beta: Floats
    center: Floats
    count_times: bool
    progress: Progress


@dataclass(frozen=True)
class RiskSets(Additive):
    """Sums over risk sets and over events, with hazard weights wr = weight * exp(linear predictor), x shifted by the ask's center."""

    risk: Floats = disclosed("curve", "(s, k)", "wr over those at risk")
    risk_x: Floats = disclosed("curve", "(s, k, p)", "wr x over those at risk")
    deaths: Ints = disclosed("curve", "(s, k)", "events")
    death_weight: Floats = disclosed("curve", "(s, k)", "weights of events")
    death_risk: Floats = disclosed("curve", "(s, k)", "Efron's ties: wr over events", if_asked=True)
    death_risk_x: Floats = disclosed("curve", "(s, k, p)", "Efron's ties: wr x over events", if_asked=True)
    death_eta: float = disclosed("sum", "1", "weight times linear predictor, over events")
    death_x: Floats = disclosed("sum", "(p,)", "weight times x, over events")
    rows: int = disclosed("count", "1", "people")
    weight: float = disclosed("sum", "1", "weights of all")
    x: Floats = disclosed("sum", "(p,)", "weight times x of all, x not shifted")
    x_sq: Floats = disclosed("sum", "(p,)", "weight times squared x of all, x not shifted")
    leaving: Ints = disclosed("curve", "(k,)", "people censored or dying, over strata", if_asked=True)
    dying: Ints = disclosed("curve", "(k,)", "people dying, over strata", if_asked=True)
    at_risk: Ints = disclosed("curve", "(k,)", "people at risk, over strata", if_asked=True)


@dataclass(frozen=True, slots=True)
class CurvatureAsk:
    """Second half of an iteration: second moments, weighted by the hazard that the hub computed from all sites' risk sets.

    hazard: (s, k) increments of the baseline hazard at center; tied: (s, k) the part of it that each of the dying did not face
    (Efron; zero for Breslow). multipliers: (m, k). mean_hazard, tied_mean, death_mean: (s, k, p) for the score residuals of the
    robust variance, or size 0. robust: the sites are to return the meat. weight_columns: q, the columns of the model that the weights
    come from, 0 to take weights for known. inverse: (p, p) of the information, to free residuals of their leverage; size 0 to leave them.
    Kept here between rounds for the hub itself:
    mean_squares: (m, p, p), death_means: (m, p), hazard_variance: (s, k).
    """

    grid: Floats
    n_strata: int
    efron: bool
    beta: Floats
    center: Floats
    hazard: Floats
    tied: Floats
    multipliers: Floats
    robust: bool
    mean_hazard: Floats
    tied_mean: Floats
    death_mean: Floats
    mean_squares: Floats
    death_means: Floats
    hazard_variance: Floats
    progress: Progress
    weight_columns: int = 0
    inverse: Floats = field(default_factory=_empty)


@dataclass(frozen=True)
class Curvature(Additive):
    """Second moments, and what the robust variance takes."""

    second: Floats = disclosed("sum", "(m, p, p)", "wr x x' times the hazard faced and the multiplier")
    death_x: Floats = disclosed("sum", "(m, p)", "weight times multiplier times x, over events")
    meat: Floats = disclosed(
        "sum", "(p + q, p + q)", "outer products, by cluster, of weighted score residuals and of the weight model's scores", if_asked=True
    )
    slopes: Floats = disclosed(
        "sum", "(p + q, q)", "derivative of those residuals by the weight model's coefficients, see `estimated_weights`", if_asked=True
    )
    carried: Floats = disclosed(
        "sum", "(2, p)", "variance of a coefficient that persons carry, and its square; see `leverage`", if_asked=True
    )


@dataclass(frozen=True, slots=True)
class LocalAsk:
    """One iteration when strata do not cross sites: only sums over time are wanted. multipliers: (m, k)."""

    grid: Floats
    efron: bool
    beta: Floats
    center: Floats
    robust: bool
    count_times: bool
    multipliers: Floats
    progress: Progress
    weight_columns: int = 0
    inverse: Floats = field(default_factory=_empty)


@dataclass(frozen=True)
class LocalFit(Additive):
    """One site's own partial likelihood, its strata being its own."""

    loglik: float = disclosed("sum", "1", "log partial likelihood")
    score: Floats = disclosed("sum", "(m, p)", "its derivative, times the multipliers")
    information: Floats = disclosed("sum", "(m, p, p)", "minus its second derivative, times the multipliers")
    meat: Floats = disclosed("sum", "(p + q, p + q)", "as in `Curvature`", if_asked=True)
    slopes: Floats = disclosed("sum", "(p + q, q)", "as in `Curvature`", if_asked=True)
    carried: Floats = disclosed("sum", "(2, p)", "as in `Curvature`", if_asked=True)
    events: int = disclosed("count", "1", "events")
    rows: int = disclosed("count", "1", "people")
    weight: float = disclosed("sum", "1", "weights of all")
    x: Floats = disclosed("sum", "(p,)", "weight times x of all")
    x_sq: Floats = disclosed("sum", "(p,)", "weight times squared x of all")
    leaving: Ints = disclosed("curve", "(k,)", "people censored or dying, over strata", if_asked=True)
    dying: Ints = disclosed("curve", "(k,)", "people dying, over strata", if_asked=True)
    at_risk: Ints = disclosed("curve", "(k,)", "people at risk, over strata", if_asked=True)


CoxAsk: TypeAlias = RiskSetsAsk | CurvatureAsk | LocalAsk
CoxSummary: TypeAlias = RiskSets | Curvature | LocalFit


@dataclass(frozen=True, slots=True)
class ProportionalHazardsTest:
    """Score test of no drift of the log hazard ratios with g(t), by term and, with several terms, for all together (last)."""

    transform: str
    chisq: Floats
    df: Ints
    p: Floats


@dataclass(frozen=True, slots=True)
class CoxResult(WaldCoefficients):
    """Coefficients are log hazard ratios per unit of each column.

    coef: (p,). vcov: (p, p), robust when `robust`; naive_vcov: the inverse information. means: (p,) weighted means of the columns.
    time: (k,), baseline_hazard: (s, k) increments for a person with all columns and the offset at 0; size 0 with local strata.
    hazard_variance: (s, k) and mean_hazard: (s, k, p): what the standard error of a predicted curve needs, size 0 unless asked for.
    df: (p,) with leverage, degrees of freedom of Student's t for each coefficient (`interval` and `p` are normal); size 0 without.
    score_test, robust_score_test: chi-squares at coef 0 on p degrees of freedom.
    """

    coef: Floats
    vcov: Floats
    naive_vcov: Floats
    robust: bool
    ties: Ties
    rows: int
    events: int
    loglik_null: float
    loglik: float
    score_test: float
    robust_score_test: float
    means: Floats
    time: Floats
    baseline_hazard: Floats
    hazard_variance: Floats
    mean_hazard: Floats
    confidence: float
    iterations: int
    proportional_hazards: tuple[ProportionalHazardsTest, ...] = ()
    df: Floats = field(default_factory=_empty)

    @property
    def naive_se(self) -> Floats:
        """(p,) standard errors from the information."""
        return np.sqrt(np.diag(self.naive_vcov))

    @property
    def hazard_ratio(self) -> Floats:
        """(p,) hazard ratios."""
        return np.exp(self.coef)

    @property
    def likelihood_ratio(self) -> float:
        """Likelihood-ratio chi-square against coef 0."""
        return 2 * (self.loglik - self.loglik_null)

    @property
    def wald(self) -> float:
        """Wald chi-square against coef 0, with the variance in use."""
        return float(self.coef @ np.linalg.solve(self.vcov, self.coef))

    def p_of(self, chisq: float) -> float:
        """The p-value of a chi-square on as many degrees of freedom as there are columns."""
        return float(chi2.sf(chisq, self.coef.size))

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self.coef.size - 2 * self.loglik

    @property
    def bic(self) -> float:
        """Schwarz's criterion, the number of events as sample size."""
        return float(np.log(self.events) * self.coef.size - 2 * self.loglik)
