"""Cumulative incidence: what is asked, what leaves a site, what comes of it. Letters: g groups, c causes, k times, t horizons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.kaplan_meier.summary import ConfType
from equipoise.estimators.shape import Additive, disclosed

Variance: TypeAlias = Literal["influence", "counting"]


def _none() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, slots=True)
class AalenJohansenAsk:
    """Count those at risk and the events of each cause at each grid time. grid: (k,) ascending.

    Second round, for squared influences: at_risk: (g, k), events: (g, c, k), sums over all sites; taus: (t,). Else size 0.
    """

    grid: Floats
    n_groups: int
    n_causes: int
    taus: Floats = field(default_factory=_none)
    at_risk: Floats = field(default_factory=_none)
    events: Floats = field(default_factory=_none)


@dataclass(frozen=True)
class AalenJohansenSummary(Additive):
    """What leaves a site. People count once each; sums are of weights."""

    rows: Ints = disclosed("count", "(g,)", "people")
    at_risk_count: Ints = disclosed("curve", "(g, k)", "people at risk")
    event_count: Ints = disclosed("curve", "(g, c, k)", "people with an event of each cause")
    censored_count: Ints = disclosed("curve", "(g, k)", "people censored")
    at_risk: Floats = disclosed("curve", "(g, k)", "weights of those at risk")
    events: Floats = disclosed("curve", "(g, c, k)", "weights of events of each cause")
    censored: Floats = disclosed("curve", "(g, k)", "weights of the censored")
    influence_sq: Floats = disclosed(
        "curve", "(g, c + 1, k)", "second round: squared influences, by row or cluster, on the probability of each state", if_asked=True
    )
    area_sq: Floats = disclosed(
        "sum", "(g, c + 1, t)", "second round: squared influences, by row or cluster, on the mean time in each state", if_asked=True
    )


@dataclass(frozen=True, slots=True)
class MeanTimes:
    """Mean time up to tau free of events (first) and after each cause's event, (c + 1,) each. se: NaN without influences."""

    tau: float
    mean: Floats
    se: Floats


@dataclass(frozen=True, slots=True)
class IncidenceCurves:
    """One group at the times when someone left, r of them. Row 0 is being free of every event, row j the incidence of cause j.

    time: (r,) in the grid's unit. probability, std_error, lower, upper: (c + 1, r). n_risk, n_censor: (r,) and n_event: (c, r) sums of
    weights; people_at_risk: (r,). people_with_event: (c,).
    """

    group: int
    time: Floats
    n_risk: Floats
    n_event: Floats
    n_censor: Floats
    people_at_risk: Ints
    probability: Floats
    std_error: Floats
    lower: Floats
    upper: Floats
    rows: int
    people_with_event: Ints
    confidence: float
    conf_type: ConfType
    variance: Variance
    mean_times: tuple[MeanTimes, ...]

    def at(self, times: Floats) -> IncidenceAt:
        """The curves at given times: right continuous probabilities, those at risk just before."""
        after = np.searchsorted(self.time, times, side="right")
        nothing = np.zeros((self.probability.shape[0], 1))
        everything = nothing.copy()
        everything[0] = 1.0

        def read(values: Floats, start: Floats) -> Floats:
            found: Floats = np.concatenate([start, values], axis=1)[:, after]
            return found

        bounds = [read(limit, everything) for limit in (self.lower, self.upper)]
        at_risk = np.append(self.people_at_risk, 0)[np.searchsorted(self.time, times, side="left")]
        return IncidenceAt(times, at_risk, read(self.probability, everything), read(self.std_error, nothing), bounds[0], bounds[1])


@dataclass(frozen=True, slots=True)
class IncidenceAt:
    """Curves read at q times. people_at_risk: (q,) just before. probability, std_error, lower, upper: (c + 1, q)."""

    time: Floats
    people_at_risk: Ints
    probability: Floats
    std_error: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class AalenJohansenResult:
    """Curves ordered by group."""

    curves: tuple[IncidenceCurves, ...]
