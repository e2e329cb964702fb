"""Subdistribution hazards: what is asked, what leaves a site, what comes of it. Letters: s strata, c censoring groups, k times, p columns.

After the censoring distribution, the rounds are those of proportional hazards, with people whom another cause took kept in the risk sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from equipoise.estimators.cox.summary import CoxResult, Curvature, CurvatureAsk, RiskSets, RiskSetsAsk
from equipoise.estimators.data import Floats
from equipoise.estimators.shape import Additive, disclosed

CensoringTies: TypeAlias = Literal["together", "events-first"]
"""Who is at risk of being censored at a time with events: everybody (cmprsk's convention), or those without an event then (survival's)."""


CensoringVariance: TypeAlias = Literal["estimated", "known", "estimated-as-cmprsk"]
"""Whether the variance counts that the censoring distribution was estimated."""


@dataclass(frozen=True, slots=True)
class CensoringAsk:
    """Count those at risk, the events and the censored by censoring group. grid: (k,) ascending. cause: 1..causes."""

    grid: Floats
    cause: int
    n_causes: int
    n_groups: int


@dataclass(frozen=True)
class CensoringSums(Additive):
    """First round, by censoring group."""

    at_risk: Floats = disclosed("curve", "(c, k)", "weights of those at risk")
    events: Floats = disclosed("curve", "(c, k)", "weights of events of any cause")
    censored: Floats = disclosed("curve", "(c, k)", "weights of the censored")
    rows: int = disclosed("count", "1", "people")
    of_cause: int = disclosed("count", "1", "people with an event of the cause")
    of_others: int = disclosed("count", "1", "people with an event of another cause")


@dataclass(frozen=True, slots=True)
class Follow:
    """What every later round knows. uncensored: (c, k) probability of not being censored before each time. hazard: (c, k) of censoring;
    at_risk: (c, k) of it, in weights. rows, of_cause, of_others: numbers of people, with an event of
    the cause, and of another.
    """

    cause: int
    n_causes: int
    uncensored: Floats
    hazard: Floats
    at_risk: Floats
    rows: int
    of_cause: int
    of_others: int


@dataclass(frozen=True, slots=True)
class WeightedSetsAsk:
    """First half of an iteration, in the subdistribution's risk sets."""

    step: RiskSetsAsk
    follow: Follow


@dataclass(frozen=True, slots=True)
class WeightedCurvatureAsk:
    """Second half of an iteration."""

    step: CurvatureAsk
    follow: Follow


@dataclass(frozen=True, slots=True)
class TakenAsk:
    """At the solution: sums over those whom other causes took, for the variance that comes of estimating the censoring."""

    step: CurvatureAsk
    follow: Follow
    fit: CoxResult


@dataclass(frozen=True)
class Taken(Additive):
    """At each time, sums for the variance that comes of estimating the censoring.

    Hazard weights wr = weight * exp(linear predictor); G: the probability of not being censored; x shifted by the ask's center.
    """

    risk: Floats = disclosed("curve", "(s, c, k)", "wr / G(t-) over those whom another cause took then")
    risk_x: Floats = disclosed("curve", "(s, c, k, p)", "the same times x")
    deaths: Floats = disclosed("curve", "(s, c, k)", "weights of events of the cause")


@dataclass(frozen=True, slots=True)
class InfluenceAsk:
    """Outer products of whole influences. kernel: (c, k, p) what being censored at a time adds to a row's influence on the score;
    kernel_hazard: (c, k, p) what being at risk of it takes off.
    """

    step: CurvatureAsk
    follow: Follow
    fit: CoxResult
    kernel: Floats
    kernel_hazard: Floats
    events_first: bool


@dataclass(frozen=True)
class Influence(Additive):
    """The last round."""

    meat: Floats = disclosed("sum", "(p, p)", "outer products, by row or cluster, of weighted influences on the score")


FineGrayAsk: TypeAlias = CensoringAsk | WeightedSetsAsk | WeightedCurvatureAsk | TakenAsk | InfluenceAsk
FineGraySummary: TypeAlias = CensoringSums | RiskSets | Curvature | Taken | Influence


@dataclass(frozen=True, slots=True)
class FineGrayResult:
    """Log subdistribution hazard ratios of one cause. `fit` is the model as one of proportional hazards: coef, vcov, baseline, tests.

    known_vcov: (p, p), robust, the censoring distribution taken as known; fit.vcov is it, or the one that counts its estimation.
    uncensored: (c, k) probability of not being censored before each of fit.time. of_cause, of_others, censored: numbers of people.
    """

    cause: int
    fit: CoxResult
    known_vcov: Floats
    uncensored: Floats
    of_cause: int
    of_others: int
    censored: int

    def incidence(self, x: Floats, stratum: int = 0) -> Floats:
        """(q, k) cumulative incidence at fit.time of people with columns x, (q, p)."""
        baseline = np.cumsum(self.fit.baseline_hazard[stratum])
        found: Floats = -np.expm1(-np.exp(x @ self.fit.coef)[:, None] * baseline)
        return found
