"""Table 1 under each adjustment, masked, with standardised differences; and the weights' effective sample sizes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import isfinite, sqrt

import numpy as np

from equipoise.estimators.moments.balance import standardised_differences, variance_ratios
from equipoise.estimators.moments.summary import MomentsResult
from equipoise.guard.counts import CountTable, MaskedCounts
from equipoise.guard.policy import Policy
from equipoise.guard.rules import Magnitude, broken
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.effects import WEIGHTED, Effects
from equipoise.network.hub.analysis.flow import ARMS
from equipoise.network.hub.analysis.learning import Lesson, ones
from equipoise.network.hub.analysis.people import People
from equipoise.results.study_result import BaselineRow, Population, WeightSummary
from equipoise.study.learned import RawColumn
from equipoise.study.model import Adjustment, Study


def enter_baseline(table: CountTable, people: People, lesson: Lesson, effects: Effects) -> None:
    """Enter the counts of every 0/1 column by arm, crude and matched. The levels of a category are tied together."""
    for adjustment, moments in effects.balance:
        if adjustment in WEIGHTED:
            continue
        for group, arm in enumerate(ARMS):
            total = people.arm(adjustment, group)
            tied: dict[str, list[str]] = defaultdict(list)
            for place, column in enumerate(lesson.columns):
                if column.binary:
                    name = cell_name(adjustment, column, arm)
                    tied[column.covariate].append(table.cell(name, int(ones(moments, place)[group])))
            for parts in tied.values():
                table.rest(total, *parts)


def cell_name(adjustment: Adjustment, column: RawColumn, arm: str) -> str:
    """The name of a count of Table 1."""
    return f"baseline {adjustment}, {column.covariate}{f' {column.level}' if column.level else ''}: {arm}"


def baseline_rows(study: Study, lesson: Lesson, effects: Effects, masked: MaskedCounts) -> tuple[BaselineRow, ...]:
    """The rows of all adjustments, in the order of the study's covariates."""
    crude = dict(effects.balance).get("crude", lesson.crude)
    labels = {covariate.name: covariate.label or covariate.name for covariate in study.covariates}
    rows = []
    for adjustment, moments in effects.balance:
        smd = standardised_differences(replace(moments, crude_variance=crude.crude_variance))
        ratios = variance_ratios(moments)
        for place, column in enumerate(lesson.columns):
            row = _row(adjustment, column, labels[column.covariate], place, moments)
            row = replace(row, smd=number(smd[place]), variance_ratio=None if column.binary else number(ratios[place]))
            if not column.binary:
                row = _without_dominated(row, lesson.crude, place)
            rows.append(_masked(row, adjustment, column, masked))
    return tuple(rows)


def _row(adjustment: Adjustment, column: RawColumn, label: str, place: int, moments: MomentsResult) -> BaselineRow:
    mean, variance = moments.mean[:, place], moments.variance[:, place]
    spread = [None if column.binary else number(sqrt(max(v, 0.0)) if isfinite(v) else v) for v in variance]
    kind = "share" if column.binary else "number"
    return BaselineRow(
        column.covariate, label, column.level or "", kind, adjustment,
        number(mean[1]), spread[1], None, number(mean[0]), spread[0], None, None,
    )  # fmt: skip


def _without_dominated(row: BaselineRow, crude: MomentsResult, place: int) -> BaselineRow:
    """Without mean and spread of an arm in which one person may make up most of the total."""
    comparator, target = (_dominated(crude, group, place) for group in (0, 1))
    if target:
        row = replace(row, target=None, target_sd=None)
    if comparator:
        row = replace(row, comparator=None, comparator_sd=None)
    return replace(row, smd=None, variance_ratio=None) if target or comparator else row


def _dominated(crude: MomentsResult, group: int, place: int) -> bool:
    n, mean, variance = (float(values[group, place]) for values in (crude.n, crude.crude_mean, crude.crude_variance))
    if not (isfinite(mean) and isfinite(variance)):
        return False
    return bool(broken(Magnitude(int(n), n * mean, (n - 1) * variance + n * mean**2), Policy()))


def _masked(row: BaselineRow, adjustment: Adjustment, column: RawColumn, masked: MaskedCounts) -> BaselineRow:
    """With counts, where they may be shown; a share or a difference that would give a hidden count away is hidden too."""
    if adjustment in WEIGHTED or not column.binary:
        return row
    comparator, target = (masked[cell_name(adjustment, column, arm)] for arm in ARMS)
    row = replace(row, target_count=target, comparator_count=comparator)
    if _hidden(target):
        row = replace(row, target=None)
    if _hidden(comparator):
        row = replace(row, comparator=None)
    return replace(row, smd=None) if _hidden(target) or _hidden(comparator) else row


def _hidden(count: Count) -> bool:
    return isinstance(count, Masked)


def weight_summaries(people: People, effects: Effects, masked: MaskedCounts) -> tuple[WeightSummary, ...]:
    """Effective sample sizes by arm under each weighting."""
    return tuple(
        WeightSummary(
            adjustment,
            people.plan.study.target.name if group else people.plan.study.comparator.name,
            masked[people.arm(adjustment, group)],
            float(np.nan_to_num(moments.effective_n[group])),
            float(moments.sum_of_weights[group]),
        )
        for adjustment, moments in effects.balance
        if adjustment in WEIGHTED
        for group in (1, 0)
    )


def populations(people: People, effects: Effects, masked: MaskedCounts) -> tuple[Population, ...]:
    """How many persons each adjustment speaks of."""
    return tuple(
        Population(adjustment, masked[people.arm(adjustment, 1)], masked[people.arm(adjustment, 0)]) for adjustment, _ in effects.balance
    )


def number(value: float) -> float | None:
    """A finite number, or None."""
    return float(value) if isfinite(value) else None
