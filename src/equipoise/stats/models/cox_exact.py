"""Cox regression with the exact treatment of ties, for data sets of which every risk set can be written out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from equipoise.estimators.conditional_logistic import site
from equipoise.estimators.conditional_logistic.hub import ConditionalLogisticHub
from equipoise.estimators.conditional_logistic.summary import ConditionalLogisticResult
from equipoise.estimators.data import Ints, ModelData, SurvivalData
from equipoise.estimators.errors import BAD_ARGUMENT, NO_EVENTS, with_column_names
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats.design import Columns, named_columns, refuse_gaps
from equipoise.stats.models.conditional_logistic import ConditionalLogisticRegression
from equipoise.stats.survival_rows import Follow, Labels, survival_rows

MOST_ROWS = 2_000_000
"""Rows of all risk sets together; more is refused."""


@dataclass(frozen=True, slots=True)
class _RiskSets:
    """A row for each person in each risk set: the person's row, the set's number, whether the event is theirs."""

    row: Ints
    number: Ints
    case: Ints


def cox_exact(
    time: ArrayLike,
    event: ArrayLike,
    x: Columns,
    *,
    strata: Labels | None = None,
    entry: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    conf_level: float = 0.95,
) -> ConditionalLogisticRegression:
    """Hazard ratios where time is counted in whole periods and events of one period have no order; R's `coxph(ties = "exact")`.

    Arguments as in `cox`. Each risk set with events is a matched set in which so many had the event: the discrete partial likelihood,
    whose coefficients are log odds ratios of the event within a period. `fit.rows` counts people.

    Raises EQ-EST-101 (a coefficient without end), 102 (redundant column), 104 (not settled), 106 (unusable argument, or risk sets of more
    than two million rows together: take Efron's approximation), 122 (no event).

    Misleads when ties come of rounding: Efron's approximation is then the better one, as the events had an order that was not recorded.
    Source: Cox (1972), section 6; Gail, Lubin and Rubinstein (1981).
    """
    terms, columns = named_columns(x)
    refuse_gaps(columns, terms)
    if not 0 < conf_level < 1:
        raise BAD_ARGUMENT.error("conf_level must lie between 0 and 1")
    data = survival_rows(time, event, Follow(None, entry, None, offset), strata=strata, x=columns).data
    if columns.shape[0] != data.time.size:
        raise BAD_ARGUMENT.error(f"x must have {data.time.size} rows")
    sets = _risk_sets(data)
    model = ModelData(
        columns[sets.row],
        sets.case.astype(np.float64),
        np.ones(sets.row.size),
        np.zeros(sets.row.size, dtype=np.int64),
        offset=None if data.offset is None else data.offset[sets.row],
        cluster=sets.number,
    )
    try:
        fit: ConditionalLogisticResult = run_local(ConditionalLogisticHub(len(terms), conf_level), site.summarise, model)
    except EquipoiseError as error:
        raise with_column_names(error, terms) from None
    return ConditionalLogisticRegression(terms, "exact", replace(fit, rows=int(data.time.size)))


def _risk_sets(data: SurvivalData) -> _RiskSets:
    died = data.event == 1
    if not died.any():
        raise NO_EVENTS.error("no event among these people")
    moments = np.unique(np.column_stack([data.stratum[died].astype(np.float64), data.time[died]]), axis=0)
    rows, numbers, total = [], [], 0
    for number, (stratum, time) in enumerate(moments):
        at_risk = (data.stratum == stratum) & (data.time >= time)
        if data.entry is not None:
            at_risk &= data.entry < time
        rows.append(np.flatnonzero(at_risk))
        numbers.append(np.full(rows[-1].size, number, dtype=np.int64))
        total += rows[-1].size
        if total > MOST_ROWS:
            raise BAD_ARGUMENT.error(f"the risk sets have more than {MOST_ROWS:,} rows together: take ties efron")
    row, number_of = np.concatenate(rows), np.concatenate(numbers)
    return _RiskSets(row, number_of, (died[row] & (data.time[row] == moments[number_of, 1])).astype(np.int64))
