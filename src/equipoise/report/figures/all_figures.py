"""Draws every figure of a study result once."""

from __future__ import annotations

from dataclasses import dataclass, field

from equipoise.report.combination.figure import draw_combination
from equipoise.report.figures.curves.incidence import draw_incidence
from equipoise.report.figures.design import draw_design
from equipoise.report.figures.figure import Drawn
from equipoise.report.figures.flow import draw_flow
from equipoise.report.figures.forest import draw_forest
from equipoise.report.figures.journeys.sankey import draw_sankey
from equipoise.report.figures.journeys.sunburst import draw_sunburst
from equipoise.report.figures.labs import draw_labs
from equipoise.report.figures.love import draw_love
from equipoise.report.figures.overlap import draw_overlap
from equipoise.report.figures.parts.forest import draw_parts
from equipoise.report.figures.sensitivity import draw_sensitivity
from equipoise.report.figures.survival import draw_survival
from equipoise.report.look import drawing
from equipoise.report.selection import adjustments, outcome_names
from equipoise.results.study_result import StudyResult

FEW_OUTCOMES = 8


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures; `survival` by outcome and adjustment."""

    design: tuple[Drawn, ...]
    flow: Drawn | None
    overlap: Drawn | None
    love: tuple[Drawn, ...]
    forest: tuple[Drawn, ...]
    survival: dict[tuple[str, str], Drawn]
    labs: dict[str, Drawn] = field(default_factory=dict)
    """By outcome."""
    combination: tuple[Drawn, ...] = ()
    sensitivity: tuple[Drawn, ...] = ()
    pathways: tuple[Drawn, ...] = ()
    incidence: dict[tuple[str, str], Drawn] = field(default_factory=dict)
    """By outcome and adjustment; outcomes that have these have no Kaplan-Meier figures."""
    parts: tuple[Drawn, ...] = ()


def all_figures(result: StudyResult) -> Figures:
    """Draw. What has no data is None or missing."""
    with drawing():
        incidence = _incidence(result)
        competing = {outcome for outcome, _ in incidence}
        survival = {
            (outcome, adjustment): figure
            for outcome in outcome_names(result)
            for adjustment in adjustments(result)
            if outcome not in competing and (figure := draw_survival(result, outcome, adjustment))
        }
        return Figures(
            design=draw_design(result),
            flow=draw_flow(result),
            overlap=draw_overlap(result),
            love=draw_love(result),
            forest=draw_forest(result),
            survival=survival,
            labs=draw_labs(result),
            combination=draw_combination(result),
            sensitivity=draw_sensitivity(result),
            pathways=_pathways(result),
            incidence=incidence,
            parts=draw_parts(result),
        )


def every(figures: Figures) -> tuple[Drawn, ...]:
    """The figures in the order of the report."""
    single = tuple(figure for figure in (figures.flow, figures.overlap) if figure)
    return (
        *figures.design,
        *single,
        *figures.love,
        *figures.survival.values(),
        *figures.forest,
        *figures.incidence.values(),
        *figures.labs.values(),
        *figures.combination,
        *figures.sensitivity,
        *figures.pathways,
        *figures.parts,
    )


def _incidence(result: StudyResult) -> dict[tuple[str, str], Drawn]:
    """Under the main adjustment; without any too where outcomes are few: studies have dozens."""
    few = len({curve.outcome for curve in result.incidence_curves}) <= FEW_OUTCOMES
    names = dict.fromkeys((result.study.analysis.main, *(("crude",) if few else ())))
    pairs = ((outcome, name) for outcome in outcome_names(result) for name in names)
    return {pair: figure for pair in pairs if (figure := draw_incidence(result, *pair))}


def _pathways(result: StudyResult) -> tuple[Drawn, ...]:
    arms = dict.fromkeys(sorted(step.arm for step in result.pathways))
    drawn = (draw(result, arm) for arm in arms for draw in (draw_sankey, draw_sunburst))
    return tuple(figure for figure in drawn if figure)
