"""The records of subgroups: counts and hazard ratio by level, tests of interaction, and what a reader must know of being several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.evidence.multiplicity import adjusted_p
from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.errors import SEVERAL_SUBGROUPS
from equipoise.network.hub.rounds import Failed
from equipoise.network.hub.subgroups.counting import LevelCells
from equipoise.network.hub.subgroups.estimation import Interaction, LevelEffect, SubgroupFindings
from equipoise.results.analyses import SUBGROUPS
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import Study


def subgroup_records(study: Study, found: SubgroupFindings, cells: LevelCells, masked: MaskedCounts) -> Iterator[Record]:
    """Subgroup by subgroup: the levels under each adjustment, then the tests."""
    for subgroup in study.subgroups or ():
        for effect in found.effects:
            if effect.level.subgroup == subgroup.name and found.anyone_in(effect.level):
                yield from _level(study, found, effect, cells, masked)
        for test in found.interactions:
            if test.subgroup == subgroup.name and test.failed is None:
                yield from _tests(_blank(study, found, test.adjustment, test.subgroup), test, found)


def _blank(study: Study, found: SubgroupFindings, adjustment: str, population: str) -> Record:
    arms = study.target.name, study.comparator.name
    return Record(SUBGROUPS, population, found.outcome, "", *arms, adjustment)


def _level(study: Study, found: SubgroupFindings, effect: LevelEffect, cells: LevelCells, masked: MaskedCounts) -> Iterator[Record]:
    level, adjustment = effect.level, effect.adjustment
    n = [cells.count(masked, adjustment, group, level, events=False) for group in (1, 0)]
    events = [cells.count(masked, adjustment, group, level, events=True) for group in (1, 0)]
    blank = replace(
        _blank(study, found, adjustment, f"{level.subgroup}: {level.name}"),
        n_target=n[0],
        n_comparator=n[1],
        events_target=events[0],
        events_comparator=events[1],
    )
    yield _hazard_ratio(blank, effect.cox)
    if effect.imbalance is not None:
        yield replace(blank, measure="largest_imbalance", estimate=number(effect.imbalance))


def _hazard_ratio(blank: Record, cox: CoxResult | Failed | None) -> Record:
    if not isinstance(cox, CoxResult):
        return replace(blank, measure="hazard_ratio")
    low, high = cox.interval
    values = map(number, (cox.hazard_ratio[0], low[0], high[0], cox.p[0]))
    estimate, lower, upper, p_value = values
    return replace(blank, measure="hazard_ratio", estimate=estimate, lower=lower, upper=upper, p_value=p_value)


def _tests(blank: Record, test: Interaction, found: SubgroupFindings) -> Iterator[Record]:
    """The test, and the same adjusted for all tests made under this adjustment."""
    made = [one for one in found.interactions if one.adjustment == test.adjustment and one.failed is None]
    adjusted = adjusted_p(np.array([one.p_value for one in made]), "holm")[made.index(test)]
    yield replace(blank, measure="interaction_test", estimate=number(test.chisq), p_value=number(test.p_value))
    yield replace(blank, measure="interaction_test_holm", estimate=number(test.chisq), p_value=number(adjusted))


def subgroup_notes(study: Study, found: SubgroupFindings) -> Iterator[Note]:
    """How many subgroups were looked at, and where there is no estimate."""
    names = [subgroup.name for subgroup in study.subgroups or ()]
    tests = sum(test.adjustment == study.analysis.main for test in found.interactions)
    many = f"{len(names)} subgroup{'s' * (len(names) != 1)} with {len(found.levels)} levels"
    yield Note(
        "info",
        SEVERAL_SUBGROUPS.code,
        f"{many} were looked at for {found.outcome}: {', '.join(names)}. With {tests} tests of interaction, the chance that one of them "
        f"falls under 0.05 although no effect differs is {1 - 0.95**tests:.0%} if they are independent; p-values by Holm's method allow "
        "for it. In each level people keep their weight from the propensity model of the whole cohort.",
    )
    for effect in found.effects:
        if isinstance(effect.cox, Failed):
            error = effect.cox.error
            where = f"{effect.level.subgroup}: {effect.level.name}, {effect.adjustment}"
            yield Note("warning", error.code, f"No hazard ratio for {found.outcome} in {where}: {error.problems[0].what}.")
    for test in found.interactions:
        if test.failed is not None:
            error = test.failed.error
            yield Note("warning", error.code, f"No test of interaction with {test.subgroup}, {test.adjustment}: {error.problems[0].what}.")
