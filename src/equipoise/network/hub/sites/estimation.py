"""The main estimate site by site and without each site.

Two stages: the hazard ratio of each site that may stand alone, then a meta-analysis of the logarithms (fixed effect; random effects with
DerSimonian and Laird's variance; with restricted maximum likelihood and Hartung and Knapp's interval, see `estimators.evidence`).
Leaving out: the one-stage model again without a site, or without a group of sites. Weights are those of the propensity model of the whole
network in both: an arm is missing at many sites, so that a model of a site's own would not exist there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats
from equipoise.estimators.evidence.pooling import Pooled, pool
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.analysis.effects import cox_job, primary_days, score_model
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.hub.sites.parts import SiteParts
from equipoise.network.wire.messages import Part
from equipoise.network.wire.views import View
from equipoise.study.model import Adjustment

FEWEST_ESTIMATES = 2


@dataclass(frozen=True, slots=True)
class TwoStage:
    """Each site's own model, and their logarithms pooled by three methods; empty where fewer than two sites have an estimate."""

    sites: tuple[tuple[Part, CoxResult], ...]
    none_at: tuple[str, ...]
    """Sites that may stand alone and have no estimate: an arm without events, or the like."""
    fixed: Pooled | None = None
    dersimonian_laird: Pooled | None = None
    hartung_knapp: Pooled | None = None


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The one-stage model without a part of the sites."""

    without: tuple[tuple[tuple[str, ...], CoxResult | Failed], ...]


@dataclass(frozen=True, slots=True)
class SiteFindings:
    """What was found of one outcome under one adjustment; None for what the study does not ask for."""

    outcome: str
    adjustment: Adjustment
    parts: SiteParts
    two_stage: TwoStage | None
    leave_one_out: LeaveOneOut | None


def estimate_sites(stage: Stage, outcome: str, parts: SiteParts) -> SiteFindings:
    """Ask for what the study wants, under its main adjustment (crude, where that could not be made)."""
    study = stage.plan.study
    adjustment: Adjustment = study.analysis.main if study.analysis.main in stage.plan.adjustments else "crude"
    wanted = study.analysis.sites or ()
    alone = parts.alone if "two-stage" in wanted else ()
    left_out = parts.left_out if "leave-one-out" in wanted else ()
    views = [View(outcome=outcome, weighting=adjustment, columns="arm", site=part.site) for part in alone]
    views += [View(outcome=outcome, weighting=adjustment, columns="arm", without=names) for names in left_out]
    found = run_jobs(stage.talk, stage.setting, [_job(stage, view) for view in views])
    own, others = found[: len(alone)], found[len(alone) :]
    return SiteFindings(
        outcome,
        adjustment,
        parts,
        pooled(tuple(zip(alone, own, strict=True)), study.analysis.confidence) if "two-stage" in wanted else None,
        LeaveOneOut(tuple(zip(left_out, others, strict=True))) if "leave-one-out" in wanted else None,
    )


def _job(stage: Stage, view: View) -> Job:
    grid = primary_days(stage.effects, view.outcome or "")
    return cox_job(stage.plan.study, view, grid, scored=score_model(stage.setting, view))


def pooled(found: tuple[tuple[Part, CoxResult | Failed], ...], confidence: float) -> TwoStage:
    """The second stage."""
    sites = tuple((part, cox) for part, cox in found if isinstance(cox, CoxResult) and cox.vcov[0, 0] > 0)
    none_at = tuple(part.site for part, _ in found if part not in [one for one, _ in sites])
    if len(sites) < FEWEST_ESTIMATES:
        return TwoStage(sites, none_at)
    estimate = np.array([cox.coef[0] for _, cox in sites])
    variance = np.array([cox.vcov[0, 0] for _, cox in sites])
    return TwoStage(
        sites,
        none_at,
        pool(estimate, variance, method="FE", confidence=confidence),
        pool(estimate, variance, method="DL", confidence=confidence),
        _restricted(estimate, variance, confidence),
    )


def _restricted(estimate: Floats, variance: Floats, confidence: float) -> Pooled | None:
    """None where the variance between sites does not settle."""
    try:
        return pool(estimate, variance, method="REML", inference="knha", confidence=confidence)
    except EquipoiseError:
        return None
