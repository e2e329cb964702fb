"""Subdistribution hazards from sums: the censoring distribution, then proportional hazards in weighted risk sets, then the variance.

Fine and Gray (1999), J Am Stat Assoc 94:496.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.summary import CoxAsk, CoxResult, Curvature, CurvatureAsk, RiskSets, RiskSetsAsk, Ties
from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NO_EVENTS
from equipoise.estimators.fine_gray.summary import (
    CensoringAsk,
    CensoringSums,
    CensoringTies,
    CensoringVariance,
    FineGrayAsk,
    FineGrayResult,
    FineGraySummary,
    Follow,
    Influence,
    InfluenceAsk,
    Taken,
    TakenAsk,
    WeightedCurvatureAsk,
    WeightedSetsAsk,
)
from equipoise.estimators.hazard import discrete_hazard, ratio
from equipoise.estimators.shape import Again, Done

Step: TypeAlias = Again[FineGrayAsk] | Done[FineGrayResult]
CENSORING = ("estimated", "known", "estimated-as-cmprsk")
CENSORING_TIES = ("together", "events-first")


@dataclass(frozen=True, slots=True)
class FineGrayHub:
    """Settings. grid: (k,) ascending times; n_columns: p; cause: 1..n_causes; n_groups: groups with a censoring distribution each.

    censoring: `estimated`, the variance counts that the censoring distribution was estimated (two rounds more); `known`, it does not;
    `estimated-as-cmprsk`, as cmprsk 2.2 counts it where there are several censoring groups: see the card. censoring_ties: who
    could be censored at a time with events. ties: of events of the cause.
    """

    grid: Floats
    n_columns: int
    cause: int
    n_causes: int
    n_groups: int = 1
    n_strata: int = 1
    ties: Ties = "breslow"
    censoring: CensoringVariance = "estimated"
    censoring_ties: CensoringTies = "together"
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 1 <= self.cause <= self.n_causes:
            raise BAD_ARGUMENT.error(f"cause is {self.cause}; the causes are 1 to {self.n_causes}")
        if self.censoring not in CENSORING:
            raise BAD_ARGUMENT.error(f"censoring is {self.censoring!r}; it may be one of {', '.join(CENSORING)}")
        if self.censoring_ties not in CENSORING_TIES:
            raise BAD_ARGUMENT.error(f"censoring_ties is {self.censoring_ties!r}; it may be {' or '.join(CENSORING_TIES)}")
        if self.n_columns < 1:
            raise BAD_ARGUMENT.error("a regression needs at least one column")
        self._hazards()

    def first(self) -> FineGrayAsk:
        """The censoring distribution."""
        return CensoringAsk(self.grid, self.cause, self.n_causes, self.n_groups)

    def finish(self, ask: FineGrayAsk, total: FineGraySummary) -> Step:
        """The next half of an iteration, the rounds of the variance, or the result."""
        if isinstance(ask, CensoringAsk) and isinstance(total, CensoringSums):
            return self._weighted(self._hazards().first(), self._follow(total))
        if isinstance(ask, WeightedSetsAsk) and isinstance(total, RiskSets):
            return self._advance(ask, self._hazards().finish(ask.step, total))
        if isinstance(ask, WeightedCurvatureAsk) and isinstance(total, Curvature):
            return self._advance(ask, self._hazards().finish(ask.step, total))
        if isinstance(ask, TakenAsk) and isinstance(total, Taken):
            return Again(self._influence_ask(ask, total))
        if isinstance(ask, InfluenceAsk) and isinstance(total, Influence):
            naive = ask.fit.naive_vcov
            return Done(_result(ask.follow, replace(ask.fit, vcov=naive @ total.meat @ naive), ask.fit.vcov))
        raise TypeError("the summary does not answer the ask")

    def _hazards(self) -> CoxHub:
        return CoxHub(self.grid, self.n_columns, self.n_strata, self.ties, robust=True, confidence=self.confidence, prediction=True)

    def _follow(self, total: CensoringSums) -> Follow:
        if not total.of_cause:
            raise NO_EVENTS.error("no event of the cause among the people at risk")
        at_risk = total.at_risk - total.events if self.censoring_ties == "events-first" else total.at_risk
        hazard = discrete_hazard(total.censored, at_risk)
        after = np.cumprod(1 - hazard, axis=1)
        before = np.concatenate([np.ones((after.shape[0], 1)), after[:, :-1]], axis=1)
        if self.censoring == "estimated-as-cmprsk":
            before = np.where(total.at_risk > 0, before, 0.0)
        return Follow(self.cause, self.n_causes, before, hazard, at_risk, total.rows, total.of_cause, total.of_others)

    def _weighted(self, step: CoxAsk, follow: Follow) -> Again[FineGrayAsk]:
        if isinstance(step, RiskSetsAsk):
            return Again(WeightedSetsAsk(step, follow))
        assert isinstance(step, CurvatureAsk)  # noqa: S101
        return Again(WeightedCurvatureAsk(step, follow))

    def _advance(self, ask: WeightedSetsAsk | WeightedCurvatureAsk, then: Again[CoxAsk] | Done[CoxResult]) -> Step:
        if isinstance(then, Again):
            return self._weighted(then.ask, ask.follow)
        assert isinstance(ask, WeightedCurvatureAsk)  # noqa: S101
        if self.censoring != "known":
            return Again(TakenAsk(ask.step, ask.follow, then.result))
        return Done(_result(ask.follow, then.result, then.result.vcov))

    def _influence_ask(self, ask: TakenAsk, total: Taken) -> InfluenceAsk:
        """The kernel at u: what those taken before u take off the score from u on, over those at risk of being censored at u."""
        step, follow = ask.step, ask.follow
        shown = follow.uncensored * self._counted(total)
        hazard = _from(shown * step.hazard[:, None])
        mean_hazard = _from(shown[..., None] * step.mean_hazard[:, None])
        lost = (_before(total.risk_x) * hazard[..., None] - _before(total.risk)[..., None] * mean_hazard).sum(axis=0)
        kernel = lost * ratio(np.ones_like(follow.at_risk), follow.at_risk)[..., None]
        events_first = self.censoring_ties == "events-first"
        return InfluenceAsk(step, follow, ask.fit, kernel, kernel * follow.hazard[..., None], events_first)

    def _counted(self, total: Taken) -> Floats:
        """(s, c, k) the share of the hazard at each time that is laid on a censoring group: all of it, but in cmprsk's variance."""
        if self.censoring != "estimated-as-cmprsk":
            return np.ones_like(total.deaths)
        return ratio(total.deaths, total.deaths.sum(axis=1, keepdims=True))


def _before(values: Floats) -> Floats:
    """Sums over the times before each time. values: (s, c, k) or (s, c, k, p)."""
    found: Floats = np.cumsum(values, axis=2) - values
    return found


def _from(values: Floats) -> Floats:
    """Sums over each time and those after it. values: (s, c, k) or (s, c, k, p)."""
    found: Floats = np.flip(np.cumsum(np.flip(values, axis=2), axis=2), axis=2)
    return found


def _result(follow: Follow, fit: CoxResult, known_vcov: Floats) -> FineGrayResult:
    return FineGrayResult(
        cause=follow.cause,
        fit=fit,
        known_vcov=known_vcov,
        uncensored=follow.uncensored,
        of_cause=follow.of_cause,
        of_others=follow.of_others,
        censored=follow.rows - follow.of_cause - follow.of_others,
    )
