"""Residuals of a Cox fit, row by row: for the one who has the rows. Nothing here leaves a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.at_risk import place, while_at_risk
from equipoise.estimators.cox.robust.score_residuals import ScoreResiduals
from equipoise.estimators.cox.site import at_beta, risk_sets
from equipoise.estimators.cox.summary import CoxResult, Progress, RiskSets, RiskSetsAsk
from equipoise.estimators.cox.tied_events import residual_means, tied_events
from equipoise.estimators.data import Floats, Ints, SurvivalData


@dataclass(frozen=True, slots=True)
class CoxResiduals:
    """As R's `residuals.coxph`; NaN for rows that took no part.

    martingale, deviance: (n,). score, dfbeta: (n, p); dfbeta is weighted, the change of coef when the row is left out.
    event_rows: (d,) the rows with an event, by stratum and time; schoenfeld, scaled_schoenfeld: (d, p) in that order.
    """

    martingale: Floats
    deviance: Floats
    score: Floats
    dfbeta: Floats
    event_rows: Ints
    schoenfeld: Floats
    scaled_schoenfeld: Floats


def cox_residuals(data: SurvivalData, result: CoxResult) -> CoxResiduals:
    """Residuals at the fitted coefficients. data: the rows of the fit, strata numbered from 0."""
    strata = int(data.stratum.max(initial=0)) + 1
    placed = place(data, result.time, data.stratum, strata)
    rows = at_beta(data, placed, result.coef, result.means)
    efron = result.ties == "efron"
    ask = RiskSetsAsk(result.time, strata, efron, result.coef, result.means, False, Progress())
    sets: RiskSets = risk_sets(data, rows, ask)
    ties = tied_events(sets, efron)
    means = residual_means(sets, ties)
    dead = placed.event
    cell = placed.unit[dead], placed.last[dead]
    faced = while_at_risk(placed, ties.hazard)
    faced[dead] -= ties.tied[cell]
    martingale = dead - np.exp(rows.eta) * faced
    score = ScoreResiduals.of(rows, (ties.hazard, ties.tied), means).whole()
    order = np.lexsort((placed.last[dead], placed.unit[dead]))
    schoenfeld = (rows.columns.whole()[dead] - means[2][cell])[order]
    return CoxResiduals(
        martingale=_spread(martingale, placed.keep),
        deviance=_spread(_deviance(martingale, dead), placed.keep),
        score=_spread(score, placed.keep),
        dfbeta=_spread(score @ result.naive_vcov * rows.weight[:, None], placed.keep),
        event_rows=np.flatnonzero(placed.keep)[dead][order],
        schoenfeld=schoenfeld,
        scaled_schoenfeld=schoenfeld @ result.naive_vcov * schoenfeld.shape[0] + result.coef,
    )


def _spread(values: Floats, keep: np.ndarray) -> Floats:
    """Values of the rows in use, put back among all rows."""
    full = np.full((keep.size, *values.shape[1:]), np.nan)
    full[keep] = values
    return full


def _deviance(martingale: Floats, dead: np.ndarray) -> Floats:
    remaining = np.where(dead, dead - martingale, 1.0)
    found: Floats = np.sign(martingale) * np.sqrt(np.maximum(-2 * (martingale + dead * np.log(remaining)), 0.0))
    return found
