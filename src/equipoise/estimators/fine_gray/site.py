"""Subdistribution hazards at one site: the censored, then sums over risk sets, second moments, and outer products of influences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.aalen_johansen.causes import place_causes
from equipoise.estimators.at_risk import at_event, at_exit, cluster_codes, cluster_sums, over_at_risk, while_at_risk
from equipoise.estimators.cox.summary import Curvature, CurvatureAsk, RiskSets, RiskSetsAsk
from equipoise.estimators.data import Floats, SurvivalData
from equipoise.estimators.errors import NOT_BUILT
from equipoise.estimators.fine_gray.risk_sets import Subdistribution, subdistribution
from equipoise.estimators.fine_gray.summary import (
    CensoringAsk,
    CensoringSums,
    FineGrayAsk,
    FineGraySummary,
    Follow,
    Influence,
    InfluenceAsk,
    Taken,
    TakenAsk,
    WeightedSetsAsk,
)


@dataclass(frozen=True, slots=True)
class AtBeta:
    """The m rows in use at a beta. x: (m, p) centred; weight, eta, risk = weight * exp(eta): (m,)."""

    sets: Subdistribution
    x: Floats
    weight: Floats
    eta: Floats
    risk: Floats


def summarise(data: SurvivalData, ask: FineGrayAsk) -> FineGraySummary:
    """Answer any of the rounds. data.event: 0 censored, 1..causes; data.group: censoring group. Raises EQ-EST-107 for late entry.

    A beta that is far too large gives infinities, which the hub answers with a shorter step.
    """
    if data.entry is not None and np.any(np.isfinite(data.entry)):
        raise NOT_BUILT.error("subdistribution hazards with late entry")
    if isinstance(ask, CensoringAsk):
        return _censoring(data, ask)
    with np.errstate(over="ignore", invalid="ignore"):
        rows = _at_beta(data, ask.step, ask.follow)
        if isinstance(ask, WeightedSetsAsk):
            return _risk_sets(data, rows, ask.step)
        if isinstance(ask, TakenAsk):
            risk_x = rows.sets.at_taking(rows.risk[:, None] * rows.x)
            return Taken(rows.sets.at_taking(rows.risk), risk_x, rows.sets.at_cause(rows.weight))
        if isinstance(ask, InfluenceAsk):
            return Influence(_meat(data, rows, ask.step, _censoring_influence(data, ask)))
        return _curvature(data, rows, ask.step)


def _censoring(data: SurvivalData, ask: CensoringAsk) -> CensoringSums:
    rows = place_causes(data, ask.grid, data.group, ask.n_groups, ask.n_causes)
    placed = rows.placed
    weight = data.weight[placed.keep]
    of_cause = int((rows.cause == ask.cause).sum())
    return CensoringSums(
        at_risk=over_at_risk(placed, weight),
        events=at_event(placed, weight),
        censored=at_exit(placed, np.where(placed.event, 0.0, weight)),
        rows=int(placed.keep.sum()),
        of_cause=of_cause,
        of_others=int(placed.event.sum()) - of_cause,
    )


def _at_beta(data: SurvivalData, step: RiskSetsAsk | CurvatureAsk, follow: Follow) -> AtBeta:
    sets = subdistribution(data, step.grid, step.n_strata, follow)
    keep = sets.placed.keep
    x = data.x[keep] - step.center
    eta = x @ step.beta
    if data.offset is not None:
        eta = eta + data.offset[keep]
    weight = data.weight[keep]
    return AtBeta(sets, x, weight, eta, weight * np.exp(eta))


def _risk_sets(data: SurvivalData, rows: AtBeta, step: RiskSetsAsk) -> RiskSets:
    placed, risk_x, used = rows.sets.placed, rows.risk[:, None] * rows.x, data.weight > 0
    w, x, dead = data.weight[used], data.x[used], placed.event
    nothing = np.zeros(0, dtype=np.int64)
    return RiskSets(
        risk=rows.sets.over_risk_sets(rows.risk),
        risk_x=rows.sets.over_risk_sets(risk_x),
        deaths=np.rint(at_event(placed, np.ones_like(rows.weight))).astype(np.int64),
        death_weight=at_event(placed, rows.weight),
        death_risk=at_event(placed, rows.risk) if step.efron else np.zeros(0),
        death_risk_x=at_event(placed, risk_x) if step.efron else np.zeros(0),
        death_eta=float(rows.weight[dead] @ rows.eta[dead]),
        death_x=rows.weight[dead] @ rows.x[dead],
        rows=int(used.sum()),
        weight=float(w.sum()),
        x=w @ x,
        x_sq=w @ x**2,
        leaving=nothing,
        dying=nothing,
        at_risk=nothing,
    )


def _curvature(data: SurvivalData, rows: AtBeta, step: CurvatureAsk) -> Curvature:
    sets, x = rows.sets, rows.x
    placed, dead = sets.placed, sets.placed.event
    faced = sets.while_in_risk_set(step.hazard)
    faced[dead] -= step.tied[placed.unit[dead], placed.last[dead]]
    second = x.T @ (x * (rows.risk * faced)[:, None])
    meat = _meat(data, rows, step, np.zeros_like(x)) if step.robust else np.zeros(0)
    return Curvature(second[None], (rows.weight[dead] @ x[dead])[None], meat, np.zeros(0), np.zeros(0))


def _meat(data: SurvivalData, rows: AtBeta, step: CurvatureAsk, further: Floats) -> Floats:
    """Outer products of score residuals plus `further`, (m, p), weighted and summed by cluster."""
    influence = (_score_residuals(rows, step) + further) * rows.weight[:, None]
    by_cluster = cluster_sums(*cluster_codes(data, rows.sets.placed.keep), influence)
    found: Floats = by_cluster.T @ by_cluster
    return found


def _score_residuals(rows: AtBeta, step: CurvatureAsk) -> Floats:
    """(m, p) what each row adds to the score, per unit of weight, the censoring taken as known."""
    sets, x = rows.sets, rows.x
    placed, dead = sets.placed, sets.placed.event
    cell = placed.unit[dead], placed.last[dead]
    relative = np.exp(rows.eta)[:, None]
    residual = -relative * (x * sets.while_in_risk_set(step.hazard)[:, None] - sets.while_in_risk_set(step.mean_hazard))
    own = relative[dead] * (x[dead] * step.tied[cell][:, None] - step.tied_mean[cell])
    residual[dead] += x[dead] - step.death_mean[cell] + own
    return residual


def _censoring_influence(data: SurvivalData, ask: InfluenceAsk) -> Floats:
    """(m, p) what each row adds to the score through the censoring distribution, per unit of weight."""
    follow = ask.follow
    found = place_causes(data, ask.step.grid, data.group, follow.uncensored.shape[0], follow.n_causes)
    placed, ended = found.placed, found.placed.event
    cell = placed.unit, placed.last
    influence = -while_at_risk(placed, ask.kernel_hazard)
    if ask.events_first:
        influence[ended] += ask.kernel_hazard[cell][ended]
    influence[~ended] += ask.kernel[cell][~ended]
    return influence
