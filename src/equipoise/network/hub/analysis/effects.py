"""Under each adjustment and for each outcome: balance, survival curves, log-rank tests, hazard ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import KaplanMeierResult
from equipoise.estimators.logrank.hub import LogrankHub
from equipoise.estimators.logrank.summary import LogrankResult
from equipoise.estimators.moments.summary import MomentsResult
from equipoise.network.hub.analysis.learning import Lesson, moments_job
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.wire.views import Setting, View
from equipoise.study.model import Adjustment, EventOutcome, Study

SMOOTH: frozenset[Adjustment] = frozenset({"overlap", "iptw", "att"})
"""Weights that are functions of the score: a variance can know that it was estimated."""
WEIGHTED: frozenset[Adjustment] = SMOOTH | {"score-bins"}


@dataclass(frozen=True, slots=True)
class Effect:
    """One outcome under one adjustment. `people`: the curves with every person counted once, for numbers at risk and of events.

    Group 0 is the comparator, group 1 the target. `cox`, `logrank`: a failure where there is no answer.
    """

    outcome: str
    adjustment: Adjustment
    curves: KaplanMeierResult
    people: KaplanMeierResult
    cox: CoxResult | Failed
    logrank: LogrankResult | Failed


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything under each adjustment: moments of the raw columns, and the outcomes."""

    balance: tuple[tuple[Adjustment, MomentsResult], ...]
    outcomes: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be estimated: adjustments that can be made here, and which of them drop people by their score."""

    study: Study
    adjustments: tuple[Adjustment, ...]
    trimmed: frozenset[Adjustment]


def estimate(talk: Conversation, setting: Setting, plan: Plan, lesson: Lesson) -> Effects:
    """All curves and moments first; then, on the days when events happened, tests and hazard ratios.

    The crude curves are asked for on every day; whoever else is asked about left on one of the days that these show.
    """
    pairs = [(outcome.name, adjustment) for outcome in plan.study.timed_outcomes for adjustment in plan.adjustments]
    views = [View(outcome=name, weighting=adjustment) for name, adjustment in pairs]
    crude = [view for view in views if view.weighting == "crude"]
    others = [view for view in views if view.weighting != "crude"]
    others += [replace(view, unweighted=True) for view in views if view.weighting in plan.trimmed]
    asked = answers_of(talk, setting, [_curves(plan, view, day_grid(plan.study, view.outcome)) for view in crude])
    curves = dict(zip(crude, asked, strict=True))
    days = {view.outcome: leaving_days(curves[view]) for view in crude}
    moments = [_moments(lesson, adjustment) for adjustment in plan.adjustments]
    found = answers_of(talk, setting, [*moments, *(_curves(plan, view, days[view.outcome]) for view in others)])
    curves |= dict(zip(others, found[len(moments) :], strict=True))
    grids = {outcome.name: event_days(curves[View(outcome=outcome.name)]) for outcome in plan.study.timed_outcomes}
    tests = [job for view in views for job in (_cox(plan, view, grids, setting), _logrank(view, grids))]
    tested = run_jobs(talk, setting, tests)
    effects = [
        Effect(view.outcome or "", view.weighting, curves[view], _people(curves, view, plan), cox, logrank)
        for view, cox, logrank in zip(views, tested[0::2], tested[1::2], strict=True)
    ]
    return Effects(tuple(zip(plan.adjustments, found[: len(moments)], strict=True)), tuple(effects))


def primary_days(effects: Effects, outcome: str) -> Floats:
    """The days on which anyone had the event of an outcome."""
    return event_days(_crude(effects, outcome))


def days_left(effects: Effects, outcome: str) -> Floats:
    """The days on which anyone at risk for an outcome had the event or was censored: a grid on which nobody is moved."""
    return leaving_days(_crude(effects, outcome))


def _crude(effects: Effects, outcome: str) -> KaplanMeierResult:
    return next(one.curves for one in effects.outcomes if (one.outcome, one.adjustment) == (outcome, "crude"))


def answers_of(talk: Conversation, setting: Setting, jobs: Sequence[Job]) -> list[Any]:
    """Run jobs. Raises the first error: these estimators have an answer on any data."""
    found = run_jobs(talk, setting, jobs)
    for result in found:
        if isinstance(result, Failed):
            raise result.error
    return found


def day_grid(study: Study, outcome: str | None = None) -> Floats:
    """Half a day, for deaths on the index day, and every whole day of follow-up, or of the outcome's risk window where that ends before."""
    return np.concatenate([[0.5], np.arange(1.0, last_day_of(study, outcome) + 1)])


def last_day_of(study: Study, outcome: str | None) -> int:
    """The last day of follow-up, or of the outcome's risk window where that ends before."""
    windows = (one.risk_window for one in study.timed_outcomes if isinstance(one, EventOutcome) and one.name == outcome)
    return min([study.follow.max_days, *(window.end for window in windows if window.end is not None)])


def horizons(study: Study, outcome: str | None) -> tuple[int, ...]:
    """Horizons of restricted means: those of the study that a curve of the outcome can reach."""
    return tuple(day for day in study.analysis.rmst_days if day <= last_day_of(study, outcome))


def event_days(curves: KaplanMeierResult) -> Floats:
    """(k,) the days on which anyone had the event; one day when nobody had."""
    days = np.unique(np.concatenate([curve.time[curve.n_event > 0] for curve in curves.curves]))
    return days if days.size else np.ones(1)


def leaving_days(curves: KaplanMeierResult) -> Floats:
    """(k,) the days on which anyone had the event or was censored; one day when nobody was there."""
    days = np.unique(np.concatenate([curve.time for curve in curves.curves]))
    return days if days.size else np.ones(1)


def _moments(lesson: Lesson, adjustment: Adjustment) -> Job:
    return moments_job(len(lesson.columns), lesson.shift, View(columns="raw", weighting=adjustment))


def _curves(plan: Plan, view: View, grid: Floats) -> Job:
    analysis = plan.study.analysis
    robust = view.weighting in WEIGHTED and not view.unweighted
    taus = tuple(map(float, horizons(plan.study, view.outcome)))
    hub = KaplanMeierHub(grid, 2, confidence=analysis.confidence, robust=robust, taus=taus)
    return Job("kaplan_meier", hub, view)


def _cox(plan: Plan, view: View, grids: dict[str, Floats], setting: Setting) -> Job:
    grid, scored = grids[view.outcome or ""], score_model(setting, view)
    return cox_job(plan.study, replace(view, columns="arm"), grid, zph=True, scored=scored)


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """The propensity model that weights come from: its columns, the intercept included (0: no model made them), the prior's precision."""

    columns: int = 0
    precision: float = 0.0


def score_model(setting: Setting, view: View) -> ScoreModel:
    """What a variance must know of the model that the view's weights come from."""
    scores = setting.scores
    if scores is None or view.weighting not in SMOOTH:
        return ScoreModel()
    return ScoreModel(len(scores.coef), 0.0 if scores.prior_sd is None else scores.prior_sd**-2)


def cox_job(
    study: Study,
    view: View,
    grid: Floats,
    n_columns: int = 1,
    *,
    zph: bool = False,
    scored: ScoreModel = ScoreModel(),  # noqa: B008
) -> Job:
    """A Cox model of the view's columns as the study wants it: ties, strata, robust variance where people carry weights.

    grid: (k,) the days with an event. scored: the propensity model, for a variance that knows that it was fitted.
    """
    analysis = study.analysis
    local = analysis.cox_strata == "site" and view.weighting != "crude"
    hub = CoxHub(
        grid,
        n_columns,
        ties=analysis.ties,
        robust=view.weighting in WEIGHTED,
        local_strata=local,
        zph=zph,
        confidence=analysis.confidence,
        weight_columns=scored.columns,
        weight_prior=scored.precision,
    )
    return Job("cox", hub, replace(view, stratum="site" if local else "none", estimated=scored.columns > 0))


def _logrank(view: View, grids: dict[str, Floats]) -> Job:
    return Job("logrank", LogrankHub(grids[view.outcome or ""], 2, robust=view.weighting in WEIGHTED), view)


def _people(curves: dict[View, KaplanMeierResult], view: View, plan: Plan) -> KaplanMeierResult:
    """The curves that count each person once, of the same people."""
    if view.weighting == "matched":
        return curves[view]
    return curves[replace(view, unweighted=True)] if view.weighting in plan.trimmed else curves[replace(view, weighting="crude")]
