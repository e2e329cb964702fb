"""Subgroups over the network: persons and events by level, the hazard ratio in each, and whether it differs between them.

Asked of the study's first outcome, crude and under the main adjustment. In a level people keep the weight (or the partner) that the
propensity model of the whole cohort gave them: one model has the people that a model by level would lack, and it balances levels as far
as it has no interactions of level and covariates to miss (Rassen et al., Pharmacoepidemiol Drug Saf 2012; 21: 697). Whether it did is
measured: the largest standardised difference in each level (Yang et al., Stat Med 2021; 40: 4294, show where one model is not enough).

Interaction: one Cox model of arm, level and arm by level; the Wald test that all products are 0, with the robust variance under weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.summary import MeansResult
from equipoise.estimators.moments.balance import standardised_differences
from equipoise.network.hub.analysis.effects import answers_of, cox_job, primary_days, score_model
from equipoise.network.hub.analysis.learning import Lesson, moments_job
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.wire.views import Subset, View
from equipoise.study.model import Adjustment, Study
from equipoise.study.subgroup_levels import subgroup_levels


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a subgroup: `place` in the subgroup, `column` among all levels of the study."""

    subgroup: str
    place: int
    name: str
    column: int


@dataclass(frozen=True, slots=True)
class LevelCounts:
    """Persons and those with the event, by arm (0 comparator, 1 target) and level: (2, q) each."""

    persons: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    events: np.ndarray[tuple[int, ...], np.dtype[np.int64]]

    def estimable(self, level: Level) -> bool:
        """Whether both arms have an event in the level: without, the hazard ratio is 0, infinite or nothing."""
        return bool(np.all(self.events[:, level.column] > 0))


@dataclass(frozen=True, slots=True)
class LevelEffect:
    """The effect in one level. cox: None where an arm has no event. imbalance: largest absolute standardised difference, main only."""

    level: Level
    adjustment: Adjustment
    cox: CoxResult | Failed | None
    imbalance: float | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """Wald's test over the levels that can be compared; `failed` where there is no answer."""

    subgroup: str
    adjustment: Adjustment
    levels: tuple[Level, ...]
    chisq: float = float("nan")
    failed: Failed | None = None

    @property
    def p_value(self) -> float:
        """From chi-square on one degree of freedom less than levels."""
        return float(chi2.sf(self.chisq, len(self.levels) - 1))


@dataclass(frozen=True, slots=True)
class SubgroupFindings:
    """What was found of one outcome."""

    outcome: str
    levels: tuple[Level, ...]
    counts: tuple[tuple[Adjustment, LevelCounts], ...]
    effects: tuple[LevelEffect, ...]
    interactions: tuple[Interaction, ...]

    def anyone_in(self, level: Level) -> bool:
        """Whether anybody at all is in the level."""
        return bool(dict(self.counts)["crude"].persons[:, level.column].any())


def levels_of_study(study: Study) -> tuple[Level, ...]:
    """All levels of all subgroups, in the order of the columns that a site counts them in."""
    named = [(group.name, place, name) for group in study.subgroups or () for place, name in enumerate(subgroup_levels(study, group))]
    return tuple(Level(subgroup, place, name, column) for column, (subgroup, place, name) in enumerate(named))


def estimate_subgroups(stage: Stage, outcome: str) -> SubgroupFindings:
    """Counts first; then a model for each level in which both arms have events, and for each subgroup with two such levels."""
    study, levels = stage.plan.study, levels_of_study(stage.plan.study)
    wanted = [a for a in dict.fromkeys(("crude", study.analysis.main)) if a in stage.plan.adjustments]
    views: list[View] = [View(outcome=outcome, weighting=adjustment) for adjustment in wanted]
    counts = _counts(stage, views, len(levels))
    asked = [(view, level) for view in views for level in levels if counts[view.weighting].estimable(level)]
    grid = primary_days(stage.effects, outcome)
    known = {view.weighting: score_model(stage.setting, view) for view in views}
    jobs = [cox_job(study, _inside(view, level), grid, scored=known[view.weighting]) for view, level in asked]
    tests = list(_tests(study, views, levels, counts))
    jobs += [cox_job(study, view, grid, 2 * len(inside) - 1, scored=known[view.weighting]) for view, inside in tests]
    found = run_jobs(stage.talk, stage.setting, jobs)
    cox = {(view.weighting, level): one for (view, level), one in zip(asked, found, strict=False)}
    imbalance = _imbalances(stage, [(view, level) for view, level in asked if view.weighting == study.analysis.main])
    return SubgroupFindings(
        outcome,
        levels,
        tuple(counts.items()),
        tuple(
            LevelEffect(
                level, adjustment, cox.get((adjustment, level)), imbalance.get(level) if adjustment == study.analysis.main else None
            )
            for adjustment in counts
            for level in levels
        ),
        tuple(_interaction(view, inside, one) for (view, inside), one in zip(tests, found[len(asked) :], strict=True)),
    )


def _inside(view: View, level: Level) -> View:
    return replace(view, columns="arm", subset=Subset(level.subgroup, (level.place,)))


def _counts(stage: Stage, views: list[View], n_levels: int) -> dict[Adjustment, LevelCounts]:
    jobs = [Job("means", MeansHub(2, 2 * n_levels), replace(view, columns="levels")) for view in views]
    found: list[MeansResult] = answers_of(stage.talk, stage.setting, jobs)
    return {view.weighting: LevelCounts(one.ones[:, 0::2], one.ones[:, 1::2]) for view, one in zip(views, found, strict=True)}


def _tests(
    study: Study, views: list[View], levels: tuple[Level, ...], counts: dict[Adjustment, LevelCounts]
) -> Iterator[tuple[View, tuple[Level, ...]]]:
    """The views of the models with products, and the levels that are compared in each."""
    for view in views:
        for group in study.subgroups or ():
            inside = tuple(level for level in levels if level.subgroup == group.name and counts[view.weighting].estimable(level))
            if len(inside) > 1:
                subset = Subset(group.name, tuple(level.place for level in inside))
                yield replace(view, columns="arm_by_level", subset=subset), inside


def _interaction(view: View, levels: tuple[Level, ...], cox: CoxResult | Failed) -> Interaction:
    subgroup = levels[0].subgroup
    if isinstance(cox, Failed):
        return Interaction(subgroup, view.weighting, levels, failed=cox)
    return Interaction(subgroup, view.weighting, levels, wald(cox.coef, cox.vcov, len(levels) - 1))


def wald(coef: Floats, vcov: Floats, last: int) -> float:
    """Chi-square of the test that the last coefficients are all 0. coef: (p,); vcov: (p, p)."""
    tested = coef[-last:]
    return float(tested @ np.linalg.solve(vcov[-last:, -last:], tested))


def _imbalances(stage: Stage, asked: list[tuple[View, Level]]) -> dict[Level, float]:
    """The largest absolute standardised difference in each level, over the covariates of the propensity model."""
    lesson, model = stage.lesson, stage.plan.study.propensity
    inside = np.array([model is not None and column.covariate in model.covariates for column in lesson.columns], dtype=bool)
    if not inside.any():
        return {}
    jobs = [_moments(lesson, _inside(view, level)) for view, level in asked]
    found = answers_of(stage.talk, stage.setting, jobs)
    largest = {}
    for (_, level), moments in zip(asked, found, strict=True):
        differences = np.abs(standardised_differences(moments)[inside])
        if np.isfinite(differences).any():
            largest[level] = float(np.nanmax(differences))
    return largest


def _moments(lesson: Lesson, view: View) -> Job:
    return moments_job(len(lesson.columns), lesson.shift, replace(view, outcome=None, columns="raw"))
