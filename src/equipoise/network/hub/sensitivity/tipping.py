"""Tipping points: how the censored of an arm must have fared, or how many deaths be missing, to undo the answer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.estimators.bias.informative_censoring import Process, Tip, processes, shift, tips
from equipoise.estimators.bias.missed_events import recorded_share_to
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.network.hub.errors import WITHHELD
from equipoise.network.hub.sensitivity.ground import Ground, Part, counted, interval_of, leaves_out_one, nothing, outcome_of, told
from equipoise.results.analyses import TIPPING_POINT
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import Study, TippingPoint

CODE = "DC19"
NEAR = 1.5
"""A tipping point within this factor of no informative censoring is near enough for a warning."""


@dataclass(frozen=True, slots=True)
class _Basis:
    study: Study
    parent: Record
    ratio: Interval
    arms: tuple[Process, Process]

    @property
    def names(self) -> tuple[str, str]:
        return self.study.target.name, self.study.comparator.name


def tipping_point(ground: Ground, said: TippingPoint) -> Part:
    """Hazards of the censored at which the ratio, and its limit, come to 1; shares of deaths likewise; the ratio on the way."""
    outcome = outcome_of(ground.study, said.outcome)
    main = ground.study.analysis.main
    parent, effect = ground.ratio(outcome, main), ground.effect(outcome, main)
    if parent is None or effect is None or not isinstance(effect.cox, CoxResult):
        return nothing(ground, TIPPING_POINT, outcome)
    if not counted(parent):
        text = f"The tipping point of {outcome} is not shown: it would tell counts that are hidden."
        return Part(notes=(Note("info", WITHHELD.code, text),))
    arms = processes(effect.curves.curve(1), effect.curves.curve(0))
    basis = _Basis(ground.study, parent, interval_of(effect.cox), arms)
    found = tips(arms, basis.ratio.estimate, basis.ratio.lower, basis.ratio.upper)
    deaths = any(one.name == outcome and one.kind == "death" for one in ground.study.timed_outcomes)
    records = (*_tips(basis, found), *(_shares(basis) if deaths else ()), *_on_the_way(basis, said))
    return Part(records, tuple(_notes(basis, found)))


def _tips(basis: _Basis, found: tuple[Tip, Tip]) -> Iterator[Record]:
    for name, tip in zip(basis.names, found, strict=True):
        yield _number(basis, f"censored in {name}, estimate to 1", "tipping_hazard", tip.estimate)
        if leaves_out_one(basis.parent):
            yield _number(basis, f"censored in {name}, interval to 1", "tipping_hazard", tip.limit)


def _shares(basis: _Basis) -> Iterator[Record]:
    ratio = basis.ratio
    nearest = ratio.upper if ratio.estimate < 1 else ratio.lower
    sides = [("estimate", recorded_share_to(ratio.estimate))]
    sides += [("interval", recorded_share_to(nearest))] if leaves_out_one(basis.parent) else []
    for side, shares in sides:
        for name, share in zip(basis.names, shares, strict=True):
            if share is not None:
                yield _number(basis, f"deaths recorded in {name}, {side} to 1", "tipping_share", share)


def _on_the_way(basis: _Basis, said: TippingPoint) -> Iterator[Record]:
    for place, name in enumerate(basis.names):
        for delta in said.deltas:
            moved = shift(*basis.arms, *((delta, 1.0) if place == 0 else (1.0, delta)))
            factor, ratio = math.exp(moved), basis.ratio
            interval = Interval(ratio.estimate * factor, ratio.se, ratio.lower * factor, ratio.upper * factor)
            yield told(basis.parent, TIPPING_POINT, f"hazard of the censored in {name} times {delta:g}", "hazard_ratio", interval)


def _number(basis: _Basis, population: str, measure: str, value: float | None) -> Record:
    none = float("nan")
    return told(basis.parent, TIPPING_POINT, population, measure, None if value is None else Interval(value, none, none, none))


def _notes(basis: _Basis, found: tuple[Tip, Tip]) -> Iterator[Note]:
    outcome = basis.parent.outcome
    if not leaves_out_one(basis.parent):
        yield Note("info", CODE, f"The interval of {outcome} holds 1 already: no informative censoring is needed for it.")
        return
    for name, tip in zip(basis.names, found, strict=True):
        if tip.limit is None:
            text = f"However the censored of {name} fared afterwards, the interval of {outcome} would still leave out 1."
            yield Note("info", CODE, text)
        else:
            near = 1 / NEAR < tip.limit < NEAR
            text = (
                f"If those of {name} who were censored had {tip.limit:.2g} times the hazard of their arm afterwards, the interval of "
                f"{outcome} would hold 1."
            )
            yield Note("warning" if near else "info", CODE, text)
