"""Log-rank test: what is asked, what leaves a site, what comes of it. Letters: s strata, g groups, k times."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.tails import log_chi2_sf


def _none() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, slots=True)
class LogrankAsk:
    """Count those at risk and the events. grid: (k,) ascending.

    Second round, for the robust variance: time_weight, hazard: (s, k), share: (s, g, k) of those at risk; else size 0.
    """

    grid: Floats
    n_groups: int
    n_strata: int = 1
    time_weight: Floats = field(default_factory=_none)
    hazard: Floats = field(default_factory=_none)
    share: Floats = field(default_factory=_none)


@dataclass(frozen=True)
class LogrankSummary(Additive):
    """What leaves a site."""

    rows: Ints = disclosed("count", "(g,)", "people")
    at_risk: Floats = disclosed("curve", "(s, g, k)", "weights of those at risk")
    events: Floats = disclosed("curve", "(s, g, k)", "weights of events")
    meat: Floats = disclosed(
        "sum", "(g, g)", "robust, second round: outer products, by row or cluster, of weighted score residuals", if_asked=True
    )


@dataclass(frozen=True, slots=True)
class LogrankResult:
    """Observed and expected events by group (times the test's time weights), summed over strata. variance: (g, g) of observed - expected.

    rows: (g,). Groups in which nothing is expected do not count for df.
    """

    rows: Ints
    observed: Floats
    expected: Floats
    variance: Floats
    chisq: float
    df: int
    rho: float
    robust: bool
    gamma: float = 0.0

    @property
    def p(self) -> float:
        """The p-value."""
        return float(chi2.sf(self.chisq, self.df))

    @property
    def log_p(self) -> float:
        """Natural logarithm of the p-value, finite where p itself would underflow."""
        return log_chi2_sf(self.chisq, self.df)
