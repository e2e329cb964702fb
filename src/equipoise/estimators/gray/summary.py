"""Gray's test: what is asked, what leaves a site, what comes of it. Letters: s strata, g groups, c causes, k times."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import chi2

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.tails import log_chi2_sf


@dataclass(frozen=True, slots=True)
class GrayAsk:
    """Count those at risk and the events of each cause. grid: (k,) ascending."""

    grid: Floats
    n_groups: int
    n_causes: int
    n_strata: int = 1


@dataclass(frozen=True)
class GraySummary(Additive):
    """What leaves a site. Weights count people."""

    rows: Ints = disclosed("count", "(g,)", "people")
    at_risk: Floats = disclosed("curve", "(s, g, k)", "weights of those at risk")
    events: Floats = disclosed("curve", "(s, g, c, k)", "weights of events of each cause")


@dataclass(frozen=True, slots=True)
class GrayTest:
    """The test of one cause, 1..c. score: (g,) observed less expected events in the subdistribution's risk sets, times the test's time
    weights, over strata; variance: (g, g). statistic is NaN for a cause without events. df: groups that people were at risk in, less one.
    """

    cause: int
    score: Floats
    variance: Floats
    statistic: float
    df: int

    @property
    def p(self) -> float:
        """The p-value."""
        return float(chi2.sf(self.statistic, self.df))

    @property
    def log_p(self) -> float:
        """Natural logarithm of the p-value, finite where p itself would underflow."""
        return log_chi2_sf(self.statistic, self.df)


@dataclass(frozen=True, slots=True)
class GrayResult:
    """A test for each cause, in order. rows: (g,)."""

    rows: Ints
    tests: tuple[GrayTest, ...]
    rho: float
