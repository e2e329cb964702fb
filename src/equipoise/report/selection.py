"""Finds in a study result what one place of the report shows."""

from __future__ import annotations

from collections.abc import Iterable

from equipoise.kernel.masked import Count
from equipoise.results.analyses import standing_apart
from equipoise.results.records import Record
from equipoise.results.study_result import BaselineRow, StudyResult, SurvivalCurve, WeightSummary


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values in the order of their first appearance."""
    return tuple(dict.fromkeys(values))


def outcome_names(result: StudyResult) -> tuple[str, ...]:
    """Outcomes with a time and an event in the study's order, then any that only the results name; laboratory outcomes stand apart."""
    found = {record.outcome for record in result.records} | {curve.outcome for curve in result.curves}
    planned, labs = ([outcome.name for outcome in of] for of in (result.study.timed_outcomes, result.study.labs))
    return unique([*planned, *sorted(found - {*planned, *labs})])


def outcome_label(result: StudyResult, name: str) -> str:
    """The reader's name of an outcome."""
    for outcome in result.study.outcomes:
        if outcome.name == name:
            return outcome.label or ("Overall survival" if outcome.kind == "death" else name.replace("_", " ").capitalize())
    return name.replace("_", " ").capitalize()


def covariate_label(result: StudyResult, row: BaselineRow) -> str:
    """The label of a covariate; one that the study takes the logarithm of says so."""
    return f"{row.label} (natural log)" if is_logarithm(result, row) else row.label


def is_logarithm(result: StudyResult, row: BaselineRow) -> bool:
    """Whether the study takes the logarithm of this number."""
    logs = {c.name for c in result.study.covariates if c.kind == "measurement" and c.transform == "log"}
    return row.covariate in logs and row.kind == "number"


def is_year(result: StudyResult, row: BaselineRow) -> bool:
    """Whether the values are calendar years, which are printed without thousands commas."""
    return any(c.name == row.covariate and c.kind == "index_year" for c in result.study.covariates)


def adjustments(result: StudyResult) -> tuple[str, ...]:
    """Adjustments that have any result, in the study's order."""
    apart = standing_apart((record.analysis for record in result.records), result.study)
    whole = {record.adjustment for record in result.records if record.analysis not in apart}
    found = whole | {b.adjustment for b in result.baseline} | {c.adjustment for c in result.curves}
    planned = tuple(name for name in result.study.analysis.adjustments if name in found)
    return unique([*planned, *sorted(name for name in found if name and name not in planned)])


def comparison(result: StudyResult, outcome: str, measure: str, adjustment: str) -> tuple[Record, ...]:
    """Two-group records of a measure, in the order of the results."""
    wanted = (outcome, measure, adjustment, *main_part(result))
    return tuple(r for r in result.records if part_of(r) == wanted and r.comparator is not None)


def part_of(record: Record) -> tuple[str, str, str | None, str, str]:
    """What a record is looked up by."""
    return (record.outcome, record.measure, record.adjustment, record.analysis, record.population)


def main_part(result: StudyResult) -> tuple[str, str]:
    """Analysis and population of the main estimates: those of the first record of an outcome that has a time and an event."""
    labs = {outcome.name for outcome in result.study.labs}
    return next(((r.analysis, r.population) for r in result.records if r.outcome not in labs), ("main", "all"))


def hazard_ratio(result: StudyResult, outcome: str, adjustment: str) -> Record | None:
    """The first hazard ratio of the outcome under the adjustment."""
    return next(iter(comparison(result, outcome, "hazard_ratio", adjustment)), None)


def one_arm(result: StudyResult, outcome: str, measure: str, adjustment: str) -> dict[str, tuple[Record, ...]]:
    """One-arm records of a measure by the arm's name."""
    wanted = (outcome, measure, adjustment, *main_part(result))
    found = [r for r in result.records if part_of(r) == wanted and r.comparator is None]
    return {arm.name: tuple(r for r in found if r.target == arm.name) for arm in result.study.arms}


def rmst_difference(result: StudyResult, outcome: str, adjustment: str) -> Record | None:
    """The difference in restricted mean survival time at the latest horizon that has an estimate."""
    found = [*comparison(result, outcome, "rmst_difference", adjustment), *comparison(result, outcome, "rmst", adjustment)]
    return max((r for r in found if r.estimate is not None), key=lambda r: r.time_days or 0, default=None)


def curves_of(result: StudyResult, outcome: str, adjustment: str) -> tuple[SurvivalCurve, ...]:
    """Curves of one figure, target arm first."""
    order = {result.study.target.name: 0, result.study.comparator.name: 1}
    found = [c for c in result.curves if c.outcome == outcome and c.adjustment == adjustment]
    return tuple(sorted(found, key=lambda c: order.get(c.arm, 2)))


def persons(result: StudyResult, adjustment: str, arm: str) -> Count | None:
    """Persons of one arm whom an adjustment speaks of, whatever an outcome leaves out of them."""
    target = arm == result.study.target.name
    for population in result.populations:
        if population.adjustment == adjustment:
            return population.n_target if target else population.n_comparator
    weights = weight_of(result, adjustment, arm)
    if weights is not None:
        return weights.n
    for record in result.records:
        if record.adjustment == adjustment and record.comparator is not None and arm in (record.target, record.comparator):
            return record.n_target if record.target == arm else record.n_comparator
    if adjustment != "crude" or not result.flow:
        return None
    return result.flow[-1].n_target if target else result.flow[-1].n_comparator


def weight_of(result: StudyResult, adjustment: str, arm: str) -> WeightSummary | None:
    """The weights of one arm under one adjustment."""
    return next((w for w in result.weights if w.adjustment == adjustment and w.arm == arm), None)
