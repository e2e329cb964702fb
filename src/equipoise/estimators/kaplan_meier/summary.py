"""Survival by group: what is asked, what leaves a site, what comes of it. Letters: s strata, g groups, k times, m kernels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import ndtri

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.kaplan_meier.quantile import crossing
from equipoise.estimators.shape import Additive, disclosed

ConfType: TypeAlias = Literal["plain", "log", "log-log", "logit", "arcsin"]


def _none() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, slots=True)
class KaplanMeierAsk:
    """Count those at risk, the events and the censored at each grid time.

    grid: (k,) ascending. robust: also sums of squared weights. at_risk_kernel, event_kernel: (m, s, g, k), or empty: the second
    round of the robust variance with late entry or clusters; a row's influence at t is its weight times the sum of
    `at_risk_kernel` over its time at risk up to t, less `event_kernel` at its event.
    """

    grid: Floats
    n_groups: int
    n_strata: int = 1
    robust: bool = False
    at_risk_kernel: Floats = field(default_factory=_none)
    event_kernel: Floats = field(default_factory=_none)


@dataclass(frozen=True)
class KaplanMeierSummary(Additive):
    """What leaves a site. People count once each; other sums are of weights."""

    rows: Ints = disclosed("count", "(s, g)", "people")
    event_count: Ints = disclosed("curve", "(s, g, k)", "people with the event")
    censored_count: Ints = disclosed("curve", "(s, g, k)", "people censored")
    at_risk: Floats = disclosed("curve", "(s, g, k)", "weights of those at risk")
    events: Floats = disclosed("curve", "(s, g, k)", "weights of events")
    censored: Floats = disclosed("curve", "(s, g, k)", "weights of the censored")
    events_sq: Floats = disclosed("curve", "(s, g, k)", "robust: squared weights of events", if_asked=True)
    censored_sq: Floats = disclosed("curve", "(s, g, k)", "robust: squared weights of the censored", if_asked=True)
    influence_sq: Floats = disclosed(
        "curve", "(m, s, g, k)", "second round: squared influences at each time, by row or cluster", if_asked=True
    )
    dependent_rows: int = disclosed("count", "1", "people who enter late or are in a cluster")


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival of one group in one stratum, at the times when someone left. All arrays (c,), in the grid's unit.

    std_error is of survival, cumulative_hazard_se of the cumulative hazard (Nelson-Aalen); n_risk, n_event, n_censor are sums of
    weights; events_sq, censored_sq of squared weights, size 0 unless robust. dependent: rows entered late or came in clusters, so
    that the robust variance took a second round; restricted: the (tau, variance of the area up to tau) pairs that it prepared.
    """

    group: int
    stratum: int
    time: Floats
    n_risk: Floats
    n_event: Floats
    n_censor: Floats
    survival: Floats
    std_error: Floats
    lower: Floats
    upper: Floats
    cumulative_hazard: Floats
    cumulative_hazard_se: Floats
    rows: int
    events: float
    people_with_event: int
    confidence: float
    conf_type: ConfType
    robust: bool
    events_sq: Floats
    censored_sq: Floats
    dependent: bool = False
    restricted: tuple[tuple[float, float], ...] = ()

    def quantile(self, p: float = 0.5) -> tuple[float, float, float]:
        """The time by which a share p has had the event, with its interval (where the curve's band crosses); NaN if not reached."""
        found = [crossing(self.time, curve, p) for curve in (self.survival, self.lower, self.upper)]
        return found[0], found[1], found[2]

    @property
    def median(self) -> tuple[float, float, float]:
        """Median survival time, lower, upper; NaN where not reached."""
        return self.quantile(0.5)

    def at(self, times: Floats) -> CurveAt:
        """The curve at given times: right continuous survival, those at risk just before."""
        after = np.searchsorted(self.time, times, side="right")
        next_risk = np.append(self.n_risk, 0.0)[np.searchsorted(self.time, times, side="left")]
        return CurveAt(
            times,
            next_risk,
            *(
                np.concatenate(([start], values))[after]
                for start, values in [
                    (1.0, self.survival),
                    (0.0, self.std_error),
                    (1.0, self.lower),
                    (1.0, self.upper),
                    (0.0, np.cumsum(self.n_event)),
                    (0.0, np.cumsum(self.n_censor)),
                ]
            ),
        )


@dataclass(frozen=True, slots=True)
class CurveAt:
    """A curve read at times. All (t,)."""

    time: Floats
    n_risk: Floats
    survival: Floats
    std_error: Floats
    lower: Floats
    upper: Floats
    cumulative_events: Floats
    cumulative_censored: Floats


@dataclass(frozen=True, slots=True)
class KaplanMeierResult:
    """Curves ordered by stratum, then group."""

    curves: tuple[Curve, ...]

    def curve(self, group: int, stratum: int = 0) -> Curve:
        """The curve of a group (and stratum)."""
        return next(c for c in self.curves if (c.group, c.stratum) == (group, stratum))


def z_of(confidence: float) -> float:
    """The normal quantile of a two-sided interval."""
    return float(ndtri(0.5 + confidence / 2))
