"""The log-rank test and the G-rho family from sums."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NO_EVENTS
from equipoise.estimators.hazard import discrete_hazard, ratio, survivors
from equipoise.estimators.logrank.summary import LogrankAsk, LogrankResult, LogrankSummary
from equipoise.estimators.shape import Again, Done


@dataclass(frozen=True, slots=True)
class LogrankHub:
    """Settings. rho, gamma: events are weighted by S(t-)^rho (1 - S(t-))^gamma of the pooled curve of their stratum; rho 0 is the log-rank
    test, 1 Peto-Peto's Wilcoxon; gamma 1 looks for late differences.

    robust: variance from squared score residuals (over clusters), the one to use with inverse-probability weights; otherwise the
    hypergeometric variance, which takes weights for numbers of people.
    """

    grid: Floats
    n_groups: int
    n_strata: int = 1
    rho: float = 0.0
    robust: bool = False
    gamma: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.rho) and 0 <= self.gamma < np.inf):
            raise BAD_ARGUMENT.error("rho must be a number, and gamma 0 or more")
        if self.n_groups < 2:
            raise BAD_ARGUMENT.error("a log-rank test compares at least two groups")

    def first(self) -> LogrankAsk:
        """The question of the only round, or of the first of two."""
        return LogrankAsk(self.grid, self.n_groups, self.n_strata)

    def finish(self, ask: LogrankAsk, total: LogrankSummary) -> Again[LogrankAsk] | Done[LogrankResult]:
        """The test; or, for a robust variance, a second round of squared residuals."""
        if not total.events.any():
            raise NO_EVENTS.error("no event in any group")
        n, d = total.at_risk.sum(axis=1), total.events.sum(axis=1)
        hazard = discrete_hazard(d, n)
        share = ratio(total.at_risk, np.broadcast_to(n[:, None], total.at_risk.shape))
        time_weight = self._time_weight(hazard)
        if self.robust and not ask.hazard.size:
            return Again(replace(ask, time_weight=time_weight, hazard=hazard, share=share))
        observed = np.einsum("sk,sgk->g", time_weight, total.events)
        expected = np.einsum("sk,sgk->g", time_weight * d, share)
        variance = total.meat if self.robust else _hypergeometric(n, d, share, time_weight)
        counted = np.flatnonzero(expected > 0)
        chisq = _quadratic((observed - expected)[counted[1:]], variance[np.ix_(counted[1:], counted[1:])])
        df = max(counted.size - 1, 0)
        return Done(LogrankResult(total.rows, observed, expected, variance, chisq, df, self.rho, self.robust, self.gamma))

    def _time_weight(self, hazard: Floats) -> Floats:
        """(s, k): from the pooled Kaplan-Meier estimate just before each time; 0 where a negative power of 0 is asked for."""
        before = np.concatenate([np.ones((hazard.shape[0], 1)), np.cumprod(1 - hazard, axis=1)[:, :-1]], axis=1)
        ended = (before <= 0) & (self.rho < 0)
        found: Floats = np.where(ended, 0.0, np.where(ended, 1.0, before) ** self.rho * (1 - before) ** self.gamma)
        return found


def _hypergeometric(n: Floats, d: Floats, share: Floats, time_weight: Floats) -> Floats:
    scale = time_weight**2 * ratio(d * survivors(n, d), np.where(n > 1, n - 1, 0.0))
    diagonal = np.diag(np.einsum("sk,sgk->g", scale, share))
    found: Floats = diagonal - np.einsum("sk,sgk,shk->gh", scale, share, share)
    return found


def _quadratic(difference: Floats, variance: Floats) -> float:
    """The chi-square; NaN when the variance is singular: no stratum holds two of the groups at risk together."""
    if not difference.size:
        return 0.0
    spread = np.sqrt(np.maximum(np.diag(variance), 0.0))
    if np.any(spread == 0) or np.linalg.cond(variance / np.outer(spread, spread)) > 1e12:
        return float("nan")
    return float(difference @ np.linalg.solve(variance, difference))
