"""E-values of the ratios of the main adjustment: how strong an unmeasured confounder would have to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from equipoise.estimators.evidence.e_value import EValue, Ratio, e_value
from equipoise.network.hub.analysis.effects import Effect
from equipoise.network.hub.sensitivity.ground import Ground, Part
from equipoise.results.analyses import E_VALUES
from equipoise.results.records import Record

COMMON = 0.15
"""Share of persons with the event by the end of follow-up from which a hazard ratio is no risk ratio (VanderWeele and Ding 2017)."""


def e_values(ground: Ground) -> Part:
    """For each outcome that is no negative control: of its hazard ratio, and of its risk ratios."""
    study, controls = ground.study, ground.study.sensitivity.negative_controls if ground.study.sensitivity else ()
    outcomes = [outcome.name for outcome in study.timed_outcomes if outcome.name not in controls]
    return Part(tuple(record for outcome in outcomes for record in _of_outcome(ground, outcome)))


def _of_outcome(ground: Ground, outcome: str) -> Iterator[Record]:
    main = ground.study.analysis.main
    effect, hazard = ground.effect(outcome, main), ground.ratio(outcome, main)
    if effect is not None and hazard is not None:
        rare = share_with_event(effect) < COMMON
        yield from _records(hazard, "HR", "hazard ratio of a rare outcome" if rare else "hazard ratio of a common outcome", rare=rare)
    for risk in ground.shown(outcome, main, "risk_ratio"):
        yield from _records(risk, "RR", "risk ratio", rare=False)


def share_with_event(effect: Effect) -> float:
    """Share of all persons who had the event while followed."""
    curves = effect.people.curve(1), effect.people.curve(0)
    return sum(curve.people_with_event for curve in curves) / max(sum(curve.rows for curve in curves), 1)


def _records(parent: Record, measure: Ratio, population: str, *, rare: bool) -> Iterator[Record]:
    if parent.estimate is None or parent.estimate <= 0:
        return
    found: EValue = e_value(parent.estimate, parent.lower, parent.upper, measure, rare=rare)
    bare = replace(parent, analysis=E_VALUES, population=population, lower=None, upper=None, p_value=None)
    yield replace(bare, measure="e_value", estimate=found.e_value)
    if parent.lower is not None:
        yield replace(bare, measure="e_value_limit", estimate=found.e_value_limit)
