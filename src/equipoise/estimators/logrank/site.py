"""Log-rank test at one site: those at risk and the events by group; then, for robust variances, outer products of residuals."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.at_risk import Placed, at_end, cluster_codes, cluster_sums, over_at_risk, place, while_at_risk
from equipoise.estimators.data import Floats, SurvivalData
from equipoise.estimators.logrank.summary import LogrankAsk, LogrankSummary


def summarise(data: SurvivalData, ask: LogrankAsk) -> LogrankSummary:
    """Sums over this site's rows; the shapes depend on the ask alone."""
    shape = (ask.n_strata, ask.n_groups, ask.grid.size)
    placed = place(data, ask.grid, data.stratum * ask.n_groups + data.group, ask.n_strata * ask.n_groups)
    weight = data.weight[placed.keep]
    censored, events = at_end(placed, weight)
    return LogrankSummary(
        rows=np.bincount(data.group[data.weight > 0], minlength=ask.n_groups).astype(np.int64),
        at_risk=over_at_risk(placed, weight, censored + events).reshape(shape),
        events=events.reshape(shape),
        meat=_meat(data, ask) if ask.hazard.size else np.zeros(0),
    )


def _meat(data: SurvivalData, ask: LogrankAsk) -> Floats:
    placed = place(data, ask.grid, data.stratum, ask.n_strata)
    residual = score_residuals(data, placed, ask) * data.weight[placed.keep][:, None]
    by_cluster = cluster_sums(*cluster_codes(data, placed.keep), residual)
    found: Floats = by_cluster.T @ by_cluster
    return found


def score_residuals(data: SurvivalData, placed: Placed, ask: LogrankAsk) -> Floats:
    """(m, g): what each row adds to observed - expected of each group, per unit of weight."""
    share = np.moveaxis(ask.share, 1, 2)
    faced = ask.time_weight * ask.hazard
    member = np.eye(ask.n_groups)[data.group[placed.keep]]
    residual: Floats = while_at_risk(placed, faced[..., None] * share) - member * while_at_risk(placed, faced)[:, None]
    dead = placed.event
    cell = placed.unit[dead], placed.last[dead]
    residual[dead] += ask.time_weight[cell][:, None] * (member[dead] - share[cell])
    return residual
