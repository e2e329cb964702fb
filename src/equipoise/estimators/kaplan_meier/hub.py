"""Survival by group from the sums: curves, standard errors, intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.hazard import discrete_hazard, ratio, survivors
from equipoise.estimators.kaplan_meier.area import area_kernels
from equipoise.estimators.kaplan_meier.intervals import CONF_TYPES, survival_interval
from equipoise.estimators.kaplan_meier.summary import (
    ConfType,
    Curve,
    KaplanMeierAsk,
    KaplanMeierResult,
    KaplanMeierSummary,
    z_of,
)
from equipoise.estimators.shape import Again, Done


@dataclass(frozen=True, slots=True)
class KaplanMeierHub:
    """Settings. grid: (k,) ascending times. `estimator` "breslow" takes exp(-cumulative hazard) in place of the product limit.

    robust: the infinitesimal jackknife over rows or clusters, for weights that are not counts; else Greenwood's formula.
    taus: horizons of restricted means to be prepared when the robust variance needs a second round (late entry, clusters).
    """

    grid: Floats
    n_groups: int
    confidence: float = 0.95
    conf_type: ConfType = "log-log"
    robust: bool = False
    n_strata: int = 1
    estimator: Literal["product-limit", "breslow"] = "product-limit"
    taus: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if self.conf_type not in CONF_TYPES:
            raise BAD_ARGUMENT.error(f"conf_type is {self.conf_type!r}; it may be one of {', '.join(CONF_TYPES)}")
        if self.estimator not in ("product-limit", "breslow"):
            raise BAD_ARGUMENT.error(f"estimator is {self.estimator!r}; it may be product-limit or breslow")

    def first(self) -> KaplanMeierAsk:
        """The question of the only round, or of the first of two."""
        return KaplanMeierAsk(self.grid, self.n_groups, self.n_strata, self.robust)

    def finish(self, ask: KaplanMeierAsk, total: KaplanMeierSummary) -> Again[KaplanMeierAsk] | Done[KaplanMeierResult]:
        """Curves; or, for robust variances with late entry or clusters, a second round that adds up squared influences."""
        if self.robust and total.dependent_rows and not ask.at_risk_kernel.size:
            kernels = [survival_kernels(total), hazard_kernels(total), *(area_kernels(self.grid, total, tau) for tau in self.taus)]
            at_risk, event = (np.stack(parts) for parts in zip(*kernels, strict=True))
            return Again(replace(ask, at_risk_kernel=at_risk, event_kernel=event))
        cells = [(stratum, group) for stratum in range(self.n_strata) for group in range(self.n_groups)]
        return Done(KaplanMeierResult(tuple(self._curve(total, stratum, group) for stratum, group in cells)))

    def _curve(self, total: KaplanMeierSummary, stratum: int, group: int) -> Curve:
        at = (stratum, group)
        n, d = total.at_risk[at], total.events[at]
        hazard = discrete_hazard(d, n)
        cumulative = np.cumsum(hazard)
        survival = np.asarray(np.cumprod(1 - hazard) if self.estimator == "product-limit" else np.exp(-cumulative), dtype=np.float64)
        log_se, hazard_se = self._errors(total, at)
        if self.estimator == "breslow":
            log_se = hazard_se
        lower, upper = survival_interval(survival, log_se, z_of(self.confidence), self.conf_type)
        kept = (total.event_count[at] + total.censored_count[at]) > 0
        std_error = survival * log_se
        return Curve(
            group=group,
            stratum=stratum,
            time=self.grid[kept],
            n_risk=n[kept],
            n_event=d[kept],
            n_censor=total.censored[at][kept],
            survival=survival[kept],
            std_error=std_error[kept],
            lower=lower[kept],
            upper=upper[kept],
            cumulative_hazard=cumulative[kept],
            cumulative_hazard_se=hazard_se[kept],
            rows=int(total.rows[at]),
            events=float(d.sum()),
            people_with_event=int(total.event_count[at].sum()),
            confidence=self.confidence,
            conf_type=self.conf_type,
            robust=self.robust,
            events_sq=total.events_sq[at][kept] if self.robust else total.events_sq,
            censored_sq=total.censored_sq[at][kept] if self.robust else total.censored_sq,
            dependent=total.influence_sq.size > 0,
            restricted=self._areas(total, at),
        )

    def _areas(self, total: KaplanMeierSummary, at: tuple[int, int]) -> tuple[tuple[float, float], ...]:
        if not total.influence_sq.size:
            return ()
        ends = [max(int(np.searchsorted(self.grid, tau, side="right")) - 1, 0) for tau in self.taus]
        return tuple((tau, float(total.influence_sq[2 + i][at][end])) for i, (tau, end) in enumerate(zip(self.taus, ends, strict=True)))

    def _errors(self, total: KaplanMeierSummary, at: tuple[int, int]) -> tuple[Floats, Floats]:
        """Standard errors of log survival and of the cumulative hazard, (k,) each.

        Once survival is 0, Greenwood's is not defined (NaN) and no row has influence any more (0), as in R.
        """
        n, d = total.at_risk[at], total.events[at]
        left = survivors(n, d)
        if not self.robust:
            log_variance, hazard_variance = np.cumsum(ratio(d, n * left)), np.cumsum(ratio(d, n * n))
        elif total.influence_sq.size:
            log_variance, hazard_variance = total.influence_sq[0][at], total.influence_sq[1][at]
        else:
            squares = total.events_sq[at], total.censored_sq[at]
            log_variance = one_round_variance(ratio(d, n * left), ratio(np.ones_like(n), left), *squares)
            hazard_variance = one_round_variance(ratio(d, n * n), ratio(np.ones_like(n), n), *squares)
        ended = np.cumsum((d > 0) & (left == 0)) > 0
        return np.where(ended, 0.0 if self.robust else np.nan, _root(log_variance)), _root(hazard_variance)


def _root(variance: Floats) -> Floats:
    """Square roots; what is rounding error beside 1 / n for any n of people counts as 0."""
    found: Floats = np.sqrt(np.where(variance < 1e-14, 0.0, variance))
    return found


def survival_kernels(total: KaplanMeierSummary) -> tuple[Floats, Floats]:
    """Kernels of a row's influence on log survival: hazard / (n - d) while at risk, 1 / (n - d) at its event."""
    left = survivors(total.at_risk, total.events)
    return ratio(total.events, total.at_risk * left), ratio(np.ones_like(left), left)


def hazard_kernels(total: KaplanMeierSummary) -> tuple[Floats, Floats]:
    """Kernels of a row's influence on the cumulative hazard: d / n^2 while at risk, 1 / n at its event."""
    return ratio(total.events, total.at_risk**2), ratio(np.ones_like(total.at_risk), total.at_risk)


def one_round_variance(at_risk_kernel: Floats, event_kernel: Floats, events_sq: Floats, censored_sq: Floats) -> Floats:
    """Sum of squared influences at each time, rows independent and at risk from the start. All (k,)."""
    total = np.cumsum(at_risk_kernel)
    leaving = events_sq + censored_sq
    staying = leaving.sum() - np.cumsum(leaving)
    settled = np.cumsum(events_sq * (total - event_kernel) ** 2 + censored_sq * total**2)
    found: Floats = staying * total**2 + settled
    return found
