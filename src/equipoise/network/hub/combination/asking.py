"""What is asked of the network for each analysis: persons, events and curves first, then Cox models of the arms that have events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import KaplanMeierResult
from equipoise.network.hub.analysis.effects import answers_of, day_grid, days_left, event_days
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.combination.analyses import Analysis, Arms
from equipoise.network.hub.combination.contrasts import Groups
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.wire.combination import CombinationFrame
from equipoise.network.wire.views import View

CRUDE, COVARIATES, WEIGHTS, BOTH = "crude", "covariates", "weights", "weights and covariates"
"""How a model accounts for differences between people, under `adjustment` in the records."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """One Cox model: of the labels (with the arm beside them) or of the combined arms. left_out: covariates that had no estimate."""

    adjustment: str
    effects: Literal["labels", "arms"]
    groups: Groups
    cox: CoxResult | Failed
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A model to be fitted."""

    adjustment: str
    frame: CombinationFrame
    hub: CoxHub
    left_out: tuple[int, ...] = ()

    @property
    def groups(self) -> Groups:
        """The model's groups and where their columns begin."""
        return Groups(self.frame.labels if self.frame.effects == "labels" else self.frame.arms, int(self.frame.arm))


@dataclass(frozen=True, slots=True)
class Counted:
    """Curves that count every person once. arms: by combined arm; labels: over both arms; apart: each pair described apart, by arm.

    left: those who left before a landmark, by combined arm. Of clones, persons whose data do not contradict the strategy at the index,
    and events before the artificial censoring.
    """

    arms: KaplanMeierResult
    labels: KaplanMeierResult
    apart: tuple[KaplanMeierResult, ...] = ()
    left: KaplanMeierResult | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One analysis: counts, curves to be shown (weighted for clones, None where survival by label means nothing), models."""

    analysis: Analysis
    counted: Counted
    curves: Counted | None
    models: tuple[Fitted, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """The study's block with what the models may adjust for."""

    stage: Stage
    arms: Arms
    covariates: tuple[int, ...]

    def view(self, frame: CombinationFrame, *, strata: bool = False) -> View:
        """Everybody at risk for the block's outcome."""
        stratum: Literal["none", "site"] = "site" if strata and self.by_site else "none"
        return View(outcome=self.arms.block.outcome, stratum=stratum, combination=frame)

    @property
    def by_site(self) -> bool:
        """Whether adjusted models compare within sites only."""
        return self.arms.study.analysis.cox_strata == "site"

    def curves(self, frame: CombinationFrame, groups: int, *, robust: bool = False) -> Job:
        """Survival by group."""
        study = self.arms.study
        taus = tuple(map(float, study.analysis.rmst_days))
        hub = KaplanMeierHub(self._days(frame), groups, confidence=study.analysis.confidence, robust=robust, taus=taus)
        return Job("kaplan_meier", hub, self.view(frame))

    def _days(self, frame: CombinationFrame) -> Floats:
        """The days on which a row of the frame can end: those on which anyone left, as its clock counts, and every day of the grace period
        of clones. Where rows end with every change of label, every day of follow-up."""
        block = self.arms.block
        left = days_left(self.stage.effects, block.outcome)
        match frame.rows:
            case "window":
                days = left
            case "landmark":
                days = left[left <= frame.landmark] if frame.left else left[left > frame.landmark] - frame.landmark
            case "clones" | "weighted clones":
                days = np.union1d(left, np.arange(1.0, block.grace + 1))
            case _:
                days = day_grid(self.arms.study)
        return days if days.size else np.ones(1)


def asking(stage: Stage, arms: Arms) -> Asking:
    """With the places of the design's columns that the block's covariates gave, those without information left out."""
    setting = stage.setting
    if setting.learned is None or setting.scores is None:
        return Asking(stage, arms, ())
    useful = setting.scores.coef[1:] != 0
    columns = enumerate(setting.learned.columns)
    return Asking(stage, arms, tuple(place for place, column in columns if column.source in arms.block.covariates and useful[place]))


def count_all(ask: Asking, analyses: tuple[Analysis, ...]) -> tuple[Counted, ...]:
    """Persons and events of every analysis, counted once each."""
    jobs = [(analysis, list(_counting(ask, analysis))) for analysis in analyses]
    found = iter(answers_of(ask.stage.talk, ask.stage.setting, [job for _, several in jobs for job in several]))
    return tuple(_counted(analysis, [next(found) for _ in several]) for analysis, several in jobs)


def _counting(ask: Asking, analysis: Analysis) -> Iterator[Job]:
    frame, labels = analysis.frame, ask.arms.labels
    yield ask.curves(replace(frame, group="arms"), 2 * labels)
    yield ask.curves(replace(frame, group="labels"), labels)
    if analysis.days is not None:
        for place in range(len(ask.arms.block.apart)):
            yield ask.curves(replace(frame, group="apart", apart=place), 2)
    if analysis.kind == "landmark":
        yield ask.curves(replace(frame, group="arms", left=True), 2 * labels)


def _counted(analysis: Analysis, found: list[KaplanMeierResult]) -> Counted:
    arms, labels, *rest = found
    left = rest.pop() if analysis.kind == "landmark" else None
    return Counted(arms, labels, tuple(rest), left)


def with_events(counted: KaplanMeierResult, codes: tuple[int, ...]) -> tuple[int, ...]:
    """The codes of groups in which somebody has the event: only these have a finite hazard ratio."""
    return tuple(code for code in codes if counted.curve(code).people_with_event > 0)


def models_of(ask: Asking, frame: CombinationFrame, counted: Counted) -> list[Wanted]:
    """The models of one analysis: of labels and of combined arms, plain and adjusted. None where fewer than two groups have events."""
    plain, adjusted = (WEIGHTS, BOTH) if frame.rows == "weighted clones" else (CRUDE, COVARIATES)
    made = []
    for adjustment in (plain, adjusted) if ask.covariates else (plain,):
        of = replace(frame, covariates=ask.covariates if adjustment == adjusted else ())
        labels = tuple(label for label in _labels(ask, counted) if not frame.labels or label in frame.labels)
        arms = tuple(code for code in _arms(ask, counted) if not frame.labels or ask.arms.split(code)[1] in frame.labels)
        labels = labels if ask.arms.labels - 1 in labels else ()
        if len(labels) > 1:
            made.append(_model(ask, replace(of, effects="labels", labels=labels, arm=True), counted, adjustment))
        if len(arms) > 1:
            made.append(_model(ask, replace(of, effects="arms", arms=arms), counted, adjustment))
    return made


def _labels(ask: Asking, counted: Counted) -> tuple[int, ...]:
    """Labels with events, that of persons with none of the classes first; none at all without it, or with one arm only."""
    last = ask.arms.labels - 1
    found = with_events(counted.labels, tuple(range(last)))
    both = {ask.arms.split(code)[0] for code in with_events(counted.arms, ask.arms.codes)} == {0, 1}
    return (last, *found) if both and with_events(counted.labels, (last,)) else ()


def _arms(ask: Asking, counted: Counted) -> tuple[int, ...]:
    """Combined arms with events: the comparator without any class first, where it has some."""
    last = ask.arms.labels - 1
    order = dict.fromkeys([ask.arms.code(0, last), ask.arms.code(1, last), *ask.arms.codes])
    return with_events(counted.arms, tuple(order))


def _model(ask: Asking, frame: CombinationFrame, counted: Counted, adjustment: str) -> Wanted:
    analysis = ask.arms.study.analysis
    codes = frame.labels if frame.effects == "labels" else frame.arms
    hub = CoxHub(
        event_days(counted.arms),
        int(frame.arm) + len(codes) - 1 + len(frame.covariates),
        ties=analysis.ties,
        robust=frame.rows == "weighted clones",
        local_strata=adjustment != CRUDE and ask.by_site,
        confidence=analysis.confidence,
        leverage=frame.rows == "weighted clones",
    )
    return Wanted(adjustment, frame, hub)


def fit_all(ask: Asking, wanted: Sequence[Sequence[Wanted]]) -> list[tuple[Fitted, ...]]:
    """All models of all analyses, asked together. A covariate without an estimate is left out, and its model fitted again."""
    models = [one for of_one in wanted for one in of_one]
    found = _asked(ask, models)
    for _ in ask.covariates:
        again = {place: less for place, fit in enumerate(found) if isinstance(fit, Failed) and (less := without(models[place], fit))}
        if not again:
            break
        for place, fit in zip(again, _asked(ask, list(again.values())), strict=True):
            models[place], found[place] = again[place], fit
    fitted = (Fitted(one.adjustment, _effects(one), one.groups, fit, one.left_out) for one, fit in zip(models, found, strict=True))
    return [tuple(next(fitted) for _ in of_one) for of_one in wanted]


def _effects(one: Wanted) -> Literal["labels", "arms"]:
    return "labels" if one.frame.effects == "labels" else "arms"


def _asked(ask: Asking, models: list[Wanted]) -> list[CoxResult | Failed]:
    jobs = [Job("cox", one.hub, ask.view(one.frame, strata=one.hub.local_strata)) for one in models]
    return run_jobs(ask.stage.talk, ask.stage.setting, jobs)


def without(model: Wanted, failed: Failed) -> Wanted | None:
    """The model without the covariate that its error names; None when the error names none of the covariates."""
    covariates = model.frame.covariates
    place = int(failed.error.problems[0].where.column or -1) - (model.hub.n_columns - len(covariates))
    if place < 0:
        return None
    frame = replace(model.frame, covariates=covariates[:place] + covariates[place + 1 :])
    hub = replace(model.hub, n_columns=model.hub.n_columns - 1)
    return Wanted(model.adjustment, frame, hub, (*model.left_out, covariates[place]))
