"""Events that death precludes at a site: the columns that `study.event_columns` names, and matched sets without those washed out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats
from equipoise.kernel.days import DAYS_PER_YEAR
from equipoise.network.wire.views import Weighting
from equipoise.study.event_columns import EventCount, StoredEvent, event_counts, event_outcomes, with_instances
from equipoise.study.model import Study, TimedOutcome
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.arrow import Bools, real, whole
from equipoise.table.outcomes import risk_opens

HUNDRED_YEARS = 100 * DAYS_PER_YEAR


def event_count_matrix(table: AnalysisTable, study: Study) -> Floats:
    """(n, q) a column of 0 and 1 a count; NaN where it says nothing of a person."""
    return _stacked([_count(table, count) for count in event_counts(study)], table)


def event_rate_matrix(table: AnalysisTable, study: Study) -> Floats:
    """(n, 2 k) of each timed outcome whether it happened, then of each the time at risk in 100 years; NaN for those not at risk."""
    columns = [_event_and_time(table, study, outcome) for outcome in study.timed_outcomes]
    return _stacked([event for event, _ in columns] + [time for _, time in columns], table)


def instance_matrix(table: AnalysisTable, study: Study) -> Floats:
    """(n, q) days with a record in the risk window; NaN for those not at risk."""
    return _stacked([_stored(table, StoredEvent(outcome.name, "instances")) for outcome in with_instances(study)], table)


def washed_out(table: AnalysisTable, study: Study, outcome: str) -> Bools:
    """(n,) whom the outcome's washout leaves out; nobody for an outcome without one."""
    if outcome not in {one.name for one in event_outcomes(study)}:
        return np.zeros(table.rows.num_rows, dtype=np.bool_)
    return np.asarray(whole(table.rows[StoredEvent(outcome, "washed_out").name]) > 0)


def in_whole_sets(weighting: Weighting, outcome: str | None, tokens: NDArray[np.uint64], weight: Floats) -> Floats:
    """(n,) the weights of the outcome's own part of a matched population, where it has one: 0 for sets that its washout breaks."""
    part = next((part for part in weighting.of_outcomes if part.outcome == outcome), None)
    if part is None or not len(part.tokens):
        return weight
    order = np.argsort(part.tokens)
    sought, given = part.tokens[order], part.token_weights[order]
    place = np.minimum(np.searchsorted(sought, tokens), len(sought) - 1)
    return np.where(sought[place] == tokens, given[place], weight)


def _stacked(columns: list[Floats], table: AnalysisTable) -> Floats:
    return np.column_stack(columns) if columns else np.zeros((table.rows.num_rows, 0))


def _stored(table: AnalysisTable, column: StoredEvent) -> Floats:
    return real(table.rows[column.name])


def _count(table: AnalysisTable, count: EventCount) -> Floats:
    if count.count != "new_in_window":
        return _truth(table, StoredEvent(count.outcome, count.count))
    inside, out = (_truth(table, StoredEvent(count.outcome, part)) for part in ("in_window", "washed_out"))
    return np.where(out > 0, np.nan, inside)


def _truth(table: AnalysisTable, column: StoredEvent) -> Floats:
    return whole(table.rows[column.name]).astype(np.float64)


def _event_and_time(table: AnalysisTable, study: Study, outcome: TimedOutcome) -> tuple[Floats, Floats]:
    time, event = (real(table.rows[f"{outcome.name}_{part}"]) for part in ("time", "event"))
    before = max(risk_opens(outcome, study.follow) - 1, 0)
    return np.where(np.isfinite(time), event == 1, np.nan), (time - before) / HUNDRED_YEARS
