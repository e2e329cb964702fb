"""Cumulative incidence of each cause, the others competing, from sums: curves, standard errors, intervals, mean times in states."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.aalen_johansen.counting import counting_variance
from equipoise.estimators.aalen_johansen.curves import mean_times, state_probabilities
from equipoise.estimators.aalen_johansen.summary import (
    AalenJohansenAsk,
    AalenJohansenResult,
    AalenJohansenSummary,
    IncidenceCurves,
    MeanTimes,
    Variance,
)
from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.hazard import ratio
from equipoise.estimators.kaplan_meier.intervals import CONF_TYPES, survival_interval
from equipoise.estimators.kaplan_meier.summary import ConfType, z_of
from equipoise.estimators.shape import Again, Done

ROUNDING = 1e-12
"""A variance below this share of 1 / (number of people), or a probability as near to 1, differs from 0, or 1, by rounding only."""


@dataclass(frozen=True, slots=True)
class AalenJohansenHub:
    """Settings. grid: (k,) ascending times. taus: horizons of mean times in states, > 0.

    variance: `influence`, the infinitesimal jackknife over rows or clusters, for any weights and late entry, in two rounds; or
    `counting`, the delta method, for rows that count people, in one (mean times then have no standard error).
    """

    grid: Floats
    n_groups: int
    n_causes: int
    confidence: float = 0.95
    conf_type: ConfType = "log-log"
    variance: Variance = "influence"
    taus: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.conf_type not in CONF_TYPES:
            raise BAD_ARGUMENT.error(f"conf_type is {self.conf_type!r}; it may be one of {', '.join(CONF_TYPES)}")
        if self.variance not in ("influence", "counting"):
            raise BAD_ARGUMENT.error(f"variance is {self.variance!r}; it may be influence or counting")
        if self.n_causes < 1:
            raise BAD_ARGUMENT.error("there must be at least one cause")
        if not all(np.isfinite(tau) and tau > 0 for tau in self.taus):
            raise BAD_ARGUMENT.error("a horizon (tau) must be a positive number")

    def first(self) -> AalenJohansenAsk:
        """The question of the only round, or of the first of two."""
        return AalenJohansenAsk(self.grid, self.n_groups, self.n_causes, np.array(self.taus, dtype=np.float64))

    def finish(self, ask: AalenJohansenAsk, total: AalenJohansenSummary) -> Again[AalenJohansenAsk] | Done[AalenJohansenResult]:
        """Curves; or a second round that adds up squared influences."""
        influences = self.variance == "influence"
        if influences and not ask.at_risk.size:
            return Again(replace(ask, at_risk=total.at_risk, events=total.events))
        probability = state_probabilities(total.at_risk, total.events).probability
        probability = np.where(probability > 1 - ROUNDING, 1.0, probability)
        floor = ROUNDING / np.maximum(total.rows, 1)[:, None, None]
        found = total.influence_sq if influences else np.maximum(counting_variance(total.at_risk, total.events), 0.0)
        std_error = np.sqrt(np.where(found < floor, 0.0, found))
        times = self._mean_times(probability, total.area_sq)
        return Done(
            AalenJohansenResult(tuple(self._curves(total, g, probability[g], std_error[g], times[g]) for g in range(self.n_groups)))
        )

    def _mean_times(self, probability: Floats, area_sq: Floats) -> list[tuple[MeanTimes, ...]]:
        means = [mean_times(self.grid, probability, tau) for tau in self.taus]
        unknown = np.full(self.n_causes + 1, np.nan)
        return [
            tuple(
                MeanTimes(tau, means[t][g], np.sqrt(area_sq[g, :, t]) if self.variance == "influence" else unknown)
                for t, tau in enumerate(self.taus)
            )
            for g in range(self.n_groups)
        ]

    def _curves(
        self, total: AalenJohansenSummary, group: int, probability: Floats, std_error: Floats, times: tuple[MeanTimes, ...]
    ) -> IncidenceCurves:
        kept = (total.event_count[group].sum(axis=0) + total.censored_count[group]) > 0
        probability, std_error = probability[:, kept], std_error[:, kept]
        lower, upper = survival_interval(probability, ratio(std_error, probability), z_of(self.confidence), self.conf_type)
        return IncidenceCurves(
            group=group,
            time=self.grid[kept],
            n_risk=total.at_risk[group][kept],
            n_event=total.events[group][:, kept],
            n_censor=total.censored[group][kept],
            people_at_risk=total.at_risk_count[group][kept],
            probability=probability,
            std_error=std_error,
            lower=lower,
            upper=upper,
            rows=int(total.rows[group]),
            people_with_event=total.event_count[group].sum(axis=1),
            confidence=self.confidence,
            conf_type=self.conf_type,
            variance=self.variance,
            mean_times=times,
        )
