"""Gray's test at one site: those at risk and the events of each cause, by stratum and group."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.aalen_johansen.causes import at_cause, place_causes
from equipoise.estimators.at_risk import over_at_risk
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.errors import NOT_BUILT
from equipoise.estimators.gray.summary import GrayAsk, GraySummary


def summarise(data: SurvivalData, ask: GrayAsk) -> GraySummary:
    """Sums over this site's rows; the shapes depend on the ask alone. data.event: 0 censored, 1..c. Raises EQ-EST-107 for late entry."""
    if data.entry is not None and np.any(np.isfinite(data.entry)):
        raise NOT_BUILT.error("Gray's test is not defined for late entry")
    unit = data.stratum * ask.n_groups + data.group
    rows = place_causes(data, ask.grid, unit, ask.n_strata * ask.n_groups, ask.n_causes)
    weight = data.weight[rows.placed.keep]
    shape = (ask.n_strata, ask.n_groups)
    return GraySummary(
        rows=np.bincount(data.group[data.weight > 0], minlength=ask.n_groups).astype(np.int64),
        at_risk=over_at_risk(rows.placed, weight).reshape(*shape, ask.grid.size),
        events=at_cause(rows, weight).reshape(*shape, ask.n_causes, ask.grid.size),
    )
