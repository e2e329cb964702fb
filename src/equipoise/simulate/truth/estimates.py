"""Estimates from tallies: the hazard ratio that a correctly weighted Cox model tends to, survival, medians, restricted means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.simulate.baseline import Floats
from equipoise.simulate.truth.tally import ESTIMANDS, Estimand, Tally

HORIZONS = (365, 731, 1096)


@dataclass(frozen=True, slots=True)
class Curve:
    """A survival curve of one arm: survival and restricted mean at `HORIZONS`, median in days (None: not reached)."""

    median_days: int | None
    survival: tuple[float, ...]
    rmst_days: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Estimates:
    """One estimand. Curves: (comparator, target). true: deaths as they happen; observed: Kaplan-Meier of what is recorded."""

    estimand: Estimand
    hazard_ratio: float
    hazard_ratio_stratified_by_site: float
    true: tuple[Curve, Curve]
    observed: tuple[Curve, Curve]


def estimate(sites: Sequence[Tally]) -> tuple[Estimates, ...]:
    """All estimands from one tally a hospital."""
    ended, died = np.stack([site.ended for site in sites]), np.stack([site.died for site in sites])
    true = np.sum([site.true_deaths for site in sites], axis=0)
    return tuple(
        Estimates(
            estimand,
            hazard_ratio(ended[:, k].sum(0)[None], died[:, k].sum(0)[None]),
            hazard_ratio(ended[:, k], died[:, k]),
            (_true_curve(true[k, 0]), _true_curve(true[k, 1])),
            (_observed_curve(ended[:, k, 0].sum(0), died[:, k, 0].sum(0)), _observed_curve(ended[:, k, 1].sum(0), died[:, k, 1].sum(0))),
        )
        for k, estimand in enumerate(ESTIMANDS)
    )


def at_risk(ended: Floats) -> Floats:
    """Weight still followed at the start of each day; last axis is the day."""
    return np.cumsum(ended[..., ::-1], axis=-1)[..., ::-1]


def hazard_ratio(ended: Floats, died: Floats) -> float:
    """The Cox hazard ratio of arm 1 against arm 0 (one covariate, Breslow ties), by Newton's method on sums over days.

    ended, died: (stratum, arm, day) weights. NaN when either arm has no death.
    """
    risk, deaths = at_risk(ended), died.sum(axis=1)
    if not (died[:, 0].any() and died[:, 1].any()):
        return float("nan")
    log_ratio, target = 0.0, float(died[:, 1].sum())
    for _ in range(50):
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.nan_to_num(risk[:, 1] * np.exp(log_ratio) / (risk[:, 1] * np.exp(log_ratio) + risk[:, 0]))
        information = float((deaths * share * (1 - share)).sum())
        step = (target - float((deaths * share).sum())) / information
        log_ratio += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-12:
            break
    return float(np.exp(log_ratio))


def _true_curve(deaths: Floats) -> Curve:
    total = deaths.sum()
    return _curve(1 - np.cumsum(deaths) / total)


def _observed_curve(ended: Floats, died: Floats) -> Curve:
    risk = at_risk(ended)
    hazard = np.divide(died, risk, out=np.zeros_like(died), where=risk > 0)
    return _curve(np.cumprod(1 - hazard))


def _curve(survival: Floats) -> Curve:
    """survival[d]: the probability to live beyond day d, from day 0."""
    below = np.flatnonzero(survival <= 0.5)
    return Curve(
        int(below[0]) if len(below) else None,
        tuple(float(survival[day]) for day in HORIZONS),
        tuple(float(survival[:day].sum()) for day in HORIZONS),
    )
