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
    placed_once,
    while_at_risk,
)
from equipoise.estimators.cox.newton import center_of, means_and_spread
from equipoise.estimators.cox.robust.estimated_weights import joint_sums
from equipoise.estimators.cox.robust.leverage import carried, freed, own_information
from equipoise.estimators.cox.robust.score_residuals import ScoreResiduals
from equipoise.estimators.cox.summary import CoxAsk, CoxSummary, Curvature, CurvatureAsk, LocalAsk, LocalFit, RiskSets, RiskSetsAsk
from equipoise.estimators.cox.sweep import AtBeta, sweep
from equipoise.estimators.cox.tied_events import expected_x, log_likelihood, mean_squares, residual_means, tied_events
from equipoise.estimators.data import Columns, EstimatedWeights, Floats, Ints, SurvivalData, memo, square
from equipoise.estimators.errors import BAD_ARGUMENT

_NOTHING = np.zeros(0), np.zeros(0), np.zeros(0)


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers of rows with a weight, sums of weights, and of weight times x and squared x, (p,)."""

    rows: int
    weight: float
    x: Floats
    x_sq: Floats


@dataclass(frozen=True, slots=True)
class Deaths:
    """Events and their weights by stratum and time, (s, k); rows, (d,), that have one; x: (p,) their weight times x, less `center`."""

    placed: Placed
    number: Ints
    weight: Floats
    rows: Ints
    center: Floats
    x: Floats


@dataclass(frozen=True, slots=True)
class _Ragged:
    grid: Floats
    placed: Placed
    cell_time: Ints


def summarise(data: SurvivalData, ask: CoxAsk) -> CoxSummary:
    """Answer either half of an iteration, or the whole of it when strata are the site's own.

    A beta that is far too large gives infinities, which the hub answers with a shorter step.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if isinstance(ask, LocalAsk):
            return _local_fit(data, ask)
        rows = at_beta(data, placed_once(data, ask.grid, ask.n_strata), ask.beta, ask.center)
        return risk_sets(data, rows, ask) if isinstance(ask, RiskSetsAsk) else _curvature(data, rows, ask)


def at_beta(data: SurvivalData, placed: Placed, beta: Floats, center: Floats) -> AtBeta:
    """Linear predictors of the rows in use, columns shifted by `center`; kept with the rows for the second half of the iteration."""
    known = memo(data).get("at_beta")
    if isinstance(known, AtBeta) and known.placed is placed and known.is_at(beta, center):
        return known
    found = sweep(data, placed, beta, center)
    memo(data)["at_beta"] = found
    return found


def risk_sets(data: SurvivalData, rows: AtBeta, ask: RiskSetsAsk | LocalAsk) -> RiskSets:
    """Sums over those at risk, and over events, at the beta of `rows`."""
    leaving, dying, at_risk = _counts(data, ask.grid) if ask.count_times else (np.zeros(0, dtype=np.int64),) * 3
    totals, deaths = _totals(data), _deaths(data, rows)
    return RiskSets(
        risk=rows.at_risk,
        risk_x=rows.risk_x,
        deaths=deaths.number,
        death_weight=deaths.weight,
        death_risk=rows.at_death if ask.efron else np.zeros(0),
        death_risk_x=rows.death_risk_x if ask.efron else np.zeros(0),
        death_eta=float(rows.weight[deaths.rows] @ rows.eta[deaths.rows]),
        death_x=deaths.x,
        rows=totals.rows,
        weight=totals.weight,
        x=totals.x,
        x_sq=totals.x_sq,
        leaving=leaving,
        dying=dying,
        at_risk=at_risk,
    )


def _deaths(data: SurvivalData, rows: AtBeta) -> Deaths:
    """Who dies when, the same in every round with the same center."""
    known = memo(data).get("deaths")
    if isinstance(known, Deaths) and known.placed is rows.placed and np.array_equal(known.center, rows.center):
        return known
    number, weight = (at_event(rows.placed, values) for values in (np.ones_like(rows.weight), rows.weight))
    x = rows.columns.sums(np.where(rows.placed.event, rows.weight, 0.0)[None])[0]
    found = Deaths(rows.placed, _whole(number), weight, np.flatnonzero(rows.placed.event), rows.center, x)
    memo(data)["deaths"] = found
    return found


def first_center(data: SurvivalData) -> Floats:
    """(p,) what to take off the columns from the first round on, where one site has all rows."""
    totals = _totals(data)
    return center_of(*means_and_spread(totals.weight, totals.x, totals.x_sq)) if totals.weight else np.zeros(data.x.shape[1])


def _totals(data: SurvivalData) -> Totals:
    """Sums over all rows with a weight, the same in every round."""
    known = memo(data).get("totals")
    if isinstance(known, Totals):
        return known
    used = data.weight > 0
    x, x_sq = np.zeros(data.x.shape[1]), np.zeros(data.x.shape[1])
    for part, block in Columns(data.x).blocks():
        x += data.weight[part] @ block
        x_sq += data.weight[part] @ np.square(block, out=block)
    found = Totals(int(used.sum()), float(data.weight.sum()), x, x_sq)
    memo(data)["totals"] = found
    return found


def _counts(data: SurvivalData, grid: Floats) -> tuple[Ints, Ints, Ints]:
    """(k,) numbers of people who leave, who die, and who are at risk, at each grid time, over all strata."""
    placed = place(data, grid, np.zeros_like(data.stratum), 1)
    ones = np.ones(placed.last.size)
    leaving = np.bincount(placed.last, minlength=grid.size).astype(np.int64)
    return leaving, _whole(at_event(placed, ones))[0], _whole(over_at_risk(placed, ones))[0]


def _whole(counts: Floats) -> Ints:
    return np.rint(counts).astype(np.int64)


def _curvature(data: SurvivalData, rows: AtBeta, ask: CurvatureAsk) -> Curvature:
    second, death_x = moments(rows, _deaths(data, rows), (ask.hazard, ask.tied), ask.multipliers)
    means = ask.mean_hazard, ask.tied_mean, ask.death_mean
    return Curvature(second, death_x, *(_meat(data, rows, ask, (ask.hazard, ask.tied), means) if ask.robust else _NOTHING))


def moments(rows: AtBeta, deaths: Deaths, hazards: tuple[Floats, Floats], multipliers: Floats) -> tuple[Floats, Floats]:
    """Second moments weighted by the hazard each row faced, (m, p, p), and sums of x over events, (m, p), for each multiplier.

    hazards: increments, and the part of them that the dying did not face, (s, k) each. multipliers: (m, k), the first all ones.
    """
    placed, dead = rows.placed, deaths.rows
    last, unit = placed.last[dead], placed.unit[dead]
    weights, of_dead = np.empty((len(multipliers), rows.weight.size)), np.zeros((len(multipliers) - 1, rows.weight.size))
    for i, g in enumerate(multipliers):
        faced = while_at_risk(placed, hazards[0] * g)
        faced[dead] -= (hazards[1] * g)[unit, last]
        np.multiply(rows.risk, faced, out=weights[i])
        if i:
            of_dead[i - 1, dead] = rows.weight[dead] * g[last]
    squares, sums = rows.columns.squares_and_sums(weights, of_dead)
    return squares, np.vstack([deaths.x, sums])


def _meat(
    data: SurvivalData, rows: AtBeta, ask: CurvatureAsk | LocalAsk, hazards: tuple[Floats, Floats], means: tuple[Floats, Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Outer products of score residuals; the slopes of estimated weights, and what persons carry, where they are asked for."""
    residuals = ScoreResiduals.of(rows, hazards, means)
    if ask.weight_columns:
        model = _model(data, ask.weight_columns)
        return *joint_sums(residuals.whole(), rows.weight, np.flatnonzero(rows.placed.keep), model), np.zeros(0)
    if data.cluster is None and not ask.inverse.size:
        total = np.zeros((rows.columns.width, rows.columns.width))
        for part, residual in residuals.blocks():
            residual *= rows.weight[part, None]
            total += square(residual)
        return total, *_NOTHING[1:]
    codes, size = cluster_codes(data, rows.placed.keep)
    by_cluster = cluster_sums(codes, size, residuals.whole() * rows.weight[:, None])
    if not ask.inverse.size:
        return by_cluster.T @ by_cluster, *_NOTHING[1:]
    own = own_information(rows, residuals.faced, means[0])
    by_cluster = freed(by_cluster, own, codes, ask.inverse)
    return by_cluster.T @ by_cluster, np.zeros(0), carried(own, rows.weight, codes, size, ask.inverse)


def _model(data: SurvivalData, columns: int) -> EstimatedWeights:
    if data.estimated is None or data.estimated.columns != columns or data.cluster is not None:
        raise BAD_ARGUMENT.error("the variance of estimated weights needs the model that they come from, and rows without clusters")
    return data.estimated


def _local_fit(data: SurvivalData, ask: LocalAsk) -> LocalFit:
    if not np.any((data.event == 1) & (data.weight > 0)):
        return _without_events(data, ask)
    placed, cell_time = _ragged_once(data, ask.grid)
    rows = at_beta(data, placed, ask.beta, ask.center)
    sets = risk_sets(data, rows, ask)
    ties = tied_events(sets, ask.efron)
    multipliers = ask.multipliers[:, cell_time]
    second, death_x = moments(rows, _deaths(data, rows), (ties.hazard, ties.tied), multipliers)
    expected = expected_x(sets, ties, multipliers)
    meat, slopes, carries = _meat(data, rows, ask, (ties.hazard, ties.tied), residual_means(sets, ties)) if ask.robust else _NOTHING
    return LocalFit(
        loglik=log_likelihood(sets, ties),
        score=death_x - expected,
        information=second - mean_squares(sets, ties, multipliers),
        meat=meat,
        slopes=slopes,
        carried=carries,
        events=int(sets.deaths.sum()),
        rows=sets.rows,
        weight=sets.weight,
        x=sets.x,
        x_sq=sets.x_sq,
        leaving=sets.leaving,
        dying=sets.dying,
        at_risk=sets.at_risk,
    )


def _ragged_once(data: SurvivalData, grid: Floats) -> tuple[Placed, Ints]:
    """`_ragged`, kept with the rows for the next round on the same grid."""
    known = memo(data).get("ragged")
    if isinstance(known, _Ragged) and np.array_equal(known.grid, grid):
        return known.placed, known.cell_time
    placed, cell_time = _ragged(data, grid)
    memo(data)["ragged"] = _Ragged(grid, placed, cell_time)
    return placed, cell_time


def _without_events(data: SurvivalData, ask: LocalAsk) -> LocalFit:
    """What a site without an event adds: its rows, and what its people say of the model that the weights come from."""
    p, m, used = data.x.shape[1], len(ask.multipliers), data.weight > 0
    w, x = data.weight[used], data.x[used]
    meat, slopes = (np.zeros((p, p)) if ask.robust else np.zeros(0)), np.zeros(0)
    if ask.robust and ask.weight_columns:
        nobody = np.zeros(0, dtype=np.int64)
        meat, slopes = joint_sums(np.zeros((0, p)), np.zeros(0), nobody, _model(data, ask.weight_columns))
    leaving, dying, at_risk = _counts(data, ask.grid) if ask.count_times else (np.zeros(0, dtype=np.int64),) * 3
    return LocalFit(
        loglik=0.0,
        score=np.zeros((m, p)),
        information=np.zeros((m, p, p)),
        meat=meat,
        slopes=slopes,
        carried=np.zeros((2, p)) if ask.robust and ask.inverse.size else np.zeros(0),
        events=0,
        rows=int(used.sum()),
        weight=float(w.sum()),
        x=w @ x,
        x_sq=w @ x**2,
        leaving=leaving,
        dying=dying,
        at_risk=at_risk,
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
