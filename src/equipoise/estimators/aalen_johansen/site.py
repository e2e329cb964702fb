"""Cumulative incidence at one site: who is at risk and who has which event; then squared influences."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.aalen_johansen.causes import PlacedCauses, at_cause, place_causes
from equipoise.estimators.aalen_johansen.curves import kernels
from equipoise.estimators.aalen_johansen.influence import area_squares, influence_squares
from equipoise.estimators.aalen_johansen.summary import AalenJohansenAsk, AalenJohansenSummary
from equipoise.estimators.at_risk import at_exit, over_at_risk
from equipoise.estimators.data import Floats, Ints, SurvivalData


def summarise(data: SurvivalData, ask: AalenJohansenAsk) -> AalenJohansenSummary:
    """Sums over this site's rows; the shapes depend on the ask alone. data.event: 0 censored, 1..c the cause."""
    rows = place_causes(data, ask.grid, data.group, ask.n_groups, ask.n_causes)
    weight = data.weight[rows.placed.keep]
    ones = np.ones_like(weight)
    influence_sq, area_sq = _squares(data, rows, ask)
    return AalenJohansenSummary(
        rows=np.bincount(data.group[data.weight > 0], minlength=ask.n_groups).astype(np.int64),
        at_risk_count=_whole(over_at_risk(rows.placed, ones)),
        event_count=_whole(at_cause(rows, ones)),
        censored_count=_whole(_censored(rows, ones)),
        at_risk=over_at_risk(rows.placed, weight),
        events=at_cause(rows, weight),
        censored=_censored(rows, weight),
        influence_sq=influence_sq,
        area_sq=area_sq,
    )


def _squares(data: SurvivalData, rows: PlacedCauses, ask: AalenJohansenAsk) -> tuple[Floats, Floats]:
    if not ask.at_risk.size:
        return np.zeros(0), np.zeros(0)
    kernel = kernels(ask.at_risk, ask.events)
    return influence_squares(data, rows, kernel), area_squares(data, rows, kernel, ask.grid, ask.taus)


def _whole(counts: Floats) -> Ints:
    return np.rint(counts).astype(np.int64)


def _censored(rows: PlacedCauses, values: Floats) -> Floats:
    return at_exit(rows.placed, np.where(rows.placed.event, 0.0, values))
