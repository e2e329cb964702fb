"""Proportional hazards at one site: sums over risk sets, then second moments; or, with local strata, the site's own likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.at_risk import (
    Placed,
    at_event,
    cluster_codes,
    cluster_sums,
    over_at_risk,
    place,
    while_at_risk,
)
from equipoise.estimators.cox.estimated_weights import joint_sums
from equipoise.estimators.cox.summary import CoxAsk, CoxSummary, Curvature, CurvatureAsk, LocalAsk, LocalFit, RiskSets, RiskSetsAsk
from equipoise.estimators.cox.tied_events import death_means, log_likelihood, mean_squares, residual_means, tied_events
from equipoise.estimators.data import EstimatedWeights, Floats, Ints, SurvivalData
from equipoise.estimators.errors import BAD_ARGUMENT

_NOTHING = np.zeros(0), np.zeros(0)


@dataclass(frozen=True, slots=True)
class AtBeta:
    """The m rows in use at a beta. x: (m, p) centred; weight, eta, risk = weight * exp(eta): (m,)."""

    placed: Placed
    x: Floats
    weight: Floats
    eta: Floats
    risk: Floats


def summarise(data: SurvivalData, ask: CoxAsk) -> CoxSummary:
    """Answer either half of an iteration, or the whole of it when strata are the site's own.

    A beta that is far too large gives infinities, which the hub answers with a shorter step.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if isinstance(ask, LocalAsk):
            return _local_fit(data, ask)
        rows = at_beta(data, place(data, ask.grid, data.stratum, ask.n_strata), ask.beta, ask.center)
        return risk_sets(data, rows, ask) if isinstance(ask, RiskSetsAsk) else _curvature(data, rows, ask)


def at_beta(data: SurvivalData, placed: Placed, beta: Floats, center: Floats) -> AtBeta:
    """Linear predictors of the rows in use, columns shifted by `center`."""
    x = data.x[placed.keep] - center
    eta = x @ beta
    if data.offset is not None:
        eta = eta + data.offset[placed.keep]
    weight = data.weight[placed.keep]
    with np.errstate(over="ignore"):
        return AtBeta(placed, x, weight, eta, weight * np.exp(eta))


def risk_sets(data: SurvivalData, rows: AtBeta, ask: RiskSetsAsk | LocalAsk) -> RiskSets:
    """Sums over those at risk, and over events, at the beta of `rows`."""
    placed, risk_x = rows.placed, rows.risk[:, None] * rows.x
    used = data.weight > 0
    w, x, dead = data.weight[used], data.x[used], placed.event
    leaving, dying, at_risk = _counts(data, ask.grid) if ask.count_times else (np.zeros(0, dtype=np.int64),) * 3
    return RiskSets(
        risk=over_at_risk(placed, rows.risk),
        risk_x=over_at_risk(placed, risk_x),
        deaths=_whole(at_event(placed, np.ones_like(rows.weight))),
        death_weight=at_event(placed, rows.weight),
        death_risk=at_event(placed, rows.risk) if ask.efron else np.zeros(0),
        death_risk_x=at_event(placed, risk_x) if ask.efron else np.zeros(0),
        death_eta=float(rows.weight[dead] @ rows.eta[dead]),
        death_x=rows.weight[dead] @ rows.x[dead],
        rows=int(used.sum()),
        weight=float(w.sum()),
        x=w @ x,
        x_sq=w @ x**2,
        leaving=leaving,
        dying=dying,
        at_risk=at_risk,
    )


def _counts(data: SurvivalData, grid: Floats) -> tuple[Ints, Ints, Ints]:
    """(k,) numbers of people who leave, who die, and who are at risk, at each grid time, over all strata."""
    placed = place(data, grid, np.zeros_like(data.stratum), 1)
    ones = np.ones(placed.last.size)
    leaving = np.bincount(placed.last, minlength=grid.size).astype(np.int64)
    return leaving, _whole(at_event(placed, ones))[0], _whole(over_at_risk(placed, ones))[0]


def _whole(counts: Floats) -> Ints:
    return np.rint(counts).astype(np.int64)


def _curvature(data: SurvivalData, rows: AtBeta, ask: CurvatureAsk) -> Curvature:
    second, death_x = moments(rows, ask.hazard, ask.tied, ask.multipliers)
    means = ask.mean_hazard, ask.tied_mean, ask.death_mean
    return Curvature(second, death_x, *(_meat(data, rows, ask, (ask.hazard, ask.tied), means) if ask.robust else _NOTHING))


def moments(rows: AtBeta, hazard: Floats, tied: Floats, multipliers: Floats) -> tuple[Floats, Floats]:
    """Second moments weighted by the hazard each row faced, (m, p, p), and sums of x over events, (m, p), for each multiplier."""
    placed, x, dead = rows.placed, rows.x, rows.placed.event
    last = placed.last[dead]
    second, death_x = [], []
    for g in multipliers:
        faced = while_at_risk(placed, hazard * g)
        faced[dead] -= (tied * g)[placed.unit[dead], last]
        second.append(x.T @ (x * (rows.risk * faced)[:, None]))
        death_x.append((rows.weight[dead] * g[last]) @ x[dead])
    return np.stack(second), np.stack(death_x)


def score_residuals(rows: AtBeta, hazard: Floats, tied: Floats, means: tuple[Floats, Floats, Floats]) -> Floats:
    """(m, p) score residuals, not weighted: what each row adds to the score, per unit of weight. means: as `residual_means` gives."""
    placed, dead = rows.placed, rows.placed.event
    cell = placed.unit[dead], placed.last[dead]
    relative = np.exp(rows.eta)[:, None]
    residual = -relative * (rows.x * while_at_risk(placed, hazard)[:, None] - while_at_risk(placed, means[0]))
    own = relative[dead] * (rows.x[dead] * tied[cell][:, None] - means[1][cell])
    residual[dead] += rows.x[dead] - means[2][cell] + own
    return residual


def _meat(
    data: SurvivalData, rows: AtBeta, ask: CurvatureAsk | LocalAsk, hazards: tuple[Floats, Floats], means: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats]:
    """Outer products of score residuals, and the slopes of estimated weights where they are asked for."""
    residual = score_residuals(rows, *hazards, means)
    if ask.weight_columns:
        return joint_sums(residual, rows.weight, np.flatnonzero(rows.placed.keep), _model(data, ask.weight_columns))
    by_cluster = cluster_sums(*cluster_codes(data, rows.placed.keep), residual * rows.weight[:, None])
    return by_cluster.T @ by_cluster, np.zeros(0)


def _model(data: SurvivalData, columns: int) -> EstimatedWeights:
    if data.estimated is None or data.estimated.x.shape[1] != columns or data.cluster is not None:
        raise BAD_ARGUMENT.error("the variance of estimated weights needs the model that they come from, and rows without clusters")
    return data.estimated


def _local_fit(data: SurvivalData, ask: LocalAsk) -> LocalFit:
    placed, cell_time = _ragged(data, ask.grid)
    rows = at_beta(data, placed, ask.beta, ask.center)
    sets = risk_sets(data, rows, ask)
    ties = tied_events(sets, ask.efron)
    multipliers = ask.multipliers[:, cell_time]
    second, death_x = moments(rows, ties.hazard, ties.tied, multipliers)
    expected = np.einsum("mk,skp->mp", multipliers, death_means(sets, ties))
    meat, slopes = _meat(data, rows, ask, (ties.hazard, ties.tied), residual_means(sets, ties)) if ask.robust else _NOTHING
    return LocalFit(
        loglik=log_likelihood(sets, ties),
        score=death_x - expected,
        information=second - mean_squares(sets, ties, multipliers),
        meat=meat,
        slopes=slopes,
        events=int(sets.deaths.sum()),
        rows=sets.rows,
        weight=sets.weight,
        x=sets.x,
        x_sq=sets.x_sq,
        leaving=sets.leaving,
        dying=sets.dying,
        at_risk=sets.at_risk,
    )


def _ragged(data: SurvivalData, grid: Floats) -> tuple[Placed, Ints]:
    """Strata laid end to end on one axis that holds only the times that occur in each: memory is bounded by rows, not by strata.

    Returns the placement and, for each cell of the axis, the index of its time on the grid. One cell at least.
    """
    labels, stratum = np.unique(data.stratum, return_inverse=True)
    placed = place(data, grid, stratum.astype(np.int64), max(labels.size, 1))
    key = placed.exit_cell
    cells = np.unique(key) if key.size else np.zeros(1, dtype=np.int64)
    first = np.searchsorted(cells, key - placed.last + placed.first)
    last = np.searchsorted(cells, key)
    axis = Placed(placed.keep, np.zeros_like(placed.unit), first, last, placed.event, 1, cells.size)
    return axis, cells % grid.size
