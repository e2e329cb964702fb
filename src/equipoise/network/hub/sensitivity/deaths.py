"""Deaths that no record holds, by arm: the hazard ratio and the medians with all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from equipoise.estimators.bias.missed_events import median_with_all, missed, missed_events_factor
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.network.hub.analysis.effects import Effect
from equipoise.network.hub.sensitivity.ground import Ground, Part, counted, interval_of, nothing, told, turned_note
from equipoise.results.analyses import MISSED_DEATHS
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import MissedDeaths

CODE = "DC19"


def missed_deaths(ground: Ground, said: MissedDeaths) -> Part:
    """The hazard ratio for every pair of the arms' shares of recorded deaths; each arm's median for each share."""
    deaths = [outcome.name for outcome in ground.study.timed_outcomes if outcome.kind == "death"]
    outcome = said.outcome or next(iter(deaths), "")
    parent, effect = ground.ratio(outcome, ground.study.analysis.main), ground.effect(outcome, ground.study.analysis.main)
    if parent is None or effect is None or not isinstance(effect.cox, CoxResult):
        return nothing(ground, MISSED_DEATHS, outcome)
    impossible = too_many(effect, said) if counted(parent) else frozenset()
    ratios = tuple(_ratios(ground, said, parent, effect.cox, impossible))
    medians = tuple(_medians(ground, said, effect, impossible))
    notes = (*turned_note(parent, ratios, CODE, "with missed deaths"), *_impossible_note(ground, impossible))
    return Part((*ratios, *medians), notes)


def too_many(effect: Effect, said: MissedDeaths) -> frozenset[tuple[int, float]]:
    """Groups (1 target) and shares for which more deaths would be missing than persons left without one."""
    return frozenset(
        (group, share)
        for group in (1, 0)
        for share in said.sensitivity
        if missed(curve_events(effect, group), share) > effect.people.curve(group).rows - curve_events(effect, group)
    )


def curve_events(effect: Effect, group: int) -> int:
    """Persons of an arm with the event."""
    return effect.people.curve(group).people_with_event


def _ratios(
    ground: Ground, said: MissedDeaths, parent: Record, cox: CoxResult, impossible: frozenset[tuple[int, float]]
) -> Iterator[Record]:
    study, seen = ground.study, interval_of(cox)
    for target, comparator in product(said.sensitivity, repeat=2):
        words = f"{100 * target:g}% of deaths recorded in {study.target.name}, {100 * comparator:g}% in {study.comparator.name}"
        factor = missed_events_factor(target, comparator)
        moved = Interval(seen.estimate * factor, seen.se, seen.lower * factor, seen.upper * factor)
        contradicted = (1, target) in impossible or (0, comparator) in impossible
        yield told(parent, MISSED_DEATHS, words, "hazard_ratio", None if contradicted else moved)


def _medians(ground: Ground, said: MissedDeaths, effect: Effect, impossible: frozenset[tuple[int, float]]) -> Iterator[Record]:
    study = ground.study
    for group, arm in ((1, study.target), (0, study.comparator)):
        parents = ground.arm_records(effect.outcome, study.analysis.main, "median_survival", arm.name)
        for share in said.sensitivity if parents else ():
            estimate, lower, upper = median_with_all(effect.curves.curve(group), share)
            found = None if (group, share) in impossible else Interval(estimate, float("nan"), lower, upper)
            yield told(parents[0], MISSED_DEATHS, f"{100 * share:g}% of deaths recorded", "median_survival", found)


def _impossible_note(ground: Ground, impossible: frozenset[tuple[int, float]]) -> Iterator[Note]:
    names = {1: ground.study.target.name, 0: ground.study.comparator.name}
    if impossible:
        said = "; ".join(f"{100 * share:g}% in {names[group]}" for group, share in sorted(impossible))
        yield Note("info", CODE, f"More deaths would be missing than persons left without one, so there is no estimate: {said}.")
